"""What boxes cost in the grid: 100,000 pictures with a million labelled boxes and a million predicted ones.

    python -m benchmarks.objects.boxes [pictures]

How long the kernel takes for one query of boxes, for the pictures on a screen and for as many as a view asks for at
once, from the message to the last part of the answer; and how long a person waits for the first pictures and for the
boxes on them, in JupyterLab, beside the same grid without boxes in the same run. The pictures are the stamps of ``make
pictures``; boxes and scores are generated. The first query of a session reads the columns, and is not among these: it
is in what a person waits for.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
from playwright.sync_api import Page, sync_playwright

import nbcurate as nbc
from nbcurate.store.predictions import PredictedRows, keep_predictions
from nbcurate.widgets.session import Session
from tests.browser.jupyterlab import Notebook, open_lab
from tests.browser.server import chromium, lab_server

from ..frontend.timing import calm, install, milliseconds

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))  # as the scripts there find each other

from first_second_store import make_store  # noqa: E402

#: A common detection set: 80 classes, and ten boxes on a picture.
_CLASSES, _ON_A_PICTURE = 80, 10
_SCREEN, _MOST = 48, 64
_QUERIES, _KERNELS = 40, 3
_RUN = "await window.jupyterapp.commands.execute('notebook:run-all-cells');"
_SHOWN = "tiles().length > 0 && tiles().every(tile => tile.querySelector('.picture.there'))"
_DRAWN = f"{_SHOWN} && tiles().every(tile => tile.querySelector('g.prediction') && tile.querySelector('g.label'))"
_OPEN = "import nbcurate as nbc\nds = nbc.Dataset.open({store!r})"


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        store = make_store(Path(name), ROOT / ".demo" / "stamps", n)
        add_boxes(store, n)
        report(f"{n:,} pictures, {n * _ON_A_PICTURE:,} labels and as many predictions", queries(store), first(store))


def add_boxes(path: Path, n: int) -> None:
    """Ten labels and ten predictions on each picture, with the annotations of a COCO file."""
    rng = np.random.default_rng(0)
    ds = nbc.Dataset.open(path)
    store = ds.store
    keys, m = store.items.keys, n * _ON_A_PICTURE
    names = [f"class {code:02d}" for code in range(_CLASSES)]
    sides = np.stack([np.asarray(store.items.table.column(side)) for side in ("width", "height")], axis=1)
    room = np.repeat(sides, _ON_A_PICTURE, axis=0)
    size = room * rng.uniform(0.05, 0.5, (m, 2))
    boxes = np.concatenate([(room - size) * rng.random((m, 2)), size], axis=1).round(2)
    codes = np.minimum(rng.geometric(0.05, m) - 1, _CLASSES - 1).astype(np.int32)
    starts = pa.array(np.arange(0, m + 1, _ON_A_PICTURE, dtype=np.int32))
    said = [f'{{"id": {at}, "iscrowd": 0, "area": {area:.1f}}}' for at, area in enumerate(size.prod(axis=1).tolist())]
    columns = {
        "key": pa.array(keys, pa.uint64()),
        "objects": pa.ListArray.from_arrays(starts, pa.array(names).take(pa.array(codes))),
        "boxes": pa.ListArray.from_arrays(pa.array(np.asarray(starts) * 4), pa.array(boxes.ravel())),
        "annotations": pa.ListArray.from_arrays(starts, pa.array(said)),
    }
    store.set_columns(pa.table(columns))
    moved = boxes + rng.normal(0, 3, boxes.shape)
    rows = PredictedRows(np.repeat(keys, _ON_A_PICTURE), names, codes, rng.random(m), moved.clip(1))
    keep_predictions(store, "yolo8", rows)
    ds.close()


def queries(path: Path) -> dict[str, tuple[float, float]]:
    """Milliseconds of a query, the median and the worst, by what is asked: each time of other pictures."""
    ds = nbc.Dataset.open(path)
    session = Session.of(ds)
    session.send = lambda *message: None  # pyright: ignore[reportAttributeAccessIssue]
    evaluation = time.perf_counter()
    view = nbc.SimilarityGrid(ds, predictions=ds.evaluate("yolo8"))
    print(f"ds.evaluate: {time.perf_counter() - evaluation:.1f} s")
    rng = np.random.default_rng(1)
    keys = ds.keys

    def asking(method: str, params: dict[str, Any], some: int) -> Callable[[], float]:
        def ask() -> float:
            start = int(rng.integers(0, len(keys) - some))
            buffer = keys[start : start + some].astype("<u4").tobytes()
            message = {"type": "request", "id": "b", "method": method, "params": params}
            began = time.perf_counter()
            session._receive(None, message, [buffer] if some else [])
            if method in session._beside:
                session._beside[method].submit(lambda: None).result()
            return 1000 * (time.perf_counter() - began)

        return ask

    named = {"predictions": "yolo8"}
    asked = {
        f"labels, {_SCREEN} pictures": asking("objects", {}, _SCREEN),
        f"labels, {_MOST} pictures": asking("objects", {}, _MOST),
        f"predictions, {_SCREEN} pictures": asking("predicted", named, _SCREEN),
        f"predictions, {_MOST} pictures": asking("predicted", named, _MOST),
        "classes and their counts": asking("drawn", named, 0),
    }
    found: dict[str, tuple[float, float]] = {}
    for name, ask in asked.items():
        ask()  # what is read once
        times = [ask() for _ in range(_QUERIES)]
        found[name] = (median(times), max(times))
    view.close()
    ds.close()
    return found


def first(path: Path) -> dict[str, float]:
    """Milliseconds from running a cell, of a data set that is open, until what it shows is there."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright, lab_server(Path(name)) as address:
        os.environ["PYTHONWARNINGS"] = "ignore"
        browser = playwright.chromium.launch(**chromium())  # pyright: ignore[reportArgumentType]
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        open_lab(page, address)
        plain, drawn = "nbc.SimilarityGrid(ds, height=500)", "nbc.SimilarityGrid(ds, height=500, predictions='yolo8')"
        found = {
            "first pictures, no boxes": _first(page, Path(name), path, plain, _SHOWN),
            "first pictures, where boxes are drawn": _first(page, Path(name), path, drawn, _SHOWN),
            "all boxes on them": _first(page, Path(name), path, drawn, _DRAWN),
        }
        browser.close()
    return found


def _first(page: Page, lab: Path, path: Path, cell: str, shown: str) -> float:
    times: list[float] = []
    for _ in range(_KERNELS):
        notebook = Notebook.create(page, lab, "boxes.ipynb")
        notebook.execute(_OPEN.format(store=str(path)))
        notebook.put(cell)
        install(page)
        calm(page)
        times.append(milliseconds(page, _RUN, shown))
        notebook.close()
    return median(times)


def report(title: str, asked: dict[str, tuple[float, float]], shown: dict[str, float]) -> None:
    """Print the tables."""
    print(f"\n{title}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name, (usual, worst) in asked.items():
        print(f"query: {name:34} {usual:>7.1f} ms, at worst {worst:.1f} ms")
    for name, figure in shown.items():
        print(f"{name:41} {figure:>7,.0f} ms")


if __name__ == "__main__":
    main()
