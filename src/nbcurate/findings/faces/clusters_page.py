"""The page of clusters: a row each, with its name, its size, and what is most typical of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ...collection.pictured import album_of
from ...display.layout import Row, Tile, rows
from ...display.numbers import share_in_words
from ...display.page import Page
from .finding_page import begun

if TYPE_CHECKING:
    from ..clusters import Clusters

_ROWS, _EACH, _SIDE = 8, 4, 66


def clusters_page(found: Clusters) -> Page:
    """See the module; the largest first."""
    page = begun(found)
    table = found.table.head(_ROWS)
    lines = []
    for number, name, size, label, purity in zip(
        table.index.tolist(),
        table["name"],
        table["size"].tolist(),
        table["label"],
        table["purity"].tolist(),
        strict=True,
    ):
        inside = np.flatnonzero(found.labels == number)
        typical = inside[np.argsort(-found.scores[inside], kind="stable")[:_EACH]]
        reasons = found.reasons_at(typical)
        pictures = album_of(found._items).pictures(found.keys[typical], _SIDE, reasons)
        whose = f"{share_in_words(purity)} {label}" if label and not math.isnan(purity) else ""
        lines.append(
            Row(name, [Tile(picture) for picture in pictures], (f"{size:,} items", whose), size - len(typical))
        )
    page.add(rows(lines))
    if len(found.table) > _ROWS:
        page.line(f"and {len(found.table) - _ROWS:,} more clusters: .table has them all")
    if len(found):
        page.steps(("nbc.ClusterBrowser(ds, clusters)", "clusters.members(0)", "nbc.EmbeddingMap(ds, color='cluster')"))
    return page
