"""Every view in Firefox, both ways; the other browser tests run in Chromium."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright

from .every_view import CELLS, Stores, works_both_ways
from .jupyterlab import Notebook, open_lab
from .server import firefox


def test_every_view_in_firefox(playwright: Playwright, server: str, work: Path, stores: Stores) -> None:
    browser = playwright.firefox.launch(**firefox())
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(30_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    open_lab(page, server)
    notebook = Notebook.create(page, work, "firefox.ipynb")
    notebook.run(stores.opening, *CELLS)
    works_both_ways(notebook)
    notebook.close()
    browser.close()
    assert errors == [], "the page raised errors"
