"""The page of labels that look wrong: the picture, what it is called, and what it looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...collection.pictured import album_of
from ...curate.class_labels import in_words
from ...display.layout import Tile, mosaic
from ...display.numbers import share_in_words
from ...display.page import Page
from .finding_page import begun, ended, first_to_review

if TYPE_CHECKING:
    from ..label_finding import LabelIssues

_SHOWN, _COLUMNS, _SIDE = 16, 8, 84


def labels_page(found: LabelIssues) -> Page:
    """See the module; the most suspicious first."""
    page = begun(found)
    first = first_to_review(page, found, _SHOWN)
    n, reasons = len(first), first.reasons
    pictures = album_of(found._items).pictures(first.keys, _SIDE, reasons)
    labels = zip(first.columns["given_label"], first.columns["suggested_label"], strict=True)
    tiles = [
        Tile(picture, f"{share_in_words(score)} likely wrong", strong=_change(given, suggested))
        for picture, (given, suggested), score in zip(pictures, labels, first.scores.tolist(), strict=True)
    ]
    page.add(mosaic(tiles, _COLUMNS))
    if n:
        page.line(f"given → suggested; point at a picture for the reason. The first: {reasons[0]}")
    return ended(
        page,
        found,
        n,
        (
            "nbc.FindingsPanel(ds, issues)",
            "issues.safe",
            "ds.relabel(dict(zip(issues.safe.ids, issues.safe.columns['suggested_label'])))",
        ),
    )


def _change(given: object, suggested: object) -> str:
    """``cat → dog``; of a label that fits, the label alone."""
    before, after = in_words(given) or "no label", in_words(suggested) or "no label"
    return before if before == after else f"{before} → {after}"
