"""Items as a Hugging Face data set on disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from ..store.paths import encode_path

if TYPE_CHECKING:
    import pandas as pd


class ReadableFile(Protocol):
    """The file of an item, wherever it lies."""

    @property
    def name(self) -> str: ...

    def open(self) -> IO[bytes]: ...


def save_huggingface(frame: pd.DataFrame, files: Iterable[ReadableFile], to: str | os.PathLike[str]) -> Path:
    """Write the rows and their original files to a folder that ``datasets.load_from_disk`` reads; that folder.

    Raises
    ------
    FileExistsError
        If ``to`` is there and is not empty.
    ImportError
        If ``datasets`` is not installed.
    """
    try:
        import datasets  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise ImportError("Exporting to a Hugging Face data set needs datasets: pip install datasets") from error
    folder = Path(to).expanduser()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is not empty: give to= a new folder.")
    if frame.empty:
        raise ValueError("There is nothing to export: no items were given.")
    kept = frame.drop(columns=["path", "status", "copy_of"]).dropna(axis="columns", how="all")
    sources = list(files)

    def rows() -> Iterator[dict[str, Any]]:
        for row, file in zip(kept.to_dict("records"), sources, strict=True):
            with file.open() as stream:
                yield {**row, "image": {"bytes": stream.read(), "path": encode_path(file.name)}}

    with tempfile.TemporaryDirectory() as cache:
        data = datasets.Dataset.from_generator(rows, cache_dir=cache)
        data = data.cast_column("image", datasets.Image())
        data.save_to_disk(str(folder))
    return folder
