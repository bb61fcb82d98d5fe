"""What a person does with the findings panel, in a real JupyterLab on a real kernel."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from .jupyterlab import Notebook

#: Three copies of pictures that are there, and labels that are wrong.
FINDINGS = """
Finding = nbc.Finding
import numpy as np
rows = np.arange(0, 60, 5)
doubt = Finding(ds, "label issues", ds.keys[rows], np.linspace(1, .5, 12), lambda at: [f"<i>reason</i> {p}" for p in at],
    recipe={}, score_meaning="doubt", columns={"suggested_label": ["food"] * 12})
copies = Finding(ds, "duplicates", ds.keys[[1, 2, 5]], [1, .9, .8], ["a", "b", "c"], recipe={}, score_meaning="likeness",
    groups=np.array([0, 0, 1]), columns={"representative": [ds.ids[0], ds.ids[0], ds.ids[4]]})
panel = nbc.FindingsPanel(ds, [doubt, copies])
panel"""


@pytest.fixture
def panel(notebook: Notebook, opening: str) -> Locator:
    notebook.run(opening + FINDINGS)
    root = notebook.page.get_by_test_id("nbc-findings-panel").last
    expect(root.get_by_test_id("nbc-reason")).to_contain_text("<i>reason</i> 0")
    return root


def test_keys_decide_and_what_is_decided_is_a_column(notebook: Notebook, panel: Locator) -> None:
    ids = notebook.value("doubt.ids")
    expect(panel.get_by_test_id("nbc-case-id")).to_have_text(ids[0])
    panel.get_by_test_id("nbc-reason").click()
    for key in ("k", "x", "l"):
        panel.page.keyboard.press(key)
    expect(panel.get_by_test_id("nbc-place")).to_have_text("4 / 12")
    expect(panel.get_by_test_id("nbc-progress").first).to_have_text("3 of 12 decided")
    notebook.wait_for("panel.reviews['label issues'].decided", 3)
    notebook.wait_for(
        f"ds.where({ids[:4]!r}).column('review_label_issues').to_pylist()", ["kept", "rejected", "relabelled", None]
    )
    assert notebook.value("(ds.selection.ids, ds.selection.rejected)") == ([ids[0]], [ids[1]])
    assert notebook.value(f"ds.to_pandas([{ids[2]!r}])['label'].tolist()") == ["food"]
    notebook.wait_for("(panel.finding, panel.position)", ("label issues", 3))

    panel.page.keyboard.press("ControlOrMeta+z")
    expect(panel.get_by_test_id("nbc-place")).to_have_text("3 / 12")
    expect(panel.get_by_test_id("nbc-progress").first).to_have_text("2 of 12 decided")
    assert notebook.value(f"ds.to_pandas([{ids[2]!r}])['label'].tolist()") != ["food"]

    panel.page.keyboard.press("e")
    panel.get_by_test_id("nbc-label").fill("my own")
    panel.page.keyboard.press("Enter")
    notebook.wait_for(f"ds.to_pandas([{ids[2]!r}])['label'].tolist()", ["my own"])
    panel.page.keyboard.press("k")
    notebook.wait_for("panel.reviews['label issues'].decided", 4)
    assert notebook.cell_count() == 1, "none of these keys reached the notebook"


def test_copies_stand_beside_the_one_that_stays(notebook: Notebook, panel: Locator) -> None:
    panel.get_by_test_id("nbc-finding").nth(1).click()
    expect(panel.get_by_test_id("nbc-partner")).to_contain_text(notebook.value("ds.ids[0]"))
    expect(panel.get_by_test_id("nbc-reason")).to_contain_text("a")
    panel.page.keyboard.press("Shift+X")
    notebook.wait_for("ds.selection.rejected", notebook.value("ds.ids[1:3]"))
    expect(panel.get_by_test_id("nbc-partner")).to_contain_text(notebook.value("ds.ids[4]"))
    panel.get_by_test_id("nbc-reject-rest").click()
    expect(panel.get_by_test_id("nbc-progress").nth(1)).to_have_text("3 of 3 decided")
    notebook.wait_for("ds.where(\"review_duplicates = 'rejected'\").ids", notebook.value("copies.ids"))

    notebook.execute("panel.undo(); panel.undo()")
    expect(panel.get_by_test_id("nbc-progress").nth(1)).to_have_text("0 of 3 decided")
    assert notebook.value("ds.selection.rejected") == []
    notebook.execute("panel.finding = 'label issues'; panel.position = 7")
    expect(panel.get_by_test_id("nbc-place")).to_have_text("8 / 12")
    notebook.execute("panel.reviews['label issues'].decide(doubt.keys[8:9], 'keep')")
    expect(panel.get_by_test_id("nbc-progress").first).to_have_text("1 of 12 decided")


def test_what_is_under_review_is_seen_large_with_its_partner(notebook: Notebook, panel: Locator) -> None:
    ids = notebook.value("doubt.ids")
    preview, press = panel.get_by_test_id("nbc-preview"), panel.page.keyboard.press
    panel.get_by_test_id("nbc-reason").click()
    press("Space")
    expect(preview.locator(".stage img:not(.rough)")).to_have_attribute("alt", ids[0])
    expect(preview.get_by_test_id("nbc-reason")).to_contain_text("<i>reason</i> 0")
    press("+")
    expect(preview.locator(".stage img")).to_have_attribute("style", "transform: translate(0px, 0px) scale(1.5);")
    press("k")  # decides, and goes on to the next
    expect(preview.locator(".stage img")).to_have_attribute("alt", ids[1])
    notebook.wait_for("ds.selection.ids", ids[:1])
    press("Space")
    expect(preview).to_have_count(0)
    press("ArrowRight")
    expect(panel.get_by_test_id("nbc-place")).to_have_text("3 / 12")

    panel.get_by_test_id("nbc-finding").nth(1).click()
    panel.get_by_test_id("nbc-partner").get_by_test_id("nbc-enlarge").click()
    found, partner = notebook.value("(copies.ids[0], ds.ids[0])")
    expect(preview.locator(".stage").first).to_contain_text(found.split("/")[-1])
    expect(preview.get_by_test_id("nbc-beside")).to_contain_text(f"{partner.split('/')[-1]} · stays")
    expect(preview.get_by_test_id("nbc-differences")).to_contain_text("bytes")
    press("Escape")
    expect(preview).to_have_count(0)
    expect(panel.get_by_test_id("nbc-partner").get_by_test_id("nbc-enlarge")).to_be_focused()
    press("?")
    expect(panel.get_by_test_id("nbc-help-overlay")).to_contain_text("look at it large")


def test_a_finding_in_the_grid_has_its_order_its_groups_and_its_reasons(notebook: Notebook, opening: str) -> None:
    notebook.run(
        opening
        + FINDINGS.replace("panel = ", "grid = nbc.SimilarityGrid(ds, finding=copies)  # ").replace("\npanel", "\ngrid")
    )
    grid = notebook.grid().wait()
    expect(grid.root.get_by_test_id("nbc-tile").filter(visible=True)).to_have_count(3)
    assert grid.ids() == notebook.value("copies.ids")
    expect(grid.root).to_contain_text("group 1")
    expect(grid.root).to_contain_text("group 2")
    expect(grid.tile(notebook.value("copies.ids[1]"))).to_contain_text("0.900  b")
