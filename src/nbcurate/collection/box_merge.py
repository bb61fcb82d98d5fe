"""Corrected boxes as new items: a key names one content for ever, so a box that moved is another item of the old id."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..curate.box_matching import TOLERANCE, match_boxes
from ..sources.annotations import BoxAnnotation
from ..sources.box_probe import box_probe
from ..sources.ingest import Arrival, ProbeRecord, ingest
from ..sources.record import Record
from ..sources.root import FolderRoot, open_root
from ..store import Store
from ..store.columns import user_columns
from ..store.edits import Change
from ..store.items import Keys
from ..store.paths import encode_path
from .annotated_images import FoundImage
from .object_merge import annotation_text, with_facts
from .removed_boxes import RemovedBoxes

#: How far the extent of an outline may be from the box that was drawn around it, px.
_OUTLINE_TOLERANCE = 1.5


@dataclass(frozen=True, slots=True)
class _Arriving:
    """A box that becomes an item: a new one, or one in the place of another, which may have had another label."""

    arrival: Arrival
    label: list[str]
    said: BoxAnnotation


@dataclass(slots=True)
class BoxMerge:
    """What is to become of the boxes of a store, found out before any of it is done.

    Attributes
    ----------
    in_view : ndarray of bool [n]
        By row of the items table, whether an item may be changed.
    labels : dict of list of str
        By row of the items table, labels of boxes that stay where they are.
    facts : dict of dict
        By column and row, what COCO says anew of boxes that stay where they are: area, crowd, outline.
    removed : list of int
        Rows of boxes that are not on their image any more.
    conflicts : list of str
    """

    store: Store
    in_view: NDArray[np.bool_]
    labels: dict[int, list[str]] = field(default_factory=dict)
    facts: dict[str, dict[int, Any]] = field(default_factory=lambda: {name: {} for name in _FACTS})
    removed: list[int] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    _arriving: dict[tuple[int, str], list[_Arriving]] = field(default_factory=lambda: defaultdict(list))
    _probes: dict[int, ProbeRecord] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _columns: dict[str, list[Any]] = field(default_factory=dict)
    _out: RemovedBoxes = field(init=False)
    _is_whole: bool = field(init=False)
    _sources: Counter[tuple[int, str | None]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        table = self.store.items.table
        self._columns = {name: table.column(name).to_pylist() for name in _COLUMNS}
        shown = self.store.items.shown.tolist()
        self._out = RemovedBoxes(self.store.items)
        self._is_whole = bool(self.in_view[self.store.items.shown].all())
        self._taken = {item_id for item_id, here in zip(self._columns["id"], shown, strict=True) if here}
        self._sources = Counter(
            (root, given_by)
            for root, given_by, box in zip(*(self._columns[name] for name in ("root", "given_by", "box")), strict=True)
            if box is not None
        )

    def take(
        self, image: FoundImage, boxes: list[BoxAnnotation], *, complete: bool, handed_out: set[str] | None = None
    ) -> None:
        """Compare the boxes of an image with what a file says is on it.

        Parameters
        ----------
        complete : bool
            Whether these are all. Otherwise what is not among them stays.
        handed_out : set of str, optional
            Ids of those that the file can know of: others stay.
        """
        root, path = image.place
        if root is None:
            return
        rows, stem = image.boxes, self._stem(image)
        places = [one for one in boxes if np.isfinite(one.box).all()]
        if lost := len(boxes) - len(places):
            self.conflicts.append(f"{stem!r}: {lost:,} of its boxes have sides that are no numbers; none is removed")
            boxes, complete = places, False
        names = [self._name(row).rpartition("#")[2] for row in rows]
        ids = [self._columns["id"][row] for row in rows]
        said = [names[ids.index(one.id)] if one.id in ids else one.id for one in boxes]
        found = match_boxes(
            [self._columns["box"][row] for row in rows], [one.box for one in boxes], names, said,
            [frozenset(self._labels(row)) for row in rows], [frozenset(one.labels) for one in boxes],
        )  # fmt: skip
        usable = [self._correct(rows[old], boxes[new]) for old, new in found.pairs]
        fresh = [boxes[new] for new in found.new]
        if fresh and not (self._is_whole or self.in_view[[*rows, *image.whole]].any()):
            self.conflicts.append(f"{stem!r} is not in this view: {len(fresh):,} new boxes on it are left out")
            fresh = []
        usable += [self._add(root, path, stem, rows, one) for one in fresh]
        # What cannot be used may be a box of ours that somebody has moved: which, nobody can tell.
        complete = complete and all(usable)
        self.removed += [rows[old] for old in found.gone if complete and (handed_out is None or ids[old] in handed_out)]

    def apply(self) -> tuple[list[Change], dict[int, list[str]], dict[str, int]]:
        """Commit the items that are new; they wait for the edit that lets them in.

        Returns
        -------
        list of Change
            What became of the status of old and new items, and of the columns that describe boxes.
        dict of list of str
            By key, labels of the new items in the place of others.
        dict of str to int
            How many ``changed`` and were ``added``.
        """
        old: list[int] = []
        new: list[int] = []
        labels: dict[int, list[str]] = {}
        added: list[int] = []
        changes: list[Change] = []
        for (root, given_by), arriving in self._arriving.items():
            place = open_root(self.store.roots[root])
            arrivals = [one.arrival for one in arriving]
            keys = ingest(self.store, place, given_by, arrivals, self._probes[root], in_waiting=True).keys
            changes += self._facts([(key, one) for key, one in zip(keys, arriving, strict=True) if key is not None])
            for key, one in zip(keys, arriving, strict=True):
                replaced = one.arrival.key
                if key is None or key == replaced:
                    continue
                if replaced is None:
                    added.append(key)
                else:
                    old.append(replaced)
                    new.append(key)
                    labels.update({key: one.label} if one.label else {})
        status = Change(
            "status", _keys([*old, *new, *added]),
            ["ok"] * len(old) + ["replaced"] * (len(new) + len(added)),
            ["replaced"] * len(old) + ["ok"] * (len(new) + len(added)),
        )  # fmt: skip
        return [status, *changes], labels, {"changed": len(new), "added": len(added)}

    def find_image(self, names: list[str]) -> FoundImage | None:
        """An image that no item is of, below a folder that boxes come from; None if there is none of these names."""
        for root in dict.fromkeys(root for root, _ in self._sources):
            folder = open_root(self.store.roots[root])
            for name in names:
                path = os.path.normpath(name)
                inside = not os.path.isabs(path) and path.split(os.sep)[0] != os.pardir
                if isinstance(folder, FolderRoot) and inside and (folder.folder / path).is_file():
                    return FoundImage((root, encode_path(path)), [], [])
        return None

    def _correct(self, row: int, said: BoxAnnotation) -> bool:
        """Note what is said of a box that is there; whether it can be used."""
        before = np.asarray(self._columns["box"][row], float)
        far = float(np.abs(before - said.box).max())
        if not far > (_OUTLINE_TOLERANCE if said.outline else TOLERANCE):
            if said.labels:
                self.labels[row] = said.labels
            self._note_facts(row, said)
            return True
        if not self.in_view[row]:
            self.conflicts.append(f"{self._columns['id'][row]!r} is not in this view: its place stays")
            return True
        record = Record(self._name(row), self._columns["path"][row], box=said.box)
        key = int(self.store.items.keys[row])
        arrival = Arrival(record, self._columns["id"][row], key, self._columns["content_hash"][row])
        return self._arrive(self._columns["root"][row], self._columns["given_by"][row], arrival, said)

    def _note_facts(self, row: int, said: BoxAnnotation) -> None:
        """Note what a COCO file says anew of a box beside its place and class."""
        if said.given is None:
            return
        table = self.store.items.table
        there = {name: table.column(name)[row].as_py() for name in _FACTS if name in table.column_names}
        now = {
            "area": said.area if "area" in said.given else there.get("area"),
            "crowd": said.crowd if "iscrowd" in said.given else there.get("crowd"),
            "annotation": with_facts(there.get("annotation"), said),
        }
        for name, value in there.items():
            if now[name] != value:
                self.facts[name][row] = now[name]

    def _add(self, root: int, path: str, stem: str, rows: list[int], said: BoxAnnotation) -> bool:
        """Note a box that is new; whether it can be used."""
        if (removed := self._out.at(root, path, said.box)) is not None:
            self.conflicts.append(
                f"{removed!r} was removed here, and stays out: ds.restore([{removed!r}]) brings it back"
            )
            return True
        known = said.id.removeprefix(f"{stem}#") if said.id else None
        name = f"{stem}#{known or self._free_number(stem)}"
        item_id, number = name, 2
        while item_id in self._taken:
            item_id, number = f"{name}~{number}", number + 1
        self._taken.add(item_id)
        given_by = self._columns["given_by"][rows[0]] if rows else self._given_by(root)
        label = said.labels if len(said.labels) != 1 else said.labels[0]
        record = Record(item_id, path, label=label or None, box=said.box)
        return self._arrive(root, given_by, Arrival(record, item_id), said)

    def _arrive(self, root: int, given_by: str | None, arrival: Arrival, said: BoxAnnotation) -> bool:
        """Note an item that is to come, if its box can be one; whether it can."""
        probe = self._probes.setdefault(root, box_probe(open_root(self.store.roots[root])))
        error = probe(arrival.record).error
        if error is not None:
            self.conflicts.append(f"{arrival.id!r}: {error}")
        else:
            self._arriving[root, given_by or ""].append(_Arriving(arrival, said.labels, said))
        return error is None

    def _facts(self, arrived: list[tuple[int, _Arriving]]) -> list[Change]:
        """What else COCO says of boxes, in the columns that there are for it."""
        there, boxes = set(user_columns(self.store)), [one for _, one in arrived]
        facts = {
            "area": [float(one.said.area or one.said.box[2] * one.said.box[3]) for one in boxes],
            "crowd": [bool(one.said.crowd) for one in boxes],
            "annotation": [self._annotation(one) for one in boxes],
        }
        keys, table = _keys([key for key, _ in arrived]), self.store.items.table
        rows = pa.array(self.store.items.rows_of_keys(keys))
        return [
            Change(name, keys, table.column(name).take(rows).to_pylist(), values)
            for name, values in facts.items()
            if name in there and any(value is not None for value in values)
        ]

    def _annotation(self, one: _Arriving) -> str | None:
        """What is kept of a box as JSON."""
        if one.arrival.key is None:
            return annotation_text(one.said, None)
        row = int(self.store.items.rows_of_keys(_keys([one.arrival.key]))[0])
        return annotation_text(one.said, self.store.items.table.column("annotation")[row].as_py())

    def _stem(self, image: FoundImage) -> str:
        """What the source of the boxes on an image calls it."""
        for row in image.boxes:
            stem, mark, _ = self._name(row).rpartition("#")
            if mark:
                return stem
        return image.place[1]

    def _labels(self, row: int) -> list[str]:
        label = self._columns["label"][row]
        return [label] if isinstance(label, str) else list(label or [])

    def _name(self, row: int) -> str:
        """What its source calls an item."""
        return str(self._columns["given_name"][row] or self._columns["id"][row])

    def _free_number(self, stem: str) -> int:
        number = 1
        while f"{stem}#{number}" in self._taken:
            number += 1
        return number

    def _given_by(self, root: int) -> str | None:
        """The source of most boxes below a root."""
        of_root = Counter({by: count for (place, by), count in self._sources.items() if place == root})
        return of_root.most_common(1)[0][0] if of_root else None


#: Columns that tell what COCO says of a box beside its place and class.
_FACTS = ("area", "crowd", "annotation")
_COLUMNS = ("id", "label", "root", "path", "given_by", "given_name", "content_hash", "box")


def _keys(keys: list[int]) -> Keys:
    return np.array(keys, np.uint64)
