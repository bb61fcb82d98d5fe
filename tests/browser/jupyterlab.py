"""JupyterLab driven through its own application object, so that no test depends on its looks or sleeps."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Page

from .host import Grid, Host, View

__all__ = ["Grid", "Notebook", "View", "evaluate", "open_lab"]

_OPEN = """async (path) => {
  const app = window.jupyterapp;
  const panel = await app.commands.execute('docmanager:open', {path, factory: 'Notebook'});
  await panel.context.ready; await panel.sessionContext.ready; await panel.revealed;
  const kernel = panel.sessionContext.session.kernel;
  await kernel.info;
  window.panel = panel;
}"""
_PATIENCE = 60
_RUN_ALL = "async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
_EXECUTE = """async (code) => {
  const kernel = window.panel.sessionContext.session.kernel;
  const future = kernel.requestExecute({code, store_history: false});
  let out = '';
  future.onIOPub = (message) => {
    if (message.header.msg_type === 'stream') out += message.content.text;
    if (message.header.msg_type === 'error') out += message.content.traceback.join('\\n');
  };
  const reply = await future.done;
  return [reply.content.status, out];
}"""
#: What a test leaves in the kernel.
_FORGET = """
import ipywidgets
ipywidgets.Widget.close_all()
get_ipython().run_line_magic("reset", "-f")
"""
_CLOSE = """async () => {
  const panel = window.panel;
  await panel.sessionContext.shutdown(); await panel.context.save(); panel.dispose();
}"""


def evaluate(page: Page, function: str, argument: Any = None) -> Any:
    """Call an asynchronous JavaScript function; unlike Playwright's own, this one does not wait for ever."""
    late = (
        f"new Promise((_, fail) => setTimeout(() => fail(new Error('no answer in {_PATIENCE} s')), {_PATIENCE * 1000}))"
    )
    return page.evaluate(f"(argument) => Promise.race([({function})(argument), {late}])", argument)


def open_lab(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_function("() => window.jupyterapp !== undefined")
    page.evaluate("() => window.jupyterapp.restored.then(() => true)")


@dataclass
class Notebook(Host):
    """An open notebook with its kernel."""

    page: Page
    path: Path

    @classmethod
    def create(cls, page: Page, folder: Path, name: str) -> Notebook:
        path = folder / name
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}  # or Lab asks for one
        nbformat.write(nbformat.v4.new_notebook(metadata={"kernelspec": kernel}), path)
        evaluate(page, _OPEN, name)
        return cls(page, path)

    def put(self, *cells: str) -> None:
        """Make these the notebook's cells, and run none."""
        sources = json.dumps([{"cell_type": "code", "source": source} for source in cells])
        self.page.evaluate(
            """(cells) => { const model = window.panel.content.model.sharedModel;
               const old = model.cells.length;
               model.insertCells(old, JSON.parse(cells)); model.deleteCellRange(0, old); }""",
            sources,
        )

    def run(self, *cells: str) -> None:
        """Make these the notebook's cells and run them all; fails on an error in one."""
        self.put(*cells)
        evaluate(self.page, _RUN_ALL)
        errors = self.page.locator(
            ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output[data-mime-type*='error']"
        )
        assert errors.count() == 0, errors.first.inner_text()

    def execute(self, code: str) -> str:
        """Run code in the kernel, as the next cell would; what it printed."""
        status, out = evaluate(self.page, _EXECUTE, code)
        assert status == "ok", out
        return out.strip()

    def cell_count(self) -> int:
        return self.page.evaluate("() => window.panel.content.model.sharedModel.cells.length")

    def restart_kernel(self) -> None:
        self.page.evaluate("async () => { await window.panel.sessionContext.session.kernel.restart(); }")

    def save(self) -> int:
        """Save; the size of the file in bytes."""
        self.page.evaluate("async () => { await window.panel.context.save(); }")
        return self.path.stat().st_size

    def reload(self) -> None:
        """Load the page anew and come back to this notebook.

        ``reset`` keeps Lab from opening its old layout meanwhile: a second panel of the notebook would come up at some
        later moment, over whatever is shown then.
        """
        self.save()
        self.page.goto(self.page.url.partition("/lab")[0] + "/lab?reset")
        self.page.wait_for_function("() => window.jupyterapp !== undefined")
        self.page.evaluate("() => window.jupyterapp.restored.then(() => true)")
        evaluate(self.page, _OPEN, self.path.name)

    def set_theme(self, name: str) -> None:
        self.page.evaluate("(theme) => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", name)
        light = "false" if "Dark" in name else "true"
        self.page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")

    def clear(self) -> None:
        """Let nothing be in it any more, on the page or in the kernel, but what was imported."""
        self.put("")
        self.execute(_FORGET)

    def close(self) -> None:
        evaluate(self.page, _CLOSE)
