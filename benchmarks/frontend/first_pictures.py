"""What a person waits for who comes back to a data set: from running a cell in a fresh kernel to the first pictures.

    python -m benchmarks.frontend.first_pictures [items] [folder of pictures]

Each figure is the median of several kernels, each started before it is measured. Beside it: the same pictures as plain
HTML from the same table, read by Lance, which is the least that can be done.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from tests.browser.jupyterlab import Notebook, open_lab
from tests.browser.server import chromium, lab_server

from .timing import calm, install, milliseconds

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))  # as the scripts there find each other

from first_second_store import make_store  # noqa: E402

KERNELS = 5
_RUN = "await window.jupyterapp.commands.execute('notebook:run-all-cells');"
_PICTURES = "tiles().length > 0 && tiles().every(tile => tile.querySelector('.picture.there'))"
#: Of a view in a view: every tile on the screen has its picture.
_IN_CURATOR = """(() => {
  const tiles = [];
  const walk = (root) => root.querySelectorAll('*').forEach((element) => {
    if (element.dataset?.testid === 'nbc-tile') tiles.push(element);
    if (element.shadowRoot) walk(element.shadowRoot);
  });
  document.querySelectorAll('[data-testid=nbc-curator]').forEach((host) => walk(host.shadowRoot));
  const seen = tiles.filter((tile) => {
    const box = tile.getBoundingClientRect();
    return tile.checkVisibility() && box.width && box.bottom > 0 && box.top < innerHeight;
  });
  return seen.length > 0 && seen.some((tile) => tile.querySelector('.picture.there'));
})()"""
_IMPORT = "import nbcurate as nbc\nnbc.Dataset"
_OPEN = "ds = nbc.Dataset.open({store!r})"
_VIEW = "nbc.{view}(ds, height=500)"
_PLAIN = """
import base64, lance
from IPython.display import HTML
rows = lance.dataset({media!r}).take(list(range(60)), columns=["thumbnail"]).column("thumbnail").to_pylist()
HTML("".join(f'<img class="plain" width=128 src="data:image/jpeg;base64,{{base64.b64encode(j).decode()}}">'
             for j in rows))
"""
_PLAIN_SHOWN = (
    "document.querySelectorAll('img.plain').length === 60"
    " && [...document.querySelectorAll('img.plain')].every(image => image.complete)"
)


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    pictures = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / ".demo" / "stamps"
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        store = make_store(Path(name), pictures.resolve(), n)
        (lab := Path(name) / "lab").mkdir()
        os.environ["PYTHONWARNINGS"] = "ignore"
        with lab_server(lab) as address:
            browser = playwright.chromium.launch(**chromium())  # pyright: ignore[reportArgumentType]
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            open_lab(page, address)
            report(n, measure(page, lab, store))
            browser.close()


def measure(page: Page, lab: Path, store: Path) -> dict[str, float]:
    """Milliseconds, by what they are of."""
    opening = _OPEN.format(store=str(store))
    grid, curator = _VIEW.format(view="SimilarityGrid"), _VIEW.format(view="Curator")
    cells = {
        "SimilarityGrid(ds), of a data set that is open": (f"{_IMPORT}\n{opening}", grid, _PICTURES),
        "Curator(ds), of a data set that is open": (f"{_IMPORT}\n{opening}", curator, _IN_CURATOR),
        "Dataset.open and SimilarityGrid": (_IMPORT, f"{opening}\n{grid}", _PICTURES),
        "import, Dataset.open and SimilarityGrid": ("1", f"{_IMPORT}\n{opening}\n{grid}", _PICTURES),
        "plain HTML by Lance, 60 pictures": ("1", _PLAIN.format(media=str(store / "media.lance")), _PLAIN_SHOWN),
    }
    times: dict[str, list[float]] = {name: [] for name in cells}
    for _ in range(KERNELS):
        for name, (before, cell, shown) in cells.items():
            notebook = Notebook.create(page, lab, "first.ipynb")
            notebook.execute(before)
            notebook.put(cell)
            install(page)
            calm(page)
            times[name].append(milliseconds(page, _RUN, shown))
            notebook.close()
    return {name: median(each) for name, each in times.items()}


def report(n: int, figures: dict[str, float]) -> None:
    """Print the table."""
    print(f"\n{n:,} items; fresh kernels; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name, figure in figures.items():
        print(f"{name:52} {figure:>7,.0f} ms")


if __name__ == "__main__":
    main()
