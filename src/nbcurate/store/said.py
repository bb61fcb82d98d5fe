"""What each source said last of its items: so that what it says anew can be told from what people have changed."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .checked_file import DamagedFileError, read_parquet, write_parquet, written
from .column_types import plain
from .items import Keys
from .json_text import to_json


class Said:
    """The words of one source as text, a row an item, in the order of their keys; a file, replaced in one step.

    Parameters
    ----------
    path : Path
        The file; :meth:`by` knows its name.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows = _read(path)

    @classmethod
    def by(cls, given_by: str, folder: Path) -> Said:
        """The words of a source, as the store notes it; ``folder``, that of all sources, is made when it is written."""
        return cls(folder / f"{hashlib.blake2b(given_by.encode(), digest_size=16).hexdigest()}.parquet")

    def others(self) -> list[Said]:
        """The words of all other sources."""
        return [Said(path) for path in written(self._path.parent, ".parquet") if path != self._path]

    def of(self, column: str, keys: Keys) -> tuple[pa.Array, np.ndarray]:
        """What was said of these items in a column, as text; and of which anything was said at all (bool [n])."""
        there = self._rows.column("key").to_numpy()
        if column not in self._rows.column_names or not len(there):
            return pa.nulls(len(keys), pa.string()), np.zeros(len(keys), bool)
        rows = np.searchsorted(there, keys).clip(max=len(there) - 1)
        known = there[rows] == keys
        spoken = self._rows.column(f"{column} said").combine_chunks().take(pa.array(rows)).fill_null(False)
        known &= np.asarray(spoken)
        texts = self._rows.column(column).combine_chunks().take(pa.array(rows))
        return pc.if_else(pa.array(known), texts, None), known  # pyright: ignore[reportAttributeAccessIssue]

    def save(self, keys: Keys, columns: dict[str, pa.Array]) -> None:
        """Keep what is said of these items now; of others what was said stays."""
        texts = {name: as_text(column) for name, column in columns.items()}
        marks = {f"{name} said": pa.array(np.ones(len(keys), bool)) for name in columns}
        new = pa.table({"key": pa.array(keys, pa.uint64()), **texts, **marks})
        old = self._rows.filter(pa.array(~np.isin(self._rows.column("key").to_numpy(), keys)))
        rows = pa.concat_tables([old, new], promote_options="default").sort_by("key")
        self._path.parent.mkdir(exist_ok=True)
        write_parquet(self._path, rows)
        self._rows = rows


def _read(path: Path) -> pa.Table:
    nothing = pa.table({"key": pa.array([], pa.uint64())})
    try:
        rows = read_parquet(path)
        if rows is not None and rows.schema.field("key").type != pa.uint64():
            raise KeyError("key")
    except (DamagedFileError, KeyError) as error:
        warnings.warn(
            f"{error} What its source said the last time is unknown: what it says next is compared with what is "
            "there, and what people have changed stays.",
            stacklevel=3,
        )
        rows = None
    return nothing if rows is None else rows


def as_text(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Values as text, one text for one value of one type; null for none."""
    values = plain(column)
    if pa.types.is_nested(values.type) or pa.types.is_binary(values.type) or pa.types.is_duration(values.type):
        texts = [None if value is None else to_json(value) for value in values.to_pylist()]
        return pa.array(texts, pa.string())
    return values.cast(pa.string())
