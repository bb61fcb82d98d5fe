"""What was seen of pairs of pictures: compared once, kept in derived files, so that nothing is compared again."""

from __future__ import annotations

import threading
import weakref

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from ..curate.alignment import CLOSE_LOOK, lay_over, refine
from ..curate.colour_change import compare_colours
from ..curate.copies import EVIDENCE, Evidence
from ..curate.overlay import Overlap, compare
from ..curate.placement import Affine, Placement, place
from ..curate.surroundings import enlarged, framed
from ..store import Store
from ..store.items import Keys
from ..store.records import RecordFile
from .keypoint_table import KeypointTable, one_thread_in_opencv
from .pictures import Colours, Pictures

_RECORD = np.dtype([("name", np.uint64), ("evidence", EVIDENCE)])
_SOURCE = {"made_by": "ORB 1, overlay 3"}
_AT_A_TIME = 1_000  # pairs that are committed together
_PATIENCE = 2  # seconds before a bar is shown
_PROMISING = 0.4  # agreement from which pictures are looked at closely
_SAME_PLACE = 0.02  # by which a map may differ from the identity where pixels are the same
_SAME_LEVEL = 8  # grey levels by which thumbnails of the same pixels may differ


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
        pictures, keypoints = Pictures(store), KeypointTable.of(store)
        pairs = _pairs(names)
        keypoints.make(np.unique(pairs), pictures)
        readable = keypoints.known(pairs.ravel()).reshape(-1, 2).all(axis=1)
        names, pairs = names[readable], pairs[readable]
        try:
            with (
                one_thread_in_opencv(),
                tqdm(total=len(pairs), desc="comparing pictures", unit="pair", delay=_PATIENCE, leave=False) as bar,
            ):
                for start in range(0, len(pairs), _AT_A_TIME):
                    self._commit(
                        names[start : start + _AT_A_TIME], pairs[start : start + _AT_A_TIME], keypoints, pictures
                    )
                    bar.update(min(_AT_A_TIME, len(pairs) - start))
        finally:
            self._read()

    def _commit(self, names: Keys, pairs: Keys, keypoints: KeypointTable, pictures: Pictures) -> None:
        seen = np.zeros(len(pairs), _RECORD)
        seen["name"] = names
        for at, (a, b) in enumerate(pairs.tolist()):
            first, second = keypoints.get(a), keypoints.get(b)
            found = place(first, second) if first is not None and second is not None else None
            if found is not None:
                seen["evidence"][at] = see(a, b, found, pictures)
        alike = seen["evidence"]["points"] > 0
        if alike.any():
            self._something.append(seen[alike])
        if not alike.all():
            self._nothing.append(names[~alike])

    def _read(self) -> None:
        self._unlike: Keys = np.sort(self._nothing.read())
        alike = self._something.read()
        self._alike = alike[np.argsort(alike["name"], kind="stable")]


def see(a: int, b: int, found: Placement, pictures: Pictures) -> NDArray[np.void]:
    """Lay the pictures of two contents over each other, closely where that promises something: one EVIDENCE."""
    result = np.zeros((), EVIDENCE)
    small = [pictures.small(content) for content in (a, b)]
    first, second = small
    if first is None or second is None:
        return result
    first = _turned(first, found.mirrored)
    way = refine(_grey(first), _grey(second), found.map)
    seen = compare(_grey(first), _grey(second), way)
    result["points"], result["mirrored"], result["map"] = found.points, found.mirrored, way
    _note(result, seen)
    if seen.agreement < _PROMISING:
        return result
    result["framed"] = framed(_grey(first), _grey(second), way)
    close = _close_look(a, b, way, found.mirrored, pictures, result)
    if close is not None:
        result["fine_conflict"], result["fine_shared"] = close.conflict, close.shared
        result["fine_texture"] = close.texture
    laid, inside = lay_over(first.astype(np.float32), second.shape, way)
    colours = compare_colours(laid, second.astype(np.float32), inside)
    result["gain"], result["offset"], result["chroma"] = colours.gain, colours.offset, colours.chroma
    result["cast"], result["recoloured"] = colours.cast, colours.recoloured
    result["identical"] = _may_be_identical(first, second, way, found.mirrored) and _identical(a, b, pictures)
    return result


def _note(result: NDArray[np.void], seen: Overlap) -> None:
    for name in Overlap._fields:
        result[name] = getattr(seen, name)


def _close_look(
    a: int, b: int, way: Affine, mirrored: bool, pictures: Pictures, result: NDArray[np.void]
) -> Overlap | None:
    """The overlap at the size of the fine pictures; None where there is no more to see. Notes which one is enlarged."""
    fine, small = ([read(content) for content in (a, b)] for read in (pictures.fine, pictures.small))
    if any(picture is None for picture in (*fine, *small)):
        return None
    shapes = [picture.shape[:2] for picture in (*small, *fine) if picture is not None]
    first, second = (_grey(picture) for picture in fine if picture is not None)
    first, way = (np.ascontiguousarray(first[:, ::-1]) if mirrored else first), _enlarged(way, *shapes)
    result["enlarged"] = enlarged(first, second, way)
    if max(max(shape) for shape in shapes[2:]) <= max(max(shape) for shape in shapes[:2]):
        return None
    return compare(first, second, way, CLOSE_LOOK)


def _enlarged(
    way: Affine, a: tuple[int, ...], b: tuple[int, ...], to_a: tuple[int, ...], to_b: tuple[int, ...]
) -> Affine:
    """A map between pictures of shapes ``a`` and ``b`` as one between the same pictures at other sizes."""

    def scaled(old: tuple[int, ...], new: tuple[int, ...]) -> NDArray[np.float64]:
        down, across = new[0] / old[0], new[1] / old[1]
        return np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1]])

    whole = scaled(b, to_b) @ np.vstack([way, [0, 0, 1]]) @ np.linalg.inv(scaled(a, to_a))
    return np.asarray(whole[:2], np.float64)


def _may_be_identical(a: Colours, b: Colours, way: Affine, mirrored: bool) -> bool:
    if mirrored or a.shape != b.shape or np.abs(way[:, :2] - np.eye(2)).max() > _SAME_PLACE:
        return False
    return bool(np.abs(a.astype(np.int16) - b).max() <= _SAME_LEVEL)


def _identical(a: int, b: int, pictures: Pictures) -> bool:
    """Whether two files hold the same pixels, as decoded."""
    first, second = pictures.whole(a), pictures.whole(b)
    return first is not None and second is not None and np.array_equal(first, second)


def _turned(picture: Colours, mirrored: bool) -> Colours:
    return np.ascontiguousarray(picture[:, ::-1]) if mirrored else picture


def _grey(picture: Colours) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def _names(pairs: Keys) -> Keys:
    """One number for each pair. Keys count up from 0, so two fit into it."""
    return (pairs[:, 0].astype(np.uint64) << np.uint64(32)) | pairs[:, 1].astype(np.uint64)


def _pairs(names: Keys) -> Keys:
    return np.stack([names >> np.uint64(32), names & np.uint64(0xFFFFFFFF)], axis=1)


_COMPARISONS: weakref.WeakKeyDictionary[Store, Comparisons] = weakref.WeakKeyDictionary()
