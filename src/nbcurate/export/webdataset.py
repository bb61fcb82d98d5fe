"""Items as tar files that are read from front to back, named in the way of WebDataset."""

from __future__ import annotations

import io
import os
import re
import tarfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

import pyarrow as pa

from ..store.json_text import to_json
from .classes import class_names
from .names import Names, safe_name
from .pictures import Original, Pictures, require_pictures
from .target import new_folder

#: A shard is full with so many bytes: what a disk or an object store reads well in one go.
SHARD_BYTES = 256 * 2**20
#: Names the classes, in the order of their numbers.
CLASSES_FILE = "classes.json"
#: The shards of items that have no split.
_NO_SPLIT = "items"


def write_webdataset(
    rows: pa.Table,
    files: Sequence[Original],
    to: str | os.PathLike[str],
    *,
    by_split: bool,
    shard_bytes: int | None = None,
    classes: Mapping[str, Sequence[str]] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write the pictures into tar files, the shards: ``train-000000.tar``, …; the folder that holds them.

    A sample is ``<key>.jpg`` (or another ending), the very bytes of the file or, of a box, what is inside it as PNG;
    ``<key>.json``, all that is known of the item; and, where it has one label, ``<key>.cls``, the number of its class
    in ``classes.json``. A key is the id, with ``_`` for all but letters, digits and ``-``: a dot would end it.

    Parameters
    ----------
    rows : pyarrow.Table
        One row an item, with the columns ``id``, ``label`` and ``split``.
    files : sequence of Original
        That of each row.
    by_split : bool
        Let each split have shards of its own; those of the other items, or of all, are called ``items``.
    shard_bytes : int, optional
        The next shard begins when one is as large as this; 256 MiB by default.
    classes : mapping of str to sequence of str, optional
        The classes of ``label`` in the order of their numbers; others stand behind them.

    Raises
    ------
    FileExistsError
        See :func:`nbcurate.export.target.new_folder`.
    ValueError
        If no item has a picture, or ``shard_bytes`` is not above 0.
    """
    require_pictures(files, "webdataset")
    size = SHARD_BYTES if shard_bytes is None else shard_bytes
    if size <= 0:
        raise ValueError(f"shard_bytes={size}: a shard holds at least one byte.")
    known = rows.to_pylist()
    names = class_names((row["label"] for row in known), (classes or {}).get("label", ()))
    number_of = {name: number for number, name in enumerate(names)}
    pictures, keys = Pictures(known, files), Names()
    with new_folder(to, "webdataset", overwrite=overwrite) as folder, ExitStack() as stack:
        shards: dict[str, _Shards] = {}
        for row, name, data in pictures:
            if data is None:
                continue
            split = (by_split and row["split"]) or _NO_SPLIT
            if split not in shards:
                shards[split] = stack.enter_context(_Shards(folder, safe_name(split), size))
            key = str(keys.file(PurePosixPath(), re.sub(r"[^\w-]+", "_", row["id"])))
            shards[split].add(key, _members(row, PurePath(name).suffix.lower(), data, number_of))
        (folder / CLASSES_FILE).write_text(to_json(list(number_of)), encoding="utf-8")
    pictures.warn_of_missing(stacklevel=3)
    return Path(to).expanduser()


def _members(row: dict[str, Any], suffix: str, data: bytes, number_of: dict[str, int]) -> dict[str, bytes]:
    """The files of a sample by their endings."""
    members = {suffix: data, ".json": to_json(row).encode()}
    if isinstance(row["label"], str):
        members[".cls"] = str(number_of[row["label"]]).encode()
    return members


class _Shards:
    """Tar files of one split, begun as they are needed."""

    def __init__(self, folder: Path, name: str, size: int) -> None:
        self._folder, self._name, self._size = folder, name, size
        self._count = 0
        self._tar: tarfile.TarFile | None = None

    def __enter__(self) -> _Shards:
        return self

    def __exit__(self, *_: object) -> None:
        if self._tar is not None:
            self._tar.close()
            self._tar = None

    def add(self, key: str, members: dict[str, bytes]) -> None:
        """Write a sample; it never lies in two shards."""
        if self._tar is None:
            self._tar = tarfile.open(self._folder / f"{self._name}-{self._count:06}.tar", "w")  # noqa: SIM115 - of __exit__
            self._count += 1
        for suffix, data in members.items():
            about = tarfile.TarInfo(f"{key}{suffix}")
            about.size = len(data)
            self._tar.addfile(about, io.BytesIO(data))
        if self._tar.offset >= self._size:
            self.__exit__()
