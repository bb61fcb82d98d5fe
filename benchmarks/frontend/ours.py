"""The figures of the widgets, on one data set of many items."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Page

from tests.browser.jupyterlab import Notebook

from .timing import calm, frames, install, milliseconds

Figures = dict[str, float]

_RUN = "await window.jupyterapp.commands.execute('notebook:run-all-cells');"
_PICTURES = "tiles().length > 0 && tiles().every(tile => tile.querySelector('.picture.there'))"
_GRID = "nbc.SimilarityGrid(ds, height=500)"
_STAGE = "inside('map', '.stage')[0]"


def measure(page: Page, folder: Path, opening: str, n: int) -> Figures:
    """All figures: milliseconds, frames a second, kB."""
    figures: Figures = {}
    notebook = Notebook.create(page, folder, "ours.ipynb")
    notebook.run(opening)
    install(page)
    notebook.put(_GRID)
    bare = notebook.save()
    _grid(page, notebook, figures, n)
    figures["growth"] = (notebook.save() - bare) / 1000
    _map(page, notebook, figures, n)
    _linked(page, notebook, figures)
    notebook.close()
    return figures


def _shown(page: Page, notebook: Notebook, code: str, holds: str) -> float:
    """From running a cell of an open data set until its widget is there."""
    notebook.put(code)
    return milliseconds(page, _RUN, holds)


def _grid(page: Page, notebook: Notebook, figures: Figures, n: int) -> None:
    figures["grid shown"] = _shown(page, notebook, _GRID, _PICTURES)
    calm(page)
    scroll = frames(page, 3, "inside('grid', '.scroller')[0].scrollTop += 40")
    figures["scroll"], figures["scroll worst"] = scroll["perSecond"], scroll["worst"]
    stops = []
    for at in range(9):
        place = (at * 0.37) % 1
        jump = f"const s = inside('grid', '.scroller')[0]; s.scrollTop = {place} * (s.scrollHeight - s.clientHeight);"
        # The tiles show the old place until the scroll is seen, a frame later.
        stops.append(milliseconds(page, f"{jump} await frame(); await frame();", _PICTURES))
    figures["thumbnails"] = median(stops)
    page.evaluate("() => inside('grid', '.tile')[0].focus()")
    start = time.perf_counter()
    page.keyboard.press("ControlOrMeta+a")
    notebook.wait_for("len(ds.selection.ids)", n)
    figures["select all"] = (time.perf_counter() - start) * 1000
    notebook.execute("ds.selection.clear()")


def _map(page: Page, notebook: Notebook, figures: Figures, n: int) -> None:
    drawn = f"inside('map', 'canvas')[0]?.dataset.drawn === '{n}'"
    figures["map shown"] = _shown(page, notebook, "nbc.EmbeddingMap(ds, height=500)", drawn)
    calm(page)
    page.evaluate("() => inside('map', '[data-testid=nbc-tool-pan]')[0].click()")
    page.evaluate(f"() => press({_STAGE}, 'pointerdown', 0.5, 0.5)")
    pan = frames(page, 2, f"press({_STAGE}, 'pointermove', 0.5 + 0.2 * Math.sin(step / 20), 0.5)")
    page.evaluate(f"() => press({_STAGE}, 'pointerup', 0.5, 0.5)")
    figures["pan"], figures["pan worst"] = pan["perSecond"], pan["worst"]
    page.evaluate("() => inside('map', '[data-testid=nbc-fit]')[0].click()")
    calm(page)
    hover = (
        f"for (let at = 0; at < 40 && !inside('map', '.tooltip')[0]; at++) "
        f"{{ press({_STAGE}, 'hover', 0.3 + at / 100, 0.5); await frame(); }}"
    )
    figures["hover"] = milliseconds(page, hover, "inside('map', '.tooltip')[0]")
    page.evaluate("() => inside('map', '[data-testid=nbc-tool-box]')[0].click()")
    count = "inside('map', '[data-testid=nbc-count]')[0].textContent"
    lasso: list[float] = []
    for step in range(1, 40):
        # A rectangle that grows until it holds a tenth of the points, drawn beforehand: what is waited for comes after
        # letting go.
        bottom = 0.02 + 0.025 * step
        page.evaluate(
            f"async () => {{ window.before = {count}; press({_STAGE}, 'pointerdown', 0.3, 0.02);"
            f"press({_STAGE}, 'pointermove', 0.98, {bottom}); await still(); }}"
        )
        released = f"press({_STAGE}, 'pointerup', 0.98, {bottom}); await frame();"
        # The first ones may hold nothing, and then nothing changes.
        elapsed = milliseconds(page, released, f"{count} !== window.before || {count} === '0'")
        calm(page)
        held = float(page.evaluate(f"() => {count}").replace(",", ""))
        if held >= n / 10:
            lasso.append(elapsed)
            figures.setdefault("lasso points", held)
        if len(lasso) == 3:
            break
    figures["lasso"] = median(lasso)
    notebook.execute("ds.selection.clear()")


def _linked(page: Page, notebook: Notebook, figures: Figures) -> None:
    """A filter set in the class balance, until map, bars and grid all show it."""
    notebook.run(
        "nbc.ClassBalance(ds, height=200)", "nbc.EmbeddingMap(ds, height=250)", "nbc.SimilarityGrid(ds, height=250)"
    )
    bar = "inside('balance', '.bar-main')[{}]"
    milliseconds(page, "", f"{bar.format(0)} && {_PICTURES}")
    calm(page)
    status = "[data-testid=nbc-shown], [data-testid=nbc-status]"
    state = f"['map', 'grid', 'balance'].map(view => inside(view, '{status}')[0].textContent)"
    click = f"window.before = {state}; {bar.format('{}')}.click(); await frame();"
    changed = f"{state}.every((text, at) => text !== window.before[at])"
    responses = [milliseconds(page, click.format(at), changed) for at in (0, 1, 2, 3, 2, 1)]
    figures["filter"] = median(responses)
