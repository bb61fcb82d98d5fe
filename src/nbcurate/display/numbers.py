"""Numbers in two or three digits that are never rounded up to what they are not: 0.9996 is no 1."""

from __future__ import annotations

import math


def similarity_in_words(value: float) -> str:
    """A similarity or a score with three decimals: 1.000 only where it is 1, 0.999 below that."""
    if not math.isfinite(value):
        return "–"
    if 0.9995 <= value < 1 - 1e-6:
        return "0.999"
    return f"{value:.3f}".replace("-0.000", "0.000")


def share_in_words(value: float) -> str:
    """A share as a percentage: 100% only where it is all, 0% only where it is none."""
    if not math.isfinite(value):
        return "–"
    if value >= 1 - 1e-9 or value <= 0:
        return f"{max(value, 0):.0%}"
    if value >= 0.995:
        return f"{min(math.floor(value * 1000) / 10, 99.9):.1f}%"
    if value < 0.0005:
        return "<0.1%"
    return f"{value:.1%}" if value < 0.0995 else f"{value:.0%}"


def count_in_words(count: int, singular: str, plural: str = "") -> str:
    """``1 item``, ``1,204 items``."""
    return f"{count:,} {singular if count == 1 else plural or f'{singular}s'}"
