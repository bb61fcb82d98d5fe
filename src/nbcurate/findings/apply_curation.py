"""Doing to a data set what a curation of another one says: nothing but marks and edits of what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from ..collection.edit_report import EditReport
from ..collection.label_column import in_form_of_column
from ..collection.vector_set import VectorSet
from ..store.columns import require_free_name, user_columns
from ..store.edits import Change
from ..store.expression import ExpressionError
from ..store.items import Keys
from .column_values import ColumnValues
from .curation_columns import differing
from .curation_file import ColumnEdits, Curation, Marked, SavedPicks
from .curation_state import edited
from .finding import Finding, given
from .matching import Matched, match_items


@dataclass(frozen=True, slots=True, repr=False)
class ReplayReport(EditReport):
    """What replaying a curation did.

    Attributes
    ----------
    view : VectorSet or None
        The items that the conditions of the curation's view choose here; None where one cannot be asked for.
    picks : list of Finding
        The picks that were handed on, those of their items that are here.
    """

    view: VectorSet | None = None
    picks: list[Finding] = field(default_factory=list)


def apply_curation(dataset: VectorSet, curation: Curation, source: str, *, overwrite: bool) -> ReplayReport:
    """See :meth:`Dataset.replay`."""
    store = dataset.store
    with store.editing():
        matched = match_items(store.items, curation.ids, curation.contents, curation.removed)
        work = _Replay(dataset, matched, curation, overwrite)
        for column, values in curation.columns.items():
            work.take_column(column, values)
        for column, edits in curation.edits.items():
            work.take_tags(edits) if column == "tags" else work.take_values(column, edits)
        work.remove(curation.removed)
        store.edit(work.changes)
    for name, marked in curation.slices.items():
        work.take_slice(name, marked)
    work.take_selection(curation.selection)
    report = work.report(source)
    view, problems = _view(dataset, matched, curation.where)
    picks = [_picks(dataset, matched, saved) for saved in curation.picks]
    return replace(report, view=view, picks=picks, problems=[*report.problems, *problems])


class _Replay:
    """What is to be changed, found out before any of it is."""

    def __init__(self, dataset: VectorSet, matched: Matched, curation: Curation, overwrite: bool) -> None:
        self.changes: list[Change] = []
        self._dataset, self._matched, self._overwrite = dataset, matched, overwrite
        self._names, self._decided = curation.ids, curation.decided()
        self._mine = edited(dataset.store)
        self._changed: set[int] = set()
        self._same: set[int] = set()
        self._removed = 0
        self._gone: list[str] = []
        self._conflicts: list[str] = []
        self._problems: list[str] = []
        self._notes: list[str] = []

    def take_column(self, column: str, given: ColumnValues) -> None:
        """A column that the conditions name. Values that are others here stay, unless they are overwritten."""
        items, values = self._dataset.store.items, given.column()
        found = self._matched.keys[given.items]
        here = np.flatnonzero((found >= 0) & items.shown[items.rows_of_keys(found.clip(min=0).astype(np.uint64))])
        keys, values = found[here].astype(np.uint64), values.take(pa.array(here))
        empty, others = differing(self._values(column, keys.tolist()), values.to_pylist())
        taken = sorted([*empty, *others] if self._overwrite else empty)
        try:
            if column not in items.table.column_names:
                require_free_name(column, user_columns(self._dataset.store))
            if taken:
                new = {"key": pa.array(keys[taken], pa.uint64()), column: values.take(pa.array(taken))}
                self._dataset.store.set_columns(pa.table(new))
                self._notes.append(f"column {column!r} has {len(taken):,} values of the file")
        except (TypeError, ValueError) as error:
            self._conflicts.append(f"column {column!r}: {error}")
            return
        if others and not self._overwrite:
            name = self._name(int(keys[others[0]]))
            self._conflicts.append(
                f"column {column!r}: {len(others):,} of its values are others here, such as that of {name!r}"
            )

    def take_values(self, column: str, edits: ColumnEdits) -> None:
        """New labels and the like. What a person has changed to something else here stays, unless it is overwritten."""
        there, old, new = self._shown(edits)
        if not there:
            return
        try:
            wanted, kind = (
                (new, pa.string())
                if column == "split"
                else in_form_of_column(self._dataset, column, new, for_all=False)
            )
        except (TypeError, ValueError) as error:
            self._conflicts.append(f"column {column!r}: {error}")
            return
        current = self._values(column, there)
        mine = set(self._mine[column].keys.tolist()) if column in self._mine else set()
        taken: list[int] = []
        for at, key in enumerate(there):
            if _same(current[at], new[at]):
                self._same.add(key)
                continue
            expected = _same(current[at], old[at])
            words = f"{self._name(key)!r}: {column} is {current[at]!r} here, where {old[at]!r} became {new[at]!r}"
            if key in mine and not expected and not self._overwrite:
                self._conflicts.append(words)
                continue
            taken.append(at)
            if not expected and current[at] is not None and not self._overwrite:
                self._problems.append(f"{words}: that was taken, as nobody had changed it here")
        as_lists = pa.types.is_list(kind)
        before = [[value] if as_lists and isinstance(value, str) else value for value in current]
        self._change(column, [there[at] for at in taken], [before[at] for at in taken], [wanted[at] for at in taken])

    def take_tags(self, edits: ColumnEdits) -> None:
        """Tags that came and went; others that the items have here stay."""
        there, old, new = self._shown(edits)
        current = self._values("tags", there)
        after: list[list[str]] = []
        for now, before, then in zip(current, old, new, strict=True):
            kept = [tag for tag in now or [] if tag in then or tag not in before]
            after.append([*kept, *(tag for tag in then if tag not in before and tag not in kept)])
        differ = [at for at in range(len(there)) if (current[at] or []) != after[at]]
        self._same |= {there[at] for at in range(len(there))} - {there[at] for at in differ}
        self._change("tags", [there[at] for at in differ], [current[at] for at in differ], [after[at] for at in differ])

    def remove(self, numbers: Sequence[int]) -> None:
        """Take items out."""
        keys, items = self._matched.keys_at(numbers), self._dataset.store.items
        here = items.shown[items.rows_of_keys(keys)]
        self._same |= set(keys[~here].tolist())
        gone = keys[here]
        if len(gone):
            self.changes.append(Change("status", gone, self._values("status", gone.tolist()), ["removed"] * len(gone)))
        self._removed = len(gone)

    def take_slice(self, name: str, marked: Marked) -> None:
        """Save a slice; another one of that name stays, unless it is overwritten."""
        store = self._dataset.store
        kept, rejected = (self._still(numbers) for numbers in (marked.kept, marked.rejected))
        if name in store.slices.names():
            there = store.slices.load(name)
            if np.array_equal(there[0], kept) and np.array_equal(there[1], rejected):
                return
            if not self._overwrite:
                self._conflicts.append(f"slice {name!r}: there is another one of that name here")
                return
        store.save_slice(name, kept, rejected)
        self._notes.append(f"slice {name!r} was saved: {len(kept):,} kept, {len(rejected):,} rejected")

    def take_selection(self, marked: Marked) -> None:
        """Keep and reject what the curation does; one that marks nothing says nothing."""
        kept, rejected = (self._still(numbers) for numbers in (marked.kept, marked.rejected))
        selection = self._dataset.selection
        before = selection.revision
        if len(kept) or len(rejected):
            selection.replace(kept, rejected)
        if selection.revision > before:
            self._notes.append(
                f"the selection is that of the curation: {len(kept):,} kept, {len(rejected):,} rejected "
                "(ds.selection.undo() takes it back)"
            )

    def report(self, source: str) -> ReplayReport:
        other, missing, renamed = (
            [self._names[number] for number in numbers if number in self._decided]
            for numbers in (self._matched.other_content, self._matched.missing, self._matched.by_content)
        )
        if renamed:
            self._notes.append(
                f"{len(renamed):,} items have another id here, such as {renamed[0]!r}, and were known by their content"
            )
        return ReplayReport(
            source,
            changed=len(self._changed),
            removed=self._removed,
            unchanged=len(self._same - self._changed),
            not_found=[*missing, *dict.fromkeys(self._gone)],
            conflicts=[*(f"{name!r} is another picture here, and its own is not" for name in other), *self._conflicts],
            problems=self._problems,
            notes=self._notes,
        )

    def _shown(self, edits: ColumnEdits) -> tuple[list[int], list[Any], list[Any]]:
        """Keys of the items that are here and in the data set, and what the edits say of them."""
        items = self._dataset.store.items
        found = [(number, at) for at, number in enumerate(edits.items) if self._matched.keys[number] >= 0]
        keys = self._matched.keys[[number for number, _ in found]]
        shown = items.shown[items.rows_of_keys(keys.astype(np.uint64))]
        self._gone += [
            f"{self._names[number]} (removed here)" for (number, _), here in zip(found, shown, strict=True) if not here
        ]
        at = [place for (_, place), here in zip(found, shown, strict=True) if here]
        return keys[shown].tolist(), [edits.old[place] for place in at], [edits.new[place] for place in at]

    def _still(self, numbers: Sequence[int]) -> Keys:
        keys, items = self._matched.keys_at(numbers), self._dataset.store.items
        return keys[items.shown[items.rows_of_keys(keys)]]

    def _change(self, column: str, keys: list[int], old: list[Any], new: list[Any]) -> None:
        self._changed |= set(keys)
        if keys:
            self.changes.append(Change(column, np.asarray(keys, np.uint64), old, new))

    def _values(self, column: str, keys: list[int]) -> list[Any]:
        items = self._dataset.store.items
        if column not in items.table.column_names:
            return [None] * len(keys)
        return items.table.column(column).take(pa.array(items.rows_of_keys(np.asarray(keys, np.uint64)))).to_pylist()

    def _name(self, key: int) -> str:
        return self._dataset.store.items.ids_of_keys(np.array([key], np.uint64))[0]


def _same(first: Any, second: Any) -> bool:
    """Whether two labels say the same, in a column of one label an item or of lists."""
    return first == second or ([first] if isinstance(first, str) else first) == (
        [second] if isinstance(second, str) else second
    )


def _view(dataset: VectorSet, matched: Matched, where: Sequence[Any]) -> tuple[VectorSet | None, list[str]]:
    """The view that the conditions make here, and what is wrong where they make none."""
    view: VectorSet = dataset
    for made in where:
        if isinstance(made, str):
            try:
                view = view.where(made)
            except ExpressionError as error:
                return None, [f"the view cannot be made here: {error}"]
        else:
            keys = matched.keys_at(made)
            view = view.where(dataset.store.items.ids_of_keys(keys[np.isin(keys, view.keys)]))
    return view, []


def _picks(dataset: VectorSet, matched: Matched, saved: SavedPicks) -> Finding:
    """The picks whose items are here, with their scores and reasons."""
    items = dataset.store.items
    found = matched.keys[saved.items]
    shown = (found >= 0) & items.shown[items.rows_of_keys(np.maximum(found, 0).astype(np.uint64))]
    at = np.flatnonzero(shown)
    names = items.ids_of_keys(found[at].astype(np.uint64))
    return Finding(
        dataset, saved.kind, found[at].astype(np.uint64), np.asarray(saved.scores)[at],
        [saved.reasons[place] for place in at], recipe=given(dataset, names).recipe, score_meaning=saved.score_meaning,
    )  # fmt: skip
