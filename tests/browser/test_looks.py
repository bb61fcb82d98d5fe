"""How the widgets look: in both themes and at the widths that people have. Also makes the pictures of the docs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .jupyterlab import Grid, Notebook, View


def take_picture(of: Locator | Page, name: str) -> None:
    """A picture for the docs, where ``NBCURATE_SCREENSHOTS`` says which folder: many take longer than what is tested."""
    if folder := os.environ.get("NBCURATE_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        of.screenshot(path=Path(folder) / f"{name}.png")


#: The store of a test lies in a folder that nobody wants to see in a picture.
SHORT_PATH = r"""() => { const first = window.panel.content.model.sharedModel.cells[0];
  first.setSource(first.getSource().replace(/open\('.*\/(photos\.nbc)'\)/, "open('$1')")); }"""


@pytest.fixture
def wide(notebook: Notebook) -> Iterator[Notebook]:
    """A notebook without the file browser beside it; afterwards all is as it was."""
    page = notebook.page
    toggle = "() => window.jupyterapp.commands.execute('application:toggle-left-area')"
    page.evaluate(toggle)
    yield notebook
    page.evaluate(toggle)
    notebook.set_theme("JupyterLab Light")
    page.set_viewport_size({"width": 1280, "height": 900})


def show(notebook: Notebook, opening: str) -> Grid:
    """A grid in the midst of work: some kept, one rejected, the neighbours of an owl below."""
    notebook.run(opening, "grid = nbc.SimilarityGrid(ds)\ngrid")
    grid = notebook.grid().wait()
    ids = notebook.value("ds.ids")
    notebook.execute(f"ds.selection.set({[ids[2], ids[3], ids[8]]!r})\nds.selection.reject({[ids[5]]!r})")
    grid.expect_count(3)
    return grid


def pictures_are_there(grid: Grid) -> None:
    grid.page.wait_for_function(
        """g => [...g.shadowRoot.querySelectorAll('[data-testid=nbc-tile]')].filter(t => t.checkVisibility())
             .every(t => [...t.querySelectorAll('img')].some(i => i.complete && i.naturalWidth > 0))""",
        arg=grid.root.element_handle(),
    )


def luminance(grid: View, test_id: str, property_name: str) -> float:
    """Of the computed background or text colour as it is seen, with what lies behind it: 0 to 1."""
    return grid.test_id(test_id).evaluate(
        """(element, property) => {
          const canvas = new OffscreenCanvas(1, 1).getContext('2d');
          const layers = [];
          for (let e = element; e; e = e.parentElement ?? e.getRootNode().host) layers.push(getComputedStyle(e).backgroundColor);
          for (const colour of [...layers.reverse(), ...(property === 'color' ? [getComputedStyle(element).color] : [])]) {
            canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
          }
          const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(v => v / 255)
            .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
          return .2126 * r + .7152 * g + .0722 * b;
        }""",
        property_name,
    )


def contrast(a: float, b: float) -> float:
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


@pytest.mark.parametrize("theme", ["Light", "Dark"])
@pytest.mark.parametrize("width", [700, 1000, 1600])
def test_it_looks_right_in_either_theme_at_any_width(wide: Notebook, opening: str, theme: str, width: int) -> None:
    wide.page.set_viewport_size({"width": width, "height": 900})
    wide.set_theme(f"JupyterLab {theme}")
    grid = show(wide, opening)
    pictures_are_there(grid)
    take_picture(grid.root, f"similarity-grid-{theme.lower()}-{width}")

    background = luminance(grid, "status", "backgroundColor")
    assert (background < 0.1) == (theme == "Dark"), "it follows the theme"
    assert contrast(background, luminance(grid, "status", "color")) >= 4.5
    overflow = grid.root.evaluate("g => g.shadowRoot.firstElementChild.scrollWidth - g.clientWidth")
    assert overflow <= 0, "nothing sticks out"
    kept = grid.tile(wide.value("ds.selection.ids[0]"))
    expect(kept).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize(("theme", "width"), [("Light", 700), ("Dark", 1000), ("Light", 1600)])
def test_map_and_balance_look_right_too(wide: Notebook, opening: str, theme: str, width: int) -> None:
    wide.page.set_viewport_size({"width": width, "height": 1000})
    wide.set_theme(f"JupyterLab {theme}")
    wide.run(opening, "nbc.EmbeddingMap(ds, method='pca', height=420)", "nbc.ClassBalance(ds, height=340)")
    drawn = wide.view("map"), wide.view("balance")
    expect(drawn[0].root.locator(f"canvas[data-drawn='{wide.value('len(ds)')}']")).to_be_visible()
    wide.execute("ds.selection.set(ds.ids[40:52])")
    for view, name in zip(drawn, ["embedding-map", "class-balance"], strict=True):
        view.expect_count(12)
        take_picture(view.root, f"{name}-{theme.lower()}-{width}")
        background = luminance(view, "status", "backgroundColor")
        assert (background < 0.1) == (theme == "Dark"), "it follows the theme"
        assert contrast(background, luminance(view, "status", "color")) >= 4.5
        overflow = view.root.evaluate("g => g.shadowRoot.firstElementChild.scrollWidth - g.clientWidth")
        assert overflow <= 0, "nothing sticks out"


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_neighbours_and_preview(wide: Notebook, opening: str, theme: str) -> None:
    wide.page.set_viewport_size({"width": 1000, "height": 900})
    wide.set_theme(f"JupyterLab {theme}")
    grid = show(wide, opening)
    first = wide.value("ds.selection.ids[0]")
    wide.execute(f"grid.show_similar([{first!r}])")
    expect(grid.tile(wide.value(f"ds.search({first!r}, k=1).ids[0]"))).to_be_visible()
    pictures_are_there(grid)
    take_picture(grid.root, f"neighbours-{theme.lower()}")
    wide.page.evaluate(SHORT_PATH)
    take_picture(wide.page, f"notebook-{theme.lower()}")

    grid.tile(grid.ids()[0]).dblclick()
    expect(grid.test_id("preview").locator(".stage img:not(.rough)")).to_be_visible()
    expect(grid.test_id("facts")).to_contain_text("width")
    expect(grid.test_id("preview-neighbours").locator("img")).to_have_count(8)
    take_picture(grid.root, f"preview-{theme.lower()}")
    wide.page.keyboard.press("Escape")
    expect(grid.test_id("preview")).to_have_count(0)
    wide.page.keyboard.press("?")
    expect(grid.test_id("help-overlay")).to_be_visible()
    take_picture(grid.root, f"keys-{theme.lower()}")
