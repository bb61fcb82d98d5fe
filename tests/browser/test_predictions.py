"""What a person does with predictions and columns beside each other, in a real JupyterLab on a real kernel."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ..widgets.detections import detection_set
from .jupyterlab import Notebook
from .test_looks import SCREENSHOTS


@pytest.fixture(scope="module")
def detections(stamps: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pictures, what is where on them, and what a model predicts."""
    folder = tmp_path_factory.mktemp("detections")
    detection_set(stamps, folder / "of_images").close()
    return folder


@pytest.fixture
def opening_detections(detections: Path, tmp_path: Path) -> str:
    """Code that opens a fresh copy as ``ds``."""
    shutil.copytree(detections / "of_images", tmp_path / "set")
    return f"import nbcurate as nbc\nds = nbc.Dataset.open({str(tmp_path / 'set' / 'set.nbc')!r})"


def test_predictions_are_drawn_beside_labels_and_chosen_from(notebook: Notebook, opening_detections: str) -> None:
    notebook.run(opening_detections, "grid = nbc.SimilarityGrid(ds, predictions='yolo8', thumbnail_size=192)\ngrid")
    grid = notebook.grid().wait()
    first = grid.tile("00.jpg")
    labels, predicted = first.locator("g.label"), first.locator("g.prediction")
    expect(labels).to_have_count(3)
    expect(predicted).to_have_count(5)  # one is doubled, one made up
    assert predicted.locator("rect").last.evaluate("rect => getComputedStyle(rect).strokeDasharray") != "none"

    grid.test_id("drawn-menu").click()
    grid.test_id("score").fill("0.5")
    notebook.wait_for("grid.score", 0.5)
    expect(predicted).to_have_count(3)
    notebook.execute("grid.score = 0")
    expect(predicted).to_have_count(5)
    expect(grid.test_id("score")).to_have_value("0")
    grid.test_id("drawn-menu-box").locator("[data-value=food]").check()
    notebook.wait_for("grid.drawn_classes", ["food"])
    expect(labels.or_(predicted)).to_have_count(0)
    grid.test_id("draw-all").click()
    expect(labels).to_have_count(3)
    grid.test_id("drawn-predictions").select_option("")
    notebook.wait_for("grid.predictions", None)
    expect(predicted).to_have_count(0)
    notebook.execute("grid.predictions = 'yolo8'")
    expect(predicted).to_have_count(5)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    grid.root.screenshot(path=SCREENSHOTS / "drawn-menu.png")
    grid.page.keyboard.press("Escape")

    first.dblclick()
    stage = grid.test_id("preview").locator(".stage")
    expect(stage.locator("g.prediction text").first).to_contain_text("0.")
    expect(stage.locator("img:not(.rough)")).to_be_visible()
    grid.root.screenshot(path=SCREENSHOTS / "drawn-preview.png")
