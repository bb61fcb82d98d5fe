"""Items as a Hugging Face data set on disk."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..store.export_mark import DESCRIPTION, part_name
from .classes import class_names
from .pictures import Original, Pictures, require_pictures
from .target import new_folder

IMAGE_COLUMN = "image"
#: The only part of a data set that is not parted.
_ALL = ""
#: Of no use where the pictures come along.
_NOT_TAKEN = ("path", "copy_of", "status")


def save_huggingface(
    rows: pa.Table, files: Sequence[Original], to: str | os.PathLike[str], *, by_split: bool, overwrite: bool = False
) -> Path:
    """Write the rows and their pictures to a folder that ``datasets.load_from_disk`` reads; that folder.

    The column ``image`` has the very bytes of each file; of a box, what is inside it as PNG. ``label`` is a
    ``ClassLabel``, or a list of them; the other columns keep their types, those without any value are left out.
    ``from_huggingface`` reads ids, splits, tags and columns of it without being asked for them.

    Parameters
    ----------
    rows : pyarrow.Table
        One row an item, with the columns ``id``, ``label`` and ``split``.
    files : sequence of Original
        That of each row.
    by_split : bool
        Write a ``DatasetDict`` with a part a split, where items have one; those that have none are in
        ``unassigned`` then.

    Raises
    ------
    FileExistsError
        See :func:`nbcurate.export.target.new_folder`.
    ImportError
        If ``datasets`` is not installed.
    ValueError
        If no item has a picture.
    """
    try:
        import datasets  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise ImportError("Exporting to a Hugging Face data set needs datasets: pip install datasets") from error
    require_pictures(files, "huggingface")
    kept = _kept(rows)
    features = _features(datasets, kept)
    known, all_pictures = kept.to_pylist(), []
    with new_folder(to, "huggingface", overwrite=overwrite) as folder, tempfile.TemporaryDirectory() as cache:
        parts: dict[str, Any] = {}
        for name, at in _places(rows["split"].to_pylist(), by_split).items():
            pictures = Pictures([known[row] for row in at], [files[row] for row in at])
            parts[name] = _part(datasets, pictures, features, Path(cache) / f"{len(parts)}.arrow")
            all_pictures.append(pictures)
        whole: Any = parts[_ALL] if list(parts) == [_ALL] else datasets.DatasetDict(parts)  # pyright: ignore
        whole.save_to_disk(str(folder))
    for pictures in all_pictures:
        pictures.warn_of_missing(stacklevel=3)
    return Path(to).expanduser()


def _kept(rows: pa.Table) -> pa.Table:
    """The columns that go along."""
    if IMAGE_COLUMN in rows.column_names:
        warnings.warn(f"column {IMAGE_COLUMN!r} is left out: the pictures themselves have that name", stacklevel=4)
    empty = {name for name, column in zip(rows.column_names, rows.columns, strict=True)
             if column.null_count == len(column)}  # fmt: skip
    unwanted = {*_NOT_TAKEN, IMAGE_COLUMN, *empty} - {"id"}
    return rows.select([name for name in rows.column_names if name not in unwanted])


def _features(datasets: Any, rows: pa.Table) -> Any:
    features = datasets.Features.from_arrow_schema(rows.schema)
    names = class_names(rows["label"].to_pylist()) if "label" in rows.column_names else []
    if names:
        one = datasets.ClassLabel(names=names)
        features["label"] = datasets.Sequence(one) if pa.types.is_list(rows.schema.field("label").type) else one
    features[IMAGE_COLUMN] = datasets.Image()
    return features


def _places(splits: list[str | None], by_split: bool) -> dict[str, list[int]]:
    """The rows of each part, under a name that ``datasets`` takes."""
    if not by_split or not any(splits):
        return {_ALL: list(range(len(splits)))}
    places: dict[str, list[int]] = {}
    part_of: dict[str | None, str] = {}
    for row, split in enumerate(splits):
        if split not in part_of:
            name = part_name(split)
            while name in places:
                name += "_"
            part_of[split] = name
        places.setdefault(part_of[split], []).append(row)
    return places


def _part(datasets: Any, pictures: Pictures, features: Any, path: Path) -> Any:
    """The data set of some rows, written to an Arrow file one after the other."""
    from datasets.arrow_writer import ArrowWriter  # pyright: ignore[reportMissingImports]

    with ArrowWriter(features=features, path=str(path)) as writer:
        for row, name, data in pictures:
            if data is not None:
                writer.write(features.encode_example({**row, IMAGE_COLUMN: {"bytes": data, "path": name}}))
        writer.finalize()
    about = datasets.DatasetInfo(description=DESCRIPTION, features=features)
    return datasets.Dataset.from_file(str(path), info=about)
