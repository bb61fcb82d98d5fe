"""Copies among the items of a data set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..arguments import require_threshold
from ..collection.distinct import DistinctItems, distinct_items
from ..collection.vector_set import VectorSet
from ..curate.calibration import threshold_for_precision
from ..curate.duplicates import LOOSE, SAME_PICTURE, CopyPairs, Verify, find_copies, reference_distance, star_cover
from ..store.items import Keys
from .finding import Finding
from .pictures import PixelCheck
from .recipe import make_recipe

if TYPE_CHECKING:
    import pandas as pd

#: A pair of ids and whether they are copies.
Judged = Sequence[Any]


class Duplicates(Finding):
    """Items to drop, each a copy of a kept one (column ``representative``)."""

    _pairs: tuple[Keys, NDArray[np.float32], NDArray[np.float32]]

    def pairs(self) -> list[tuple[str, str]]:
        """The pairs judged copies: an item and its exact copies (each with the first of them), and near-copies."""
        ids = self._items.store.items.ids_of_keys(self._pairs[0].ravel())
        return list(zip(ids[::2], ids[1::2], strict=True))

    def pairs_to_pandas(self) -> pd.DataFrame:
        """A row a pair: ``a``, ``b``, ``distance`` (cosine), ``likeness`` (as the score)."""
        import pandas as pd

        _, distance, likeness = self._pairs
        return pd.DataFrame(self.pairs(), columns=["a", "b"]).assign(distance=distance, likeness=likeness)


@dataclass(frozen=True)
class ItemCopies:
    """The copies among a data set's items, before anything is kept or dropped.

    Attributes
    ----------
    distinct : DistinctItems
        The m of n items that the pairs count.
    pairs : CopyPairs
    """

    distinct: DistinctItems
    pairs: CopyPairs


def copies_of_items(
    dataset: VectorSet,
    *,
    threshold: float | Literal["auto"],
    pixels: bool,
    min_likeness: float = SAME_PICTURE,
    encoder: str | None,
) -> ItemCopies:
    """The pairs of a data set's distinct items that are copies; see :meth:`Dataset.duplicates`."""
    require_threshold(threshold)
    distinct = distinct_items(dataset, encoder)
    verify = PixelCheck(dataset.store, distinct.keys) if pixels else None
    pairs = find_copies(*distinct.graph, threshold=threshold, verify=verify, min_likeness=min_likeness)
    return ItemCopies(distinct, pairs)


def find_duplicates(
    dataset: VectorSet,
    *,
    threshold: float | Literal["auto"],
    pixels: bool,
    examples: Sequence[Judged] | None,
    precision: float,
    encoder: str | None,
) -> Duplicates:
    """See :meth:`Dataset.duplicates`."""
    require_threshold(threshold)
    limits: Mapping[str, Any] = {"threshold": threshold, "pixels": pixels, "min_likeness": SAME_PICTURE}
    if examples is not None:
        limits = _calibrated(dataset, examples, precision, pixels, encoder)
    found = copies_of_items(dataset, encoder=encoder, **limits)
    distinct, pairs = found.distinct, found.pairs
    groups = star_cover(len(distinct), pairs, _priority(dataset)[distinct.rows])

    everything = dataset.keys
    kept = distinct.keys[groups.representative[distinct.inverse]]  # of each item, the one that is kept
    exact = distinct.keys[distinct.inverse]  # of each item, the first with the same bytes
    dropped = np.flatnonzero(everything != kept)
    pair = np.where(kept == exact, -1, groups.pair[distinct.inverse])[dropped]
    distance = _with_exact(pairs.distance, pair, 0.0)
    likeness = _with_exact(pairs.likeness, pair, 1.0)
    verified = _with_exact(pairs.verified, pair, False)
    order = np.lexsort((everything[dropped], -likeness))
    dropped, pair = dropped[order], pair[order]
    distance, likeness, verified = distance[order], likeness[order], verified[order]
    names = np.array(dataset.store.items.ids_of_keys(kept[dropped]), object)

    def reasons(at: NDArray[np.intp]) -> list[str]:
        pictured = _have_pictures(dataset, everything[dropped[at]])
        facts = zip(names[at], pair[at] < 0, pictured, likeness[at], distance[at], verified[at], strict=True)
        return [_reason(*fact) for fact in facts]

    parameters = {
        "threshold": threshold,
        "pixels": pixels,
        "examples": examples,
        "precision": precision,
        "encoder": encoder,
    }
    finding = Duplicates(
        dataset, "duplicates", everything[dropped], likeness, reasons,
        recipe=make_recipe("duplicates", parameters, everything, distinct.embeddings),
        score_meaning="share of the picture that agrees with the kept one; from vectors alone, how near they are",
        groups=np.unique(kept[dropped], return_inverse=True)[1],
        columns={"representative": names, "distance": distance},
    )  # fmt: skip
    finding._pairs = _item_pairs(everything, exact, distinct.keys, pairs)
    return finding


def _reason(kept: str, exact: bool, pictured: bool, likeness: float, distance: float, verified: bool) -> str:
    if exact:
        return f"the same {'bytes' if pictured else 'vector'} as {kept}"
    pixels = f": {likeness:.0%} of the picture agrees" if verified else ""
    return f"near-copy of {kept} at {distance:.3f}{pixels}"


def _have_pictures(dataset: VectorSet, keys: Keys) -> NDArray[np.bool_]:
    """Whether each item has a picture; one whose vector was given may have none."""
    items = dataset.store.items
    path = items.table.column("path").take(pa.array(items.rows_of_keys(keys)))
    return path.is_valid().to_numpy(zero_copy_only=False)


def _with_exact(values: NDArray[Any], pair: NDArray[np.int32], exact: float) -> NDArray[Any]:
    """The value of each item's pair, or that of exact copies."""
    return np.where(pair < 0, exact, np.append(values, values.dtype.type(exact))[pair]).astype(values.dtype)


def _item_pairs(
    everything: Keys, exact: Keys, distinct: Keys, pairs: CopyPairs
) -> tuple[Keys, NDArray[np.float32], NDArray[np.float32]]:
    """Exact and near copies as keys ``[m, 2]``, distances and likeness."""
    same = np.flatnonzero(everything != exact)
    keys = np.concatenate([np.stack([exact[same], everything[same]], axis=1), distinct[pairs.rows].reshape(-1, 2)])
    zeros, ones = np.zeros(len(same), np.float32), np.ones(len(same), np.float32)
    return keys, np.concatenate([zeros, pairs.distance]), np.concatenate([ones, pairs.likeness])


def _priority(dataset: VectorSet) -> NDArray[np.float64]:
    """Rank of each item as the one to keep: sharper by a fifth, then larger, then more bytes, then earlier."""
    sharpness, width, height, size = (_numbers(dataset, name) for name in ("sharpness", "width", "height", "bytes"))
    steps = np.round(4 * np.log2(np.maximum(sharpness, 1e-6)))
    order = np.lexsort((-np.arange(len(dataset)), size, width * height, steps))
    rank = np.empty(len(order))
    rank[order] = np.arange(len(order))
    return rank


def _numbers(dataset: VectorSet, column: str) -> NDArray[np.float64]:
    """A column as numbers, 0 where there is none."""
    return dataset.column(column).cast(pa.float64()).fill_null(0.0).to_numpy(zero_copy_only=False)


# -- calibration -----------------------------------------------------------------------------------------------------


def _calibrated(
    dataset: VectorSet, examples: Sequence[Judged], precision: float, pixels: bool, encoder: str | None
) -> Mapping[str, Any]:
    """Limits that hold the precision on judged pairs: on what the pixels say, or on the distance if that finds more."""
    distinct = distinct_items(dataset, encoder)
    rows, judged = _read_examples(dataset, distinct, examples)
    if not isinstance(precision, int | float | np.number) or not 0 < precision <= 1:
        raise ValueError(f"precision={precision!r}: give a share above 0 and up to 1.")
    vectors = distinct.vectors
    distance = 1.0 - (vectors[rows[:, 0]] * vectors[rows[:, 1]]).sum(axis=1)
    near, near_recall = threshold_for_precision(-distance, judged, precision)
    verify: Verify | Callable[..., Any] | None = PixelCheck(dataset.store, distinct.keys) if pixels else None
    likeness = verify(rows) if verify is not None else np.full(len(rows), np.nan)
    alike, alike_recall = threshold_for_precision(np.nan_to_num(likeness, nan=-1.0), judged, precision)
    if np.isfinite(alike) and alike >= 0 and alike_recall >= near_recall:
        reach = float(distance[judged & (likeness >= alike)].max()) * 1.1
        loose = LOOSE * reference_distance(distinct.graph[1])
        return {"threshold": max(reach, loose), "pixels": True, "min_likeness": alike}
    if not np.isfinite(near):
        raise ValueError(
            f"No threshold holds a precision of {precision} on these {len(judged)} examples: pairs judged copies are "
            "not nearer than the others. Judge more pairs, or lower precision=."
        )
    return {"threshold": max(-near, 0.0), "pixels": False, "min_likeness": SAME_PICTURE}


def _read_examples(
    dataset: VectorSet, distinct: DistinctItems, examples: Sequence[Judged]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Positions ``[m, 2]`` among the distinct items, and what was judged."""
    if isinstance(examples, str) or not isinstance(examples, Iterable):
        raise ValueError(f"examples= takes (id, id, True or False) for each judged pair, got {examples!r}.")
    triples: list[tuple[Any, ...]] = [
        tuple(example) if isinstance(example, Iterable) else (example,) for example in examples
    ]
    wrong = [t for t in triples if len(t) != 3 or not isinstance(t[2], bool | np.bool_)]
    if wrong or not triples:
        given = repr(wrong[0]) if wrong else "none"
        raise ValueError(f"examples= takes (id, id, True or False) for each judged pair, got {given}.")
    keys = dataset.store.items.keys_of_ids([item for a, b, _ in triples for item in (a, b)])
    rows = distinct.positions(keys).reshape(-1, 2)
    if (rows < 0).any():
        raise ValueError("examples= names items that are not in this view of the data set.")
    judged = np.array([bool(is_copy) for _, _, is_copy in triples])
    if not judged.any():
        raise ValueError("examples= holds no pair judged True: give at least one pair of copies.")
    return rows, judged
