"""Hosts other than JupyterLab: every view in Notebook 7 and in marimo, both ways; Voilà."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .every_view import CELLS, Stores, pick, works_both_ways
from .host import Host
from .jupyterlab import Notebook, evaluate
from .server import free_port, serving

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(30_000)
    yield page
    page.close()


def test_notebook_7(page: Page, server: str, work: Path, stores: Stores) -> None:
    nbformat.write(nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL}), work / "host.ipynb")
    page.goto(server.replace("/lab?", "/notebooks/host.ipynb?"))
    page.wait_for_function("() => window.jupyterapp !== undefined")
    opened = """async () => {
      await jupyterapp.restored;
      const panel = jupyterapp.shell.currentWidget;
      await panel.context.ready; await panel.sessionContext.ready;
      await panel.sessionContext.session.kernel.info;
      window.panel = panel;
    }"""
    evaluate(page, opened)
    notebook = Notebook(page, work / "host.ipynb")
    notebook.run(stores.opening, *CELLS)
    works_both_ways(notebook)
    evaluate(page, "async () => { await window.panel.sessionContext.shutdown(); }")


def test_voila(page: Page, server: str, work: Path, stores: Stores) -> None:
    said = "import ipywidgets\nsaid = ipywidgets.Label()"
    telling = "ds.selection.observe(lambda _: setattr(said, 'value', 'kept: ' + ', '.join(ds.selection.ids)))\nsaid"
    cells = [nbformat.v4.new_code_cell(source=code) for code in (f"{stores.opening}\n{said}", *CELLS[:2], telling)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), work / "app.ipynb")
    page.goto(server.replace("/lab?", "/voila/render/app.ipynb?"))
    item_id = pick(page.get_by_test_id("nbc-grid"), 1)
    expect(page.get_by_text("kept: ")).to_have_text(f"kept: {item_id}")
    expect(page.get_by_test_id("nbc-map").get_by_test_id("nbc-count")).to_have_text("1")


#: A notebook of marimo: every view shown as it is, one that other cells react to, and a line that runs code.
MARIMO = """
import marimo
app = marimo.App()

@app.cell
def _():
    import contextlib, html, io, json
    import marimo as mo
    scope = {{}}
    exec({opening!r}, scope)
    ds, nbc = scope["ds"], scope["nbc"]
    return contextlib, ds, html, io, json, mo, nbc, scope

@app.cell
def _(mo):
    again = mo.ui.button(label="again", value=0, on_click=lambda times: times + 1)
    again
    return again,

@app.cell
def reactive(again, ds, mo, nbc):
    view = mo.ui.anywidget(nbc.SimilarityGrid(ds, height=200 + again.value))
    view
    return view,

@app.cell
def read(mo, view):
    mo.md("picked: " + ", ".join(view.selected))

@app.cell
def every(mo, scope):
    for _cell in {cells!r}:
        exec(_cell.rpartition("\\n")[0], scope)
    mo.vstack([scope[_cell.partition(" ")[0]] for _cell in {cells!r}])

@app.cell
def _(mo):
    line = mo.ui.text(full_width=True)
    line
    return line,

@app.cell
def said(contextlib, html, io, json, line, mo, scope):
    _number, _code = json.loads(line.value or '[0, ""]')
    _said = io.StringIO()
    with contextlib.redirect_stdout(_said):
        exec(_code, scope)
    mo.Html(f"<pre data-number='{{_number}}'>{{html.escape(_said.getvalue())}}</pre>")

if __name__ == "__main__":
    app.run()
"""


@dataclass
class Marimo(Host):
    """An app of marimo, with the cells above."""

    page: Page
    _ran: int = 0

    def cell(self, name: str) -> Locator:
        return self.page.locator(f"[data-cell-name={name}]")

    @property
    def outputs(self) -> Locator:
        return self.cell("every")

    def execute(self, code: str) -> str:
        self._ran += 1
        line = self.page.get_by_test_id("marimo-plugin-text-input")
        line.fill(json.dumps([self._ran, code]))
        line.press("Enter")
        return self.cell("said").locator(f"pre[data-number='{self._ran}']").inner_text().strip()


def test_marimo(page: Page, stores: Stores, tmp_path: Path) -> None:
    (tmp_path / "host.py").write_text(MARIMO.format(opening=stores.opening, cells=CELLS))
    port = free_port()
    command = [sys.executable, "-m", "marimo", "run", "host.py", "--headless", "--no-token", f"--port={port}"]
    with serving(command, f"http://127.0.0.1:{port}/health", tmp_path):
        page.goto(f"http://127.0.0.1:{port}")
        marimo = Marimo(page)
        works_both_ways(marimo)

        reactive, read = marimo.cell("reactive").get_by_test_id("nbc-grid"), marimo.cell("read")
        first = pick(reactive, 0)
        expect(read).to_have_text(f"picked: {first}")  # the cell that reads it ran by itself
        page.get_by_role("button", name="again").click()  # its cell made the session of all views, and runs again
        marimo.wait_for("ds.selection.ids", [pick(reactive, 1)])
        expect(marimo.outputs.get_by_test_id("nbc-count").first).to_have_text("1")
        page.reload()  # marimo begins anew, in the same process
        expect(read).to_have_text(f"picked: {pick(reactive, 0)}")
