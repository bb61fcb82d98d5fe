"""What a person does with the embedding map, in a real JupyterLab on a real kernel."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from .jupyterlab import Notebook, View

#: A rectangle that holds the whole map, as parts of the stage's width and height.
EVERYTHING = ((0.01, 0.01), (0.99, 0.99))


def open_map(notebook: Notebook, opening: str, *more: str, arguments: str = "") -> View:
    notebook.run(opening, f"view = nbc.EmbeddingMap(ds, method='pca'{arguments})\nview", *more)
    found = notebook.view("map")
    expect(found.root.locator("canvas[data-drawn]")).to_have_attribute("data-drawn", str(notebook.value("len(ds)")))
    return found


def drag(
    view: View, page: Page, corners: tuple[tuple[float, float], ...], *, hold: str | None = None, stage: int = 0
) -> None:
    """Press at the first corner, pass the others, let go at the last."""
    box = view.test_id("stage").nth(stage).bounding_box()
    assert box
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    if hold:
        page.keyboard.down(hold)
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=3)
    page.mouse.up()
    if hold:
        page.keyboard.up(hold)


def test_what_is_drawn_around_is_selected_in_python_and_back(notebook: Notebook, opening: str) -> None:
    view = open_map(notebook, opening)
    everyone = notebook.value("sorted(ds.ids)")
    (left, top), (right, bottom) = EVERYTHING
    drag(view, notebook.page, ((left, top), (right, top), (right, bottom), (left, bottom)))
    notebook.wait_for("sorted(view.selected)", everyone)
    view.expect_count(len(everyone))

    view.test_id("tool-box").click()
    drag(view, notebook.page, ((0.5, 0.01), (0.99, 0.99)), hold="Alt")
    expect(view.test_id("count")).not_to_have_text(str(len(everyone)))
    left_over = notebook.value("set(ds.selection.ids)")
    x = notebook.value("dict(zip(ds.ids, ds.project('pca')[:, 0].tolist()))")
    assert max(x[i] for i in left_over) < min(x[i] for i in x if i not in left_over)

    notebook.execute("ds.selection.set(ds.ids[:3])")
    view.expect_count(3)


def test_the_legend_filters_every_view_without_the_kernel(notebook: Notebook, opening: str) -> None:
    view = open_map(notebook, opening, "nbc.SimilarityGrid(ds, height=300)", "nbc.ClassBalance(ds, height=300)")
    grid = notebook.grid().wait()
    balance = notebook.view("balance")
    food = notebook.value("ds.labels.count('food')")
    view.legend("food").click()
    expect(view.test_id("shown")).to_contain_text(f"{food} of")
    expect(grid.test_id("status")).to_contain_text(f"{food} of")
    expect(balance.test_id("chip")).to_have_text("label: food")
    grid.root.scroll_into_view_if_needed()  # pictures come to a grid that is seen
    expect(grid.root.locator("[data-id]:visible").first).to_have_attribute("data-id", re.compile("^food/"))
    assert {i.split("/")[0] for i in grid.ids()} == {"food"}

    grid.test_id("chip").click()
    expect(view.test_id("shown")).to_contain_text(f"{len(notebook.value('ds.ids'))} of")


def test_a_point_tells_what_it_is_and_can_be_picked_by_keyboard(notebook: Notebook, opening: str) -> None:
    view = open_map(notebook, opening)
    view.test_id("stage").focus()
    for _ in range(4):
        notebook.page.keyboard.press("+")
    notebook.page.keyboard.press("ArrowLeft")
    notebook.page.keyboard.press("Space")
    expect(view.test_id("count")).to_have_text("1")
    (picked,) = notebook.value("view.selected")
    expect(view.test_id("card")).to_contain_text(picked.split("/")[-1])
    expect(view.test_id("card").locator("img")).to_be_visible()
    notebook.page.keyboard.press("x")
    assert notebook.cell_count() == 2


def test_colours_follow_python_and_the_menu(notebook: Notebook, opening: str) -> None:
    view = open_map(
        notebook, opening, arguments=", color='half', columns={'half': [i % 2 == 0 for i in range(len(ds))]}"
    )
    expect(view.legend("true")).to_be_visible()
    view.test_id("color").select_option("width")
    notebook.wait_for("view.color", "width")
    notebook.execute("view.color = 'label'")
    expect(view.legend("vehicles")).to_be_visible()
    message = notebook.execute("try: view.color = 'lable'\nexcept Exception as e: print(e)")
    assert "Did you mean 'label'" in message


def test_two_maps_share_the_selection_and_what_is_under_the_pointer(notebook: Notebook, opening: str) -> None:
    notebook.run(
        opening + "\nimport numpy as np\n"
        "def colours(images):\n    return np.stack([np.asarray(i.convert('RGB').resize((4, 4))).ravel() for i in images])\n"
        "ds.embed(colours)\n",
        "view = nbc.EmbeddingMap(ds, beside=colours, method='pca')\nview",
    )
    view, items = notebook.view("map"), notebook.value("len(ds)")
    expect(view.root.locator(f"canvas[data-drawn='{items}']")).to_have_count(2)
    expect(view.test_id("map-title")).to_have_text(["efficientnet-lite0", "colours"])
    first, second = (view.test_id("stage").nth(at) for at in (0, 1))

    view.test_id("tool-box").click()
    drag(view, notebook.page, ((0.01, 0.01), (0.5, 0.99)), stage=1)
    notebook.wait_for("len(view.selected) > 0", True)
    lies = "dict(zip(ds.ids, ds.project('pca', encoder='colours', onto='efficientnet-lite0')[:, 0].tolist()))"
    chosen, x = set(notebook.value("view.selected")), notebook.value(lies)
    assert max(x[i] for i in chosen) < min(x[i] for i in x if i not in chosen)
    drag(view, notebook.page, EVERYTHING, stage=0)
    view.expect_count(items)

    second.focus()
    notebook.page.keyboard.press("+")
    notebook.page.keyboard.press("Space")
    hovered = [stage.locator("canvas[data-hovered]") for stage in (first, second)]
    expect(hovered[1]).not_to_have_attribute("data-hovered", "")
    key = hovered[1].get_attribute("data-hovered") or ""
    expect(hovered[0]).to_have_attribute("data-hovered", key)
    expect(view.test_id("card")).to_have_count(1)
    notebook.wait_for("len(view.selected)", items - 1)


def test_without_embeddings_the_map_says_what_to_run(notebook: Notebook, embedded: Path, tmp_path: Path) -> None:
    photos, store = str(embedded.with_name("photos")), str(tmp_path / "bare.nbc")
    notebook.run("import nbcurate as nbc", f"nbc.EmbeddingMap(nbc.Dataset.from_folder({photos!r}, store={store!r}))")
    expect(notebook.view("map").test_id("message")).to_contain_text("ds.embed(")
