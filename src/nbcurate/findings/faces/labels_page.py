"""The page of labels that look wrong: the picture, what it is called, and what it looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...collection.pictured import album_of
from ...curate.class_labels import in_words
from ...display.layout import Tile, mosaic
from ...display.numbers import share_in_words
from ...display.page import Page
from .finding_page import begun, ended

if TYPE_CHECKING:
    from ..label_finding import LabelIssues

_SHOWN, _COLUMNS, _SIDE = 16, 8, 84


def labels_page(found: LabelIssues) -> Page:
    """See the module; the most suspicious first."""
    page = begun(found)
    n = min(len(found), _SHOWN)
    reasons = found.reasons_at(np.arange(n))
    pictures = album_of(found._items).pictures(found.keys[:n], _SIDE, reasons)
    labels = zip(found.columns["given_label"][:n], found.columns["suggested_label"][:n], strict=True)
    tiles = [
        Tile(picture, f"{share_in_words(float(score))} likely wrong", strong=_change(given, suggested))
        for picture, (given, suggested), score in zip(pictures, labels, found.scores[:n], strict=True)
    ]
    page.add(mosaic(tiles, _COLUMNS))
    if n:
        page.line(f"given → suggested; point at a picture for the reason. The first: {reasons[0]}")
    return ended(page, found, n, ("nbc.FindingsPanel(ds, issues)", "issues.safe", "ds.set_labels({...})"))


def _change(given: object, suggested: object) -> str:
    """``cat → dog``; of a label that fits, the label alone."""
    before, after = in_words(given) or "no label", in_words(suggested) or "no label"
    return before if before == after else f"{before} → {after}"
