"""What users have changed in labels and tags: a log from which every change can be taken back."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from .items import Keys
from .table import Table

EDIT_SCHEMA = pa.schema(
    [
        pa.field("key", pa.uint64(), nullable=False),  # of the row in this log
        pa.field("edit", pa.int64(), nullable=False),  # rows of one number were changed together
        pa.field("undoes", pa.int64()),  # number of the edit that this one took back
        pa.field("time", pa.timestamp("us", "UTC"), nullable=False),
        pa.field("item", pa.uint64(), nullable=False),
        pa.field("column", pa.string(), nullable=False),
        pa.field("old", pa.string()),  # JSON
        pa.field("new", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a column: the items, and for each the value before and after."""

    number: int
    column: str
    items: Keys
    old: list[Any]
    new: list[Any]


class Edits:
    """The log of one store. Nothing in it is ever changed: taking an edit back is an edit, too."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self._table = Table(path, EDIT_SCHEMA) if not read_only or path.exists() else None
        self._guard = threading.RLock()

    @property
    def table(self) -> pa.Table:
        """All rows of ``EDIT_SCHEMA``, oldest first."""
        return EDIT_SCHEMA.empty_table() if self._table is None else self._table.read()

    def append(
        self, column: str, items: Keys, old: Sequence[Any], new: Sequence[Any], *, undoes: int | None = None
    ) -> None:
        """Commit one edit."""
        if self._table is None or not len(items):
            return
        with self._guard:
            there = self.table
            number = int(there.column("edit").to_numpy().max()) + 1 if len(there) else 0
            n = len(items)
            rows = {
                "key": pa.array(np.arange(len(there), len(there) + n), pa.uint64()),
                "edit": pa.array([number] * n, pa.int64()),
                "undoes": pa.array([undoes] * n, pa.int64()),
                "time": pa.array([datetime.now(UTC)] * n, pa.timestamp("us", "UTC")),
                "item": pa.array(items, pa.uint64()),
                "column": pa.array([column] * n, pa.string()),
                "old": pa.array([json.dumps(value) for value in old], pa.string()),
                "new": pa.array([json.dumps(value) for value in new], pa.string()),
            }
            self._table.append(pa.table(rows, schema=EDIT_SCHEMA))

    def last(self) -> Edit | None:
        """The newest edit that was not taken back."""
        table = self.table
        numbers, undoes = table.column("edit").to_pylist(), table.column("undoes").to_pylist()
        standing: list[int] = []
        for number, undone in dict(zip(numbers, undoes, strict=True)).items():
            if undone is None:
                standing.append(number)
            else:
                standing.remove(undone)
        if not standing:
            return None
        rows = table.filter(pa.array(np.asarray(numbers) == standing[-1]))
        return Edit(
            standing[-1],
            rows.column("column")[0].as_py(),
            rows.column("item").to_numpy(),
            [json.loads(value) for value in rows.column("old").to_pylist()],
            [json.loads(value) for value in rows.column("new").to_pylist()],
        )
