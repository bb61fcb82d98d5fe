"""The items of a store: the table's columns, and a snapshot of it in memory with both ways of naming an item."""

from __future__ import annotations

import difflib
from functools import cached_property
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .ids import Ids, as_ids
from .table import Snapshot

Keys = NDArray[np.uint64]
#: ``ok``; ``missing``: its file is gone, what was made of it is kept; ``unreadable``: never was an image to us;
#: ``removed``: taken out by the user; ``replaced``: its file has changed and is a new item under the same id.
Status = Literal["ok", "missing", "unreadable", "removed", "replaced"]

#: A key names one content for ever. So whatever is derived by key (a thumbnail, a vector) cannot be out of date.
ITEM_SCHEMA = pa.schema(
    [
        pa.field("key", pa.uint64(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("label", pa.string()),  # lists of texts in a store whose items have several labels
        pa.field("split", pa.string()),
        pa.field("status", pa.string(), nullable=False),
        pa.field("error", pa.string()),
        pa.field("root", pa.int32()),  # which of the store's roots `path` is relative to
        pa.field("path", pa.string()),
        pa.field("bytes", pa.int64()),
        pa.field("modified_ns", pa.int64()),
        pa.field("content_hash", pa.string()),  # BLAKE2b-128 of the file, hexadecimal
        pa.field("content", pa.uint64(), nullable=False),  # key of the first item with these bytes
        pa.field("width", pa.int32()),  # px, as shown: after the EXIF rotation
        pa.field("height", pa.int32()),
        pa.field("format", pa.string()),
        pa.field("mode", pa.string()),  # pixel format of the file, see imaging.picture.Picture
        pa.field("taken", pa.timestamp("s")),  # EXIF, in the camera's time zone
        pa.field("camera", pa.string()),
        pa.field("latitude", pa.float64()),  # degrees, north is positive
        pa.field("longitude", pa.float64()),  # degrees, east is positive
        pa.field("tags", pa.list_(pa.string())),
        pa.field("box", pa.list_(pa.float32())),  # x, y, width, height in px of the upright image; null: all of it
        pa.field("given_by", pa.string()),  # the source that the item came from: see sources.source
        pa.field("given_name", pa.string()),  # what that source calls it
    ]
)

#: How the sources are noted whose items change their ids: see ``sources.source``.
_MOVING = "huggingface:"
#: Columns that older versions of ours did not write.
LATER_COLUMNS = {"mode", "taken", "camera", "latitude", "longitude", "tags", "box", "given_by", "given_name"}


class UnknownItemError(KeyError):
    """An id that the data set does not have."""

    def __str__(self) -> str:
        return str(self.args[0])


#: What is asked of all items at once.
OF_EACH = ("content", "status")


class Items:
    """Snapshot of the items table at one version: aligned columns in the order of the keys.

    Parameters
    ----------
    table : Snapshot
        Columns of ``ITEM_SCHEMA``, and any of the user's.
    """

    def __init__(self, table: Snapshot) -> None:
        self.table = table
        self.keys: Keys = table.column("key").to_numpy()
        self.contents: Keys = table.column("content").to_numpy()

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def ids(self) -> pa.Array:
        return self.table.column("id")

    @cached_property
    def labels(self) -> pa.Array:
        return self.table.column("label")

    @cached_property
    def shown(self) -> NDArray[np.bool_]:
        """Which rows are items of the data set: readable, or known and missing for now."""
        return self.has_status("ok", "missing")

    @cached_property
    def are_boxes(self) -> NDArray[np.bool_]:
        """Which rows are objects on an image, and no whole images."""
        return np.asarray(self.table.column("box").is_valid())

    def has_status(self, *statuses: Status) -> NDArray[np.bool_]:
        """Which rows have one of these statuses."""
        found = pc.is_in(self.table.column("status"), pa.array(statuses))  # pyright: ignore[reportAttributeAccessIssue]
        return found.to_numpy(zero_copy_only=False)

    def standing(self, keys: Keys) -> Keys:
        """The items that these are now, in their order: of one that was replaced what took its place.

        Those that have left the data set are left out, and those that it does not know: its tables may have been put
        back from a copy that is older than what names these.
        """
        keys = keys[np.isin(keys, self.keys)] if len(keys) and not self._knows(keys) else keys
        if self.shown[self.rows_of_keys(keys)].all():
            return keys
        now = self.successors(keys)
        return np.array(list(dict.fromkeys(now[now >= 0].tolist())), np.uint64)

    def successors(self, keys: Keys) -> NDArray[np.int64]:
        """For each of these items the key of what it is now: itself, or what took its place; -1 where it has left."""
        rows = self.rows_of_keys(keys)
        now = np.where(self.shown[rows], keys.astype(np.int64), -1)
        replaced = np.flatnonzero(self.has_status("replaced")[rows])
        now[replaced] = [-1 if heir is None else heir for heir in self._heirs(rows[replaced])]
        return now

    def waiting(self, keys: Keys) -> Keys:
        """Those of these items that were removed, or cannot be read for now, or whose successor cannot."""
        keys = keys[np.isin(keys, self.keys)]
        removed, unreadable = self.has_status("removed"), self.has_status("unreadable")
        if not len(keys) or not (unreadable.any() or removed.any()):
            return keys[:0]
        rows = self.rows_of_keys(keys)
        names = self.ids.filter(pa.array(unreadable))
        named = np.asarray(pc.is_in(self.ids.take(pa.array(rows)), names))  # pyright: ignore[reportAttributeAccessIssue]
        lost = removed[rows] | unreadable[rows] | (self.has_status("replaced")[rows] & named)
        return keys[lost & (self.successors(keys) < 0)]

    def _heirs(self, rows: NDArray[np.intp]) -> list[int | None]:
        """Key of the item that took the place of each: of its source the one of its id, else the one of its content.

        The rows of a Hugging Face data set are named by their places, and change these: there the content goes first.
        """
        if not len(rows):
            return []
        owner, ids = self.table.column("given_by"), self.ids
        heir: dict[tuple[str | None, object], int] = {}
        for names in (ids, pa.array(self.contents)):
            wanted = pc.is_in(names, names.take(pa.array(rows)))  # pyright: ignore[reportAttributeAccessIssue]
            there = np.flatnonzero(self.shown & np.asarray(wanted))
            pairs = zip(*(column.take(pa.array(there)).to_pylist() for column in (owner, names)), strict=True)
            heir.update(zip(pairs, self.keys[there].tolist(), strict=True))
        here = pa.array(rows)
        mine = (owner.take(here).to_pylist(), self.contents[rows].tolist(), ids.take(here).to_pylist())
        found: list[int | None] = []
        for by, content, name in zip(*mine, strict=True):
            first, second = (content, name) if by is not None and by.startswith(_MOVING) else (name, content)
            found.append(heir.get((by, first), heir.get((by, second))))
        return found

    def distinct(self) -> tuple[Keys, Keys]:
        """The distinct contents among the items, sorted, and for each the key of an item to read it from.

        Of several copies that is one whose file is there, if there is one.
        """
        rows = np.flatnonzero(self.shown)
        rows = rows[np.argsort(self.has_status("missing")[rows], kind="stable")]
        contents, first = np.unique(self.contents[rows], return_index=True)
        return contents, self.keys[rows[first]]

    @cached_property
    def contents_present(self) -> Keys:
        """The contents that items stand for, ascending."""
        return np.unique(self.contents[self.shown])

    def copies_of(self, rows: NDArray[np.intp]) -> list[str | None]:
        """For each row the id of the first item with the very same bytes; None for that one itself."""
        shown = np.flatnonzero(self.shown)
        contents, first = np.unique(self.contents[shown], return_index=True)
        original = shown[first[np.searchsorted(contents, self.contents[rows])]]
        ids = self.ids.take(pa.array(original)).to_pylist()
        return [None if a == b else item_id for a, b, item_id in zip(original, rows, ids, strict=True)]

    @cached_property
    def _row_of_id(self) -> dict[str, int]:
        rows = np.flatnonzero(self.shown)
        return dict(zip(self.ids.take(pa.array(rows)).to_pylist(), rows.tolist(), strict=True))

    @cached_property
    def _counts_up(self) -> bool:
        """Whether each key is its row, as long as no row was ever left out: sorted keys without a gap."""
        return len(self.keys) > 0 and self.keys[0] == 0 and int(self.keys[-1]) == len(self.keys) - 1

    def _knows(self, keys: Keys) -> bool:
        return (self._counts_up and bool(keys.max() < len(self.keys))) or bool(np.isin(keys, self.keys).all())

    def is_unreadable(self, item_id: str) -> bool:
        """Whether this is the id of something that could not be read."""
        return item_id in self.ids.filter(pa.array(self.has_status("unreadable"))).to_pylist()

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._row_of_id

    def rows_of_keys(self, keys: Keys) -> NDArray[np.intp]:
        """Row of each key.

        Raises
        ------
        UnknownItemError
            If a key is not in the table.
        """
        keys = np.asarray(keys, np.uint64)
        if len(keys) and not len(self.keys):
            raise UnknownItemError(f"There is no item with key {keys[0]}: the data set is empty.")
        if len(keys) and self._counts_up and keys.max() < len(self.keys):
            return keys.astype(np.intp)
        rows = np.searchsorted(self.keys, keys).clip(max=max(len(self.keys) - 1, 0))
        if len(keys):
            unknown = self.keys[rows] != keys
            if unknown.any():
                raise UnknownItemError(f"There is no item with key {keys[unknown][0]}.")
        return rows

    def keys_of_ids(self, ids: Ids, argument: str = "ids") -> Keys:
        """Key of each id, in the order given; ``argument`` is what the caller's user calls them.

        Raises
        ------
        TypeError
            If these are no ids: see :func:`nbcurate.store.ids.as_ids`.
        UnknownItemError
            If an id is not in the data set; the message suggests the nearest one.
        """
        rows: list[int] = []
        for item_id in as_ids(ids, argument):
            row = self._row_of_id.get(item_id)
            if row is None:
                raise UnknownItemError(self._unknown_id(item_id))
            rows.append(row)
        return self.keys[np.asarray(rows, np.intp)]

    def ids_of_keys(self, keys: Keys) -> list[str]:
        """Id of each key, in the order given."""
        return self.ids.take(pa.array(self.rows_of_keys(keys))).to_pylist()

    def _unknown_id(self, item_id: str) -> str:
        near = difflib.get_close_matches(item_id, list(self._row_of_id)[:100_000], n=1)
        hint = f" The nearest id is {near[0]!r}." if near else ""
        return f"There is no item with id {item_id!r} in this data set of {int(self.shown.sum()):,} items.{hint}"
