"""Copies among the items of a data set: which to drop, and which to keep of each group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..collection.vector_set import VectorSet
from ..curate.copies import Relation, losses
from ..curate.duplicates import star_cover
from ..store.items import Keys
from .copies import ItemCopies, copies_of_items
from .copy_calibration import Judged, calibrated
from .copy_words import copy_in_words
from .finding import Finding
from .recipe import make_recipe

if TYPE_CHECKING:
    import pandas as pd


class Duplicates(Finding):
    """Items to drop, each a copy of a kept one (columns ``representative`` and ``relation``)."""

    _page_at = "findings.faces.copies_page.copies_page"

    _pairs: tuple[Keys, dict[str, NDArray[Any]]]

    def pairs(self) -> list[tuple[str, str]]:
        """The pairs judged copies: an item and its exact copies (each with the first of them), and all others."""
        ids = self._items.store.items.ids_of_keys(self._pairs[0].ravel())
        return list(zip(ids[::2], ids[1::2], strict=True))

    def pairs_to_pandas(self) -> pd.DataFrame:
        """A row a pair: ``a``, ``b``, ``relation``, ``distance`` (cosine), ``likeness`` (as the score)."""
        import pandas as pd

        return pd.DataFrame(self.pairs(), columns=["a", "b"]).assign(**self._pairs[1])


def find_duplicates(
    dataset: VectorSet,
    *,
    threshold: float | Literal["auto"],
    pixels: bool,
    scenes: bool,
    examples: Sequence[Judged] | None,
    precision: float,
    encoder: str | None,
) -> Duplicates:
    """See :meth:`Dataset.duplicates`."""
    limits: dict[str, Any] = {"threshold": threshold, "pixels": pixels, "scenes": scenes}
    if examples is not None:
        limits |= calibrated(dataset, examples, precision, pixels, encoder)
    found = copies_of_items(dataset, encoder=encoder, **limits)
    distinct, pairs = found.distinct, found.pairs
    groups = star_cover(len(distinct), pairs, _priority(dataset, found))

    everything = dataset.keys
    kept = distinct.keys[groups.representative[distinct.inverse]]  # of each item, the one that is kept
    exact = distinct.keys[distinct.inverse]  # of each item, the first with the same bytes
    dropped = np.flatnonzero(everything != kept)
    pair = np.where(kept == exact, -1, groups.pair[distinct.inverse])[dropped]
    likeness = _with_exact(pairs.likeness, pair, 1.0)
    order = np.lexsort((everything[dropped], -likeness))
    dropped, pair, likeness = dropped[order], pair[order], likeness[order]
    names = np.array(dataset.store.items.ids_of_keys(kept[dropped]), object)
    same = np.where(_have_pictures(dataset, everything[dropped]), Relation.SAME_FILE, Relation.ALIKE)
    relation = np.where(pair < 0, same, _with_exact(pairs.relation, pair, 0))

    def reasons(at: NDArray[np.intp]) -> list[str]:
        facts = zip(names[at], dropped[at], pair[at], relation[at], strict=True)
        return [_reason(dataset, found, groups.representative, *fact) for fact in facts]

    parameters = {
        "threshold": threshold, "pixels": pixels, "scenes": scenes, "examples": examples, "precision": precision,
        "encoder": encoder,
    }  # fmt: skip
    finding = Duplicates(
        dataset, "duplicates", everything[dropped], likeness, reasons,
        recipe=make_recipe("duplicates", parameters, everything, distinct.embeddings),
        score_meaning="how sure it is that the pictures are one; from vectors alone, how near they are",
        groups=np.unique(kept[dropped], return_inverse=True)[1],
        columns={
            "representative": names, "relation": _words(relation), "distance": _with_exact(pairs.distance, pair, 0.0),
        },
    )  # fmt: skip
    finding._pairs = _item_pairs(dataset, exact, found)
    return finding


def _reason(
    dataset: VectorSet, found: ItemCopies, representative: NDArray[np.int32], kept: str, item: int, pair: int, kind: int
) -> str:
    """Why the item at that position is dropped."""
    if pair < 0:
        return f"the same file as {kept}, byte for byte" if kind == Relation.SAME_FILE else f"the same vector as {kept}"
    row = int(found.distinct.inverse[item])
    other = int(representative[row])
    sizes = _sizes(dataset, found.distinct.keys[[row, other]])
    is_first = bool(found.pairs.rows[pair, 0] == row)
    return copy_in_words(
        Relation(kind), found.evidence[pair], kept, sizes,
        is_first=is_first, distance=float(found.pairs.distance[pair]),
    )  # fmt: skip


def _sizes(dataset: VectorSet, keys: Keys) -> list[tuple[int, int] | None]:
    """Width and height of items in px; None where they are not known."""
    items = dataset.store.items
    rows = pa.array(items.rows_of_keys(keys))
    width, height = (items.table.column(name).take(rows).to_pylist() for name in ("width", "height"))
    return [(w, h) if w and h else None for w, h in zip(width, height, strict=True)]


def _have_pictures(dataset: VectorSet, keys: Keys) -> NDArray[np.bool_]:
    """Whether each item has a picture; one whose vector was given may have none."""
    items = dataset.store.items
    path = items.table.column("path").take(pa.array(items.rows_of_keys(keys)))
    return path.is_valid().to_numpy(zero_copy_only=False)


def _with_exact(values: NDArray[Any], pair: NDArray[np.int32], exact: float) -> NDArray[Any]:
    """The value of each item's pair, or that of exact copies."""
    return np.where(pair < 0, exact, np.append(values, values.dtype.type(exact))[pair]).astype(values.dtype)


def _words(relation: NDArray[np.integer]) -> NDArray[np.object_]:
    return np.array([Relation(kind).words for kind in relation.tolist()], object)


def _item_pairs(dataset: VectorSet, exact: Keys, found: ItemCopies) -> tuple[Keys, dict[str, NDArray[Any]]]:
    """Exact and other copies as keys ``[m, 2]``, and what is told of each."""
    everything, pairs = dataset.keys, found.pairs
    same = np.flatnonzero(everything != exact)
    keys = np.concatenate(
        [np.stack([exact[same], everything[same]], axis=1), found.distinct.keys[pairs.rows].reshape(-1, 2)]
    )
    kind = np.where(_have_pictures(dataset, everything[same]), Relation.SAME_FILE, Relation.ALIKE)
    zeros, ones = np.zeros(len(same), np.float32), np.ones(len(same), np.float32)
    return keys, {
        "relation": _words(np.concatenate([kind, pairs.relation])),
        "distance": np.concatenate([zeros, pairs.distance]),
        "likeness": np.concatenate([ones, pairs.likeness]),
    }


def _priority(dataset: VectorSet, found: ItemCopies) -> NDArray[np.float64]:
    """Rank of each distinct item as the one to keep.

    What lost least to its copies: in colour, whole, without a frame, nothing drawn on it, no enlargement; then the
    larger, then sharper by a fifth, then more bytes, then the earlier.
    """
    rows, n = found.pairs.rows, len(found.distinct)
    lost = np.bincount(rows.ravel(), losses(found.evidence).ravel(), minlength=n) / np.maximum(
        np.bincount(rows.ravel(), minlength=n), 1
    )
    sharpness, width, height, size = (
        _numbers(dataset, name)[found.distinct.rows] for name in ("sharpness", "width", "height", "bytes")
    )
    steps = np.round(4 * np.log2(np.maximum(sharpness, 1e-6)))
    area = np.round(8 * np.log2(np.maximum(width * height, 1)))
    order = np.lexsort((-np.arange(n), size, steps, area, -lost))
    rank = np.empty(n)
    rank[order] = np.arange(n)
    return rank


def _numbers(dataset: VectorSet, column: str) -> NDArray[np.float64]:
    """A column as numbers, 0 where there is none."""
    return dataset.column(column).cast(pa.float64()).fill_null(0.0).to_numpy(zero_copy_only=False)
