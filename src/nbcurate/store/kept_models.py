"""Models that were made of a data set, in its store's folder: whoever opens it has them."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .store_folder import StoreFolder

_FOLDER = "models"


def keep_model(store: StoreFolder, name: str, write: Callable[[Path], object]) -> Path:
    """Write a model into the store's folder, whole or not at all.

    Parameters
    ----------
    store : Store
        One that can only be read gets none: the model goes to a temporary folder, and a warning says so.
    name : str
        For people; the folder is named after it and after what is in it.
    write : callable
        Writes the model's files into the folder that it is given.

    Returns
    -------
    Path
        The folder ``models/<name>-<digest>``. The same files give the same folder.

    Raises
    ------
    OSError
        If it cannot be written; the message says what to do.
    """
    parent = Path(tempfile.mkdtemp(prefix="nbcurate-")) if store.read_only else store.path / _FOLDER
    if store.read_only:
        warnings.warn(
            f"The store can only be read, so the model lies in {parent}, where it will not stay: save it elsewhere.",
            stacklevel=3,
        )
    unfinished: Path | None = None
    try:
        parent.mkdir(exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".", dir=parent))
        write(unfinished)
        place = parent / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name)}-{_digest(unfinished)[:8]}"
        if not place.is_dir():
            os.replace(unfinished, place)
        return place
    except OSError as error:
        raise OSError(
            error.errno, f"The model {name!r} cannot be kept in {parent}: {error.strerror or error}. Make room there."
        ) from error
    finally:
        if unfinished is not None:
            shutil.rmtree(unfinished, ignore_errors=True)


def kept_model(store: StoreFolder, model: Any) -> Any:
    """What loads the model that a recipe names: where it lies in the store's folder, also when that has moved since."""
    if isinstance(model, str) and Path(model).parent.name == _FOLDER:
        here = store.path / _FOLDER / Path(model).name
        if here.is_dir():
            return str(here)
    return model


def _digest(folder: Path) -> str:
    """Of all that makes the model: its description for people is left out, which tells the day."""
    digest = hashlib.sha256()
    for file in sorted(file for file in folder.rglob("*") if file.is_file() and file.suffix != ".md"):
        digest.update(file.relative_to(folder).as_posix().encode())
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()
