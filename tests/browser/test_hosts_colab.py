"""Views in frames of their own, as Colab shows them: they agree by way of the kernel."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .colab import Colab
from .every_view import SHOWN, Stores, shown, works_both_ways

#: One of each way that views speak: pictures, columns, reviews and curves.
FRAMED = ("grid", "plane", "panel", "curves")


def test_views_in_frames_of_their_own_agree(lab: Page, stores: Stores) -> None:
    host = Colab.open(lab)
    host.execute(stores.opening)
    for name in FRAMED:
        host.show(name, f"{name} = {SHOWN[name][1]}\n{name}")
    works_both_ways(host, FRAMED)
    host.execute("ds.selection.set([])")
    shown(host, "grid").root.locator("[data-id]").nth(2).click()
    expect(shown(host, "plane").test_id("count")).to_have_text("1")
    host.close()
