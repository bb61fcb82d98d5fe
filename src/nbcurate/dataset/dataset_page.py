"""The page of a data set: how much it holds, of what, how it looks, and what may be done next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..collection.pictured import album_of
from ..display.bars import count_bars
from ..display.layout import Tile, strip
from ..display.numbers import count_in_words
from ..display.page import Page
from ..findings.recipe import recipe_in_words

if TYPE_CHECKING:
    from .dataset import Dataset

_PICTURES, _SIDE = 9, 84
_CLASSES = 12


def dataset_page(dataset: Dataset) -> Page:
    """See the module. Of a million items some are looked at, and their labels counted."""
    fixed = dataset._as_it_is()
    store = dataset.store
    whole = len(dataset) == int(store.items.shown.sum())
    of = "" if whole else f" of {int(store.items.shown.sum()):,}"
    page = Page(
        f"{type(dataset).__name__}: {count_in_words(len(fixed), 'item')}{of} in {store.path.name}", opens=dataset
    )
    if not whole and dataset.conditions:
        page.line(f"a view: {recipe_in_words({'where': dataset.conditions}).removesuffix('.None()')}")
    page.line(*_state(dataset))
    counts = class_counts(fixed.column("label"))
    keys = fixed.keys[some_of_all(fixed.column("label"), [name for name, _ in counts], _PICTURES)]
    page.add(strip([Tile(picture, picture.words) for picture in _pictures(fixed, keys)]))
    page.add(count_bars(counts, _CLASSES))
    page.steps(_next(dataset, labelled=bool(counts)))
    return page


def class_counts(labels: pa.Array) -> list[tuple[str, int]]:
    """How many items each class has, the largest first; of lists, an item counts in each of its classes."""
    flat = labels.flatten() if pa.types.is_list(labels.type) else labels
    counted = pc.value_counts(flat.drop_null())  # pyright: ignore[reportAttributeAccessIssue]
    pairs = zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)
    return sorted(((str(name), count) for name, count in pairs), key=lambda pair: (-pair[1], pair[0]))


def some_of_all(labels: pa.Array, names: list[str], n: int) -> NDArray[np.intp]:
    """Rows of ``n`` items from all over: the first of each class, where there are some, then evenly spaced ones."""
    rows = np.linspace(0, len(labels) - 1, min(n, len(labels))).astype(np.intp) if len(labels) else np.empty(0, np.intp)
    if pa.types.is_list(labels.type) or len(names) < 2:
        return rows
    first = [pc.index(labels, name).as_py() for name in names[:n]]  # pyright: ignore[reportAttributeAccessIssue]
    chosen = [*dict.fromkeys([*first, *rows.tolist()])]
    return np.array([row for row in chosen if row >= 0][: len(rows)], np.intp)


def _pictures(dataset: Dataset, keys: NDArray[np.uint64]) -> list:
    labels = (
        dataset.store.items.table.column("label").take(pa.array(dataset.store.items.rows_of_keys(keys))).to_pylist()
    )
    words = ["" if label is None else ", ".join(label) if isinstance(label, list) else str(label) for label in labels]
    return album_of(dataset).pictures(keys, _SIDE, words)


def _state(dataset: Dataset) -> list[str]:
    """What was done so far: embedded, selected, kept under a name, unreadable."""
    store = dataset.store
    names = [embeddings.name for embeddings in store.embeddings()]
    bad, gone = (int(store.items.has_status(status).sum()) for status in ("unreadable", "missing"))
    slices, kept = len(dataset.slices), len(dataset.selection)
    return [
        f"embedded with {', '.join(names)}" if names else "not embedded yet",
        f"{kept:,} selected" if kept else "",
        count_in_words(slices, "slice") if slices else "",
        f"{bad:,} could not be read: ds.errors" if bad else "",
        f"{gone:,} without their file: ds.errors" if gone else "",
    ]


def _next(dataset: Dataset, *, labelled: bool) -> list[str]:
    if not dataset.store.embeddings():
        return ["ds.embed('efficientnet-lite0')", "nbc.SimilarityGrid(ds)", "ds.to_pandas()"]
    audit = ["ds.label_issues()"] if labelled else ["ds.clusters()"]
    return [
        "nbc.Curator(ds)",
        "ds.search(ds.ids[0])",
        "ds.duplicates()",
        *audit,
        f"ds.curate({min(500, max(len(dataset) // 2, 1))})",
    ]
