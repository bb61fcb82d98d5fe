"""Our CSV: a table as text that spreadsheets cannot harm, and from which the very same table is read again.

It lies below ``export``, which writes it, and ``sources``, which reads it. Three rules make it exact, and any other
program reads it as usual (RFC 4180):

- Text is in quotes, the rest is not; so is the name of a column of text in the first line. Text that looks like a
  number stays text, and an empty text is no missing value.
- Text that a spreadsheet would take for a formula (it begins with ``=``, ``+``, ``-``, ``@``, a tab or a line end) has
  an apostrophe before it; so has text that begins with apostrophes and then one of these.
- A list is written as JSON.
- A decimal has a zero before it (``01.10``), which tells it from a number and is none to anybody else; a duration is
  ISO 8601 in seconds (``PT5.25S``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from .json_text import to_json
from .json_values import count_of_time, lost_in_json

_FORMULA = "[=+\\-@\t\r\n]"
_ROWS_AT_ONCE = 16_384
#: Bytes that are parsed at once, at most: no cell can be larger.
_LARGEST_BLOCK = 1 << 30
_DECIMAL = re.compile(r"-?0\d+(\.\d+)?(E[+-]?\d+)?")
_TIME = re.compile(r"\d\d:\d\d:\d\d(\.(?P<digits>\d+))?")
_DURATION = re.compile(r"PT-?\d+(\.(?P<digits>\d+))?S")
#: How many digits behind the point a time has by its unit.
_DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}
#: What is written without quotes, narrowest first: the first that holds all values of a column is its type.
_TYPES = (pa.int64(), pa.uint64(), pa.float64(), pa.bool_(), pa.date32(), pa.timestamp("us"), pa.timestamp("ns"),
          pa.timestamp("us", "UTC"))  # fmt: skip


def write_csv_text(table: pa.Table, sink: IO[bytes]) -> dict[str, str]:
    """Write a table as CSV (UTF-8, a header, lines end in ``\\n``).

    Returns
    -------
    dict of str
        The columns of which something is lost, each with the words to tell it: bytes are no text.
    """
    left_out = {f.name: f"is left out: it holds {f.type}, which is no text" for f in table.schema if _is_bytes(f.type)}
    kept = table.drop_columns(list(left_out))
    changed = {name: words for name in kept.column_names if (words := lost_in_json(kept[name]))}
    header = [_quoted(guard(f.name)) if _is_text(f.type) else _bare(guard(f.name)) for f in kept.schema]
    sink.write((",".join(header) + "\n").encode())
    for batch in kept.to_batches(max_chunksize=_ROWS_AT_ONCE):
        cells = [_cells(column) for column in batch.columns]
        lines = pc.binary_join_element_wise(*cells, ",")  # pyright: ignore[reportAttributeAccessIssue]
        sink.write("".join(f"{line}\n" for line in lines.to_pylist()).encode())
    return left_out | changed


def read_csv_text(content: bytes) -> pa.Table | None:
    """The table of a file that :func:`write_csv_text` wrote; None of one that it did not write."""
    header = _read_header(content)
    if header is None:
        return None
    names, are_text, start = header
    if start >= len(content):
        return pa.table({name: pa.nulls(0, pa.string()) for name in names})
    columns = [str(at) for at in range(len(names))]
    read = pyarrow.csv.read_csv(
        pa.BufferReader(pa.py_buffer(content).slice(start)),
        read_options=pyarrow.csv.ReadOptions(column_names=columns, block_size=min(len(content) + 1, _LARGEST_BLOCK)),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={name: pa.string() for name in columns},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    ).combine_chunks()
    values = [_unguarded(column) if is_text else _typed(column) for column, is_text in zip(read, are_text, strict=True)]
    return pa.table(values, names=[_unguard(name) for name in names])


def guard(text: str) -> str:
    """``text`` as it stands in a cell."""
    return f"'{text}" if text.lstrip("'")[:1] and text.lstrip("'")[0] in "=+-@\t\r\n" else text


def unguarded_table(rows: pa.Table) -> pa.Table:
    """A table of text, as a spreadsheet saved it that was given one of ours, without what :func:`guard` put there."""
    return pa.table([_unguarded(column) for column in rows.columns], [_unguard(name) for name in rows.column_names])


def _unguarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of text without the apostrophes that :func:`guard` put there."""
    return pc.replace_substring_regex(column, f"^'('*{_FORMULA})", r"\1")  # pyright: ignore[reportAttributeAccessIssue]


def _unguard(text: str) -> str:
    return text[1:] if text.startswith("'") and guard(text[1:]) == text else text


def _cells(column: pa.Array) -> pa.Array:
    """The values as they stand in the file; an empty text where there is none."""
    if _is_text(column.type):
        text = pc.replace_substring_regex(column.cast(pa.string()), f"^('*{_FORMULA})", r"'\1")  # pyright: ignore[reportAttributeAccessIssue]
        text = pc.replace_substring(text, '"', '""')  # pyright: ignore[reportAttributeAccessIssue]
        return pc.fill_null(pc.binary_join_element_wise('"', text, '"', ""), "")  # pyright: ignore[reportAttributeAccessIssue]
    if pa.types.is_nested(column.type):
        return pa.array([_json_cell(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_duration(column.type):
        return pa.array(["" if count is None else _as_seconds(count, column.type.unit) for count in
                         column.cast(pa.int64()).to_pylist()], pa.string())  # fmt: skip
    text = column.cast(pa.string())
    if pa.types.is_decimal(column.type):
        text = pc.replace_substring_regex(text, r"^(-?)(\d)", r"\10\2")  # pyright: ignore[reportAttributeAccessIssue]
    if pa.types.is_floating(column.type):  # 1 would come back as a whole number
        text = pc.replace_substring_regex(text, r"^(-?\d+)$", r"\1.0")  # pyright: ignore[reportAttributeAccessIssue]
    return pc.fill_null(text, "")  # pyright: ignore[reportAttributeAccessIssue]


def _json_cell(value: Any) -> str:
    return "" if value is None else _quoted(to_json(value))


def _typed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column that is no text, as what it was."""
    if column.null_count == len(column):
        return column
    first = next(value for value in column.to_pylist() if value is not None)
    if first.startswith(("[", "{")):
        return _or_as_it_is(column, lambda: _lists(column.to_pylist()))
    for looks_so, values_of in ((_DECIMAL, _decimals), (_TIME, _times), (_DURATION, _durations)):
        if looks_so.fullmatch(first):
            return _or_as_it_is(column, lambda values_of=values_of: values_of(column.to_pylist()))
    for wanted in _TYPES:
        typed = _or_as_it_is(column, lambda wanted=wanted: column.cast(wanted))
        if typed is not column:
            return typed
    return column


def _or_as_it_is(column: pa.ChunkedArray, typed: Callable[[], pa.ChunkedArray]) -> pa.ChunkedArray:
    try:
        return typed()
    except (
        ValueError,
        AttributeError,
        ArithmeticError,
        pa.ArrowException,
    ):  # somebody has changed the file since: text is true in any case
        return column


def _lists(cells: Sequence[str | None]) -> pa.ChunkedArray:
    values = [None if cell is None else json.loads(cell) for cell in cells]
    try:
        return pa.chunked_array([values])
    except OverflowError:
        return pa.chunked_array([values], pa.list_(pa.uint64()))


def _decimals(cells: Sequence[str | None]) -> pa.ChunkedArray:
    return pa.chunked_array([[None if cell is None else Decimal(cell) for cell in cells]])


def _times(cells: Sequence[str | None]) -> pa.ChunkedArray:
    unit = _unit_of(cells, _TIME)
    kind = pa.time32(unit) if unit in ("s", "ms") else pa.time64(unit)
    return pa.chunked_array([[None if cell is None else count_of_time(cell, kind) for cell in cells]], kind)


def _durations(cells: Sequence[str | None]) -> pa.ChunkedArray:
    unit = _unit_of(cells, _DURATION)
    counts = [None if cell is None else int(Decimal(cell[2:-1]).scaleb(_DIGITS[unit])) for cell in cells]
    return pa.chunked_array([counts], pa.duration(unit))


def _as_seconds(count: int, unit: str) -> str:
    """A duration as ISO 8601, with as many digits as its unit has. The sign is where no spreadsheet sees a formula."""
    return f"PT{Decimal(count).scaleb(-_DIGITS[unit]):f}S"


def _unit_of(cells: Sequence[str | None], form: re.Pattern[str]) -> str:
    """The unit with as many digits as the first value has behind the point."""
    first = next(found for cell in cells if cell is not None and (found := form.fullmatch(cell)))
    return next(unit for unit, digits in _DIGITS.items() if digits >= len(first["digits"] or ""))


def _read_header(content: bytes) -> tuple[list[str], list[bool], int] | None:
    """Names of the columns, which of them are of text, and where the rows begin; None if it is not ours."""
    if not content.startswith(b'"'):
        return None
    names: list[str] = []
    are_text: list[bool] = []
    at = 0
    while at < len(content):
        is_text = content[at : at + 1] == b'"'
        end = _end_of_cell(content, at)
        cell = content[at:end].decode("utf-8", "replace")
        names.append(cell[1:-1].replace('""', '"') if is_text else cell.strip("\r"))
        are_text.append(is_text)
        at = end + 1
        if content[end : end + 1] != b",":
            break
    odd = [place for place, name in enumerate(names) if _bare(name) != name]
    for place in odd:  # their names are in quotes in any case
        are_text[place] = _is_quoted(content, at, place, len(names))
    return names, are_text, at


def _is_quoted(content: bytes, at: int, column: int, columns: int) -> bool:
    """Whether the first value of a column is in quotes and no list, looked for from ``at``, where the rows begin."""
    cells = islice(_cells_from(content, at), column, None, columns)
    first = next((cell for cell in cells if cell), b"")
    return first.startswith(b'"') and not first.startswith((b'"[', b'"{'))


def _cells_from(content: bytes, at: int) -> Iterator[bytes]:
    while at < len(content):
        end = _end_of_cell(content, at)
        yield content[at:end]
        at = end + 1


def _end_of_cell(content: bytes, at: int) -> int:
    """Where the cell that begins at ``at`` ends: the place of the comma or line end after it."""
    if content[at : at + 1] == b'"':
        at += 1
        while (quote := content.find(b'"', at)) >= 0:
            if content[quote + 1 : quote + 2] != b'"':
                return quote + 1
            at = quote + 2
        return len(content)
    ends = [end for mark in (b",", b"\n") if (end := content.find(mark, at)) >= 0]
    return min(ends, default=len(content))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _bare(name: str) -> str:
    """A column's name without quotes where the format allows it."""
    return _quoted(name) if any(mark in name for mark in ',"\n\r') or not name else name


def _is_text(type_: pa.DataType) -> bool:
    """Whether values of this type are written as text: all that the file could not tell from others again."""
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean, pa.types.is_temporal,
             pa.types.is_nested, pa.types.is_null)  # fmt: skip
    return not any(test(type_) for test in tests)


def _is_bytes(type_: pa.DataType) -> bool:
    return pa.types.is_binary(type_) or pa.types.is_large_binary(type_) or pa.types.is_fixed_size_binary(type_)
