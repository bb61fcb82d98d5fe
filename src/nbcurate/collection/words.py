"""Labels and tags as users give them: text, and what stands for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .alignment import align
from .item_set import ItemSet

if TYPE_CHECKING:
    import pandas as pd


def as_label(value: Any) -> str | None:
    """A label as text; None for None, NaN and empty or blank text. Numbers are classes, too: 3 and 3.0 are ``"3"``.

    Raises
    ------
    TypeError
        If it is a list or what else is no text.
    """
    if isinstance(value, str):
        return str(value) if value.strip() else None
    import pandas as pd

    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    if isinstance(value, Real | np.bool_):
        return str(int(value)) if isinstance(value, float | np.floating) and value.is_integer() else str(value)
    hint = " To give each item its own, write relabel({id: label})." if isinstance(value, Iterable) else ""
    raise TypeError(f"label: a label is a text, got {value!r} of type {type(value).__name__}.{hint}")


def as_labels(value: Any) -> str | list[str] | None:
    """A label, or several of them: of a list, a tuple, a set or an array the texts, each once, without missing ones.

    Raises
    ------
    TypeError
        If it is none of these, or there is a list in the list.
    """
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        names = [as_label(one) for one in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
        return [*dict.fromkeys(name for name in names if name is not None)]
    return as_label(value)


def class_name(value: Any, column: str | None, argument: str = "label") -> str | None:
    """The name of the class that a value stands for; None where it stands for none.

    Parameters
    ----------
    column : str or None
        The column that it is in; None where the user gave the values.
    argument : str
        What the caller's user calls these, for the errors.

    Raises
    ------
    TypeError
        If it is a fraction, as each item would be a class of its own.
    """
    if value is None or value != value:
        return None
    if not isinstance(value, float | np.floating):
        return str(value)
    if not float(value).is_integer():
        name, values = (column, f"ds.to_pandas()[{column!r}]") if column else ("values", "values")
        raise TypeError(
            f"{argument}={name!r} holds numbers such as {value:g}, and each would be a class of its own. Divide them "
            f"first: ds.add_column('{name}_range', pd.cut({values}, 5).astype('string')), then {argument}="
            f"'{name}_range'."
        )
    return f"{value:.0f}"


def labels_by_id(items: ItemSet, given: Any) -> tuple[NDArray[np.intp], list[str | list[str] | None]]:
    """A label for each of some items: rows of ``items.ids`` and the labels, or lists of labels.

    Parameters
    ----------
    given : mapping of id to label, or Series
        See :func:`nbcurate.collection.alignment.align`.

    Raises
    ------
    TypeError
        If it holds ids and no labels.
    """
    import pandas as pd

    ids_alone = isinstance(given, pd.Series) and len(given) > 0 and _are_ids(given, items)
    if ids_alone or not isinstance(given, Mapping | pd.Series):
        raise TypeError("relabel: which label? Give one, relabel(ids, 'dog'), or None to take the labels away.")
    found = align(items, given, "labels")
    return found.rows, [as_labels(value) for value in found.values]


def _are_ids(given: pd.Series, items: ItemSet) -> bool:
    ids = set(items.ids)
    return all(isinstance(value, str) and value in ids for value in given)


def as_tags(given: Iterable[Any]) -> list[str]:
    """Tags, each once.

    Raises
    ------
    TypeError, ValueError
        If one is no text, or empty.
    """
    for tag in given:
        if not isinstance(tag, str):
            hint = " Write tag(ids, 'x', 'y') for several." if isinstance(tag, Iterable) else ""
            raise TypeError(f"tags: a tag is a text, got {tag!r} of type {type(tag).__name__}.{hint}")
        if not tag.strip():
            raise ValueError(f"tags: a tag is a text that is not empty, got {tag!r}.")
    return list(dict.fromkeys(map(str, given)))
