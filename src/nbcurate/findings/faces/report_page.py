"""The page of a report: each measure as bars, of the subset, of the whole and of random draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...display.bars import BLUE, GREY, bar
from ...display.frame import figure
from ...display.layout import table
from ...display.markup import escaped
from ...display.page import Page
from ..report import MEASURES

if TYPE_CHECKING:
    from ..report import Report

_VERDICTS = {True: "better than chance", False: "no better than chance", None: ""}


def report_page(report: Report) -> Page:
    """See the module."""
    page = Page(report._summary(), opens=report)
    better = report.better_than_random()
    body = []
    for name, values in zip(report.subset, report.to_pandas().to_numpy().tolist(), strict=True):
        meaning = escaped(MEASURES.get(name, ""))
        title = f'<span title="{meaning}">{escaped(name.replace("_", " "))}</span>'
        body.append([title, *_cells(*values), _VERDICTS[better.get(name)], f"<small>{meaning}</small>"])
    page.add(table(["", "subset", "whole", "random draws", "", ""], body))
    return page


def _cells(subset: float, whole: float, chance: float, spread: float) -> list[str]:
    """The numbers of a measure, each with a bar, all to one scale."""
    longest = max((value for value in (subset, whole, chance) if np.isfinite(value)), default=0.0)
    bars = zip((subset, whole, chance), (BLUE, GREY, GREY), strict=True)
    chance_in_words = f"{figure(chance)} ±{figure(spread)}" if np.isfinite(spread) else figure(chance)
    words = (figure(subset), figure(whole), chance_in_words)
    return [
        f'<span style="white-space:nowrap">{said}</span><br>{_drawn(value, longest, colour)}'
        for said, (value, colour) in zip(words, bars, strict=True)
    ]


def _drawn(value: float, longest: float, colour: tuple[int, int, int]) -> str:
    return bar(value, longest, 90, colour) if np.isfinite(value) else ""
