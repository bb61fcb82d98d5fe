"""A part of a table that an export wrote, saved by another program: text in it may still be guarded as we do it.

An export has an apostrophe before text that a spreadsheet would run (see :mod:`nbcurate.store.csv_text`). In a table of
others an apostrophe is a letter like any other, so it is taken off only where the table shows that it is ours.
"""

from __future__ import annotations

import re

import pyarrow as pa

from ..store.csv_text import guard, unguarded_table
from .csv_file import as_numbers


def without_guards(rows: pa.Table) -> tuple[pa.Table, list[str]]:
    """A table of text without the apostrophes that an export put there, and what to say of that.

    Parameters
    ----------
    rows : pyarrow.Table
        All of text, from a file that has not all columns of an export.

    Returns
    -------
    pyarrow.Table, list of str
        The very table, if it cannot be told that it is ours.
    """
    guarded = [(name, cell) for name in rows.column_names for cell in _guarded(rows[name])]
    if not guarded:
        return rows, []
    name, cell = guarded[0]
    such = f"{len(guarded):,} texts begin with an apostrophe before =, +, - or @, such as {cell!r} in column {name!r}"
    if _names_by_path(rows) and not any(_is_bare(rows[column]) for column in rows.column_names):
        return unguarded_table(rows), [f"{such}: as ids and paths are those of an export, it was taken off."]
    return rows, [f"{such}: it was taken as it stands. Where a program put it there, take it off."]


def _guarded(column: pa.ChunkedArray) -> list[str]:
    return [cell for cell in column.drop_null().to_pylist() if re.match("'+[=+\\-@\t\r\n]", cell)]


def _is_bare(column: pa.ChunkedArray) -> bool:
    """Whether a text that is no number would have been guarded and is not: then nobody has guarded the table."""
    numbers = not pa.types.is_string(as_numbers(column).type)
    cells = () if numbers else column.drop_null().to_pylist()
    return any(guard(cell) != cell and not cell.startswith("'") for cell in cells)


def _names_by_path(rows: pa.Table) -> bool:
    """Whether ids are what we name items of a folder: each, without a guard, the end of the path of its row.

    A file's name is an id of others, too: some id has a guard, which the path then proves to be one, or it has folders
    in it and the paths are whole ones.
    """
    if not {"id", "path"} <= set(rows.column_names) or not len(rows):
        return False
    plain = unguarded_table(rows.select(["id", "path"]))
    ids, paths = plain["id"].to_pylist(), [(path or "").replace("\\", "/") for path in plain["path"].to_pylist()]
    if not all(id_ and path.endswith(f"/{id_}") for id_, path in zip(ids, paths, strict=True)):
        return False
    whole = all(path.startswith("/") or path[1:3] == ":/" or "://" in path for path in paths)
    return bool(_guarded(rows["id"])) or (whole and any("/" in id_ for id_ in ids))
