"""Boxes drawn on pictures, and two pictures side by side, in a real JupyterLab."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from .jupyterlab import Notebook


@pytest.fixture
def opening_coco(embedded: Path, tmp_path: Path) -> str:
    """Code that opens real pictures with two boxes on the first one; formatted with what the items are."""
    photos = embedded.with_name("photos") / "animals"
    first, second = sorted(photos.iterdir())[:2]
    width, height = Image.open(first).size
    boxes = [[0, 0, width // 2, height // 2], [width // 4, height // 4, width // 2, height // 2]]
    content = {
        "images": [{"id": 1, "file_name": first.name}, {"id": 2, "file_name": second.name}],
        "categories": [{"id": 1, "name": "head"}, {"id": 2, "name": "<b>tail</b>"}],
        "annotations": [{"id": n, "image_id": 1, "category_id": n, "bbox": boxes[n - 1]} for n in (1, 2)],
    }
    (tmp_path / "boxes.json").write_text(json.dumps(content))
    source = f"{str(tmp_path / 'boxes.json')!r}, images={str(photos)!r}, store={str(tmp_path / 'boxes.nbc')!r}"
    return f"import nbcurate as nbc\nds = nbc.Dataset.from_coco({source}, objects=OBJECTS)"


def test_what_is_on_an_image_is_drawn_on_it(notebook: Notebook, opening_coco: str) -> None:
    notebook.run(opening_coco.replace("OBJECTS", "False"), "grid = nbc.SimilarityGrid(ds)\ngrid")
    grid = notebook.grid().wait()
    first, second = grid.ids()
    grid.tile(first).click()
    expect(grid.root.locator("rect")).to_have_count(0)
    grid.page.keyboard.press("b")
    expect(grid.tile(first).locator("rect")).to_have_count(2)
    expect(grid.tile(second).locator("rect")).to_have_count(0)
    notebook.wait_for("grid.boxes", True)
    grid.page.keyboard.press("Space")
    stage = grid.test_id("preview").locator(".stage")
    expect(stage.locator("text")).to_have_text(["head", "<b>tail</b>"])
    expect(grid.test_id("facts")).to_contain_text("head, <b>tail</b>")
    grid.page.keyboard.press("b")
    expect(stage.locator("rect")).to_have_count(0)


def test_an_item_that_is_a_box_is_shown_on_its_image(notebook: Notebook, opening_coco: str) -> None:
    notebook.run(opening_coco.replace("OBJECTS", "True"), "nbc.SimilarityGrid(ds)")
    grid = notebook.grid().wait()
    grid.tile(grid.ids()[0]).click()
    grid.page.keyboard.press("Space")
    picture = grid.test_id("preview").locator(".stage img")
    expect(picture).not_to_have_class("rough")
    crop = picture.get_attribute("src")
    grid.page.keyboard.press("b")
    expect(grid.test_id("preview").locator(".stage text")).to_have_text("head")
    assert picture.get_attribute("src") != crop
    grid.page.keyboard.press("b")
    expect(picture).to_have_attribute("src", str(crop))


def test_two_images_side_by_side(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "nbc.SimilarityGrid(ds)")
    grid = notebook.grid().wait()
    first, second, third = grid.ids()[:3]
    name = {item_id: item_id.split("/")[-1] for item_id in (first, second, third)}
    grid.tile(first).click()
    grid.tile(second).click(modifiers=["ControlOrMeta"])
    grid.page.keyboard.press("c")
    preview, beside = grid.test_id("preview"), grid.test_id("beside")
    expect(beside).to_contain_text(name[first])
    expect(preview.locator(".stage-name").nth(1)).to_have_text(name[second])
    expect(grid.test_id("differences").locator("tr").first).to_contain_text(first)
    expect(grid.test_id("differences")).to_contain_text("bytes")
    grid.page.keyboard.press("+")
    zoomed = "transform: translate(0px, 0px) scale(1.5);"
    for at in (0, 1):
        expect(preview.locator(".stage img").nth(at)).to_have_attribute("style", zoomed)
    grid.page.keyboard.press("ArrowRight")
    expect(preview.locator(".stage-name").nth(1)).to_have_text(name[third])
    expect(beside).to_contain_text(name[first])
    grid.page.keyboard.press("c")
    expect(beside).to_have_count(0)
    expect(preview).to_contain_text(name[third])


@pytest.mark.parametrize("objects", [True, False])
def test_masks_are_drawn_where_boxes_are(objects: bool, notebook: Notebook, opening_coco: str, tmp_path: Path) -> None:
    file = tmp_path / "boxes.json"
    content = json.loads(file.read_text())
    content["annotations"][0]["segmentation"] = [[1, 1, 9, 1, 9, 9]]
    file.write_text(json.dumps(content))
    notebook.run(opening_coco.replace("OBJECTS", str(objects)), "nbc.SimilarityGrid(ds)")
    grid = notebook.grid().wait()
    grid.tile(grid.ids()[0]).click()
    grid.page.keyboard.press("Space")
    stage = grid.test_id("preview").locator(".stage")
    expect(stage.locator("img")).not_to_have_class("rough")
    expect(stage.locator("svg.boxes path")).to_have_count(0)
    grid.page.keyboard.press("b")
    mask = stage.locator("svg.boxes path")
    expect(mask).to_have_count(1)
    expect(mask).to_have_attribute("d", "M1 1 9 1 9 9Z")
    assert mask.evaluate("path => getComputedStyle(path).fillRule") == "evenodd"
