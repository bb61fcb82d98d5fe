"""A table as a source: a row an image, with whatever columns the user has."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..store import Store
from ..store.columns import add_user_columns
from ..store.paths import encode_path
from .frame import as_arrow, texts
from .reconcile import SourceReport, known_items, reconcile
from .record import Record
from .root import FolderRoot, RemoteRoot, Root, is_url, root_of

#: Columns by which a table is known that was made by ``ds.export`` or ``ds.to_pandas``.
_EXPORTED = {"id", "label", "split", "tags", "status", "perceptual_hash", "copy_of"}


def add_table(
    store: Store,
    table: Any,
    *,
    image: str = "path",
    label: str | None = None,
    id: str | None = None,
    split: str | None = None,
    root: str | os.PathLike[str] | None = None,
) -> SourceReport:
    """Bring ``store`` up to date with the rows of a table. Rows that are no longer in it stay.

    A column ``tags``, of lists of texts or of such lists as JSON, gives the items that are new their tags.

    Parameters
    ----------
    table : DataFrame, pyarrow.Table or path
        pandas, polars or Arrow, or the path of a CSV or Parquet file.
    image : str
        Column of the paths or URLs.
    label, id, split : str, optional
        Columns of the class, the item's name and the split. Without ``id`` the path is the name. Of a table that
        ``ds.export`` or ``ds.to_pandas`` wrote, they are the columns of these names.
    root : path or URL, optional
        What the paths are relative to; see :func:`common_root`.

    Raises
    ------
    KeyError
        If a column is not in the table; the message names those that are.
    ValueError
        If two rows have the same id.
    """
    rows = as_arrow(table)
    exported = {*rows.column_names} >= _EXPORTED
    if exported:
        label, id, split = label or "label", id or "id", split or "split"
    for name in (image, label, id, split):
        if name is not None and name not in rows.column_names:
            raise KeyError(f"The table has no column {name!r}: it has {', '.join(rows.column_names)}.")
    paths = texts(rows.column(image))
    place = root_of(root) if root is not None else common_root(paths, table)
    relative = [None if path is None else path_below(place, path) for path in paths]
    names = texts(rows.column(id)) if id else [path or f"row {row}" for row, path in enumerate(relative)]
    nameless = [row for row, name in enumerate(names) if name is None]
    if nameless:
        raise ValueError(f"The column {id!r} has no id in row {nameless[0]}.")
    labels, splits = (texts(rows.column(name)) if name else [None] * len(names) for name in (label, split))
    tags, problems = _tags(rows)
    found: dict[str, Record] = {}
    rows_of: list[int] = []
    for row, (name, path) in enumerate(zip(map(str, names), relative, strict=True)):
        if name not in found:
            found[name] = replace(_record(place, name, path), label=labels[row], split=splits[row], tags=tags[row])
            rows_of.append(row)
        elif id:
            raise ValueError(f"The id {name!r} is in the table twice: rows {list(found).index(name)} and {row}.")
    known = {item.id: item for item in known_items(store, place)}
    report = reconcile(store, place, found, known, gone=[])
    own = [name for name in rows.column_names if name not in (image, label, id, split, "tags")]
    left_out = list(add_user_columns(store, list(found), rows.select(own).take(pa.array(rows_of, pa.int64()))))
    problems += _left_out(left_out) if not exported else _boxes_left_out(rows)
    if repeated := len(names) - len(found):
        problems.append(f"{repeated} rows repeat the image of an earlier one: give id= to keep them apart")
    return replace(report, skipped=repeated, problems=problems)


def common_root(paths: Iterable[str | None], table: Any = None) -> Root:
    """The root of paths that came without one.

    Of absolute paths and of URLs the folder that all are below; relative ones begin beside the table's file, or in the
    working folder where the table is none.
    """
    there = [path for path in paths if path]
    if there and all(is_url(path) for path in there):
        folders = [path.split("/")[:-1] for path in there]
        common = [parts[0] for parts in takewhile(lambda p: len(set(p)) == 1, zip(*folders, strict=False))]
        return RemoteRoot("/".join(common))
    if there and all(os.path.isabs(path) for path in there):
        return FolderRoot(Path(os.path.commonpath([os.path.dirname(path) for path in there])))
    beside = Path(table).parent if isinstance(table, str | os.PathLike) else Path()
    return FolderRoot(beside.expanduser().resolve())


def path_below(root: Root, path: str) -> str:
    """``path`` relative to the root, as the store notes it."""
    if is_url(path):
        return path.removeprefix(f"{root.text}/")
    if isinstance(root, FolderRoot):
        text = os.path.expanduser(path)
        return encode_path(os.path.relpath(text, root.folder) if os.path.isabs(text) else os.path.normpath(text))
    return path


def _tags(rows: pa.Table) -> tuple[list[list[str] | None], list[str]]:
    """The tags of each row, and what is wrong with the column."""
    if "tags" not in rows.column_names:
        return [None] * len(rows), []
    found: list[list[str] | None] = []
    for row, value in enumerate(rows.column("tags").to_pylist()):
        try:
            found.append(_as_tags(value))
        except ValueError:
            problem = (
                f"column 'tags' is left out: row {row} holds {value!r}, and neither a list of texts nor one as JSON"
            )
            return [None] * len(rows), [problem]
    return found, []


def _as_tags(value: Any) -> list[str] | None:
    if value is None or value == "" or value != value:
        return None
    tags = json.loads(value) if isinstance(value, str) else value
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ValueError
    return tags


def _left_out(names: list[str]) -> list[str]:
    """What to say of columns that are called as ours are."""
    asked = [name for name in names if name in ("label", "id", "split")]
    problems = [f"column {name!r} is left out: to take it as the {name}, give {name}={name!r}" for name in asked]
    others = ", ".join(repr(name) for name in names if name not in asked)
    if others:
        problems.append(f"left out, because nbcurate fills columns of these names itself: {others}. Rename them")
    return problems


def _boxes_left_out(rows: pa.Table) -> list[str]:
    if "box" not in rows.column_names or not any(texts(rows.column("box"))):
        return []
    return ["column 'box' is left out: the items of a table are whole images"]


def _record(root: Root, name: str, path: str | None) -> Record:
    facts = None
    if path is not None and isinstance(root, FolderRoot):
        try:
            facts = os.stat(root.path_of(path))
        except (OSError, ValueError):  # gone, or no name at all: reading it says so
            facts = None
    size, time = (facts.st_size, facts.st_mtime_ns) if facts else (None, None)
    return Record(name, path, bytes=size, modified_ns=time)
