"""Tables of any kind as Arrow."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def as_arrow(table: Any) -> pa.Table:
    """A table as Arrow.

    Parameters
    ----------
    table : pandas or polars DataFrame, pyarrow.Table, or path of a CSV or Parquet file
        A pandas column of mixed types comes as text; what is empty in a CSV is null.

    Raises
    ------
    TypeError, ValueError
        If it is none of these.
    """
    if isinstance(table, pa.Table):
        return table.combine_chunks()
    if isinstance(table, str | os.PathLike):
        return _read(Path(table).expanduser())
    if hasattr(table, "to_arrow"):  # polars
        return table.to_arrow()
    if hasattr(table, "columns") and hasattr(table, "iloc"):  # pandas
        return pa.table({str(name): _column(table[name]) for name in table.columns})
    raise TypeError(f"A table is a pandas or polars DataFrame, a pyarrow.Table or a path, not {type(table).__name__}.")


def texts(column: pa.ChunkedArray) -> list[str | None]:
    """The values of a column as text; None for what is missing or empty."""
    values = column.to_pylist()
    return [None if value is None or value == "" or value != value else _text(value) for value in values]


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _read(path: Path) -> pa.Table:
    match path.suffix.lower():
        case ".parquet":
            import pyarrow.parquet

            return pyarrow.parquet.read_table(path)
        case ".csv" | ".tsv":
            import pyarrow.csv

            separator = "\t" if path.suffix.lower() == ".tsv" else ","
            return _empty_as_null(
                pyarrow.csv.read_csv(path, parse_options=pyarrow.csv.ParseOptions(delimiter=separator))
            )
    raise ValueError(f"{path} is no .csv, .tsv or .parquet file: read it yourself and give the table.")


def _empty_as_null(table: pa.Table) -> pa.Table:
    for at, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            column = table.column(at)
            mask = pc.equal(column, "")  # pyright: ignore[reportAttributeAccessIssue]
            table = table.set_column(at, field, pc.if_else(mask, None, column))  # pyright: ignore[reportAttributeAccessIssue]
    return table


def _column(series: Any) -> pa.Array:
    try:
        return pa.Array.from_pandas(series)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # mixed types, paths, objects
        missing = series.isna()
        return pa.array([None if gone else os.fspath(v) if isinstance(v, os.PathLike) else str(v)
                         for v, gone in zip(series, missing, strict=True)], pa.string())  # fmt: skip
