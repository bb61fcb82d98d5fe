"""What was seen of pairs of pictures: compared once, kept in derived files, so that nothing is compared again."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import chain
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import reverse_cuthill_mckee
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from ..collection.compared_pictures import ComparedPictures
from ..collection.keypoint_table import KeypointTable, one_thread_in_opencv
from ..curate.copies import EVIDENCE, Evidence
from ..curate.placement import Placement, place
from ..imaging.reading_threads import in_order, reading_threads
from ..store import Store
from ..store.items import Keys
from ..store.records import RecordFile
from .picture_pair import see

_RECORD = np.dtype([("name", np.uint64), ("evidence", EVIDENCE)])
_SOURCE = {"made_by": "ORB 1, overlay 3"}
_MATCHED_AT_A_TIME, _MATCHED_IN_A_JOB = 8_192, 64  # pairs that are committed together, and that a thread takes at once
_SEEN_AT_A_TIME, _SEEN_IN_A_JOB = 512, 8
_PATIENCE = 2  # seconds before a bar is shown


class Comparisons:
    """Evidence about pairs of contents of one store. A content never changes, so it stays true.

    Most pairs have nothing in common, of which no more than their name is kept: 8 bytes.
    """

    def __init__(self, store: Store) -> None:
        folder, writable = store.path / "derived", not store.read_only
        self._nothing = RecordFile(folder / "compared-unlike.bin", np.uint64, _SOURCE, writable=writable)
        self._something = RecordFile(folder / "compared-alike.bin", _RECORD, _SOURCE, writable=writable)
        self._guard = threading.RLock()
        self._read()

    @classmethod
    def of(cls, store: Store) -> Comparisons:
        """Those of a store, as long as it is open in this process."""
        if store not in _COMPARISONS:
            _COMPARISONS[store] = cls(store)
        return _COMPARISONS[store]

    def evidence(self, store: Store, pairs: Keys) -> tuple[Evidence, NDArray[np.bool_]]:
        """What is seen of pairs of contents, compared now where they were not before.

        An interrupted call keeps what it had committed.

        Parameters
        ----------
        store : Store
            The same.
        pairs : uint64 array [m, 2]
            The smaller key first.

        Returns
        -------
        evidence : EVIDENCE array [m]
        known : bool array [m]
            False where a picture could not be read.
        """
        with self._guard:
            names = _names(pairs)
            new = np.unique(names[~np.isin(names, self._unlike) & ~np.isin(names, self._alike["name"])])
            if len(new):
                self._compare(store, new)
            return self._recall(names)

    def _recall(self, names: Keys) -> tuple[Evidence, NDArray[np.bool_]]:
        evidence = np.zeros(len(names), EVIDENCE)
        alike = self._alike
        at = np.searchsorted(alike["name"], names).clip(max=max(len(alike) - 1, 0))
        found = alike["name"][at] == names if len(alike) else np.zeros(len(names), bool)
        evidence[found] = alike["evidence"][at[found]]
        return evidence, found | np.isin(names, self._unlike)

    def _compare(self, store: Store, names: Keys) -> None:
        """Compare pairs that are new, and commit what was seen."""
        pictures, keypoints = ComparedPictures(store), KeypointTable.of(store)
        pairs = _pairs(names)
        keypoints.make(np.unique(pairs), pictures)
        readable = keypoints.known(pairs.ravel()).reshape(-1, 2).all(axis=1)
        try:
            with (
                one_thread_in_opencv(),
                threadpool_limits(1),  # the products are too small to share
                reading_threads(os.cpu_count() or 1, "nbcurate-compare") as pool,
            ):
                self._look(self._match(names[readable], keypoints, pool), pictures, pool)
        finally:
            self._read()

    def _match(self, names: Keys, keypoints: KeypointTable, pool: Executor) -> dict[int, Placement]:
        """Where the pictures of each pair lie in each other; pairs with nothing in common are committed instead."""
        placed: dict[int, Placement] = {}
        with _bar(len(names), "matching keypoints") as bar:
            for part in _parts(names, _MATCHED_AT_A_TIME):
                places = in_order(pool, partial(_places, keypoints), _parts(part, _MATCHED_IN_A_JOB))
                found = dict(zip(part.tolist(), chain.from_iterable(places), strict=True))
                placed |= {name: place for name, place in found.items() if place is not None}
                self._commit_unlike([name for name, place in found.items() if place is None])
                bar.update(len(part))
        return placed

    def _look(self, placed: Mapping[int, Placement], pictures: ComparedPictures, pool: Executor) -> None:
        """Lay the pictures of each pair over each other, and commit what is seen."""
        with _bar(len(placed), "comparing pictures") as bar:
            for part in _parts(_in_neighbourhoods(np.fromiter(placed, np.uint64, len(placed))), _SEEN_AT_A_TIME):
                seen = np.zeros(len(part), _RECORD)
                seen["name"] = part
                jobs = _parts(part, _SEEN_IN_A_JOB)
                looks = in_order(pool, partial(_looks, placed, pictures), jobs)
                seen["evidence"] = np.concatenate(list(looks))
                alike = seen["evidence"]["points"] > 0  # none where a picture is gone
                if alike.any():
                    self._something.append(seen[alike])
                self._commit_unlike(part[~alike])
                bar.update(len(part))

    def _commit_unlike(self, names: Sequence[int] | Keys) -> None:
        if len(names):
            self._nothing.append(np.asarray(names, np.uint64))

    def _read(self) -> None:
        self._unlike: Keys = np.sort(self._nothing.read())
        alike = self._something.read()
        self._alike = alike[np.argsort(alike["name"], kind="stable")]


def _places(keypoints: KeypointTable, names: Keys) -> list[Placement | None]:
    """Where the first of each pair lies in the second."""
    pairs = _pairs(names)
    of = {content: keypoints.get(content) for content in np.unique(pairs).tolist()}
    both = ((of[a], of[b]) for a, b in pairs.tolist())
    return [None if first is None or second is None else place(first, second) for first, second in both]


def _looks(placed: Mapping[int, Placement], pictures: ComparedPictures, names: Keys) -> Evidence:
    """What is seen of each pair."""
    return np.array(
        [
            see(a, b, placed[name], pictures)
            for name, (a, b) in zip(names.tolist(), _pairs(names).tolist(), strict=True)
        ],
        EVIDENCE,
    )


def _in_neighbourhoods(names: Keys) -> Keys:
    """The pairs in an order in which those that share a picture lie near each other, so that it is read once.

    References
    ----------
    Cuthill and McKee (1969), "Reducing the bandwidth of sparse symmetric matrices".
    """
    if not len(names):
        return names
    contents, ends = np.unique(_pairs(names), return_inverse=True)
    ends = ends.reshape(-1, 2)
    size = (len(contents), len(contents))
    graph = coo_array((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=size).tocsr()
    rank = np.empty(len(contents), np.intp)
    rank[reverse_cuthill_mckee(graph + graph.T, symmetric_mode=True)] = np.arange(len(contents))
    place = np.sort(rank[ends], axis=1)
    return names[np.lexsort((place[:, 0], place[:, 1]))]


def _parts(names: Keys, size: int) -> list[Keys]:
    """One after another, of at most that size."""
    return [names[start : start + size] for start in range(0, len(names), size)]


def _bar(total: int, doing: str) -> tqdm[NoReturn]:
    return tqdm(total=total, desc=doing, unit="pair", delay=_PATIENCE, leave=False)


def _names(pairs: Keys) -> Keys:
    """One number for each pair. Keys count up from 0, so two fit into it."""
    return (pairs[:, 0].astype(np.uint64) << np.uint64(32)) | pairs[:, 1].astype(np.uint64)


def _pairs(names: Keys) -> Keys:
    return np.stack([names >> np.uint64(32), names & np.uint64(0xFFFFFFFF)], axis=1)


_COMPARISONS: weakref.WeakKeyDictionary[Store, Comparisons] = weakref.WeakKeyDictionary()
