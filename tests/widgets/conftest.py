"""What tests of the wire share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import nbcurate as nbc
from nbcurate.widgets.session import Session

from .test_wire import Browser


@pytest.fixture
def browser(dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """The browser's side of a session on the data set, with one view."""
    session = Session.of(dataset)
    session.add_view(dataset)
    yield Browser(session, monkeypatch)
    session.close()
