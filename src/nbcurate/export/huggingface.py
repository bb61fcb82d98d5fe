"""Items as a Hugging Face data set on disk."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Mapping, Sequence
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
#: So many pictures are in memory before they are written.
_ROWS_AT_ONCE = 100
#: Of no use where the pictures come along.
_NOT_TAKEN = ("path", "copy_of", "status")


def save_huggingface(
    rows: pa.Table,
    files: Sequence[Original],
    to: str | os.PathLike[str],
    *,
    by_split: bool,
    classes: Mapping[str, Sequence[str]] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write the rows and their pictures to a folder that ``datasets.load_from_disk`` reads; that folder.

    The column ``image`` has the very bytes of each file; of a box, what is inside it as PNG. ``label`` is a
    ``ClassLabel``, or a list of them, and so are columns that came as such; the other columns keep their types, those
    without any value are left out.
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
    classes : mapping of str to sequence of str, optional
        By column, the classes in the order of their numbers; others stand behind them. Without, those of ``label`` are
        sorted.

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
        raise ImportError("A Hugging Face data set needs datasets: pip install 'nbcurate[huggingface]'") from error
    require_pictures(files, "huggingface")
    kept = _kept(rows)
    names = _names_of_classes(kept, classes or {})
    features = _features(datasets, kept, names)
    numbered = _with_numbers(kept, names)
    known, all_pictures = rows.select([name for name in ("id", "format") if name in rows.column_names]).to_pylist(), []
    with new_folder(to, "huggingface", overwrite=overwrite) as folder, tempfile.TemporaryDirectory() as cache:
        parts: dict[str, Any] = {}
        for name, at in _places(rows["split"].to_pylist(), by_split).items():
            pictures = Pictures([known[row] for row in at], [files[row] for row in at])
            parts[name] = _part(datasets, pictures, numbered.take(at), features, Path(cache) / f"{len(parts)}.arrow")
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


def _names_of_classes(rows: pa.Table, known: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """By column, the classes of those whose values are numbers of such."""
    found = {
        name: class_names(rows[name].to_pylist(), known.get(name, ()))
        for name in rows.column_names
        if (name == "label" or name in known) and pa.types.is_string(_value_type(rows.schema.field(name).type))
    }
    return {name: names for name, names in found.items() if names}


def _value_type(type_: pa.DataType) -> pa.DataType:
    return type_.value_type if pa.types.is_list(type_) else type_


def _features(datasets: Any, rows: pa.Table, classes: Mapping[str, list[str]]) -> Any:
    features = datasets.Features.from_arrow_schema(rows.schema)
    for column, names in classes.items():
        one = datasets.ClassLabel(names=names)
        features[column] = datasets.Sequence(one) if pa.types.is_list(rows.schema.field(column).type) else one
    features[IMAGE_COLUMN] = datasets.Image()
    return features


def _with_numbers(rows: pa.Table, classes: Mapping[str, list[str]]) -> pa.Table:
    """The rows with the number of each class in the place of its name."""
    for column, names in classes.items():
        number_of = {name: number for number, name in enumerate(names)}
        values = [
            [number_of[name] for name in value] if isinstance(value, list) else number_of.get(value)
            for value in rows[column].to_pylist()
        ]
        kind = pa.list_(pa.int64()) if pa.types.is_list(rows.schema.field(column).type) else pa.int64()
        rows = rows.set_column(rows.column_names.index(column), column, pa.array(values, kind))
    return rows


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


def _part(datasets: Any, pictures: Pictures, rows: pa.Table, features: Any, path: Path) -> Any:
    """The data set of some rows, written to an Arrow file one after the other; no value leaves Arrow on the way."""
    from datasets.arrow_writer import ArrowWriter  # pyright: ignore[reportMissingImports]

    kind = features[IMAGE_COLUMN].pa_type
    with ArrowWriter(features=features, path=str(path), writer_batch_size=_ROWS_AT_ONCE) as writer:
        for at, (_, name, data) in enumerate(pictures):
            if data is not None:
                picture = pa.array([{"bytes": data, "path": name}], kind)
                writer.write_row(rows.slice(at, 1).append_column(IMAGE_COLUMN, picture))
        writer.finalize()
    about = datasets.DatasetInfo(description=DESCRIPTION, features=features)
    return datasets.Dataset.from_file(str(path), info=about)
