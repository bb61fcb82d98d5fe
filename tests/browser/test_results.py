"""Results at the end of a cell: how they look in both themes, that everyone can use them, and that they open in place."""

from __future__ import annotations

import json
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, expect

from .jupyterlab import Notebook
from .test_accessibility import AXE, THEMES, serious
from .test_looks import wide  # noqa: F401

PREPARED = """
ds.relabel({item: "food" for item in ds.ids[:3]})
ds.tag(ds.ids[10:15], "to print")
ds.selection.set(ds.ids[2:16])
ds.selection.reject(ds.ids[20:24])
ds.save_slice("first look")
copies, picks = ds.duplicates(), ds.balanced(24, by="label")
"""
#: Each in a cell of its own.
RESULTS = {
    "dataset": "ds",
    "search": "ds.search(ds.ids[40], k=12)",
    "item": "ds[ds.ids[40]]",
    "duplicates": "copies",
    "label-issues": "ds.label_issues()",
    "rare": "ds.rare(8)",
    "edge-cases": "ds.edge_cases(6)",
    "picks": "picks",
    "report": "picks.report",
    "clusters": "ds.clusters(6, 'kmeans')",
    "split": "ds.split(train=0.7, val=0.2, test=0.1)",
    "selection": "ds.selection",
    "slices": "ds.slices",
    "history": "ds.history",
    "evaluation": "photos.evaluate('yolo8')",
    "box-issues": "photos.box_issues('yolo8')",
    "odd-boxes": "photos.odd_boxes(huge=0.05)",
}
_MOST_BYTES = 60_000


def take_small_picture(root: Locator, name: str) -> None:
    """A picture for the docs, where they are made; of fewer colours where many would make it large."""
    if (folder := os.environ.get("NBCURATE_SCREENSHOTS")) is None:
        return
    file = Path(folder) / "results" / f"{name}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    root.screenshot(path=file)
    whole = Image.open(file).convert("RGB")
    for colours in (256, 128, 64, 32):
        if file.stat().st_size <= _MOST_BYTES:
            break
        whole.quantize(colours).save(file, optimize=True)


def test_results_show_pictures_that_everyone_can_use(
    wide: Notebook,  # noqa: F811
    opening: str,
    opening_detections: str,
) -> None:
    page = wide.page
    page.set_viewport_size({"width": 1000, "height": 1000})
    wide.run(f"{opening_detections}\nphotos = ds\n{opening}\n{PREPARED}", *RESULTS.values())
    results = page.locator("[data-nbc-page]:visible")
    expect(results).to_have_count(len(RESULTS))
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    for theme in THEMES:
        wide.set_theme(f"JupyterLab {theme}")
        for at, name in enumerate(RESULTS):
            root = results.nth(at)
            root.scroll_into_view_if_needed()
            assert root.locator("img").first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0, (
                name
            )
            assert serious(root) == [], f"{name}, {theme}"
            take_small_picture(root, f"{name}-{theme.lower()}")
    wide.save()
    saved = json.loads(Path(wide.path).read_text(encoding="utf-8"))
    assert "widgets" not in saved["metadata"]
    assert wide.path.stat().st_size < 1_000_000


def test_a_result_becomes_its_view_in_place_while_its_kernel_lives(notebook: Notebook, opening: str) -> None:
    page = notebook.page
    notebook.run(opening + PREPARED, "copies", "display(picks)\ndisplay(picks)")
    opens, closes = page.get_by_test_id("nbc-result-open"), page.get_by_test_id("nbc-result-close")
    expect(opens).to_have_count(3)
    opens.first.click()
    expect(page.get_by_test_id("nbc-findings-panel")).to_be_visible()
    expect(opens).to_have_count(2)
    opens.last.click()  # the same result a second time
    notebook.grid().wait()
    notebook.grid().expect_count(14)  # with the one selection of the data set
    closes.first.click()
    expect(page.get_by_test_id("nbc-findings-panel")).to_have_count(0)
    expect(opens.first).to_be_focused()

    notebook.reload()
    expect(opens).to_have_count(3)
    opens.nth(1).click()
    notebook.grid().wait()
    closes.first.click()

    notebook.execute("ds.close()\ndel copies")
    notebook.restart_kernel()
    opens.first.click()
    status = page.locator("[data-nbc-open] [role=status]").first
    expect(status).to_contain_text("run the cell again")
    notebook.run(opening, "ds.diverse(5)")
    expect(opens).to_have_count(1)
    opens.first.click()
    notebook.grid().wait()
