"""What all views of a data set have in common."""

from __future__ import annotations

import difflib
from typing import Any

import anywidget
import traitlets

from ..dataset import Dataset
from .session import Session


class View(anywidget.AnyWidget):
    """A widget that shows the items of a data set. Base class of the public ones.

    Parameters
    ----------
    dataset : Dataset
        What it shows.
    **state
        Initial values of the widget's traits; an unknown name is an error.
    """

    #: Whose messages and bundle the view uses.
    session = anywidget.WidgetTrait().tag(sync=True)
    #: Names the view's items in requests.
    view = traitlets.Int().tag(sync=True)
    #: Height in px.
    height = traitlets.Int(480, min=160, max=4000).tag(sync=True)

    def __init__(self, dataset: Dataset, **state: Any) -> None:
        if not isinstance(dataset, Dataset):
            raise TypeError(f"{type(self).__name__} shows a Dataset, got {type(dataset).__name__}.")
        for name in state:
            if not self.has_trait(name) or name.startswith("_") or name in ("session", "view"):
                near = difflib.get_close_matches(name, self.trait_names(), n=1)
                hint = f" Did you mean {near[0]!r}?" if near else ""
                raise TypeError(f"{type(self).__name__} has no argument {name!r}.{hint}")
        session = Session.of(dataset)
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

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self._dataset):,} items, {len(self._dataset.selection):,} selected)"
