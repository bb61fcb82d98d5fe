"""What has changed in labels, tags and the like: a log from which every change can be taken back."""

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
        pa.field("source", pa.string()),  # which source's correction it is; null: a person's
    ]
)


@dataclass(frozen=True, slots=True)
class Change:
    """One column: the items whose value changed, and for each the value before and after, as JSON has it."""

    column: str
    items: Keys
    old: Sequence[Any]
    new: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """What was changed together, and is taken back together."""

    number: int
    changes: list[Change]


class Edits:
    """The log of one store. Nothing in it is ever changed: taking an edit back is an edit, too."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self._table = Table(path, None if read_only else EDIT_SCHEMA) if not read_only or path.exists() else None
        new = [field for field in EDIT_SCHEMA if self._table and field.name not in self._table.schema.names]
        if self._table is not None and new and not read_only:  # the store was written by an older version
            self._table.add_null_columns(new)
        self._guard = threading.RLock()

    @property
    def table(self) -> pa.Table:
        """All rows of ``EDIT_SCHEMA``, oldest first."""
        if self._table is None:
            return EDIT_SCHEMA.empty_table()
        there = self._table.read()
        for field in EDIT_SCHEMA:
            if field.name not in there.column_names:
                there = there.append_column(field, pa.nulls(len(there), field.type))
        return there.select(EDIT_SCHEMA.names)

    def append(self, changes: Sequence[Change], *, undoes: int | None = None, source: str | None = None) -> None:
        """Commit one edit.

        Parameters
        ----------
        changes : sequence of Change
            What was changed together. Those of no item are passed over.
        undoes : int, optional
            Number of the edit that this one takes back.
        source : str, optional
            The source whose correction it is; None for what a person does.
        """
        changes = [change for change in changes if len(change.items)]
        if self._table is None or not changes:
            return
        with self._guard:
            there = self.table
            number = int(there.column("edit").to_numpy().max()) + 1 if len(there) else 0
            n = sum(len(change.items) for change in changes)
            rows = {
                "key": pa.array(np.arange(len(there), len(there) + n), pa.uint64()),
                "edit": pa.array([number] * n, pa.int64()),
                "undoes": pa.array([undoes] * n, pa.int64()),
                "time": pa.array([datetime.now(UTC)] * n, pa.timestamp("us", "UTC")),
                "item": pa.array(np.concatenate([change.items for change in changes]), pa.uint64()),
                "column": pa.array([change.column for change in changes for _ in change.items], pa.string()),
                "old": pa.array([json.dumps(value) for change in changes for value in change.old], pa.string()),
                "new": pa.array([json.dumps(value) for change in changes for value in change.new], pa.string()),
                "source": pa.array([source] * n, pa.string()),
            }
            self._table.append(pa.table(rows, schema=EDIT_SCHEMA))

    def taken_back(self) -> set[int]:
        """Numbers of the edits that do not stand: those that were taken back, and those that took them back."""
        table = self.table
        pairs = zip(table.column("edit").to_pylist(), table.column("undoes").to_pylist(), strict=True)
        return {number for pair in pairs if pair[1] is not None for number in pair}

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
        columns = rows.column("column").to_pylist()
        return Edit(standing[-1], [_change(rows, columns, name) for name in dict.fromkeys(columns)])


def _change(rows: pa.Table, columns: list[str], name: str) -> Change:
    mine = rows.filter(pa.array([column == name for column in columns]))
    old, new = ([json.loads(value) for value in mine.column(side).to_pylist()] for side in ("old", "new"))
    return Change(name, mine.column("item").to_numpy(), old, new)
