"""Whatever a browser sends: nothing comes through, what is refused changes nothing, no answer is too large."""

from __future__ import annotations

from .hostile_messages import attack


def test_hostile_messages_find_no_fault() -> None:
    assert attack(700, seed=1) == []
