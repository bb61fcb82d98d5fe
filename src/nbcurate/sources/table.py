"""A table as a source: a row an image, with whatever columns the user has."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Any
from urllib.request import url2pathname

import pyarrow as pa

from ..store import Store
from ..store.columns import is_ours
from ..store.paths import MARK, decode_path, encode_path
from .box_probe import box_probe
from .doubtful_labels import doubts
from .foreign_paths import as_written_here
from .frame import Frame, as_frame, labels, texts
from .odd_cells import tags
from .one_at_a_time import one_at_a_time
from .path_trust import below_alone, refused
from .reconcile import reconcile
from .record import Record
from .report import SourceReport
from .root import FolderRoot, RemoteRoot, Root, UrlRoot, is_url, root_of
from .source import Source
from .table_pictures import hold_pictures, keep_pictures, names_of_pictures

#: How many characters of the names of columns a message shows: a file that is no table has any.
_SHOWN = 500
#: How many parts of a URL tell the server: ``https:``, nothing, and its name.
_TO_SERVER = 3


@one_at_a_time
def add_table(
    store: Store,
    table: Any,
    *,
    image: str = "path",
    label: str | None = None,
    id: str | None = None,
    split: str | None = None,
    root: str | os.PathLike[str] | None = None,
    trust_paths: bool = False,
) -> SourceReport:
    """Bring ``store`` up to date with the rows of a table.

    Rows that are no longer in a file stay, marked ``missing``; a table in memory may be a part of one. A column
    ``tags``, of lists of texts or of such lists as JSON, gives the items their tags.

    Parameters
    ----------
    table : DataFrame, pyarrow.Table or path
        pandas, polars or Arrow, or the path of a CSV or Parquet file.
    image : str
        Column of the paths or URLs; or of pictures themselves (bytes, structures of bytes and path, Pillow images,
        arrays), which are kept in the store.
    label, id, split : str, optional
        Columns of the class, the item's name and the split. Without ``id`` the path is the name; where it is given, a
        row without one is passed over, and told. Of a table that
        ``ds.export`` or ``ds.to_pandas`` wrote, they are the columns of these names, and ``box`` tells of what is a box
        on its picture.
    root : path or URL, optional
        What the paths are relative to; see :func:`common_root`.
    trust_paths : bool
        Whether paths may lead out of ``root``.

    Raises
    ------
    KeyError
        If a column is not in the table; the message names those that are.
    ValueError
        If two rows have the same id.
    """
    frame = as_frame(table, image, id, split)
    rows = frame.rows
    if frame.exported:
        label, id, split = label or "label", id or "id", split or "split"
    for name in (image, label, id, split):
        if name is not None and name not in rows.column_names:
            there = ", ".join(repr(n) if n != n.strip() else n for n in rows.column_names)
            raise KeyError(f"The table has no column {name!r}: it has {there[:_SHOWN]}.")
    problems = list(frame.problems)
    pictures = _pictures(store, frame, image, root, problems)
    given_ids = texts(rows.column(id)) if id else pictures.names
    names = [name or f"row {row}" for row, name in enumerate(given_ids)]
    nameless = [row for row, name in enumerate(given_ids) if name is None] if id else []
    if nameless:
        problems.append(f"{len(nameless):,} rows have no id in column {id!r}, such as row {nameless[0]}: passed over.")
    kept = _first_of_each(names, nameless, by_id=id is not None)
    says = {"label": label, "split": split, "tags": "tags" if "tags" in rows.column_names else None}
    found_tags, tag_problems = tags(rows) if says["tags"] else ([], [])
    given = {
        "label": labels(rows.column(label)) if label else None,
        "split": texts(rows.column(split)) if split else None,
        "tags": found_tags or None,
    }
    spoken = {name: values for name, values in given.items() if values is not None}
    problems += doubts(rows.column(label), label) if label and not frame.exported else []
    boxes = frame.boxes()
    records = [
        Record(names[row], pictures.paths[row], box=boxes[row], **{name: of[row] for name, of in spoken.items()})
        for row in kept
    ]
    source = Source(
        kind="table",
        title=encode_path(frame.file.stem) if frame.file else pictures.title,
        place=None if frame.file is None else encode_path(os.path.abspath(frame.file)),
        says=frozenset(spoken),
        rooted=pictures.rooted,
        whole=frame.file is not None,
    )
    own = [name for name in rows.column_names if name not in (image, label, id, split, says["tags"])]
    left_out, own = _ours(own, frame)
    columns = frame.own(own).take(pa.array(kept, pa.int64())) if own else None
    probe = box_probe(pictures.root) if any(boxes) else None
    if root is not None and not trust_paths:
        probe = below_alone(pictures.root, probe)
        problems += refused(pictures.root, [record.path for record in records], "root")
    report = reconcile(store, source, pictures.root, records, columns=columns, probe=probe)
    problems += tag_problems + left_out
    if repeated := len(names) - len(nameless) - len(kept):
        problems.append(f"{repeated} rows repeat the image of an earlier one: give id= to keep them apart")
    return replace(report, skipped=repeated + len(nameless), problems=[*problems, *report.problems])


@dataclass(frozen=True, slots=True)
class _Pictures:
    """Where the pictures of a table lie: the root, the path below it of each row, and what a row is called by that."""

    root: Root
    paths: list[str | None]
    names: list[str | None]
    title: str
    rooted: bool


def _pictures(
    store: Store, frame: Frame, image: str, root: str | os.PathLike[str] | None, problems: list[str]
) -> _Pictures:
    column = frame.rows.column(image)
    if hold_pictures(column.type):
        inside = keep_pictures(store, column)
        paths = [None if value is None else str(row) for row, value in enumerate(column.to_pylist())]
        return _Pictures(inside, paths, names_of_pictures(column), "table", rooted=False)
    if pa.types.is_list(column.type):
        raise TypeError(f"The column {image!r} holds lists: a path, a URL or a picture is needed in each row.")
    given = [None if path is None else _local(path) for path in texts(column)]
    if frame.exported:
        given = [
            None if path is None else os.fspath(decode_path(path)) if path.startswith(MARK) else path for path in given
        ]
    if root is None:  # else what is called ~ is a folder below it
        given = [None if path is None else os.path.expanduser(path) for path in given]
    place = root_of(root) if root is not None else common_root(given, frame.file)
    relative = [None if path is None else path_below(place, path) for path in given]
    if isinstance(place, FolderRoot):
        relative, told = as_written_here(place, relative)
        problems += told
    title = encode_path(place.text.rstrip("/").rpartition("/")[2])
    rooted = root is not None or not any(path and os.path.isabs(path) for path in given)
    return _Pictures(place, relative, relative, title, rooted)


def _local(path: str) -> str:
    """A path without the ``file://`` that some programs write before it."""
    return url2pathname(path[len("file://") :]) if path.startswith("file:///") else path


def _first_of_each(names: list[str], nameless: list[int], *, by_id: bool) -> list[int]:
    """The rows to take: of several with one name the first, and none of those that have none.

    Raises
    ------
    ValueError
        If the names are ids.
    """
    first: dict[str, int] = {}
    passed_over = set(nameless)
    for row, name in enumerate(names):
        if row in passed_over:
            continue
        if first.setdefault(name, row) != row and by_id:
            raise ValueError(f"The id {name!r} is in the table twice: rows {first[name]} and {row}.")
    return list(first.values())


def _ours(names: list[str], frame: Frame) -> tuple[list[str], list[str]]:
    """What to say of columns that are called as ours are, and the other columns."""
    free = [name for name in names if not is_ours(name)]
    if frame.exported:  # made by us: they are filled again from the files
        return [], free
    asked = [name for name in names if name in ("label", "id", "split")]
    problems = [f"column {name!r} is left out: to take it as the {name}, give {name}={name!r}" for name in asked]
    others = ", ".join(repr(name) for name in names if name not in free and name not in asked)
    if others:
        problems.append(f"left out, because nbcurate fills columns of these names itself: {others}. Rename them")
    return problems, free


def common_root(paths: Iterable[str | None], file: Path | None = None) -> Root:
    """The root of paths that came without one.

    Of absolute paths and of URLs of one server the folder that all are below; URLs of several have none in common.
    Relative paths begin beside the table's file, or in the working folder where the table is none.
    """
    there = [path for path in paths if path]
    if there and all(is_url(path) for path in there):
        folders = [path.split("/")[:-1] for path in there]
        common = [parts[0] for parts in takewhile(lambda p: len(set(p)) == 1, zip(*folders, strict=False))]
        return RemoteRoot("/".join(common)) if len(common) >= _TO_SERVER and common[_TO_SERVER - 1] else UrlRoot()
    if there and all(os.path.isabs(path) for path in there):
        return FolderRoot(Path(os.path.commonpath([os.path.dirname(path) for path in there])))
    beside = Path() if file is None else file.parent
    return FolderRoot(beside.expanduser().resolve())


def path_below(root: Root, path: str) -> str:
    """``path`` relative to the root, as the store notes it."""
    if is_url(path):
        return path.removeprefix(f"{root.text}/")
    if isinstance(root, FolderRoot):
        return encode_path(os.path.relpath(path, root.folder) if os.path.isabs(path) else os.path.normpath(path))
    return path
