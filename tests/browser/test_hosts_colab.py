"""Views in frames of their own, as Colab shows them: they agree by way of the kernel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from .colab import Colab
from .every_view import SHOWN, Stores, shown, works_both_ways

#: One of each way that views speak: pictures, columns, reviews and curves.
FRAMED = ("grid", "plane", "panel", "curves")


@pytest.fixture
def colab(lab: Page) -> Iterator[Colab]:
    host = Colab.open(lab)
    yield host
    host.close()


def test_views_in_frames_of_their_own_agree(colab: Colab, stores: Stores) -> None:
    colab.execute(stores.opening)
    for name in FRAMED:
        colab.show(name, f"{name} = {SHOWN[name][1]}\n{name}")
    works_both_ways(colab, FRAMED)
    colab.execute("ds.selection.set([])")
    shown(colab, "grid").root.locator("[data-id]").nth(2).click()
    expect(shown(colab, "plane").test_id("count")).to_have_text("1")
