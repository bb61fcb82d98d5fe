"""Items as a folder of their image files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tqdm.auto import tqdm

from ..imaging import UnreadableImageError
from .tables import write_csv

if TYPE_CHECKING:
    import pandas as pd


class OriginalFile(Protocol):
    """The file of an item, wherever it lies."""

    @property
    def name(self) -> str: ...

    def copy_to(self, target: Path) -> None: ...


def copy_images(frame: pd.DataFrame, files: Iterable[OriginalFile], to: str | os.PathLike[str]) -> Path:
    """Copy the original files to ``to/<label>/<file name>``, with ``items.csv`` beside them.

    Files are copied byte for byte. Where two have one name, the later gets a number; ``items.csv`` says under
    ``file`` where each item went.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an item, with the columns ``id`` and ``label``.
    files : iterable of OriginalFile
        That of each row.

    Raises
    ------
    FileExistsError
        If ``to`` is there and is not empty: nothing of it is touched.
    """
    folder = Path(to).expanduser()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is not empty: give to= a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    taken: set[Path] = set()
    went: list[str] = []
    missing: list[str] = []
    for item_id, label, file in tqdm(
        zip(frame["id"], frame["label"], files, strict=True), total=len(frame), desc="copying", unit="img"
    ):
        target = _free(Path(_folder_name(label)) / file.name, taken)
        try:
            (folder / target.parent).mkdir(exist_ok=True)
            file.copy_to(folder / target)
            went.append(os.fsencode(target).decode("utf-8", "backslashreplace"))
        except (OSError, UnreadableImageError) as error:
            missing.append(f"{item_id}: {error}")
            went.append("")
    write_csv(frame.assign(file=went), folder / "items.csv")
    if missing:
        import warnings

        warnings.warn(f"{len(missing)} files could not be copied, such as {missing[0]}", stacklevel=3)
    return folder


def _folder_name(label: object) -> str:
    """A label as the name of one folder, never a way out of it."""
    if not isinstance(label, str) or not label:
        return "."
    name = label.replace("/", "_").replace("\\", "_").replace("\0", "_")
    return f"_{name}" if name in (".", "..") else name


def _free(path: Path, taken: set[Path]) -> Path:
    candidate, number = path, 2
    while candidate in taken or candidate == Path("items.csv"):
        candidate, number = path.with_name(f"{path.stem}-{number}{path.suffix}"), number + 1
    taken.add(candidate)
    return candidate
