"""The keypoints of a store's pictures: found once, kept in a derived file."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from ..curate.keypoints import MOST, Keypoints, find_keypoints
from ..imaging.reading_threads import in_order, reading_threads
from ..store import Store
from ..store.items import Keys
from ..store.records import RecordFile
from .compared_pictures import Colours, ComparedPictures, small_of_thumbnail, to_grey

_RECORD = np.dtype(
    [
        ("key", np.uint64), ("count", np.uint16), ("height", np.uint16), ("width", np.uint16),
        ("points", np.uint16, (MOST, 2)),  # in 256ths of a px
        ("descriptors", np.uint8, (MOST, 32)), ("mirrored", np.uint8, (MOST, 32)),
    ]
)  # fmt: skip
_FRACTIONS = 256
_AT_A_TIME = 512  # pictures that are committed together; 9 MB
_PATIENCE = 2  # seconds before a bar is shown


class KeypointTable:
    """Keypoints by content, of the pictures of one store: 17 kB each, on disk, mapped.

    A content never changes, so its keypoints stay true. An interrupted call keeps what it had committed.
    """

    def __init__(self, store: Store) -> None:
        path = store.path / "derived" / "keypoints.bin"
        self._file = RecordFile(path, _RECORD, {"made_by": "ORB 1"}, writable=not store.read_only)
        self._known = self._read()

    @classmethod
    def of(cls, store: Store) -> KeypointTable:
        """That of a store, as long as it is open in this process."""
        if store not in _TABLES:
            _TABLES[store] = cls(store)
        return _TABLES[store]

    def make(self, contents: Keys, pictures: ComparedPictures) -> None:
        """Find the keypoints of those contents that have none yet; pictures that cannot be read stay without."""
        missing = contents[~np.isin(contents, self._known[0])]
        with (
            one_thread_in_opencv(),
            reading_threads(os.cpu_count() or 1, "nbcurate-keypoints") as pool,
            tqdm(total=len(missing), desc="finding keypoints", unit="img", delay=_PATIENCE, leave=False) as bar,
        ):
            for start in range(0, len(missing), _AT_A_TIME):
                part = missing[start : start + _AT_A_TIME]
                record_of = partial(_record_of, pictures, pictures.thumbnails(part))
                records = [record for record in in_order(pool, record_of, part.tolist()) if record is not None]
                if records:
                    self._file.append(np.array(records, _RECORD))
                bar.update(len(part))
        if len(missing):
            self._known = self._read()

    @contextmanager
    def found_on_the_way(self) -> Iterator[Callable[[int, bytes], None]]:
        """A function that finds the keypoints of a content in its thumbnail, from whatever threads show it one.

        What it found is committed now and then, and at the end, which an interrupt is, too.
        """
        with one_thread_in_opencv():
            finder = _Finder(self._file, frozenset(self._known[0].tolist()))
            try:
                yield finder
            finally:
                finder.commit()
                self._known = self._read()

    def get(self, content: int) -> Keypoints | None:
        """Those of a content; None where its picture could not be read."""
        keys, rows, records = self._known
        at = int(np.searchsorted(keys, content))
        if at == len(keys) or keys[at] != content:
            return None
        record = records[rows[at]]
        n = int(record["count"])
        points = np.asarray(record["points"][:n] / np.float32(_FRACTIONS), np.float32)
        shape = (int(record["height"]), int(record["width"]))
        return Keypoints(points, record["descriptors"][:n], record["mirrored"][:n], shape)

    def known(self, contents: Keys) -> NDArray[np.bool_]:
        """Which contents have an entry."""
        return np.isin(contents, self._known[0])

    def _read(self) -> tuple[Keys, NDArray[np.intp], NDArray[np.void]]:
        """Sorted keys, the record of each, and the records."""
        records = self._file.read()
        keys = np.ascontiguousarray(records["key"])
        rows = np.argsort(keys, kind="stable")
        return keys[rows], rows, records


class _Finder:
    """Finds the keypoints of pictures that several threads show it, and commits them in blocks."""

    def __init__(self, file: RecordFile, known: frozenset[int]) -> None:
        self._file, self._known = file, known
        self._guard = Lock()
        self._records: list[NDArray[np.void]] = []

    def __call__(self, content: int, thumbnail: bytes) -> None:
        picture = None if content in self._known else small_of_thumbnail(thumbnail)
        if picture is None:
            return
        record = _record(content, picture)
        with self._guard:
            self._records.append(record)
            is_full = len(self._records) >= _AT_A_TIME
        if is_full:
            self.commit()

    def commit(self) -> None:
        """Append what was found since the last time."""
        with self._guard:
            records, self._records = self._records, []
        if records:
            self._file.append(np.array(records, _RECORD))


def _record_of(pictures: ComparedPictures, thumbnails: dict[int, bytes], content: int) -> NDArray[np.void] | None:
    picture = pictures.small_of(content, thumbnails.get(content))
    return None if picture is None else _record(content, picture)


def _record(content: int, picture: Colours) -> NDArray[np.void]:
    """The keypoints of a picture at its working size, as they are kept."""
    found = find_keypoints(to_grey(picture))
    n = len(found.points)
    record = np.zeros((), _RECORD)
    record["key"], record["count"], (record["height"], record["width"]) = content, n, found.shape
    record["points"][:n] = np.round(found.points.clip(min=0) * _FRACTIONS)
    record["descriptors"][:n], record["mirrored"][:n] = found.descriptors, found.mirrored
    return record


@contextmanager
def one_thread_in_opencv() -> Iterator[None]:
    """Keep OpenCV from sharing pictures this small among threads; ours work on several pictures at once."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


_TABLES: weakref.WeakKeyDictionary[Store, KeypointTable] = weakref.WeakKeyDictionary()
