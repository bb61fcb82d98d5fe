"""What the attacks share: one process that has everything imported, and the prepared data sets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .attack import Attack
from .fault import missing


@pytest.fixture(scope="package")
def attack() -> Iterator[Attack]:
    """Processes to be killed, on disks that fail."""
    if reason := missing():
        pytest.skip(reason)
    with Attack() as there:
        yield there
