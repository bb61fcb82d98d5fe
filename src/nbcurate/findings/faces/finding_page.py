"""The page of a finding of any kind: some of its pictures with their reasons, and what may be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...collection.pictured import album_of
from ...display.layout import Tile, cards, mosaic
from ...display.numbers import similarity_in_words
from ...display.page import Page
from ..recipe import recipe_in_words

if TYPE_CHECKING:
    from ..finding import Finding

_CARDS = 8
_MOSAIC, _COLUMNS = 24, 8


def begun(finding: Finding) -> Page:
    """A page with what was found in words, and what the scores mean."""
    page = Page(finding._summary(), opens=finding)
    if len(finding):
        page.line(f"score, from 0 to 1: {finding.score_meaning}")
    return page


def ended(page: Page, finding: Finding, shown: int, steps: Sequence[str]) -> Page:
    """The page with how many more there are, the next steps, and the call that makes the finding again."""
    if len(finding) > shown:
        page.line(f"and {len(finding) - shown:,} more: .to_pandas() has them all")
    if len(finding):
        page.steps(steps)
    page.made_by(recipe_in_words(finding.recipe))
    return page


def finding_page(finding: Finding) -> Page:
    """Cards of the first items: picture, name, score and reason."""
    page = begun(finding)
    first = first_to_review(page, finding, _CARDS)
    page.add(cards(tiles_with_reasons(first, _CARDS)))
    return ended(page, finding, len(first), ("found.select()", "nbc.FindingsPanel(ds, found)"))


def first_to_review(page: Page, finding: Finding, n: int) -> Finding:
    """What is shown of a finding: of a ranking of all items those past its threshold; of none past it the first few."""
    if finding._flagged is None or len(finding) < len(finding._items):
        return finding.head(n)
    worth = finding.to_review()
    if worth is finding:
        page.line("nothing is past the threshold; the first of the ranking:" if len(finding) else "")
        return finding.head(min(n, 4))
    return worth.head(n)


def picks_page(finding: Finding) -> Page:
    """A mosaic of the picks in their order; the reason of each is read where one points at it."""
    page = begun(finding)
    n = min(len(finding), _MOSAIC)
    reasons = finding.reasons_at(np.arange(n))
    pictures = album_of(finding._items).pictures(finding.keys[:n], 80, reasons)
    page.add(mosaic([Tile(picture) for picture in pictures], _COLUMNS))
    if n:
        page.line(f"in the order of picking; point at a picture for its reason. The first: {reasons[0]}")
    return ended(page, finding, n, ("picks.select()", "picks.report", "nbc.SimilarityGrid(ds, finding=picks)"))


def tiles_with_reasons(finding: Finding, n: int, side: int = 84) -> list[Tile]:
    """The first items of a finding, each with its score and reason."""
    n = min(len(finding), n)
    reasons = finding.reasons_at(np.arange(n))
    pictures = album_of(finding._items).pictures(finding.keys[:n], side, reasons)
    scores = map(similarity_in_words, finding.scores[:n].tolist())
    return [
        Tile(picture, f"{score} · {reason}", strong=picture.name)
        for picture, score, reason in zip(pictures, scores, reasons, strict=True)
    ]
