"""A folder of images as a source: what is new since the last time, what has changed, what is gone."""

from __future__ import annotations

import os
from collections.abc import Container, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from ..imaging.kinds import is_usual
from ..store import Store
from ..store.paths import encode_path
from .folder_rule import FolderRule, split_folders
from .hidden import is_hidden
from .one_at_a_time import one_at_a_time
from .passed_over import ending_of, plural
from .reconcile import reconcile
from .record import Record
from .relocate import moved_from
from .report import SourceReport
from .root import FolderRoot
from .source import Source
from .walk import Walk

#: A file below a folder, and what the system says of it.
Found = tuple[str, os.stat_result | None]

#: Under which the store keeps, by the number of a root, whether its first folders are splits.
_SPLITS = "split_folders"


@one_at_a_time
def add_folder(
    store: Store, folder: Path, rule: FolderRule, *, split: str | None = "folder", but: Container[str] = ()
) -> SourceReport:
    """Bring ``store`` up to date with the image files below ``folder``.

    A file is known by its path, size and time of change. One that has changed becomes a new item under the same id and
    with the same label; one that is gone stays, marked ``missing``; one that could not be opened is tried again.

    Whether folders called train, val and test are splits is settled when the folder is read first, so that a folder
    that comes later gives none of the known items another class.

    Parameters
    ----------
    rule : FolderRule
        What the paths say.
    split : {"folder", None}
        See :meth:`nbcurate.Dataset.from_folder`.
    but : container of str
        Paths below the folder, as the store notes them, of pictures that another source brings.
    """
    root, walk = FolderRoot(folder), Walk(folder)
    files = list(walk.files())
    splits = _Splits(store, root, files, asked=split == "folder" and not rule.gives_split)
    records: list[Record] = []
    columns: dict[str, list[str | None]] = {name: [] for name in rule.columns}
    for path, facts in files:
        if encode_path(path) in but:
            continue
        said = rule.read(path, split_first=splits.there)
        records.append(_record(path, facts, said.label, said.split))
        for name, values in columns.items():
            values.append(said.columns.get(name))
    says = {"label"} if rule.gives_label else set()
    says |= {"split"} if splits.there or splits.were_there or rule.gives_split else set()
    source = Source("folder", encode_path(folder.name), says=frozenset(says), whole=True)
    first_key = store.next_key()
    own = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    report = reconcile(store, source, root, records, columns=own if columns else None)
    splits.keep()
    problems = [*report.problems, *walk.problems, *splits.remarks, *rule.remarks(), *walk.passed_over.remarks()]
    problems += _in_disguise(store, first_key) + _hidden_items(store, root, report)
    problems += _nothing_found(folder, walk) if not files else []
    return replace(report, skipped=walk.passed_over.total, passed_over=walk.passed_over.counts(), problems=problems)


class _Splits:
    """Whether the first folders below a root are splits: as it was settled, or by what they are called.

    They are where all folders with pictures are called train, val, test or the like. Otherwise ``train`` is a class:
    it is also a vehicle.

    Parameters
    ----------
    asked : bool
        False: they are none, whatever they are called.
    """

    def __init__(self, store: Store, root: FolderRoot, files: Sequence[Found], *, asked: bool) -> None:
        self._store, self._root = store, root
        self.remarks: list[str] = []
        known_as = root.text if root.text in store.roots else moved_from(store, root, [_record(*f) for f in files])
        kept = None if known_as is None else self._kept().get(str(store.roots.index(known_as)))
        self.were_there = bool(kept)
        splits, others, loose = split_folders(path for path, _ in files)
        self.there = asked and bool(splits) and not others and (loose is None or len(splits) > 1)
        self._settles = asked and bool(splits or others) and kept is None
        if asked and kept is not None:
            self._follow(kept, splits, others)
        elif self.there:
            self.remarks.append(
                f"The folders {_listed(splits)} were taken for the splits, not for classes; split=None takes them for "
                "classes."
            )
        elif asked and len(splits) > 1:
            beside = _listed(others) if others else repr(loose)
            self.remarks.append(
                f"The folders {_listed(splits)} were taken for classes, because there is {beside} beside them; "
                "levels=['split', 'label'] takes them for splits."
            )

    def _follow(self, kept: bool, splits: set[str], others: set[str]) -> None:
        if kept != self.there and splits:
            now = "splits" if kept else "classes"
            told = f"The folders {_listed(splits)} are {now}, as they were when this folder was read first"
            self.remarks.append(f"{told}, though there is {_listed(others)} beside them now." if others else f"{told}.")
        self.there = kept and bool(splits)

    def keep(self) -> None:
        """Settle it, once the store knows the root."""
        if self._settles and self._root.text in self._store.roots:
            number = str(self._store.roots.index(self._root.text))
            self._store.keep_setting(_SPLITS, {**self._kept(), number: self.there})

    def _kept(self) -> dict[str, bool]:
        return self._store.setting(_SPLITS) or {}


def _record(
    path: str, facts: os.stat_result | None, label: str | list[str] | None = None, split: str | None = None
) -> Record:
    name = encode_path(path)
    return Record(
        id=name,
        path=name,
        bytes=facts.st_size if facts else None,
        modified_ns=facts.st_mtime_ns if facts else None,
        label=label,
        split=split,
    )


def _in_disguise(store: Store, first_key: int) -> list[str]:
    """What to say of new items whose ending is not that of their format: they are read as what they are."""
    rows = pa.array(np.flatnonzero((store.items.keys >= first_key) & store.items.shown))
    names = (store.items.table.column(name).take(rows).to_pylist() for name in ("path", "format"))
    found = [(path, form) for path, form in zip(*names, strict=True) if form and not is_usual(ending_of(path), form)]
    if not found:
        return []
    path, form = found[0]
    others = "" if len(found) == 1 else f" and {len(found) - 1:,} more"
    return [f"The ending of {path!r}{others} does not say what it is, {form}: it was read by its first bytes."]


def _hidden_items(store: Store, root: FolderRoot, report: SourceReport) -> list[str]:
    """What to say of known items that are hidden files: earlier versions took them up."""
    if root.text not in store.roots:
        return []
    items = store.items
    here = items.has_status("ok") & (items.table.column("root").to_numpy() == store.roots.index(root.text))
    rows = np.flatnonzero(here & ~np.isin(items.keys, np.array(list(report.keys.values()), np.uint64)))
    paths = items.table.column("path").take(pa.array(rows)).to_pylist()
    found = [path for path in paths if path and any(map(is_hidden, path.split("/")))]
    if not found:
        return []
    return [
        f"{plural(len(found), 'item')} of this data set would be passed over now, as hidden or a system's own, such as "
        f"{found[0]!r}; ds.remove(ids) takes them out."
    ]


def _nothing_found(folder: Path, walk: Walk) -> list[str]:
    held = str(walk.passed_over)
    return [
        f"There is no picture to read in {encode_path(folder)}: " + (f"it holds {held}." if held else "it is empty.")
    ]


def _listed(names: set[str]) -> str:
    shown = sorted(names)[:4]
    more = f" and {plural(len(names) - 4, 'other')}" if len(names) > 4 else ""
    return ", ".join(repr(name) for name in shown) + more
