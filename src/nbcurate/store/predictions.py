"""What models predicted of the items: a table a name and version, each written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .checked_file import DamagedFileError
from .items import Keys
from .store import Store
from .table import Table

_FOLDER = "predictions"
#: The list of what is there, among the settings of a store: what is not on it was never finished.
_LIST = "predictions"
_CLASSES = b"nbcurate.classes"
_SIDES = ("x", "y", "width", "height")
_ROWS = [pa.field("key", pa.uint64(), nullable=False), pa.field("class", pa.int32()), pa.field("score", pa.float64())]


@dataclass(frozen=True, slots=True, eq=False)
class PredictedRows:
    """Predictions as arrays, in the order of the keys; those of one item in the order in which they were given.

    Attributes
    ----------
    keys : uint64 array [m]
        Of the item that each is of.
    classes : list of str
    codes : int32 array [m]
        Which of the classes it is.
    scores : float64 array [m]
        In [0, 1].
    boxes : float64 array [m, 4] or None
        x, y, width and height in px of the upright picture. None where they are of whole items.
    """

    keys: Keys
    classes: list[str]
    codes: NDArray[np.int32]
    scores: NDArray[np.float64]
    boxes: NDArray[np.float64] | None

    def __len__(self) -> int:
        return len(self.keys)

    def in_order(self) -> PredictedRows:
        """The same, by their keys."""
        if bool((self.keys[:-1] <= self.keys[1:]).all()):
            return self
        return self.take(np.argsort(self.keys, kind="stable"))

    def take(self, rows: NDArray[Any]) -> PredictedRows:
        """Those at these places, or for which this is true."""
        boxes = None if self.boxes is None else self.boxes[rows]
        return PredictedRows(self.keys[rows], self.classes, self.codes[rows], self.scores[rows], boxes)


@dataclass(frozen=True, slots=True)
class KeptPredictions:
    """What is noted of one version of predictions.

    Attributes
    ----------
    name : str
    version : int
        From 1 up.
    folder : str
        Of the table, below the store's folder of predictions.
    digest : str
        Of the values.
    count : int
    boxes : bool
        Whether they are boxes on the items, not classes of whole ones.
    added : str
        When, in UTC, as ISO 8601 has it.
    """

    name: str
    version: int
    folder: str
    digest: str
    count: int
    boxes: bool
    added: str


def kept_predictions(store: Store) -> list[KeptPredictions]:
    """All versions of all names, in the order in which they were added."""
    return [KeptPredictions(**noted) for noted in store.setting(_LIST) or []]


def keep_predictions(store: Store, name: str, rows: PredictedRows) -> KeptPredictions:
    """Keep predictions under a name, as its next version; the same values as the newest one has are no new version.

    The table is written first, and counts once it is on the list: a process that dies in between leaves a folder that
    the next one removes.

    Raises
    ------
    PermissionError
        If the store can only be read.
    OSError
        If they cannot be written; then nothing has changed.
    """
    store.require_writable()
    rows = rows.in_order()
    digest = _digest(rows)
    with store.intake:
        there = kept_predictions(store)
        _sweep(store, there)
        before = [one for one in there if one.name == name]
        if before and before[-1].digest == digest:
            return before[-1]
        folder = f"{re.sub(r'[^A-Za-z0-9._-]+', '_', name)[-60:]}@{uuid.uuid4().hex[:12]}.lance"
        (store.path / _FOLDER).mkdir(exist_ok=True)
        Table(store.path / _FOLDER / folder, _schema(rows)).append(_as_table(rows))
        version = before[-1].version + 1 if before else 1
        added = datetime.now(UTC).isoformat(timespec="seconds")
        kept = KeptPredictions(name, version, folder, digest, len(rows), rows.boxes is not None, added)
        _note(store, [*there, kept])
        return kept


def drop_predictions(store: Store, name: str) -> None:
    """Forget all versions of a name."""
    store.require_writable()
    with store.intake:
        left = [one for one in kept_predictions(store) if one.name != name]
        _note(store, left)
        _sweep(store, left)


def read_predictions(store: Store, kept: KeptPredictions) -> PredictedRows:
    """What was kept.

    Raises
    ------
    OSError, DamagedFileError
        If the table is gone or damaged; the message names it.
    """
    path = store.path / _FOLDER / kept.folder
    try:
        table = Table(path)
    except FileNotFoundError:
        raise FileNotFoundError(
            f"The predictions {kept.name!r} (version {kept.version}) are gone from {path}: put that folder back from a "
            "copy of the data set, or add them again with ds.add_predictions."
        ) from None
    classes = json.loads((table.schema.metadata or {})[_CLASSES])
    rows = table.read(["key", "class", "score", *(_SIDES if kept.boxes else ())])
    boxes = np.stack([rows.column(side).to_numpy() for side in _SIDES], axis=1) if kept.boxes else None
    keys, codes, scores = (rows.column(name).to_numpy() for name in ("key", "class", "score"))
    read = PredictedRows(keys, classes, codes, scores, boxes)
    if _digest(read) != kept.digest:
        raise DamagedFileError(
            f"{path}, which holds the predictions {kept.name!r} (version {kept.version}), is damaged: its rows are not "
            "those that were written. Put that folder back from a copy of the data set, or add them again with "
            "ds.add_predictions."
        )
    return read


def _schema(rows: PredictedRows) -> pa.Schema:
    sides = [] if rows.boxes is None else [pa.field(side, pa.float64()) for side in _SIDES]
    return pa.schema([*_ROWS, *sides], {_CLASSES: json.dumps(rows.classes).encode()})


def _as_table(rows: PredictedRows) -> pa.Table:
    sides = [] if rows.boxes is None else list(np.ascontiguousarray(rows.boxes.T))
    return pa.table([pa.array(values) for values in (rows.keys, rows.codes, rows.scores, *sides)], schema=_schema(rows))


def _digest(rows: PredictedRows) -> str:
    digest = hashlib.blake2b(json.dumps([rows.classes, rows.boxes is None]).encode(), digest_size=16)
    for values in (rows.keys, rows.codes, rows.scores, rows.boxes):
        if values is not None:
            digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def _note(store: Store, kept: list[KeptPredictions]) -> None:
    fields = KeptPredictions.__dataclass_fields__
    store.keep_setting(_LIST, [{field: getattr(one, field) for field in fields} for one in kept])


def _sweep(store: Store, kept: list[KeptPredictions]) -> None:
    """Remove the tables that are not on the list."""
    known = {one.folder for one in kept}
    for folder in _tables(store.path / _FOLDER):
        if folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)


def _tables(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []
