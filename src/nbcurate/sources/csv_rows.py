"""The rows of CSV text: one that is damaged costs itself, and is told with its line."""

from __future__ import annotations

import io
import re

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

#: How many lines a message names.
_NAMED = 3
#: Bytes that are parsed at once, at most: no cell can be larger.
_LARGEST_BLOCK = 1 << 30
_INSIDE = re.compile(r'[^"]*(?:""[^"]*)*')
_LINES = re.compile("[\r\n]")
_LINE_END = re.compile(r"\r\n?|\n|\Z")


def read_rows(text: str, separator: str, names: list[str], title: str) -> tuple[pa.Table, list[str]]:
    """The rows below the first line, all cells text, and what to say of those that are passed over.

    That are rows of more or fewer cells than the first line has, and those that open a quote which is not closed: their
    line alone, not what follows.

    Raises
    ------
    ValueError
        If no row has as many cells as the first line names columns.
    """
    rows, odd = _parsed(text, separator, names)
    told: list[str] = []
    over_lines = any(_several_lines(column) for column in rows.columns) or any(_LINES.search(row) for row in odd)
    if over_lines or text.count('"') % 2:
        text, lines = without_open_quotes(text, separator)
        if lines:
            told.append(f"{title}: {_lines(lines)} a quote that is not closed: passed over.")
            rows, odd = _parsed(text, separator, names)
    if odd and not len(rows):
        raise ValueError(
            f"{title} is no CSV file that can be read: its first line names {len(names)} columns, and no other has as "
            f"many cells, such as {odd[0][:80]!r}. Is it another character that separates them? Read it yourself, and "
            "give the table."
        )
    if odd:
        told.append(
            f"{title}: {len(odd):,} rows have more or fewer cells than the {len(names)} that the first line names, "
            f"such as that in line {_line_of(odd[0], text)} ({odd[0][:80]!r}): passed over."
        )
    return rows, told


def without_open_quotes(text: str, separator: str) -> tuple[str, list[int]]:
    """The text, empty lines in the place of those that open a quote and do not close it; and their numbers.

    A quote is open where the text ends before the next, or where that next is on another line and neither a separator
    nor the end of a line follows: then it began another cell.
    """
    opening = re.compile(rf'(?:\A|(?<=[{re.escape(separator)}\r\n]))"')
    kept: list[str] = []
    lines: list[int] = []
    start = at = row = 0  # what is not kept yet, where to look on, and where the row of that begins
    while found := opening.search(text, at):
        row = max(row, text.rfind("\n", at, found.start()) + 1, text.rfind("\r", at, found.start()) + 1)
        inside = _INSIDE.match(text, found.end())
        end = inside.end() if inside is not None else found.end()
        closed = text[end : end + 1] == '"' and text[end + 1 : end + 2] in ("", separator, "\r", "\n")
        at = end + 1
        if closed or (end < len(text) and not _LINES.search(text, found.end(), end)):
            continue
        line_end = _LINE_END.search(text, found.end())
        at = line_end.start() if line_end is not None else len(text)
        kept.append(text[start:row] + "\n" * len(text[row:at].splitlines()[1:]))
        lines.append(_line_at(row, text))
        start = row = at
    return "".join([*kept, text[start:]]), lines


def _parsed(text: str, separator: str, names: list[str]) -> tuple[pa.Table, list[str]]:
    """The rows that have as many cells as there are names, and the text of the others."""
    odd: list[str] = []

    def pass_over(row: pyarrow.csv.InvalidRow) -> str:
        odd.append(row.text)
        return "skip"

    content = text.encode("utf-8", "surrogatepass")
    rows = pyarrow.csv.read_csv(
        io.BytesIO(content),
        read_options=pyarrow.csv.ReadOptions(block_size=min(len(content) + 1, _LARGEST_BLOCK)),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=separator, newlines_in_values=True, invalid_row_handler=pass_over
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={name: pa.string() for name in names}, null_values=[""], strings_can_be_null=True
        ),
    )
    return rows, odd


def _several_lines(column: pa.ChunkedArray) -> bool:
    """Whether some cell has a line end in it."""
    return bool(pc.any(pc.match_substring_regex(column, "[\r\n]")).as_py())  # pyright: ignore[reportAttributeAccessIssue]


def _lines(numbers: list[int]) -> str:
    """``line 3 opens``, ``lines 3, 7 open``: the first of them."""
    if len(numbers) == 1:
        return f"line {numbers[0]} opens"
    more = f" and {len(numbers) - _NAMED:,} more" if len(numbers) > _NAMED else ""
    return f"lines {', '.join(map(str, numbers[:_NAMED]))}{more} open"


def _line_of(row: str, text: str) -> int:
    """The number of the line that a row begins in."""
    found = re.search(rf"(?:\A|(?<=[\r\n])){re.escape(row)}(?=[\r\n]|\Z)", text)
    return _line_at(found.start() if found is not None else 0, text)


def _line_at(place: int, text: str) -> int:
    return len(re.findall(r"\r\n?|\n", text[:place])) + 1
