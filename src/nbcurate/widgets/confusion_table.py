"""A confusion matrix as plain HTML, for where no widget can be shown."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..curate.confusion import Confusion

#: Classes of the table: the most confused; a wider one is not read.
_MOST = 30
_LONGEST_NAME = 24
_CELL = "padding:2px 5px;text-align:right;border:1px solid rgba(128,128,128,.25)"


def confusion_table(found: Confusion, label: str, prediction: str) -> str:
    """Counts of the most confused classes, at most 30, coloured by how many errors there are: HTML."""
    counts = found.counts()
    right = counts.diagonal()
    errors = counts.sum(axis=0) + counts.sum(axis=1) - 2 * right
    there = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1))
    shown = np.sort(there[np.argsort(-errors[there], kind="stable")[:_MOST]])
    cells = counts[shown][:, shown].toarray()
    most = max(1, int((cells - np.diag(np.diag(cells))).max(initial=0)))
    names = [_short(found.names[at]) for at in shown]
    vertical = "writing-mode:vertical-rl;transform:rotate(180deg);padding:5px 2px;font-weight:500;text-align:left"
    head = "".join(f'<th style="{vertical}">{name}</th>' for name in names)
    rows = "".join(
        f'<tr style="background:none"><th style="padding:2px 8px 2px 0;text-align:right;font-weight:500">{name}</th>'
        + "".join(_cell(count, at == place, most) for at, count in enumerate(line))
        + "</tr>"
        for place, (name, line) in enumerate(zip(names, cells.tolist(), strict=True))
    )
    left_out = len(there) - len(shown)
    told = f"; the {len(shown)} most confused of {len(there):,} classes" if left_out else ""
    missing = int((~found.known).sum())
    told += f"; {missing:,} without a label or a prediction" if missing else ""
    return (
        f"<p><b>{int(found.known.sum()):,} items, {_percent(found.accuracy())} right</b>{told}. "
        f"Rows: {html.escape(label)}; columns: {html.escape(prediction)}</p>"
        '<table style="border-collapse:collapse;font-size:12px;color:inherit;font-variant-numeric:tabular-nums">'
        f'<tr style="background:none"><td></td>{head}</tr>{rows}</table>'
    )


def _cell(count: int, right: bool, most: int) -> str:
    if not count:
        return f'<td style="{_CELL}"></td>'
    tint = "128,128,128,.14" if right else f"214,64,54,{0.12 + 0.5 * math.sqrt(count / most):.2f}"
    return f'<td style="{_CELL};background:rgba({tint})">{count:,}</td>'


def _short(name: str) -> str:
    return html.escape(name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…")


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{share:.1%}"
