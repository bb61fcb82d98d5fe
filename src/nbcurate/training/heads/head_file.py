"""A head as a file: numbers and JSON, no code."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...export.target import new_file

_NAME, _VERSION = "nbcurate_head", 1

Arrays = Mapping[str, NDArray[Any]]


def write_head(path: str | os.PathLike[str], about: Mapping[str, Any], arrays: Arrays, *, overwrite: bool) -> Path:
    """Write the file, whole or not at all, and give its path."""
    from safetensors.numpy import save

    metadata = {_NAME: json.dumps({"version": _VERSION, **about})}
    content = save({name: np.ascontiguousarray(array) for name, array in arrays.items()}, metadata)
    with new_file(path, overwrite=overwrite) as place:
        place.write_bytes(content)
    return Path(path).expanduser()


def read_head(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """What was written.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no head, is damaged, or was written by a later version.
    """
    from safetensors import SafetensorError, safe_open

    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {str(path)!r}: head.save(path) writes one.")
    try:
        with safe_open(path, "numpy") as file:
            said = json.loads((file.metadata() or {})[_NAME])
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    except (SafetensorError, KeyError, ValueError, OSError) as error:
        raise ValueError(f"{str(path)!r} is no head that head.save(path) wrote, or is damaged: {error}") from None
    if said.get("version") != _VERSION:
        raise ValueError(f"{str(path)!r} was written by another version of nbcurate: fit the head again.")
    return said, arrays
