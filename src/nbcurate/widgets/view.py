"""What all views of a data set have in common."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

import anywidget
import numpy as np
import pyarrow as pa
import traitlets

from ..dataset import Dataset
from ..finding import Finding
from ..store.items import Keys
from .session import Session


class View(anywidget.AnyWidget):
    """A widget that shows the items of a data set. Base class of the public ones.

    Parameters
    ----------
    dataset : Dataset
        What it shows.
    columns : mapping of str to array-like [n] or Finding, optional
        Values of your own, in the order of ``dataset.ids``, to colour, filter, sort and group by, in this and every
        other view of the data set. A finding stands for its scores.
    **state
        Initial values of the widget's traits; an unknown name is an error.
    """

    #: Whose messages and bundle the view uses.
    session = anywidget.WidgetTrait().tag(sync=True)
    #: Names the view's items in requests.
    view = traitlets.Int().tag(sync=True)
    #: Height in px.
    height = traitlets.Int(480, min=160, max=4000).tag(sync=True)
    #: Whether it shares its filter with the other views of the data set.
    linked = traitlets.Bool(True).tag(sync=True)

    def __init__(self, dataset: Dataset, *, columns: Mapping[str, Any] | None = None, **state: Any) -> None:
        if not isinstance(dataset, Dataset):
            raise TypeError(f"{type(self).__name__} shows a Dataset, got {type(dataset).__name__}.")
        for name in state:
            if not self.has_trait(name) or name.startswith("_") or name in ("session", "view"):
                hint = _nearest(name, self.trait_names())
                raise TypeError(f"{type(self).__name__} has no argument {name!r}.{hint}")
        added = {name: _keyed_values(dataset, name, values) for name, values in (columns or {}).items()}
        session = Session.of(dataset)
        for name, (keys, values) in added.items():
            session.add_column(name, keys, values)
        self._session = session
        self._dataset = dataset
        super().__init__(session=session, view=session.add_view(dataset), **state)

    @property
    def dataset(self) -> Dataset:
        """What it shows."""
        return self._dataset

    @property
    def selected(self) -> list[str]:
        """The kept ids, in the order in which they were picked; assign a list of ids to change it."""
        return self._dataset.selection.ids

    @selected.setter
    def selected(self, ids: list[str]) -> None:
        self._dataset.selection.set(ids)

    def _known_column(self, name: str) -> str:
        """``name``, if it is a column that can be shown; a TraitError that suggests one otherwise."""
        known = self._session.column_names
        if name not in known:
            raise traitlets.TraitError(
                f"There is no column {name!r} to show.{_nearest(name, known)} The columns are {', '.join(known)}."
            )
        return name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self._dataset):,} items, {len(self._dataset.selection):,} selected)"


def _keyed_values(dataset: Dataset, name: str, values: Any) -> tuple[Keys, pa.Array]:
    """The values of an added column, and the key that each belongs to."""
    if isinstance(values, Finding):
        return values.keys, pa.array(values.scores)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    array = values if isinstance(values, pa.Array) else pa.array(np.asarray(values), from_pandas=True)
    if len(array) != len(dataset):
        raise ValueError(f"columns[{name!r}] has {len(array):,} values for {len(dataset):,} items.")
    return dataset.keys, array


def _nearest(name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
