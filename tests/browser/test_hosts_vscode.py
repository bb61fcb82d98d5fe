"""Every view in what VS Code shows outputs with, both ways and in its dark theme."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from .every_view import CELLS, SHOWN, Stores, shown, works_both_ways
from .vscode import VSCode

#: How light the ground is that a view's text stands on, and the text: 0 to 255.
_LIGHTNESS = """host => [['background', 'backgroundColor'], ['text', 'color']].map(([name, property]) =>
  Math.max(...getComputedStyle(host.shadowRoot.querySelector('.shell'))[property].match(/\\d+/g).slice(0, 3).map(Number)))"""


@pytest.fixture
def vscode(lab: Page, tmp_path: Path) -> Iterator[VSCode]:
    host = VSCode.open(lab, tmp_path)
    yield host
    host.close()


def test_every_view_in_vscode(vscode: VSCode, stores: Stores) -> None:
    for cell in (stores.opening, *CELLS):
        vscode.execute(cell)
    for name in SHOWN:
        background, text = shown(vscode, name).root.evaluate(_LIGHTNESS)
        assert background < 60 < 180 < text, f"{name} is as dark as VS Code's theme"
    works_both_ways(vscode)
