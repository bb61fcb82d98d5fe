"""The vectors that one encoder gave one store: the table of record, and the memory-mapped array made from it."""

from __future__ import annotations

import json
import mmap
import re
import uuid
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from . import derived
from .process_lock import ProcessLock
from .table import Table

_META = b"nbcurate"
_HOT = ("keys.u64", "vectors.f32")  # plain arrays without a header, so that rows can be added at the end


class Attached(Protocol):
    """What is kept beside vectors; it may work behind the user's back, until it is told to stop."""

    def stop(self) -> None: ...


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
    attached : dict
        What others keep beside these vectors for as long as this object lives: the index that is open.
    """

    def __init__(self, folder: Path, derived_folder: Path) -> None:
        self._table = Table(folder)
        self._derived = derived_folder / folder.stem
        meta = json.loads(self._table.schema.metadata[_META])
        self.name: str = meta["name"]
        self.encoder_key: str = meta["encoder_key"]
        self.width: int = meta["width"]
        self.recipe: dict[str, Any] = meta["recipe"]
        self.attached: dict[str, Attached] = {}
        self._made: str = meta.get("made", "")
        self._guard = ProcessLock()
        self._count: tuple[int, int] = (-1, 0)
        self._hot: tuple[NDArray[np.uint64], NDArray[np.float32]] | None = None
        self._mapping: mmap.mmap | None = None

    @classmethod
    def create(
        cls, folder: Path, derived_folder: Path, *, name: str, encoder_key: str, width: int, recipe: dict[str, Any]
    ) -> Embeddings:
        """Make an empty set in ``folder`` (see :func:`folder_name`), or open the one that is there."""
        meta = {"name": name, "encoder_key": encoder_key, "width": width, "recipe": recipe, "made": uuid.uuid4().hex}
        vector = pa.field("vector", pa.list_(pa.float32(), width), nullable=False)
        schema = pa.schema([pa.field("key", pa.uint64(), nullable=False), vector], {_META: json.dumps(meta).encode()})
        Table(folder, schema)
        return cls(folder, derived_folder)

    def __len__(self) -> int:
        version = self._table.version
        if self._count[0] != version:
            self._count = (version, len(self._table))
        return self._count[1]

    @property
    def source(self) -> derived.Source:
        """What a file derived from these vectors was made from.

        Vectors are only ever added, and one that is there never changes: their number tells two states apart.
        """
        return {**self.origin, "vectors": len(self)}

    @property
    def origin(self) -> derived.Source:
        """The part of :attr:`source` that stays the same when vectors are added."""
        return {"embeddings": self._table.path.name, "made": self._made}

    def path_of(self, file_name: str) -> Path:
        """Where a file derived from these vectors lies."""
        return self._derived / file_name

    def refresh(self) -> None:
        """See what another process has added."""
        self._table.refresh()

    def close(self) -> None:
        """Stop what works on these vectors behind the user's back."""
        for attached in self.attached.values():
            attached.stop()

    def missing(self, keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Those of ``keys`` that have no vector yet."""
        return keys[~np.isin(keys, self._table.row_keys())]

    def append(self, keys: NDArray[np.uint64], vectors: NDArray[np.float32]) -> None:
        """Commit vectors (``[n, width]``, L2-normalised) of contents that have none yet."""
        column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), self.width)
        self._table.append_new(pa.table([pa.array(keys, pa.uint64()), column], schema=self._table.schema))

    def vectors(self, *, writable: bool = True) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
        """Sorted content keys ``[m]`` and their vectors ``[m, width]``, float32, mapped from a file.

        The file is made anew when it is missing or damaged; vectors that came since are added to its end. On a store
        that may not be written (``writable=False``) a stale file is passed over and the vectors are held in memory.
        """
        with self._guard:
            count = len(self)
            if self._hot is None or len(self._hot[0]) != count:
                self._hot = self._open_hot() or (self._make_hot() if writable else self._read())
                if len(self._hot[0]) < count:
                    self._hot = self._extend_hot(self._hot[0]) if writable else self._read()
            return self._hot

    def release_pages(self) -> None:
        """Give back the memory of what was read of the mapped vectors; it is read again where it is needed."""
        if self._mapping is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._mapping.madvise(mmap.MADV_DONTNEED)

    def _open_hot(self) -> tuple[NDArray[np.uint64], NDArray[np.float32]] | None:
        """The files as they are, perhaps of fewer vectors than the table has; None if they cannot be trusted."""
        sources = [derived.source_of(self.path_of(name)) for name in _HOT]
        if any(s is None or {k: s.get(k) for k in self.origin} != self.origin for s in sources):
            return None
        if len({s.get("written") for s in sources if s}) > 1:  # the one from before, the other from after a crash
            return None
        count = min(s["vectors"] for s in sources if s)
        if count > len(self):
            return None
        return self._map(count)

    def _map(self, count: int) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
        keys_file, vectors_file = (self.path_of(name) for name in _HOT)
        keys = np.fromfile(keys_file, np.uint64, count)
        if not count:
            return keys, np.empty((0, self.width), np.float32)
        with vectors_file.open("rb") as file:
            self._mapping = mmap.mmap(file.fileno(), 4 * count * self.width, access=mmap.ACCESS_READ)
        return keys, np.frombuffer(self._mapping, np.float32).reshape(count, self.width)

    def _make_hot(self) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
        """Write all vectors in the order of their keys, a batch at a time."""
        keys = self._table.row_keys()
        place = np.empty(len(keys), np.intp)
        place[np.argsort(keys, kind="stable")] = np.arange(len(keys))

        def write_vectors(path: Path) -> None:
            if not len(keys):
                return
            target = np.memmap(path, np.float32, "w+", shape=(len(keys), self.width))
            start = 0
            for batch in self._table.batches(["vector"]):
                target[place[start : start + len(batch)]] = self._as_array(batch.column("vector"))
                start += len(batch)
            target.flush()

        source = {**self.origin, "vectors": len(keys), "written": uuid.uuid4().hex}
        keys_file, vectors_file = (self.path_of(name) for name in _HOT)
        derived.write(vectors_file, source, write_vectors)
        derived.write(keys_file, source, np.sort(keys).tofile)
        return self._map(len(keys))

    def _extend_hot(self, there: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
        """Add what the table has beyond the keys ``there``."""
        new = np.flatnonzero(~np.isin(self._table.row_keys(), there))
        if 4 * len(new) > len(self):
            return self._make_hot()
        rows = self._table.take_rows(new, ["key", "vector"]).sort_by("key")
        keys = rows.column("key").to_numpy()
        count = len(there) + len(keys)  # len(self) may have grown meanwhile
        if not len(there) or not len(keys) or keys[0] < there[-1]:
            return self._make_hot()
        keys_file, vectors_file = (self.path_of(name) for name in _HOT)
        source = derived.source_of(keys_file)
        if source is None or source != derived.source_of(vectors_file) or source["vectors"] != len(there):
            return self._make_hot()  # a crash has left one of the two files longer
        source = {**source, "vectors": count}
        vectors = self._as_array(rows.column("vector").combine_chunks())
        derived.extend(vectors_file, source, vectors.tobytes())
        derived.extend(keys_file, source, keys.tobytes())
        return self._map(count)

    def _read(self) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
        table = self._table.read()
        return table.column("key").to_numpy(), self._as_array(table.column("vector").combine_chunks())

    def _as_array(self, column: pa.Array) -> NDArray[np.float32]:
        return np.ascontiguousarray(column.flatten().to_numpy(), np.float32).reshape(-1, self.width)  # pyright: ignore[reportAttributeAccessIssue]


def folder_name(name: str, encoder_key: str) -> str:
    """Folder of the vectors of one encoder: readable, and different whenever the vectors would be."""
    return f"{_readable(name)}@{encoder_key[:12]}.lance"


def is_named(folder: str, name: str) -> bool:
    """Whether a folder is one of vectors of the encoder ``name``, as far as its own name tells."""
    return folder.rpartition("@")[0] == _readable(name)


def _readable(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name)[-80:]
