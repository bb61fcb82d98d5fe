"""Speed of the widgets in JupyterLab and Chromium without a GPU, beside what people use instead.

    python -m benchmarks.frontend [items] [folder of pictures]

Times are medians of what a person waits for, from the cell or the gesture until it is painted.
"""

from __future__ import annotations

import gzip
import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.jupyterlab import open_lab
from tests.browser.server import chromium, lab_server

from . import others, ours
from .store import make_store

ROOT = Path(__file__).parents[2]
Row = tuple[str, str, str, float, str | None]

#: Figure, what it is, unit, the most (or for frames the least) that it may be, and the figure of what people use.
ROWS: list[Row] = [
    ("grid shown", "SimilarityGrid shown", "ms", 2000, "html shown"),
    ("scroll", "scrolling the grid", "frames/s", 50, None),
    ("scroll worst", "a frame of scrolling, 95th percentile", "ms", 50, None),
    ("thumbnails", "thumbnails of a screen after a jump", "ms", 300, None),
    ("select all", "select all, and read it in Python", "ms", 500, None),
    ("map shown", "EmbeddingMap shown", "ms", 2000, "scatter shown"),
    ("pan", "moving the map", "frames/s", 50, "scatter pan"),
    ("pan worst", "a frame of moving the map, 95th percentile", "ms", 50, "scatter pan worst"),
    ("hover", "hover: what is this point", "ms", 100, None),
    ("lasso", "rectangle around many points", "ms", 300, "scatter lasso"),
    ("filter", "a filter in bars, map and grid", "ms", 100, None),
    ("growth", "growth of the saved notebook", "kB", 100, "html growth"),
    ("bundle", "bundle, gzipped", "kB", 80, None),
]


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    pictures = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / ".demo" / "stamps"
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        opening = make_store(folder, pictures.resolve(), n)
        (folder / "lab").mkdir()
        os.environ["PYTHONWARNINGS"] = "ignore"
        with lab_server(folder / "lab") as address:
            browser = playwright.chromium.launch(**chromium())  # pyright: ignore[reportArgumentType]
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(300_000)
            open_lab(page, address)
            figures = ours.measure(page, folder / "lab", opening, n)
            figures |= others.measure(page, folder / "lab", opening)
            browser.close()
    static = ROOT / "src" / "nbcurate" / "widgets" / "static"
    figures["bundle"] = sum(len(gzip.compress(file.read_bytes())) for file in static.glob("*.js")) / 1000
    report(figures, n)


def report(figures: dict[str, float], n: int) -> None:
    """Print the table."""
    cores = os.cpu_count()
    print(f"\n{n:,} items; Chromium without a GPU; {cores} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'':44} {'here':>10} {'wanted':>10} {'instead':>10} {'ratio':>7}")
    for name, title, unit, limit, other in ROWS:
        if name not in figures:
            continue
        value, beside = figures[name], figures.get(other or "")
        sign = "≥" if unit == "frames/s" else "≤"
        instead = f"{beside:,.0f}" if beside is not None else ""
        ratio = ""
        if beside and value:
            ratio = f"{value / beside if unit == 'frames/s' else beside / value:.1f}×"
        print(f"{title:44} {value:>7,.0f} {unit:<9} {sign}{limit:<7,.0f} {instead:>10} {ratio:>7}")
    print(f"\nThe rectangle held {figures['lasso points']:,.0f} points.")
    print(f"Instead: jupyter-scatter for the map; for the grid {others.PLAIN:,} images in HTML, as ipyplot does it.")
    if "ipywidgets shown" in figures:
        print(
            f"{others.PLAIN:,} ipywidgets.Image: {figures['ipywidgets shown']:,.0f} ms, "
            f"{figures['ipywidgets growth']:,.0f} kB in the notebook."
        )


if __name__ == "__main__":
    main()
