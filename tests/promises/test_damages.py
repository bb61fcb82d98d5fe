"""A store whose files were changed behind its back opens right, or says which file is damaged."""

from __future__ import annotations

import itertools

import pytest

from .attack import Attack
from .damages import Opened, cases, damaged, undamaged

#: How many of the files and damages are tried here; the benchmark tries them all.
_TRIED = 8


@pytest.fixture(scope="module")
def whole(attack: Attack) -> Opened:
    return undamaged(attack)


@pytest.mark.parametrize("part", range(4))
def test_damaged_files(attack: Attack, whole: Opened, part: int) -> None:
    tried = itertools.islice(cases(attack, seed=part), _TRIED // 4)
    verdicts = [damaged(attack, whole, *case) for case in tried]
    assert not [str(verdict) for verdict in verdicts if verdict.wrong]


@pytest.mark.parametrize("name", ["selection.parquet", "slices.parquet", "store.json", "writer.json"])
@pytest.mark.parametrize("damage", ["a bit", "emptied"])
def test_what_people_did_is_never_anothers(attack: Attack, whole: Opened, name: str, damage: str) -> None:
    there = [case for case in cases(attack) if case[0].endswith(name) and case[1] == damage]
    verdicts = [damaged(attack, whole, *case) for case in there]
    assert not [str(verdict) for verdict in verdicts if verdict.wrong]
