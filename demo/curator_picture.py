"""A picture of the curator on the demo's data set, for those who have no browser beside them.

    python -m demo.curator_picture STORE PICTURE.png

It opens a notebook in JupyterLab in Chromium, as the browser tests do, and ends both.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.jupyterlab import Notebook, evaluate, open_lab
from tests.browser.server import chromium, lab_server

OPENING = """
import nbcurate as nbc
ds = nbc.Dataset.open({store!r}, read_only=True)
"""
#: Every picture that is on the screen is drawn.
_DRAWN = """root => {
  const within = (node) =>
    [...node.querySelectorAll('*')].flatMap(e => [e, ...(e.shadowRoot ? within(e.shadowRoot) : [])]);
  const shown = within(root.shadowRoot).filter(
    e => e.matches('.shown-picture, [data-testid=nbc-tile]') && e.checkVisibility());
  return shown.length > 8 && shown.every(e => e.querySelector('img')?.complete);
}"""


def draw(store: Path, picture: Path) -> None:
    """Show the curator of a store, and keep what is seen as a PNG."""
    with tempfile.TemporaryDirectory() as folder, lab_server(Path(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium())  # pyright: ignore[reportArgumentType]
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        open_lab(page, address)
        notebook = Notebook.create(page, Path(folder), "curator.ipynb")
        evaluate(page, "() => window.jupyterapp.commands.execute('application:toggle-left-area')")
        notebook.run(OPENING.format(store=str(store)), "nbc.Curator(ds, method='pca')")
        curator = notebook.view("curator").root
        curator.scroll_into_view_if_needed()
        expect(curator.locator("[data-testid=nbc-message]:visible")).to_have_count(0, timeout=60_000)
        page.wait_for_function(_DRAWN, arg=curator.element_handle())
        curator.screenshot(path=picture)
        notebook.close()
        browser.close()


if __name__ == "__main__":
    draw(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
    print(f"a picture of the curator: {sys.argv[2]}")
