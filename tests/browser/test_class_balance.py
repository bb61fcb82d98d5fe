"""What a person does with the class balance, in a real JupyterLab on a real kernel."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import Locator, expect

from .jupyterlab import Notebook, View


def open_balance(notebook: Notebook, opening: str, arguments: str = "") -> View:
    notebook.run(opening, f"view = nbc.ClassBalance(ds{arguments})\nview")
    return notebook.view("balance")


def bar(view: View, name: str) -> Locator:
    return view.root.locator(f".bar-row[data-value={name}]")


def test_a_class_is_selected_here_and_counted_there(notebook: Notebook, opening: str) -> None:
    view = open_balance(notebook, opening)
    bar(view, "food").locator(".bar-main").click(modifiers=["ControlOrMeta"])
    notebook.wait_for("{i.split('/')[0] for i in view.selected}", {"food"})
    food = notebook.value("ds.labels.count('food')")
    view.expect_count(food)
    expect(view.root.locator("[data-series=selected]")).to_contain_text(str(food))

    notebook.execute("ds.selection.set([i for i in ds.ids if i.startswith('animals')][:7])")
    expect(view.root.locator("[data-series=selected]")).to_contain_text("7")
    expect(bar(view, "animals").locator(".bar-number")).to_contain_text("7")
    expect(bar(view, "food").locator(".bar-keep")).to_have_attribute("aria-pressed", "false")


def test_quotas_are_dragged_and_read_in_python(notebook: Notebook, opening: str) -> None:
    view = open_balance(notebook, opening)
    view.test_id("quotas").click()
    notebook.wait_for(
        "{k: round(v, 2) for k, v in view.quotas.items()}", dict.fromkeys(["animals", "food", "vehicles"], 0.33)
    )
    handle = bar(view, "food").get_by_test_id("nbc-quota")
    for _ in range(3):
        handle.press("Shift+ArrowRight")
    notebook.wait_for("round(view.quotas['food'], 2)", 0.48)
    assert notebook.value("round(sum(view.quotas.values()), 6)") == 1
    picked = notebook.value("ds.balanced(25, by='label', shares=view.quotas).ids")
    assert sum(i.startswith("food/") for i in picked) == 12

    notebook.execute("view.quotas = {'animals': 0.5, 'food': 0.25, 'vehicles': 0.25}")
    expect(bar(view, "animals").get_by_test_id("nbc-quota")).to_have_attribute("aria-valuetext", "50 %")
    with_mouse = bar(view, "animals").get_by_test_id("nbc-quota")
    box = with_mouse.bounding_box()
    assert box
    notebook.page.mouse.move(box["x"] + 6, box["y"] + 8)
    notebook.page.mouse.down()
    notebook.page.mouse.move(box["x"] - 200, box["y"] + 8, steps=4)
    notebook.page.mouse.up()
    notebook.wait_for("view.quotas['animals'] < 0.4", True)


def test_a_range_of_numbers_filters_the_grid(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "nbc.ClassBalance(ds, by='bytes', height=300)", "nbc.SimilarityGrid(ds, height=300)")
    view, grid = notebook.view("balance"), notebook.grid().wait()
    bins = view.root.locator(".bins")
    box = bins.bounding_box()
    assert box
    notebook.page.mouse.move(box["x"] + 1, box["y"] + 20)
    notebook.page.mouse.down()
    notebook.page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 20, steps=4)
    notebook.page.mouse.up()
    expect(view.test_id("chip")).to_contain_text("bytes: ")
    expect(grid.test_id("chip")).to_contain_text("bytes: ")
    shown = grid.ids()
    sizes = notebook.value("dict(zip(ds.ids, ds.column('bytes').to_pylist()))")
    assert shown
    assert max(sizes[i] for i in shown) < max(sizes.values()) * 0.4

    view.test_id("range-high").press("End")
    view.test_id("range-low").press("Home")
    expect(view.test_id("chip")).to_have_count(0)


def test_another_property_is_chosen_in_the_menu(notebook: Notebook, opening: str) -> None:
    view = open_balance(notebook, opening)
    view.test_id("by").select_option("format")
    expect(bar(view, "PNG")).to_be_visible()
    notebook.wait_for("view.by", "format")
    notebook.execute("view.by = 'width'")
    expect(view.test_id("histogram")).to_be_visible()


def test_the_measures_are_those_of_the_counts(notebook: Notebook, opening: str) -> None:
    view = open_balance(notebook, opening, ", columns={'k': ['a'] * 80 + ['b'] * (len(ds) - 80)}, by='k'")
    n = notebook.value("len(ds)")
    row = view.root.locator("[data-series=total] td")
    expect(row.nth(1)).to_have_text(f"{80 / (n - 80):.1f}".removesuffix(".0"))
    p = 80 / n
    entropy = -(p * math.log2(p) + (1 - p) * math.log2(1 - p))
    assert float(row.nth(2).inner_text()) == pytest.approx(entropy, abs=0.006)
