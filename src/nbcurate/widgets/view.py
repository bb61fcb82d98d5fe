"""What all views of a data set have in common."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets

from ..dataset import Dataset
from .contact_sheet import ContactSheet, Draws, Section, contact_sheet
from .dataset_argument import TakesDataset
from .given_columns import keyed_values, named_columns
from .running_notebook import in_marimo
from .selected_ids import SelectedIds, tell_of_changes
from .session import Session

if TYPE_CHECKING:
    from ..display.picture import Picture
    from .given_columns import GivenColumns

#: Of what is shown where no widget can be.
FALLBACK_PICTURES, FALLBACK_SIZE = 12, 72


class View(TakesDataset, anywidget.AnyWidget):
    """A widget that shows the items of a data set. Base class of the public ones.

    Parameters
    ----------
    dataset : Dataset
        What it shows.
    columns : DataFrame, or mapping of str to Series, mapping, array-like [n] or Finding, optional
        Values of your own to colour, filter, sort, group and caption by, in this and every other view of the data set,
        such as a model's predictions and its confidence. What has an index, or is a mapping, goes by id, or by row
        number; the rest is in the order of ``dataset.ids``. A finding stands for its scores.
    **state
        Initial values of the widget's traits; an unknown name is an error.
    """

    #: Whose messages and bundle the view uses.
    session = anywidget.WidgetTrait().tag(sync=True)
    #: Names the view's items in requests.
    view = traitlets.Int().tag(sync=True)
    #: Names the items: the number of the first view that shows the same ones, whose columns it shares.
    items = traitlets.Int().tag(sync=True)
    #: Of the selection, as the browser last changed it: marimo runs the cells that read the view. None elsewhere.
    revision = traitlets.Int(None, allow_none=True).tag(sync=True)
    #: Height in px.
    height = traitlets.Int(480, min=160, max=4000).tag(sync=True)
    #: Whether it shares its filter with the other views of the data set.
    linked = traitlets.Bool(True).tag(sync=True)
    #: The kept ids, in the order in which they were picked; assign a list of ids to change it.
    selected = SelectedIds()

    def __init__(self, dataset: Dataset, *, columns: GivenColumns | None = None, **state: Any) -> None:
        for name in state:
            if not self.has_trait(name) or name.startswith("_") or name in ("session", "view", "items", "revision"):
                hint = _nearest(name, self.trait_names())
                raise TypeError(f"{type(self).__name__} has no argument {name!r}.{hint}")
        added = {name: keyed_values(dataset, name, values) for name, values in named_columns(columns).items()}
        session = Session.of(dataset)
        for name, (keys, values) in added.items():
            session.add_column(name, keys, values)
        self._session = session
        self._dataset = dataset
        self._own_layout = "layout" not in state
        view, items = session.add_view(dataset)
        revision = 0 if in_marimo() else None
        super().__init__(session=session, view=view, items=items, revision=revision, **state)
        self._tell = tell_of_changes(self, self.dataset.selection)

    @property
    def dataset(self) -> Dataset:
        """What it shows."""
        return self._dataset

    def close(self) -> None:
        """Take the view from the page for good, and free what it holds. What was selected and decided in it stays."""
        if self.comm is not None:
            self._session.close_view(self.view)
            self._dataset.selection.unobserve(self._tell)
            if self._own_layout:
                self.layout.close()
        super().close()

    def undo(self) -> bool:
        """Take back what was done last in any view of the data set, whatever that was. False when there is nothing."""
        return self._session.history.undo()

    def snapshot(self, to: str | os.PathLike[str] | None = None, *, n: int = 120, size: int = 96) -> ContactSheet:
        """What the view shows as plain HTML, for nbconvert, reports and GitHub.

        Parameters
        ----------
        to : path, optional
            File to write it to, a page of its own.
        n : int
            How many pictures at most, some 4 kB each.
        size : int
            Longest side of a picture in px, up to 192.

        Returns
        -------
        ContactSheet
            Shows itself in a notebook; ``.html`` is the text.

        Examples
        --------
        >>> nbc.SimilarityGrid(ds).snapshot("picked.html")
        """
        sheet = contact_sheet(
            self._dataset.store, repr(self), self._sections(), n=n, size=size, draw=self._draws(), facts=self._facts()
        )
        if to is not None:
            sheet.save(to)
        return sheet

    def _sections(self) -> Iterable[Section]:
        """What a snapshot shows: the kept items first, then the others."""
        keys, kept = self._dataset.keys, self._dataset.selection.marks.kept
        if len(kept):
            yield Section("selected", kept)
        yield Section("not selected" if len(kept) else "", keys[~np.isin(keys, kept)])

    def _facts(self) -> Sequence[str | Picture]:
        """What stands before the pictures of a snapshot, such as bars."""
        return ()

    def _draws(self) -> Draws | None:
        """What a snapshot draws on its pictures."""
        return None

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The widget, and a few small pictures for where none can be shown: they are saved with the notebook."""
        bundle = super()._repr_mimebundle_(**options)
        if bundle is not None:
            bundle[0]["text/html"] = self._fallback()
        return bundle

    def _fallback(self) -> str:
        """A small snapshot as HTML; the view itself is not shown before it is there."""
        return self.snapshot(n=FALLBACK_PICTURES, size=FALLBACK_SIZE).html

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


def _nearest(name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
