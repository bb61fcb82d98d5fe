"""Values that are written down and wait for their commit: what a person decides one by one, faster than a commit is.

A commit of one value among a million takes a third of a second; a decision must not. So it goes to a small file, which
is there after a kill, and into the snapshot that is read; the commit of many comes when it is quiet, when anything else
is committed, when the store is closed, or when it is opened again.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pyarrow as pa

from .checked_file import DamagedFileError, copy_of, read_parquet, write_parquet
from .items import Items, Keys

_SCHEMA = pa.schema(
    [
        pa.field("column", pa.string(), nullable=False),
        pa.field("key", pa.uint64(), nullable=False),
        pa.field("value", pa.string()),
    ]
)
#: So many values wait at most: the file is written anew for each that comes.
MOST_WAITING = 2_000


class WaitingValues:
    """The values of one store that wait. Who changes them holds the lock of the store.

    Parameters
    ----------
    path : Path
        The file that they lie in; there is none while nothing waits.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._columns: dict[str, dict[int, str | None]] = {}
        self.read_again()

    def __len__(self) -> int:
        return sum(map(len, self._columns.values()))

    def read_again(self) -> None:
        """See what lies in the file."""
        try:
            rows = read_parquet(self._path, _SCHEMA)
        except DamagedFileError as error:
            warnings.warn(f"{error} What was decided last in a review may be missing.", stacklevel=4)
            rows = None
        self._columns = {}
        for row in [] if rows is None else rows.to_pylist():
            self._columns.setdefault(row["column"], {})[row["key"]] = row["value"]

    def add(self, name: str, keys: Keys, values: pa.Array) -> None:
        """Write values of a column down, to be committed later.

        Raises
        ------
        OSError
            If they cannot be written; then they do not wait.
        """
        added = {**self._columns.get(name, {}), **dict(zip(keys.tolist(), values.to_pylist(), strict=True))}
        columns = {**self._columns, name: added}
        rows = [(column, *pair) for column, pairs in columns.items() for pair in pairs.items()]
        arrays = [pa.array(part, field.type) for part, field in zip(zip(*rows, strict=True), _SCHEMA, strict=True)]
        write_parquet(self._path, pa.table(arrays, schema=_SCHEMA))
        self._columns = columns

    def tables(self) -> dict[str, pa.Table]:
        """By the name of a column a table with ``key`` and the values that wait for it."""
        return {
            name: pa.table({"key": pa.array(pairs, pa.uint64()), name: pa.array(pairs.values(), pa.string())})
            for name, pairs in self._columns.items()
        }

    def lay_over(self, items: Items) -> None:
        """Let a snapshot of the items say what waits."""
        for name, table in self.tables().items():
            items.table.lay_over(name, table.column("key").to_numpy(), table.column(name).combine_chunks())

    def committed(self) -> None:
        """Nothing waits any more."""
        copy_of(self._path).unlink(missing_ok=True)  # first: alone it would be taken for the file
        self._path.unlink(missing_ok=True)
        self._columns = {}
