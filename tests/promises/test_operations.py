"""Nothing public is left out of the attack, and nothing that is said to read writes."""

from __future__ import annotations

import pytest

from .attack import Attack
from .messages import CHANGING
from .operations import OPERATIONS
from .public import Census
from .readings import CALLS


@pytest.fixture(scope="module")
def census(attack: Attack) -> Census:
    attack.fresh("curated")
    log = attack.folder / "changes.log"
    return attack.must("public:census", str(attack.case), str(attack.library), str(log))


def test_every_public_method_is_called(census: Census) -> None:
    assert len(census.seen) > 100
    assert census.unknown == set(), "takes arguments: say in readings.py or operations.py how it is called"
    assert census.raised == {}


def test_what_reads_writes_nothing_but_what_can_be_made_again(census: Census) -> None:
    assert census.wrote == {}, "writes: say in operations.py how it is called, so that it is attacked"
    assert census.derived == set(), "makes files: say in readings.py how it is called, so that it is attacked"


def test_no_operation_is_attacked_that_is_not_there(census: Census) -> None:
    asked = {f"message {name}" for name in CHANGING}
    assert {operation.of for operation in CALLS.values()} <= census.seen | asked


def test_every_message_that_changes_something_is_sent() -> None:
    assert {f"message {name}" for name in CHANGING} <= set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_write_below_their_own_folders_alone(attack: Attack, name: str) -> None:
    reference = attack.reference(OPERATIONS[name])
    assert any(change.inside for change in reference.changes)
    assert reference.outside == []
    assert reference.found.leftovers == []
