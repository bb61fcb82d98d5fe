"""CSV files: every cell as the text that it is, and numbers only where nothing of the text is lost by it."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from .csv_rows import read_rows
from .encodings import marked_encoding

_WHOLE = re.compile(r"-?(0|[1-9]\d{0,18})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)\.(\d+)")
_SEPARATOR = re.compile(r'"?sep=([^"\r\n])"?\r?\n')


@dataclass(frozen=True, slots=True)
class CsvFile:
    """The rows of a CSV file, all of text, null where a cell is empty; and what a person should know of the reading."""

    rows: pa.Table
    problems: list[str] = field(default_factory=list)


def read_csv(path: Path, content: bytes) -> CsvFile:
    """Read the content of a CSV or TSV file.

    UTF-8, UTF-16 or UTF-32, else Windows-1252. The cells are separated by commas; by semicolons, tabs or bars, where
    the first line has these and no comma, or the file is called ``.tsv``. A first line ``sep=;``, as spreadsheets write
    it, names the separator.

    Raises
    ------
    ValueError
        If two columns have one name, or no row has as many cells as the first line. One that has not is passed over.
    """
    text, problems = decode_text(content, path.name)
    named = _SEPARATOR.match(text)
    text = text[named.end() :] if named else text
    first = next(iter(text.splitlines()), "")
    separator = named.group(1) if named else next((mark for mark in ",;\t|" if mark in first), ",")
    separator = "\t" if path.suffix.lower() == ".tsv" else separator
    names = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
    require_different(names, path.name)
    if not names:
        raise ValueError(f"{path} is empty: its first line names the columns.")
    skipped = len(named.group(0).splitlines()) if named else 0
    try:
        rows, told = read_rows("\n" * skipped + text, separator, names, path.name)
    except pa.ArrowException as error:
        raise ValueError(f"{path} is no CSV file with a header: {error}") from None
    return CsvFile(rows, [*problems, *told])


def decode_text(content: bytes, title: str) -> tuple[str, list[str]]:
    """The text of a file in any common encoding, and what to say of it where that was a guess."""
    encoding = marked_encoding(content)
    if encoding is not None:
        try:
            return content.decode(encoding), []
        except UnicodeDecodeError as error:
            broken = f"{title} is not all {encoding}: what is not, first at byte {error.start:,}, was read as \ufffd."
            return content.decode(encoding, "replace"), [broken]
    zeros = [content[side:4096:2].count(0) for side in (0, 1)]
    if max(zeros) > len(content[:4096]) // 4:  # every other byte: two bytes a letter, without a mark
        return content.decode("utf-16-be" if zeros[0] > zeros[1] else "utf-16-le", "replace"), []
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError:
        problem = (
            f"{title} is not UTF-8: it was read as Windows-1252. Where letters look wrong, read it yourself, with "
            "pandas.read_csv(path, encoding=..., dtype=str), and give the table."
        )
        return content.decode("cp1252", "replace"), [problem]


def require_different(names: list[str], title: str) -> None:
    """Refuse a table with two columns of one name: which one is meant cannot be told.

    Raises
    ------
    ValueError
    """
    twice = [name for at, name in enumerate(names) if name in names[:at]]
    if twice:
        raise ValueError(f"{title} has two columns called {twice[0]!r}: rename one of them.")


def as_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of text as numbers, if each value is written as a number would be; else as it is.

    Whole numbers have no leading zero or plus sign. Decimals are as Python writes them, or all have as many digits
    behind the point: ``1.1`` beside ``1.10`` is text (a version). So are ``007``, ``1e5``, ``true`` and ``12:30``.
    """
    values = [value for value in column.to_pylist() if value is not None]
    if not values:
        return column
    if all(_WHOLE.fullmatch(value) and value != "-0" and -(2**63) <= int(value) < 2**63 for value in values):
        return column.cast(pa.int64())
    digits = {len(found.group(2)) if (found := _DECIMAL.fullmatch(value)) else None for value in values}
    if len(digits) == 1 and None not in digits:
        return column.cast(pa.float64())
    plain = all(_WHOLE.fullmatch(value) or _is_written_by_python(value) for value in values)
    return column.cast(pa.float64()) if plain and len(set(values)) == len(set(map(float, values))) else column


def _is_written_by_python(value: str) -> bool:
    try:
        return repr(float(value)) == value
    except ValueError:
        return False
