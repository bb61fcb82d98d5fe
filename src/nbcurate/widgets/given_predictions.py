"""What a model predicts, in whatever form it is given, as columns of classes and of confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ..collection.item_labels import classes_of
from ..dataset import Dataset
from ..store.items import Keys
from .drawn_predictions import is_evaluation
from .given_columns import keyed_values, named_columns

if TYPE_CHECKING:
    from ..findings.judged_items import JudgedItems


def predictions_of(dataset: Dataset, given: Any) -> dict[str, tuple[Keys, pa.Array]]:
    """Columns ``prediction``, of text or lists of text, and ``confidence`` where there is one, by the key.

    Parameters
    ----------
    dataset : Dataset
    given : Series, mapping of id to class, array_like [n], DataFrame, model or Evaluation
        See :class:`ConfusionMatrix`.

    Raises
    ------
    ValueError, TypeError, UnknownItemError
        If it is none of these, or what a value belongs to cannot be told.
    """
    import pandas as pd

    if is_evaluation(given):
        return {"prediction": _evaluated(given)}
    if callable(getattr(given, "predict", None)):
        given = given.predict(dataset)
    if isinstance(given, pd.DataFrame):
        named = named_columns(given)
        if "prediction" not in named:
            raise ValueError(
                f"predictions: the table has no column 'prediction', but {', '.join(named) or 'none'}. Give "
                "model.predict(ds), or one of its columns: table['name']."
            )
    elif getattr(given, "ndim", 1) != 1:
        raise TypeError(
            f"predictions: expected one class an item, got an array of shape {given.shape}. Of probabilities, give "
            "the names of the likeliest: np.array(classes)[probabilities.argmax(axis=1)]."
        )
    else:
        named = {"prediction": given}
    found = {name: keyed_values(dataset, name, named[name]) for name in ("prediction", "confidence") if name in named}
    keys, values = found["prediction"]
    return {**found, "prediction": (keys, as_classes(values, "prediction"))}


def _evaluated(evaluation: Any) -> tuple[Keys, pa.Array]:
    """What was predicted of the items of an evaluation of classes, by the key."""
    found: JudgedItems = evaluation.found
    kind = pa.list_(pa.string()) if found.labels.several else pa.string()
    return found.keys, pa.array(found.said.tolist(), kind)


def as_classes(values: pa.Array, name: str) -> pa.Array:
    """Classes as text, lists of classes as lists of text; numbers are the text that they are."""
    labels = classes_of(values, name)
    return pa.array(list(labels.values()), pa.list_(pa.string()) if labels.several else pa.string())
