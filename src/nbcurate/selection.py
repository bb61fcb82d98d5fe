"""The selection of a data set: what is kept, what is rejected, with undo."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from .display.album import Album, kept_album
from .display.marked import marked_page
from .display.page import Page
from .display.shown import Shown
from .store import Store
from .store.ids import IdAlgebra, Ids
from .store.items import Keys
from .store.marks import OPERATIONS, Marks, joined, keep, moved, unique
from .store.process_lock import ProcessLock

_UNDO_STEPS = 500
_UNDO_BYTES = 256 * 2**20


@dataclass(frozen=True, slots=True, eq=False)
class SelectionChange:
    """What an observer is told. ``old`` and ``new`` are lists of kept ids, made when they are asked for."""

    owner: Selection
    before: Marks
    after: Marks

    @property
    def old(self) -> list[str]:
        return self.owner.names(self.before.kept)

    @property
    def new(self) -> list[str]:
        return self.owner.names(self.after.kept)


def _none_of(keys: Keys) -> Keys:
    return keys[:0]


Observer = Callable[[SelectionChange], object]
#: Marks of items that are there, and of those that are away for now.
_State = tuple[Marks, Marks]


class Selection(Shown, IdAlgebra):
    """Kept ids and rejected ids of one data set, the same in every view of it.

    An item is kept, rejected, or neither. Every change can be undone. Made by the data set: ``ds.selection``.

    Examples
    --------
    >>> ds.selection.set(["cat/1.jpg", "cat/2.jpg"])
    >>> ds.selection.reject(["cat/2.jpg"])
    >>> ds.selection.ids, ds.selection.rejected
    (['cat/1.jpg'], ['cat/2.jpg'])
    >>> ds.selection.undo()
    True
    """

    def __init__(
        self,
        names: Callable[[Keys], list[str]],
        keys: Callable[[Ids], Keys],
        marks: Marks | None = None,
        save: Callable[[Marks], object] = lambda marks: None,
    ) -> None:
        self.names = names
        self._keys_of = keys
        self._marks = marks or Marks()
        self._away = Marks()  # of items that were removed, or cannot be read for now: they come back with these
        self._save = save
        self._saved = Marks()  # as they were read last
        self._path: Path | None = None
        #: The pictures of the items, where there are some.
        self.album: Album | None = None
        self._undo: list[_State] = []
        self._redo: list[_State] = []
        self._observers: list[Observer] = []
        self._guard = ProcessLock()  # a widget's messages may be handled beside a running cell
        self._revision = 0

    @classmethod
    def of(cls, store: Store) -> Selection:
        """The one selection of a store, as it was left: also when the cell that made the data set runs again.

        Parameters
        ----------
        store : Store
        """
        selection = _SELECTIONS.get(store)
        if selection is None:
            saved = Marks(*store.load_selection())
            selection = cls(
                lambda keys: store.items.ids_of_keys(keys),
                lambda ids: store.items.keys_of_ids(ids),
                moved(saved, store.items.standing),
                lambda marks: store.save_selection(marks.kept, marks.rejected),
            )
            selection._away, selection._saved = moved(saved, store.items.waiting), saved
            selection._path, selection.album = store.path, kept_album(store)
            _SELECTIONS[store] = selection
            store.listen(partial(_follow, weakref.ref(selection), weakref.ref(store)))
        return selection

    def __reduce__(self) -> tuple[Any, ...]:
        """What is sent to another process: where it is kept. It is changed in memory alone there."""
        if self._path is None:
            raise TypeError("This selection belongs to no store, so it cannot be sent to another process.")
        return _reopened, (self._path,)

    # -- reading -------------------------------------------------------------------------------------------------

    @property
    def ids(self) -> list[str]:
        """Kept ids, in the order in which they were picked."""
        return self.names(self._marks.kept)

    @property
    def rejected(self) -> list[str]:
        """Rejected ids, in the order in which they were rejected."""
        return self.names(self._marks.rejected)

    @property
    def marks(self) -> Marks:
        """The state as keys."""
        return self._marks

    @property
    def revision(self) -> int:
        """Counts the changes."""
        return self._revision

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to make again."""
        return bool(self._redo)

    def __len__(self) -> int:
        return len(self._marks.kept)

    def _page(self) -> Page:
        steps = ("ds.selection.ids", "ds.where(ds.selection)", "ds.save_slice('name')")
        return marked_page(repr(self), self.album, self._marks.kept, self._marks.rejected, steps=steps, opens=self)

    def __repr__(self) -> str:
        return f"Selection({len(self):,} kept, {len(self._marks.rejected):,} rejected)"

    # -- changing, by id -----------------------------------------------------------------------------------------

    def set(self, ids: Ids) -> None:
        """Keep exactly these. What is rejected stays so, except for what is now kept.

        Of a data set that was opened with ``read_only=True`` that holds for this process only, while it runs.

        Parameters
        ----------
        ids : iterable of str, or an object with ``ids``
            A list, array or Series of ids; a finding, a slice, a search result, a data set. So for the other methods.

        Raises
        ------
        UnknownItemError, TypeError
            If an id is not in the data set, or these are no ids; then nothing changes.
        OSError
            If the change cannot be kept, on a full disk for one; then nothing changes.
        """
        self.apply("set", self._keys_of(ids))

    def add(self, ids: Ids) -> None:
        """Keep these, too.

        Parameters
        ----------
        ids : ids
            A list, array or Series of ids, or anything that has ``ids``.
        """
        self.apply("keep", self._keys_of(ids))

    def reject(self, ids: Ids) -> None:
        """Reject these; they are no longer kept.

        Parameters
        ----------
        ids : ids
            A list, array or Series of ids, or anything that has ``ids``.
        """
        self.apply("reject", self._keys_of(ids))

    def remove(self, ids: Ids) -> None:
        """Neither keep nor reject these.

        Parameters
        ----------
        ids : ids
            A list, array or Series of ids, or anything that has ``ids``.
        """
        self.apply("unmark", self._keys_of(ids))

    def replace(self, kept: Keys, rejected: Keys) -> None:
        """Keep and reject exactly these known keys, which do not overlap.

        Parameters
        ----------
        kept : uint64 array [m]
        rejected : uint64 array [r]
        """
        self._change(Marks(unique(kept), unique(rejected)), Marks())

    def clear(self) -> None:
        """Keep nothing and reject nothing."""
        self._change(Marks(), Marks())

    # -- changing, by key ----------------------------------------------------------------------------------------

    def apply(self, op: str, keys: Keys, *, seen: Marks | None = None) -> bool:
        """Carry out ``set``, ``keep``, ``reject`` or ``unmark`` on known keys. Repeated keys count once.

        Where the keys were found by the marks, as neighbours are, these are given as ``seen``: once they have changed,
        nothing is carried out, and this is False.

        Parameters
        ----------
        op : str
            ``"set"``, ``"keep"``, ``"reject"`` or ``"unmark"``.
        keys : uint64 array [m]
        seen : Marks, optional
            The marks by which the keys were found.

        Returns
        -------
        bool
            Whether it was carried out.
        """
        with self._guard:
            if seen is not None and seen is not self._marks:
                return False
            away = Marks(rejected=self._away.rejected) if op == "set" else self._away
            self._change(OPERATIONS[op](self._marks, unique(keys)), away)
            return True

    def undo(self) -> bool:
        """Take the last change back. False when there is none."""
        return self._step(self._undo, self._redo)

    def redo(self) -> bool:
        """Make the change again that was taken back last. False when there is none."""
        return self._step(self._redo, self._undo)

    def follow(self, standing: Callable[[Keys], Keys], waiting: Callable[[Keys], Keys] = _none_of) -> None:
        """Let the marks stand on what has taken the place of items, now and in what undo can bring back.

        Parameters
        ----------
        standing : callable
            From keys to those that they are now; what has left the data set is left out.
        waiting : callable, optional
            From keys to those of them that have left for now: their marks come back with them.
        """
        with self._guard:

            def now(state: _State) -> _State:
                whole = joined(*state)
                return moved(whole, standing), moved(whole, waiting)

            states = [*self._undo, *self._redo, (self._marks, self._away)]
            marked = np.concatenate([keys for here, _ in states for keys in (here.kept, here.rejected)])
            if standing(marked) is marked and not any(away.nbytes for _, away in states):
                return  # all of it stands as it did: a long history is not looked through one by one
            for history in (self._undo, self._redo):
                history[:] = map(now, history)
            self._follow(*now((self._marks, self._away)))

    def _take_up(self, saved: Marks) -> None:
        """Become what another process has saved since; what was marked here in memory alone gives way to that."""
        with self._guard:
            if not saved.same_as(self._saved):
                self._saved = saved
                self._follow(saved, Marks())

    # -- watching ------------------------------------------------------------------------------------------------

    def observe(self, observer: Observer) -> None:
        """Call ``observer(change)`` after every change: ``change.new`` are the kept ids, ``change.owner`` this.

        What an observer raises takes nothing back: the others are called, too, then whoever made the change gets it.
        Nobody else may change the selection meanwhile, so it must not wait for a thread that edits the data set.

        Parameters
        ----------
        observer : callable
            Takes a change.

        Raises
        ------
        TypeError
            If it cannot be called.
        """
        if not callable(observer):
            raise TypeError(f"observe: expected a function of one argument, the change, got {observer!r}.")
        if observer not in self._observers:
            self._observers.append(observer)

    def unobserve(self, observer: Observer) -> None:
        """Call it no more.

        Parameters
        ----------
        observer : callable
        """
        if observer in self._observers:
            self._observers.remove(observer)

    def _change(self, after: Marks, away: Marks) -> None:
        with self._guard:
            same = after.same_as(self._marks)
            if same and away.same_as(self._away):
                return
            self._keep(after, away)
            before, self._away = (self._marks, self._away), away
            if same:
                return
            self._undo.append(before)
            self._redo.clear()
            while len(self._undo) > _UNDO_STEPS or sum(marks.nbytes for marks, _ in self._undo[:-1]) > _UNDO_BYTES:
                self._undo.pop(0)
            self._become(after)

    def _step(self, source: list[_State], target: list[_State]) -> bool:
        with self._guard:
            if not source:
                return False
            self._keep(*source[-1])
            target.append((self._marks, self._away))
            after, self._away = source.pop()
            self._become(after)
            return True

    def _follow(self, after: Marks, away: Marks) -> None:
        """Become what the items have made of the marks; that is found again when they are read, if it is not kept."""
        same = after.same_as(self._marks)
        if same and away.same_as(self._away):
            return
        self._away = away
        with contextlib.suppress(OSError):
            self._save(joined(after, away))
        if not same:
            self._become(after)

    def _keep(self, after: Marks, away: Marks) -> None:
        keep(self._save, joined(after, away), joined(self._marks, self._away))

    def _become(self, after: Marks) -> None:
        before, self._marks = self._marks, after
        self._revision += 1
        change = SelectionChange(self, before, after)
        errors: list[Exception] = []
        for observer in list(self._observers):
            try:
                observer(change)
            except Exception as error:
                errors.append(error)
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise ExceptionGroup("The selection has changed, but some of its observers failed.", errors)


def _reopened(path: Path) -> Selection:
    return Selection.of(Store.open(path, read_only=True))


def _follow(selection: weakref.ref[Selection], store: weakref.ref[Store]) -> None:
    """A listener of the store that holds neither: one that is not used any more lets another process write."""
    mine, there = selection(), store()
    if mine is not None and there is not None:
        if there.read_only:  # whoever writes the store marks items, too
            mine._take_up(Marks(*there.load_selection()))
        mine.follow(there.items.standing, there.items.waiting)


_SELECTIONS: weakref.WeakValueDictionary[Store, Selection] = weakref.WeakValueDictionary()
