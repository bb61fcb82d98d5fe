"""Every view in what VS Code shows outputs with, both ways and in its dark theme."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from .every_view import CELLS, SHOWN, Stores, shown, works_both_ways
from .vscode import VSCode

#: How light the ground is that a view's text stands on, and the text: 0 to 255.
_LIGHTNESS = """host => [['background', 'backgroundColor'], ['text', 'color']].map(([name, property]) =>
  Math.max(...getComputedStyle(host.shadowRoot.querySelector('.shell'))[property].match(/\\d+/g).slice(0, 3).map(Number)))"""


def test_every_view_in_vscode(lab: Page, stores: Stores, tmp_path: Path) -> None:
    host = VSCode.open(lab, tmp_path)
    for cell in (stores.opening, *CELLS):
        host.execute(cell)
    for name in SHOWN:
        background, text = shown(host, name).root.evaluate(_LIGHTNESS)
        assert background < 60 < 180 < text, f"{name} is as dark as VS Code's theme"
    works_both_ways(host)
    host.close()
