"""What a person does with the confusion matrix, in a real JupyterLab on a real kernel."""

from __future__ import annotations

import json

from playwright.sync_api import Locator, expect

from .jupyterlab import Notebook, View

#: Predictions in which the first seven animals are taken for food, and two of the vehicles for animals.
GUESSES = """
guesses = dict(zip(ds.ids, ds.labels))
guesses.update(dict.fromkeys([i for i in ds.ids if i.startswith("animals")][:7], "food"))
guesses.update(dict.fromkeys([i for i in ds.ids if i.startswith("vehicles")][:2], "animals"))
"""


def open_matrix(notebook: Notebook, opening: str, *more: str) -> View:
    notebook.run(opening + "\n" + GUESSES, "view = nbc.ConfusionMatrix(ds, guesses, height=400)\nview", *more)
    return notebook.view("confusion")


def cell(view: View, given: str, predicted: str) -> Locator:
    return view.root.locator(f"[data-given={json.dumps(given)}][data-predicted={json.dumps(predicted)}]")


def test_a_cell_that_is_clicked_selects_its_items_and_python_marks_cells(notebook: Notebook, opening: str) -> None:
    view = open_matrix(notebook, opening)
    expect(view.test_id("summary")).to_contain_text("9 wrong")
    wrong = cell(view, "animals", "food")
    expect(wrong).to_have_text("7")
    wrong.click()
    notebook.wait_for("view.selected", notebook.value("view.cell('animals', 'food')"))
    expect(wrong).to_have_attribute("aria-selected", "true")

    cell(view, "vehicles", "animals").click(modifiers=["Shift"])
    notebook.wait_for("len(view.selected)", 9)
    notebook.page.keyboard.press("Space")
    notebook.wait_for("len(view.selected)", 7)

    notebook.execute("ds.selection.set(view.cell('vehicles', 'animals')[:1] + view.cell('food', 'food'))")
    expect(cell(view, "vehicles", "animals")).to_have_attribute("data-kept", "some")
    expect(cell(view, "food", "food")).to_have_attribute("data-kept", "all")
    expect(wrong).not_to_have_attribute("data-kept", "all")
    view.root.locator(".name.of-row[data-value=animals]").click()
    notebook.wait_for("{i.split('/')[0] for i in view.selected}", {"animals"})


def test_keys_go_from_cell_to_cell_and_a_cell_filters_the_linked_views(notebook: Notebook, opening: str) -> None:
    view = open_matrix(notebook, opening, "nbc.ClassBalance(ds, height=240)")
    balance = notebook.view("balance")
    view.test_id("order").select_option("name")
    notebook.wait_for("view.order", "name")
    view.test_id("matrix").focus()
    for key in ("Home", "ArrowRight", "f"):
        notebook.page.keyboard.press(key)
    expect(balance.test_id("chip")).to_contain_text("animals → food: 7")
    expect(balance.test_id("shown")).to_contain_text("7 of")
    expect(cell(view, "vehicles", "animals")).to_have_text("2")  # its own filter leaves the matrix whole
    expect(cell(view, "animals", "food")).to_have_attribute("data-filtered", "true")
    notebook.page.keyboard.press("x")
    assert notebook.cell_count() == 3
    view.test_id("chip").click()

    balance.root.locator(".bar-row[data-value=vehicles] .bar-main").click()
    expect(view.test_id("summary")).to_contain_text("2 wrong")
    expect(cell(view, "animals", "food")).to_have_text("")
    cell(view, "vehicles", "animals").click()
    notebook.wait_for("view.selected", notebook.value("view.cell('vehicles', 'animals')"))
