"""Every view, and what a person does in each: what is done in the page is read in Python, and what Python says is seen."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, expect

from .host import Host, View


@dataclass(frozen=True)
class Stores:
    """Where the data sets of the cells are: of pictures with labels, and of images with objects and predictions."""

    pictures: Path
    objects: Path

    @classmethod
    def copied(cls, embedded: Path, detections: Path, folder: Path) -> Stores:
        """Fresh copies."""
        shutil.copytree(embedded, folder / "photos.nbc")
        shutil.copytree(detections / "of_images", folder / "detections")
        return cls(folder / "photos.nbc", folder / "detections" / "set.nbc")

    @property
    def opening(self) -> str:
        """The cell that opens them, and finds what is shown."""
        return f"""import nbcurate as nbc
ds, photos = nbc.Dataset.open({str(self.pictures)!r}), nbc.Dataset.open({str(self.objects)!r})
guesses = [label if at % 7 else "food" for at, label in enumerate(ds.labels)]"""


#: The views by the name of their variable: their kind on the page, and the cell that makes them.
SHOWN = {
    "grid": ("grid", "nbc.SimilarityGrid(ds, height=300)"),
    "plane": ("map", "nbc.EmbeddingMap(ds, method='pca', height=300)"),
    "balance": ("balance", "nbc.ClassBalance(ds, height=240)"),
    "clusters": ("cluster-browser", "nbc.ClusterBrowser(ds, ds.clusters(4, 'kmeans'), height=420)"),
    "panel": ("findings-panel", "nbc.FindingsPanel(ds, ds.rare(20), height=420)"),
    "report": ("report", "nbc.ReportView(ds, ds.ids[:28], height=360)"),
    "matrix": ("confusion", "nbc.ConfusionMatrix(ds, guesses, height=360)"),
    "scatter": ("scatter", "nbc.Scatter(ds, 'width', 'height', height=320)"),
    "curves": ("curves", "nbc.PrecisionRecall(photos, photos.evaluate('yolo8'), height=360)"),
    "curator": ("curator", "nbc.Curator(ds, method='pca')"),
}
CELLS = [f"{name} = {code}\n{name}" for name, (_, code) in SHOWN.items()]


def shown(host: Host, name: str) -> View:
    """A view on the page, looked at."""
    root = host.output_of(name).locator(f"[data-testid=nbc-{SHOWN[name][0]}]:not([data-pane])").first
    root.scroll_into_view_if_needed()
    return View(root)


def pick(grid: Locator, at: int) -> str:
    """Click a picture of a grid, by its place in the page; its id.

    The id is read first, and clicked: tiles move, and are used again for other items.
    """
    tile = grid.locator("[data-id]").nth(at)
    expect(tile.locator("img")).to_be_visible()
    item_id = str(tile.get_attribute("data-id"))
    grid.locator(f"[data-id={json.dumps(item_id)}]").first.click()
    return item_id


def _grid(host: Host, view: View) -> None:
    item_id = pick(view.root, 1)
    host.wait_for("grid.selected", [item_id])
    host.execute("grid.selected = ds.ids[:5]")
    view.expect_count(5)


def _map(host: Host, view: View) -> None:
    view.expect_count(5)
    expect(view.root.locator("canvas[data-drawn='111']")).to_be_visible()
    view.test_id("stage").press("Control+a")
    host.wait_for("len(plane.selected) == len(ds)", True)
    host.execute("plane.color = 'width'")
    expect(view.test_id("color")).to_have_value("width")


def _balance(host: Host, view: View) -> None:
    host.execute("ds.selection.set([])")
    view.root.locator(".bar-row[data-value=food] .bar-main").click(modifiers=["ControlOrMeta"])
    host.wait_for("{id.split('/')[0] for id in balance.selected}", {"food"})
    host.execute("ds.selection.set([id for id in ds.ids if id.startswith('animals')][:7])")
    expect(view.root.locator(".bar-row[data-value=animals] .bar-number")).to_contain_text("7")


def _clusters(host: Host, view: View) -> None:
    host.execute("ds.selection.set([])")
    view.test_id("keep-cluster").first.click()
    host.wait_for("sorted(clusters.selected) == sorted(clusters.members(clusters.table['name'].iloc[0]))", True)
    host.execute("clusters.rename(clusters.table['name'].iloc[0], 'from Python')")
    expect(view.root.locator("[data-value='from Python']")).to_be_visible()


def _panel(host: Host, view: View) -> None:
    view.test_id("reason").click()
    view.test_id("reason").press("k")
    host.wait_for("[review.decided for review in panel.reviews.values()]", [1])
    host.execute("panel.position = 3")
    expect(view.test_id("place")).to_have_text("4 / 20")


def _report(host: Host, view: View) -> None:
    expect(view.test_id("report-size")).to_contain_text("28 of ")
    host.execute("report.content = {**report.content, 'size': 27}")
    expect(view.test_id("report-size")).to_contain_text("27 of ")


def _matrix(host: Host, view: View) -> None:
    cell = view.root.locator("[data-given=animals][data-predicted=food]")
    cell.click()
    host.wait_for("matrix.selected == matrix.cell('animals', 'food') != []", True)
    host.execute("ds.selection.set([])")
    expect(cell).not_to_have_attribute("data-kept", "all")


def _scatter(host: Host, view: View) -> None:
    view.test_id("x").select_option("bytes")
    host.wait_for("scatter.x", "bytes")
    host.execute("scatter.log_y = True")
    expect(view.test_id("log-y")).to_have_attribute("aria-pressed", "true")


def _curves(host: Host, view: View) -> None:
    line = view.test_id("threshold")
    line.focus()
    line.press("Home")
    host.wait_for("curves.score", 0.0)
    host.execute("curves.score = .6")
    expect(line).to_have_attribute("aria-valuenow", "0.6")


def _curator(host: Host, view: View) -> None:
    tile = view.root.locator("[data-id]").nth(2)
    item_id = tile.get_attribute("data-id")
    tile.click()
    host.wait_for("curator.selected", [item_id])
    host.execute("curator.selected = ds.ids[:9]")
    expect(view.test_id("count").first).to_have_text("9")


#: What is done in each.
_DONE: dict[str, Callable[[Host, View], None]] = {
    "grid": _grid,
    "plane": _map,
    "balance": _balance,
    "clusters": _clusters,
    "panel": _panel,
    "report": _report,
    "matrix": _matrix,
    "scatter": _scatter,
    "curves": _curves,
    "curator": _curator,
}


def works_both_ways(host: Host, names: Iterable[str] = SHOWN) -> None:
    """In these of the views that :data:`CELLS` show: what is done is read in Python, and what Python says is seen."""
    for name in names:
        _DONE[name](host, shown(host, name))
