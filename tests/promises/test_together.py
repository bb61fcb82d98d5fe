"""Threads of one process: nothing is lost, nothing is there twice, and the end is one that an order would give."""

from __future__ import annotations

import itertools

import pytest

from .attack import Attack
from .together import CROWDS, crowd, pair, pairs


@pytest.mark.parametrize("name", CROWDS)
def test_many_threads(attack: Attack, name: str) -> None:
    verdict = crowd(attack, name)
    assert not verdict.wrong, str(verdict)


@pytest.mark.parametrize("names", itertools.islice(pairs(), 3), ids=" beside ".join)
def test_two_operations_at_once(attack: Attack, names: tuple[str, str]) -> None:
    verdict = pair(attack, *names)
    assert not verdict.wrong, str(verdict)
