"""Tables of any kind as Arrow, and what their cells say as text, labels and tags."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa

from ..store.column_types import in_words, of_pandas, plain
from ..store.csv_text import read_csv_text, unguarded_table
from .csv_file import as_numbers, read_csv, require_different
from .cut_export import without_guards
from .given_file import open_given
from .odd_cells import without_lists
from .table_pictures import are_pictures, as_pictures

#: Columns by which a table is known that was made by ``ds.export`` or ``ds.to_pandas``.
_EXPORTED = {"id", "label", "split", "tags", "status", "perceptual_hash", "copy_of"}
#: Of what is no box: nothing of the picture, so that the item says so.
_NO_BOX = (0.0, 0.0, 0.0, 0.0)
#: The bytes that a Parquet file begins with.
_PARQUET = b"PAR1"


@dataclass(frozen=True, slots=True)
class Frame:
    """A table.

    Attributes
    ----------
    rows : pyarrow.Table
    untyped : bool
        Whether all of it is text because the file knows no types.
    file : Path or None
        Where it was read.
    problems : list of str
        What a person should know of the reading.
    """

    rows: pa.Table
    untyped: bool = False
    file: Path | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def exported(self) -> bool:
        """Whether ``ds.export`` or ``ds.to_pandas`` made it."""
        return set(self.rows.column_names) >= _EXPORTED

    def boxes(self) -> list[tuple[float, float, float, float] | None]:
        """The box that each row is on its picture, None where it is all of it: of what we made, others are whole."""
        if not self.exported or "box" not in self.rows.column_names:
            return [None] * len(self.rows)
        return [_as_box(value) for value in self.rows.column("box").to_pylist()]

    def own(self, names: list[str]) -> pa.Table:
        """Some columns with the types that they have; of a CSV file with those that their texts tell."""
        rows = self.rows.select(names)
        return pa.table([as_numbers(column) for column in rows.columns], names) if self.untyped and names else rows


def as_frame(table: Any, image: str, *others: str | None) -> Frame:
    """A table as Arrow.

    Parameters
    ----------
    table : pandas or polars DataFrame, pyarrow.Table, or path of a CSV or Parquet file
        A pandas column of mixed types comes as text, and is told of.
    image : str
        The column that may hold pictures themselves: see :func:`nbcurate.sources.table_pictures.as_pictures`.
    *others : str or None
        Columns of texts: a list in one of them costs its row.

    Raises
    ------
    TypeError, ValueError
        If it is none of these, or two columns have one name.
    """
    if isinstance(table, str | os.PathLike):
        return _read(Path(table).expanduser())
    if hasattr(table, "to_arrow"):  # polars
        return _from_polars(table, {image, *others})
    if isinstance(table, pa.Table):
        require_different(table.column_names, "The table")
        return Frame(pa.table([plain(column) for column in table.columns], table.column_names))
    if hasattr(table, "columns") and hasattr(table, "iloc"):  # pandas
        return _from_pandas(table, image, {image, *others})
    raise TypeError(f"A table is a pandas or polars DataFrame, a pyarrow.Table or a path, not {type(table).__name__}.")


def texts(column: pa.ChunkedArray) -> list[str | None]:
    """The values of a column as text; None for what is missing or empty."""
    return [_text(value) for value in column.to_pylist()]


def labels(column: pa.ChunkedArray) -> list[str | list[str] | None]:
    """The values of a column as labels, lists where an item has several; None for what cannot be one.

    That is, in every source alike: a missing value, NaN, an empty text. Numbers are classes: 3 and 3.0 are ``"3"``.
    """
    values = column.to_pylist()
    kind = column.type.value_type if pa.types.is_list(column.type) else column.type
    if pa.types.is_nested(kind):
        raise TypeError(f"labels: a label is a text, or a list of texts, and the column holds {in_words(column.type)}.")
    if not pa.types.is_list(column.type):
        return [_text(value) for value in values]
    return [None if value is None else list(dict.fromkeys(filter(None, map(_text, value)))) for value in values]


def _as_box(value: Any) -> tuple[float, float, float, float] | None:
    if value is None:
        return None
    try:
        x, y, width, height = (float(side) for side in (json.loads(value) if isinstance(value, str) else value))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return _NO_BOX
    return (x, y, width, height) if all(map(math.isfinite, (x, y, width, height))) else _NO_BOX


def _text(value: Any) -> str | None:
    if value is None or value != value:
        return None
    if isinstance(value, bytes):
        value = value.decode("utf-8", "backslashreplace")
    text = str(int(value)) if isinstance(value, float | np.floating) and value.is_integer() else str(value)
    return text if text.strip() else None


def _read(path: Path) -> Frame:
    ending = path.suffix.lower()
    if path.is_dir() and ending == ".parquet":  # in parts
        return _read_parquet(path, path)
    with open_given(path) as file:
        head = file.read(len(_PARQUET))
        file.seek(0)
        if head == _PARQUET or ending == ".parquet":
            return _read_parquet(file, path)
        is_csv = ending in (".csv", ".tsv")
        content = file.read() if is_csv or head[:1] == b'"' else b""  # ours has a quote first, whatever it is called
    ours = Frame(_ours(content), file=path)
    if ours.exported:
        return ours
    if not is_csv:
        raise ValueError(f"{path} is no .csv, .tsv or .parquet file: read it yourself and give the table.")
    read = read_csv(path, content)
    frame = Frame(read.rows, untyped=True, file=path, problems=read.problems)
    if frame.exported:  # saved again since
        return replace(frame, rows=unguarded_table(frame.rows))
    rows, told = without_guards(frame.rows)
    return replace(frame, rows=rows, problems=[*frame.problems, *told])


def _ours(content: bytes) -> pa.Table:
    """What an export wrote, as it was; an empty table of what it did not, or is damaged: then rows cost themselves."""
    try:
        return read_csv_text(content) or pa.table({})
    except pa.ArrowException:
        return pa.table({})


def _read_parquet(source: Path | IO[bytes], path: Path) -> Frame:
    import pyarrow.parquet

    try:
        rows = pyarrow.parquet.read_table(source)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{path} is no Parquet file that can be read: {error}") from None
    require_different(rows.column_names, path.name)
    return Frame(pa.table([plain(column) for column in rows.columns], rows.column_names), file=path)


def _from_pandas(table: Any, image: str, of_texts: Set[str | None]) -> Frame:
    names = [str(name) for name in table.columns]
    require_different(names, "The table")
    columns: dict[str, pa.Array] = {}
    problems: list[str] = []
    for at, name in enumerate(names):
        series = table.iloc[:, at]
        if name == image and are_pictures(series):
            columns[name], told = as_pictures(series)
            problems += told
            continue
        if name == image and any(isinstance(value, bytes) for value in series):  # else all would be pictures
            series = series.map(lambda value: _as_text(os.fsdecode(value)) if isinstance(value, bytes) else value)
        if name in of_texts and series.dtype == object:
            kept, told = without_lists(name, list(series))
            series, problems = (type(series)(kept, dtype=object), [*problems, *told]) if told else (series, problems)
        try:
            columns[name] = of_pandas(series)
        except (ValueError, TypeError, OverflowError, NotImplementedError):
            problems += _add_odd_column(columns, name, series)
    return Frame(pa.table(columns) if columns else pa.table({}), problems=problems)


def _from_polars(table: Any, of_texts: Set[str | None]) -> Frame:
    """Column by column, as one that Arrow does not know costs none of the others."""
    columns: dict[str, pa.Array] = {}
    problems: list[str] = []
    for name, kind in table.schema.items():
        try:
            if str(kind) == "Object":  # Arrow would get addresses in memory
                raise TypeError
            columns[name] = plain(table.select(name).to_arrow().column(0))
        except (ValueError, TypeError, NotImplementedError):
            values, told = (
                without_lists(name, table[name].to_list()) if name in of_texts else (table[name].to_list(), [])
            )
            problems += [*told, *_add_odd_column(columns, name, values)]
    return Frame(pa.table(columns), problems=problems)


def _add_odd_column(columns: dict[str, pa.Array], name: str, values: Iterable[Any]) -> list[str]:
    """Put a column that Arrow has no one type for to the others, if that can be; what to say of it."""
    try:
        columns[name], told = of_several_kinds(values)
    except TypeError as error:
        return [f"Column {name!r} is left out: {error}."]
    return [f"Column {name!r} {words}" for words in told]


def of_several_kinds(given: Iterable[Any]) -> tuple[pa.Array, list[str]]:
    """Values that Arrow has no one type for, and what to say of them.

    A value beside lists is a list of one; what is in lists of several kinds, and all else, becomes text.

    Raises
    ------
    TypeError
        If they have no text.
    """
    values = [_as_list(value) for value in given]
    values = [list(value) if isinstance(value, tuple | set | frozenset) else value for value in values]
    if any(isinstance(value, list) for value in values):
        values = [None if _is_missing(value) else value if isinstance(value, list) else [value] for value in values]
    try:
        return plain(pa.array(values, from_pandas=True)), []
    except (ValueError, TypeError, OverflowError, NotImplementedError):
        told = ["holds values of several kinds, or larger ones than a column can: they are kept as text."]
    if any(isinstance(value, list) for value in values):
        lists = [
            None if value is None else [_as_text(one) for one in value if not _is_missing(one)] for value in values
        ]
        return pa.array(lists, pa.list_(pa.string())), told
    nameless = [type(value).__repr__ is object.__repr__ for value in values]
    if any(nameless):
        if all(bare or _is_missing(value) for value, bare in zip(values, nameless, strict=True)):
            raise TypeError("it holds objects of Python")
        values = [None if bare else value for value, bare in zip(values, nameless, strict=True)]
        told = [*told, f"holds {sum(nameless):,} objects of Python, which have no text: they are left out."]
    paths = all(isinstance(value, str | os.PathLike) or _is_missing(value) for value in values)
    return pa.array([None if _is_missing(value) else _as_text(value) for value in values]), [] if paths else told


def _as_list(value: Any) -> Any:
    """An array, a tensor, or a column of pandas or polars in a cell, as the list that it stands for."""
    if isinstance(value, str | bytes) or not hasattr(value, "__len__"):
        return value
    as_list = getattr(value, "tolist", None) or getattr(value, "to_list", None)
    return value if as_list is None else as_list()


def _as_text(value: Any) -> str:
    text = os.fspath(value) if isinstance(value, os.PathLike) else _text(value) or ""
    return text.encode("utf-8", "backslashreplace").decode()


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value) or str(value) in ("<NA>", "NaT")
