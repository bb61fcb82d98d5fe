"""Items of several classes in the views: counted, filtered, coloured and relabelled by each, in a real JupyterLab."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from .jupyterlab import Notebook, View

#: Every third picture is also round, every tenth old; one has no class, of one nothing is known.
LISTS = """
import warnings; warnings.simplefilter("ignore")
ds.relabel({i: [i.split("/")[0]] + ["round"] * (at % 3 == 0) + ["old"] * (at % 10 == 0) for at, i in enumerate(ds.ids)})
ds.relabel({ds.ids[1]: [], ds.ids[2]: None})
def having(name): return [i for i, label in zip(ds.ids, ds.labels) if label and name in label]
"""


@pytest.fixture
def opening(opening: str) -> str:
    return f"{opening}\n{LISTS}"


def bar(view: View, name: str) -> Locator:
    return view.root.locator(f'.bar-row[data-value="{name}"]')


def test_an_item_counts_in_each_of_its_classes(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "view = nbc.ClassBalance(ds)\nview")
    view = notebook.view("balance")
    counts = notebook.value("{name: len(having(name)) for name in ('animals', 'food', 'vehicles', 'round', 'old')}")
    for name, count in counts.items():
        expect(bar(view, name).locator(".bar-number")).to_have_text(str(count))
    expect(bar(view, "(no class)").locator(".bar-number")).to_have_text("1")
    expect(bar(view, "(none)").locator(".bar-number")).to_have_text("1")
    everything = view.root.locator("[data-series=total]")
    expect(everything.locator("td").first).to_have_text(str(notebook.value("len(ds)")))
    expect(everything.get_by_test_id("nbc-in-classes")).to_have_text(str(sum(counts.values())))
    expect(view.root.get_by_test_id("nbc-measures")).to_contain_text("5 classes")

    bar(view, "round").locator(".bar-main").click(modifiers=["ControlOrMeta"])
    notebook.wait_for("sorted(view.selected) == sorted(having('round'))", True)
    expect(bar(view, "round").locator(".bar-keep")).to_have_attribute("aria-pressed", "true")
    both = notebook.value("len(set(having('round')) & set(having('food')))")
    expect(bar(view, "food").locator(".bar-number small")).to_have_text(str(both))

    view.test_id("quotas").click()
    notebook.wait_for("set(view.quotas) == {'animals', 'food', 'vehicles', 'round', 'old'}", True)
    shares = notebook.value("ds.balanced(20, shares=view.quotas).shares['picked'].tolist()")
    assert max(shares) <= 2 * min(shares)


def test_a_filter_by_a_class_finds_all_that_have_it(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "nbc.ClassBalance(ds)", "grid = nbc.SimilarityGrid(ds, group_by='label')\ngrid")
    grid = notebook.grid().wait()
    expect(grid.group("animals")).to_contain_text("22")
    grid.root.get_by_test_id("nbc-filter-menu").click()
    choice = grid.root.locator('input[data-value="old"]')
    choice.check()
    expect(notebook.view("balance").root.locator('.bar-row[data-value="old"]')).to_have_attribute("data-chosen", "true")
    choice.press("Escape")
    notebook.execute("grid.group_by = ''")
    old = notebook.value("len(having('old'))")
    expect(grid.root).to_contain_text(f"{old} of {notebook.value('len(ds)')} shown")
    first = notebook.value("having('old')[0]")
    expect(grid.tile(first).locator(".label")).to_have_text(
        ", ".join(notebook.value(f"ds.where([{first!r}]).labels[0]"))
    )


def test_the_rarest_class_colours_a_point_and_each_is_in_the_legend(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "view = nbc.EmbeddingMap(ds, method='pca')\nview")
    view = notebook.view("map")
    for name in ("food", "round", "old"):
        expect(view.legend(name).locator("small")).to_have_text(str(notebook.value(f"len(having({name!r}))")))
    expect(view.root.get_by_test_id("nbc-legend")).to_contain_text("of several, the rarest")


FINDING = """
finding = nbc.Finding(ds, "label issues", ds.keys[[0, 1, 2, 3]], [1, .9, .8, .7], ["a", "b", "c", "d"], recipe={},
    score_meaning="doubt", columns={"suggested_label": [["food"], ["old"], ["food"], []]})
panel = nbc.FindingsPanel(ds, finding)
panel"""


def test_lists_are_shown_and_changed_in_the_panel(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, FINDING)
    panel = notebook.page.get_by_test_id("nbc-findings-panel").last
    expect(panel.get_by_test_id("nbc-relabel")).to_contain_text("animals, round, old → food")
    panel.get_by_test_id("nbc-reason").click()
    panel.page.keyboard.press("l")
    notebook.wait_for("ds.labels[0]", ["food"])
    expect(panel.get_by_test_id("nbc-relabel")).to_contain_text("no class → old")
    panel.page.keyboard.press("k")
    notebook.wait_for("panel.reviews['label issues'].decided", 2)
    expect(panel.get_by_test_id("nbc-relabel")).to_contain_text("no label → food")
    panel.page.keyboard.press("ArrowRight")
    expect(panel.get_by_test_id("nbc-relabel")).to_contain_text("→ no class")
    panel.page.keyboard.press("e")
    field = panel.get_by_test_id("nbc-label")
    expect(field).to_have_value(", ".join(notebook.value("ds.labels[3]")))
    field.press("End")
    field.type(", furry, furry")
    before = notebook.value("ds.labels[3]")
    panel.page.keyboard.press("Enter")
    notebook.wait_for("ds.labels[3]", [*before, "furry"])
    notebook.wait_for("panel.reviews['label issues'].decided", 3)
    panel.get_by_test_id("nbc-reason").click()
    panel.page.keyboard.press("ControlOrMeta+z")
    notebook.wait_for("ds.labels[3]", before)


def test_a_finding_about_a_column_relabels_that_column(notebook: Notebook, opening: str) -> None:
    notebook.run(
        opening,
        """ds.relabel({i: "alive" if i.startswith("animals") else "made" for i in ds.ids}, column="coarse")
ds.relabel(having("animals")[5:7], "made", column="coarse")
issues = ds.label_issues(label="coarse")
panel = nbc.FindingsPanel(ds, issues.head(5))
panel""",
    )
    panel = notebook.page.get_by_test_id("nbc-findings-panel").last
    first = notebook.value("issues.ids[0]")
    given, suggested = notebook.value("issues.to_pandas().loc[0, ['given_label', 'suggested_label']].tolist()")
    expect(panel.get_by_test_id("nbc-relabel")).to_contain_text(f"{given} → {suggested}")
    labels = notebook.value("ds.labels")
    panel.get_by_test_id("nbc-reason").click()
    panel.page.keyboard.press("l")
    notebook.wait_for(f"ds.where([{first!r}]).column('coarse').to_pylist()", [suggested])
    assert notebook.value("ds.labels") == labels
    expect(panel.locator("datalist option")).to_have_count(2)
