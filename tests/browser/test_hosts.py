"""Hosts other than JupyterLab: the same widget in Notebook 7 and in marimo, both ways."""

from __future__ import annotations

import secrets
import shutil
import sys
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Page, expect

from .server import free_port, serving


def pick_two(page: Page) -> list[str]:
    """Click one picture of the grid, add another; their ids."""
    grid = page.get_by_test_id("nbc-grid")
    tiles = grid.locator("[data-id]")
    expect(tiles.nth(3)).to_be_visible()
    ids = [str(tiles.nth(at).get_attribute("data-id")) for at in (0, 2)]
    grid.locator(f"[data-id='{ids[0]}']").click()
    grid.locator(f"[data-id='{ids[1]}']").click(modifiers=["ControlOrMeta"])
    expect(grid.get_by_test_id("nbc-count")).to_have_text("2")
    return ids


def test_notebook_7(browser: Browser, embedded: Path, tmp_path: Path) -> None:
    shutil.copytree(embedded, tmp_path / "photos.nbc")
    cells = [
        "import nbcurate as nbc\nds = nbc.Dataset.open('photos.nbc')\nnbc.SimilarityGrid(ds)",
        "print('picked', ds.selection.ids)\nds.selection.set(ds.ids[:5])",
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source=cell) for cell in cells], metadata={"kernelspec": kernel}
    )
    nbformat.write(book, tmp_path / "host.ipynb")
    port, token = free_port(), secrets.token_hex(16)
    command = [
        sys.executable, "-m", "jupyter", "notebook", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={tmp_path}", "--ServerApp.port_retries=0",
    ]  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    with serving(command, f"{address}/api?token={token}", tmp_path):
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(30_000)
        page.goto(f"{address}/notebooks/host.ipynb?token={token}")
        page.locator(".jp-Notebook .jp-InputArea-editor").first.click()
        page.keyboard.press("Shift+Enter")
        ids = pick_two(page)
        page.locator(".jp-Notebook .jp-InputArea-editor").nth(1).click()
        page.keyboard.press("Shift+Enter")
        expect(page.locator(".jp-OutputArea-output[data-mime-type*=stdout]")).to_contain_text(f"picked {ids!r}")
        expect(page.get_by_test_id("nbc-grid").get_by_test_id("nbc-count")).to_have_text("5")
        page.close()


MARIMO = """
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import nbcurate as nbc
    ds = nbc.Dataset.open("photos.nbc")
    view = nbc.SimilarityGrid(ds)
    session, grid = mo.ui.anywidget(view.session), mo.ui.anywidget(view)
    button = mo.ui.run_button(label="read")
    return button, ds, grid, mo, session

@app.cell
def _(button, grid, mo, session):
    mo.vstack([session, grid, button])

@app.cell
def _(button, ds, mo):
    mo.stop(not button.value)
    print("picked", ds.selection.ids)
    mo.md("picked " + repr(ds.selection.ids))

if __name__ == "__main__":
    app.run()
"""


def test_marimo(browser: Browser, embedded: Path, tmp_path: Path) -> None:
    shutil.copytree(embedded, tmp_path / "photos.nbc")
    (tmp_path / "host.py").write_text(MARIMO)
    port = free_port()
    command = [sys.executable, "-m", "marimo", "run", "host.py", "--headless", "--no-token", f"--port={port}"]
    with serving(command, f"http://127.0.0.1:{port}/health", tmp_path):
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(30_000)
        page.goto(f"http://127.0.0.1:{port}")
        ids = pick_two(page)
        page.get_by_role("button", name="read").click()
        expect(page.locator("body")).to_contain_text(f"picked {ids!r}")
        page.close()
