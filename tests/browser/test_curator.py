"""What a person does with all views on one page, in a real JupyterLab on a real kernel."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from .jupyterlab import Notebook


@pytest.fixture
def curator(notebook: Notebook, opening: str) -> Locator:
    notebook.run(f"{opening}\nw = nbc.Curator(ds, method='pca')\nw")
    root = notebook.page.get_by_test_id("nbc-curator").last
    expect(root.get_by_test_id("nbc-grid").locator("[data-id]").first).to_be_visible()
    return root


def test_a_filter_and_a_selection_are_one_for_all_panes(notebook: Notebook, curator: Locator) -> None:
    curator.get_by_test_id("nbc-tab-balance").click()
    bar = curator.locator("[data-testid=nbc-bars] [data-value=food] .bar-main")
    bar.click()
    food = notebook.value("ds.labels.count('food')")
    expect(curator.get_by_test_id("nbc-shown").first).to_contain_text(f"{food} of ")
    expect(curator.locator("[data-testid=nbc-chip]:visible")).to_have_count(1)
    curator.get_by_test_id("nbc-grid").locator("[data-id]").first.click()
    notebook.wait_for("len(w.selected)", 1)
    notebook.execute("heard = []\nw.observe(lambda change: heard.append(change.new), names='selected')")
    notebook.execute("w.selected = ds.ids[:3]")
    assert notebook.value("heard") == [notebook.value("ds.ids[:3]")]
    expect(curator.get_by_test_id("nbc-count").first).to_have_text("3")
    curator.locator("[data-testid=nbc-chip]:visible").click()
    expect(curator.get_by_test_id("nbc-shown").first).to_contain_text(notebook.value("f'{len(ds)} of {len(ds)}'"))
    notebook.execute("w.by = 'split'")
    expect(curator.get_by_test_id("nbc-by")).to_have_value("split")


def test_slices_and_tags_from_the_bar(notebook: Notebook, curator: Locator) -> None:
    notebook.execute("ds.selection.set(ds.ids[:4])")
    curator.get_by_test_id("nbc-slices").click()
    curator.get_by_test_id("nbc-slice-name").fill("<b>first</b>")
    curator.page.keyboard.press("Enter")
    notebook.wait_for("list(ds.slices)", ["<b>first</b>"])
    notebook.execute("ds.selection.set(ds.ids[3:6])")
    expect(curator.get_by_test_id("nbc-slice")).to_contain_text("4 kept · 1 also now · 3 only there")
    curator.get_by_test_id("nbc-slice-unite").click()
    notebook.wait_for("len(ds.selection)", 6)
    curator.get_by_test_id("nbc-slice-subtract").click()
    notebook.wait_for("ds.selection.ids", notebook.value("ds.ids[4:6]"))
    curator.get_by_test_id("nbc-tags").click()
    curator.get_by_test_id("nbc-tag-name").fill("night")
    curator.page.keyboard.press("Enter")
    notebook.wait_for("ds.tags", {"night": 2})
    curator.page.keyboard.press("Escape")
    curator.locator("[data-testid=nbc-undo]:visible").click()
    notebook.wait_for("ds.tags", {})
    assert notebook.value("len(ds.selection)") == 2


def test_tabs_when_narrow_panes_when_wide_and_the_whole_screen(notebook: Notebook, curator: Locator) -> None:
    notebook.page.set_viewport_size({"width": 1000, "height": 900})
    expect(curator.get_by_test_id("nbc-slots")).to_have_attribute("data-slots", "1")
    curator.get_by_test_id("nbc-tab-clusters").click()
    expect(curator.get_by_test_id("nbc-cluster").first).to_be_visible()
    notebook.wait_for("'cluster' in ds.column_names", True)
    notebook.page.set_viewport_size({"width": 1280, "height": 900})
    expect(curator.get_by_test_id("nbc-slots")).to_have_attribute("data-slots", "2")
    expect(curator.get_by_test_id("nbc-cluster").first).to_be_visible()
    expect(curator.get_by_test_id("nbc-grid")).to_be_visible()
    curator.get_by_test_id("nbc-full").click()
    expect(curator.get_by_test_id("nbc-slots")).to_have_attribute("data-slots", "3")
    curator.get_by_test_id("nbc-full").click()
    expect(curator.get_by_test_id("nbc-slots")).to_have_attribute("data-slots", "2")


def test_a_report_is_drawn_from_what_python_measured(notebook: Notebook, opening: str, tmp_path: Path) -> None:
    notebook.run(f"{opening}\nview = nbc.ReportView(ds, ds.ids[:30])\nview")
    root = notebook.page.get_by_test_id("nbc-report").last
    measured = notebook.value(
        "view.report.to_pandas()['subset'].round(3).fillna(-1).replace(float('inf'), -2).to_dict()"
    )
    for name, value in measured.items():
        text = "–" if value == -1 else "∞" if value == -2 else f"{value:,.3f}".rstrip("0").rstrip(".")
        expect(root.locator(f"[data-testid=nbc-measures] [data-value={name}]")).to_contain_text(text)
    expect(root.get_by_test_id("nbc-classes")).to_contain_text("vehicles")
    expect(root.get_by_test_id("nbc-report-size")).to_contain_text("30 of ")
