"""Pairs of shares drawn as dumbbells, in plain SVG: where each was before, where it is now, and what that means."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import NamedTuple

#: Colours that stand out on a white and on a dark ground.
_BEFORE, _AFTER, _WORSE = "#8a8f98", "#3b7ddd", "#d9622b"
#: px: the scale from 0 to 1, and what is left of and below it.
_WIDTH, _HEIGHT, _MARGIN = 260, 22, 14


class PairedRow(NamedTuple):
    """A measure before and after, both from 0 to 1. ``words`` say what the difference is."""

    title: str
    meaning: str
    before: float
    after: float
    words: str


def paired_bars(rows: Sequence[PairedRow], names: tuple[str, str]) -> str:
    """HTML of a table, a row a measure: a line from a hollow dot (before) to a filled one (after), and the numbers.

    Text and lines have the colour of the text around them, so it reads on a light and on a dark ground.
    """
    cell = "padding:2px 10px 2px 0;text-align:left;border:0;background:none"
    number = f"{cell};font-variant-numeric:tabular-nums;white-space:nowrap"
    lines = "".join(
        f'<tr style="background:none"><th style="{cell};font-weight:500;white-space:nowrap"'
        f' title="{html.escape(row.meaning)}" scope="row">{html.escape(row.title)}</th>'
        f'<td style="{cell}">{_dumbbell(row, names)}</td>'
        f'<td style="{number}">{_share(row.before)} → <b>{_share(row.after)}</b></td>'
        f'<td style="{number}">{html.escape(row.words)}</td></tr>'
        for row in rows
    )
    head, foot = (
        f'<tr style="background:none"><td style="{cell}"></td><td style="{cell}">{inside}</td></tr>'
        for inside in (_legend(names), _scale())
    )
    style = "border-collapse:collapse;font-size:13px;margin:0;color:inherit"
    return f'<table style="{style}">{head}{lines}{foot}</table>'


def _dumbbell(row: PairedRow, names: tuple[str, str]) -> str:
    places = [_MARGIN + min(max(value, 0.0), 1.0) * (_WIDTH - 2 * _MARGIN) for value in (row.before, row.after)]
    middle = _HEIGHT / 2
    ends = (
        f'<line x1="{_MARGIN}" x2="{_WIDTH - _MARGIN}" y1="{middle}" y2="{middle}" stroke="currentColor" opacity=".2"/>'
    )
    ends += "".join(
        f'<line x1="{x}" x2="{x}" y1="{middle - 3}" y2="{middle + 3}" stroke="currentColor" opacity=".35"/>'
        for x in (_MARGIN, _WIDTH / 2, _WIDTH - _MARGIN)
    )
    drawn = ""
    if all(math.isfinite(place) for place in places):
        before, after = places
        line = _AFTER if after >= before else _WORSE
        drawn = (
            f'<line x1="{before:.1f}" x2="{after:.1f}" y1="{middle}" y2="{middle}" stroke="{line}" stroke-width="3"/>'
            f"{_dot(before, middle, hollow=True)}{_dot(after, middle, hollow=False)}"
        )
    said = f"{row.title}: {names[0]} {_share(row.before)}, {names[1]} {_share(row.after)}"
    return _svg(ends + drawn, _WIDTH, said)


def _scale() -> str:
    marks = ((_MARGIN, "0"), (_WIDTH / 2, "0.5"), (_WIDTH - _MARGIN, "1"))
    text = 'y="11" text-anchor="middle" font-size="11" fill="currentColor" opacity=".75"'
    return _svg("".join(f'<text x="{x}" {text}>{said}</text>' for x, said in marks), _WIDTH, "")


def _legend(names: tuple[str, str]) -> str:
    dots = (_svg(_dot(7, _HEIGHT / 2, hollow=hollow), 14, "") for hollow in (True, False))
    return " &nbsp; ".join(f"{dot}{html.escape(name)}" for dot, name in zip(dots, names, strict=True))


def _dot(x: float, y: float, *, hollow: bool) -> str:
    if hollow:
        look = f'fill="{_BEFORE}" fill-opacity=".35" stroke="{_BEFORE}" stroke-width="2"'
        return f'<circle cx="{x:.1f}" cy="{y}" r="4.5" {look}/>'
    return f'<circle cx="{x:.1f}" cy="{y}" r="5.5" fill="{_AFTER}"/>'


def _svg(inside: str, width: float, said: str) -> str:
    about = f'role="img" aria-label="{html.escape(said)}"' if said else 'aria-hidden="true"'
    return (
        f'<svg width="{width}" height="{_HEIGHT}" viewBox="0 0 {width} {_HEIGHT}" {about}'
        f' style="vertical-align:middle">{inside}</svg>'
    )


def _share(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "–"
