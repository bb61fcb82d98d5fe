"""The vectors that one encoder gave one store: the table of record, and the memory-mapped array made from it."""

from __future__ import annotations

import json
import re
import threading
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from . import derived
from .table import Table

_META = b"nbcurate"


class Embeddings:
    """Vectors by content key, from one encoder: exact copies share one.

    Attributes
    ----------
    name : str
        The encoder's name.
    encoder_key : str
        Changes whenever the vectors would; part of the folder's name, so that two never mix.
    width : int
        Length of a vector.
    recipe : dict
        What made them: model, revision, preprocessing, pooling.
    """

    def __init__(self, folder: Path, derived_folder: Path) -> None:
        self._table = Table(folder)
        self._derived = derived_folder / folder.stem
        meta = json.loads(self._table.schema.metadata[_META])
        self.name: str = meta["name"]
        self.encoder_key: str = meta["encoder_key"]
        self.width: int = meta["width"]
        self.recipe: dict[str, Any] = meta["recipe"]
        self._guard = threading.RLock()
        self._hot: tuple[int, NDArray[np.uint64], NDArray[np.float32]] | None = None

    @classmethod
    def create(
        cls, folder: Path, derived_folder: Path, *, name: str, encoder_key: str, width: int, recipe: dict[str, Any]
    ) -> Embeddings:
        """Make an empty set in ``folder`` (see :func:`folder_name`), or open the one that is there."""
        meta = {"name": name, "encoder_key": encoder_key, "width": width, "recipe": recipe}
        vector = pa.field("vector", pa.list_(pa.float32(), width), nullable=False)
        schema = pa.schema([pa.field("key", pa.uint64(), nullable=False), vector], {_META: json.dumps(meta).encode()})
        Table(folder, schema)
        return cls(folder, derived_folder)

    def __len__(self) -> int:
        return len(self._table)

    @property
    def source(self) -> derived.Source:
        """What a file derived from these vectors was made from."""
        return {"embeddings": self._table.path.name, "version": self._table.version, "vectors": len(self)}

    def path_of(self, file_name: str) -> Path:
        """Where a file derived from these vectors lies."""
        return self._derived / file_name

    def refresh(self) -> None:
        """See what another process has added."""
        self._table.refresh()

    def missing(self, keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Those of ``keys`` that have no vector yet."""
        return keys[~np.isin(keys, self._table.row_keys())]

    def append(self, keys: NDArray[np.uint64], vectors: NDArray[np.float32]) -> None:
        """Commit vectors (``[n, width]``, L2-normalised) of contents that have none yet."""
        column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), self.width)
        self._table.append(pa.table([pa.array(keys, pa.uint64()), column], schema=self._table.schema))

    def vectors(self, *, writable: bool = True) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
        """Sorted content keys ``[m]`` and their vectors ``[m, width]``, float32, mapped from a file.

        The file is made anew when it is missing, damaged, or older than the table. On a store that may not be
        written (``writable=False``) a stale file is passed over and the vectors are held in memory.
        """
        with self._guard:
            version = self._table.version
            if self._hot is None or self._hot[0] != version:
                keys, vectors = self._load(writable)
                self._hot = (version, keys, vectors)
            return self._hot[1], self._hot[2]

    def _load(self, writable: bool) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
        keys_file, vectors_file = self.path_of("keys.npy"), self.path_of("vectors.npy")
        if not (derived.is_fresh(keys_file, self.source) and derived.is_fresh(vectors_file, self.source)):
            table = self._table.read()
            keys = table.column("key").to_numpy()
            flat = table.column("vector").combine_chunks().flatten().to_numpy()
            vectors = np.ascontiguousarray(flat, np.float32).reshape(-1, self.width)
            if not writable:
                return keys, vectors
            derived.write(keys_file, self.source, partial(_save, keys))
            derived.write(vectors_file, self.source, partial(_save, vectors))
        return np.load(keys_file), np.load(vectors_file, mmap_mode="r")


def folder_name(name: str, encoder_key: str) -> str:
    """Folder of the vectors of one encoder: readable, and different whenever the vectors would be."""
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '_', name)[-80:]}@{encoder_key[:12]}.lance"


def _save(array: NDArray[Any], path: Path) -> None:
    with path.open("wb") as file:  # np.save would add .npy to a temporary name
        np.save(file, array)
