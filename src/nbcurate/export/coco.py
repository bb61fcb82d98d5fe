"""Items as COCO annotations."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from tqdm.auto import tqdm

from ..imaging import UnreadableImageError
from ..store.json_text import to_json
from ..store.json_values import lost_in_json, type_is_noted
from .coco_content import EVERYTHING, CocoContent, CocoItems
from .coco_images import names_in_place, names_of_copies
from .names import Names
from .pictures import Original, require_pictures
from .target import new_file, new_folder

#: Names in the folder that several files are written to.
_ALL, _NO_SPLIT, _IMAGES = "annotations", "items", "images"


def write_coco(
    items: CocoItems,
    to: str | os.PathLike[str],
    *,
    by_split: bool | None = None,
    copy: bool = False,
    overwrite: bool = False,
) -> Path:
    """Write the items as COCO annotations; the file or the folder that was written.

    An item that is a box becomes an annotation on its image. An image with the columns ``objects`` and ``boxes`` gets
    those as annotations; one with a label alone gets an annotation that covers it. What came from a COCO file goes out
    as it was: ids, areas, crowd flags, masks, other members, categories and images with nothing on them. What COCO has
    no place for (split, tags, columns) is the member ``nbcurate`` of an image or annotation.

    Parameters
    ----------
    to : path
        A file if it ends in ``.json``, else a folder.
    by_split : bool, optional
        Write a file a split into the folder: ``train.json``, …, ``items.json`` for those without. By default, where
        ``to`` is a folder and items have splits. Otherwise a folder gets ``annotations.json``.
    copy : bool
        Copy the images, too: into ``images`` in the folder, or, beside ``x.json``, into ``x_images``. It is done in
        any case where a picture is no file of its own (rows of a Hugging Face data set).

    Raises
    ------
    FileExistsError
        If there is something already, and not just what would be written; see
        :func:`nbcurate.export.target.new_file`.
    ValueError
        If no item has a picture, or ``by_split`` is true and ``to`` is a file.
    """
    files = [*items.files, *(image.file for image in items.empty)]
    require_pictures(files, "coco")
    path = Path(to).expanduser()
    is_file = path.suffix.lower() == ".json"
    if is_file and by_split:
        raise ValueError(f"by_split=True writes a file a split: to={str(path)!r} is to be a folder, without .json.")
    rows = items.rows.to_pylist()
    for name in items.own:
        if not type_is_noted(items.rows[name]) and (words := lost_in_json(items.rows[name])):
            warnings.warn(f"column {name!r} of the COCO file {words}.", stacklevel=3)
    copied = copies_pictures(files, copy=copy)
    if copied and not copy:
        count = sum(map(_is_no_file, files))
        warnings.warn(
            f"{count:,} pictures are no files of their own: all pictures are copied to {folder_of_copies(to)}, which "
            "is to be images= where the file is read.",
            stacklevel=3,
        )
    formats = [row.get("format") for row in rows] + [None] * len(items.empty)
    names = names_of_copies(files, formats) if copied else names_in_place(files)
    content = CocoContent(items, rows, names)
    texts = {name: to_json(content.of(chosen, split)) for name, chosen, split in _parts(rows, is_file, path, by_split)}
    if is_file and not copied and _holds(path, texts[path.name]):
        return path
    with _places(path, is_file, copied, overwrite) as (annotations, images):
        if images is not None:
            _copy(files, names, images)
        for name, text in texts.items():
            (annotations if is_file else annotations / name).write_text(text, encoding="utf-8")
    return path


def copies_pictures(files: Sequence[Original], *, copy: bool) -> bool:
    """Whether :func:`write_coco` copies the pictures: it is told to, or some are no files that it could name."""
    return copy or any(map(_is_no_file, files))


def folder_of_copies(to: str | os.PathLike[str]) -> Path:
    """The folder that :func:`write_coco` copies pictures to."""
    path = Path(to).expanduser()
    return path.with_name(f"{path.stem}_{_IMAGES}") if path.suffix.lower() == ".json" else path / _IMAGES


def _is_no_file(file: Original) -> bool:
    return bool(file.place) and not file.is_file


@contextmanager
def _places(path: Path, is_file: bool, copied: bool, overwrite: bool) -> Iterator[tuple[Path, Path | None]]:
    """Where the annotations are to be written, a file or a folder, and the folder of the copied images, if any."""
    if not is_file:
        with new_folder(path, "coco", overwrite=overwrite) as folder:
            yield folder, _made(folder / _IMAGES) if copied else None
    elif copied:
        beside = folder_of_copies(path)
        with new_folder(beside, "images", overwrite=overwrite) as images, new_file(path, overwrite=overwrite) as file:
            yield file, images
    else:
        with new_file(path, overwrite=overwrite) as file:
            yield file, None


def _parts(
    rows: Sequence[dict[str, Any]], is_file: bool, to: Path, by_split: bool | None
) -> Iterator[tuple[str, list[int], str | None]]:
    """Name of each file to write, the rows that go there, and their split: none, or that they are of all."""
    everything = list(range(len(rows)))
    splits = [row["split"] for row in rows]
    if is_file or not (by_split or (by_split is None and any(splits))):
        yield to.name if is_file else f"{_ALL}.json", everything, EVERYTHING
        return
    names = Names()
    for split in [*sorted({split for split in splits if split}), *([None] if None in splits else [])]:
        name = str(names.file(PurePosixPath(), f"{split or _NO_SPLIT}.json"))
        yield name, [row for row in everything if splits[row] == split], split


def _holds(path: Path, text: str) -> bool:
    """Whether a file holds just this already: then there is nothing to overwrite."""
    return path.is_file() and path.stat().st_size == len(text.encode()) and path.read_bytes() == text.encode()


def _copy(files: Sequence[Original], names: Mapping[str, str], folder: Path) -> None:
    """Copy each image once; a warning tells what could not be copied."""
    missing: dict[str, str] = {}
    places = {file.place: file for file in files if file.place}
    for place, file in tqdm(places.items(), desc="copying", unit="img"):
        try:
            with file.open() as source, (folder / names[place]).open("wb") as sink:
                shutil.copyfileobj(source, sink)
        except UnreadableImageError as error:
            missing[place] = str(error)
    if missing:
        place, reason = next(iter(missing.items()))
        warnings.warn(
            f"{len(missing):,} of {len(places):,} pictures could not be copied, such as {place}: {reason}",
            stacklevel=4,
        )


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
