"""What a person does with the cluster browser, in a real JupyterLab on a real kernel."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from .jupyterlab import Notebook


def show(notebook: Notebook, opening: str, *cells: str) -> Locator:
    """A browser of five clusters, at the top of the notebook."""
    notebook.run(f"{opening}\nbrowser = nbc.ClusterBrowser(ds, ds.clusters(5, 'kmeans'))\nbrowser", *cells)
    root = notebook.page.get_by_test_id("nbc-cluster-browser").last
    expect(root.get_by_test_id("nbc-cluster")).to_have_count(5)
    return root


def card(root: Locator, name: str) -> Locator:
    return root.locator(f"[data-testid=nbc-cluster][data-value='{name}']")


def names(notebook: Notebook) -> set[str]:
    return set(notebook.value("list(browser.table['name'])"))


def test_cards_tell_what_python_tells(notebook: Notebook, opening: str) -> None:
    root = show(notebook, opening)
    table = notebook.value("browser.table[['name', 'size', 'purity']].values.tolist()")
    for name, size, purity in table:
        expect(card(root, name)).to_contain_text(f"{size:,} item")
        expect(card(root, name)).to_contain_text(f"{int(purity * 100 + 0.5)} %")  # a half goes up, as people round
    typical = notebook.value(f"browser.members({table[0][0]!r})[0]")
    expect(card(root, table[0][0]).locator("[data-id]").first).to_have_attribute("data-id", typical)


def test_a_click_on_a_name_filters_the_other_views(notebook: Notebook, opening: str) -> None:
    root = show(notebook, opening, "nbc.SimilarityGrid(ds)")
    grid = notebook.grid().wait()
    name, size = notebook.value("browser.table[['name', 'size']].values.tolist()[1]")
    card(root, name).get_by_test_id("nbc-cluster-name").click()
    expect(grid.test_id("status")).to_contain_text(f"{size} of 1")
    expect(root.get_by_test_id("nbc-chip")).to_contain_text(name)
    card(root, name).get_by_test_id("nbc-cluster-name").click()
    expect(grid.test_id("status")).to_contain_text(notebook.value("f'{len(ds)} of {len(ds)} shown'"))


def test_rename_merge_split_and_undo_are_the_column(notebook: Notebook, opening: str) -> None:
    root = show(notebook, opening)
    start = names(notebook)
    a, b = sorted(start)[:2]
    card(root, a).get_by_test_id("nbc-rename").click()
    field = root.get_by_test_id("nbc-new-name")
    field.fill("<b>mine</b>")
    field.press("Enter")
    expect(card(root, "<b>mine</b>")).to_be_visible()
    notebook.wait_for("'<b>mine</b>' in set(ds.column('cluster').to_pylist())", True)
    card(root, "<b>mine</b>").get_by_test_id("nbc-tick").check()
    card(root, b).get_by_test_id("nbc-tick").check()
    root.page.keyboard.press("m")
    expect(root.get_by_test_id("nbc-cluster")).to_have_count(4)
    notebook.wait_for("len(set(ds.column('cluster').to_pylist()))", 4)
    root.get_by_test_id("nbc-cluster").first.get_by_test_id("nbc-split").click()
    expect(root.get_by_test_id("nbc-cluster")).to_have_count(5)
    for _ in range(3):
        root.get_by_test_id("nbc-undo").click()
    notebook.wait_for("set(browser.table['name'])", start)
    expect(card(root, a)).to_be_visible()
    notebook.execute(f"browser.rename({a!r}, 'from Python')")
    expect(card(root, "from Python")).to_be_visible()


def test_coarser_finer_and_looking_inside(notebook: Notebook, opening: str) -> None:
    root = show(notebook, opening)
    root.get_by_test_id("nbc-coarser").click()
    expect(root.get_by_test_id("nbc-cluster")).to_have_count(2)
    notebook.wait_for("len(browser.table)", 2)
    root.get_by_test_id("nbc-finer").click()
    expect(root.get_by_test_id("nbc-cluster")).to_have_count(5)
    name = notebook.value("browser.table.loc[0, 'name']")
    card(root, name).get_by_test_id("nbc-open").click()
    expect(root.get_by_test_id("nbc-inside")).to_have_text(name)
    expect(root.get_by_test_id("nbc-cluster")).to_have_count(4)
    assert notebook.value("len(browser.table)") == 5
    root.get_by_test_id("nbc-split-parts").click()
    expect(root.get_by_test_id("nbc-cluster")).to_have_count(8)
    notebook.wait_for("len(browser.table)", 8)


def test_parts_of_an_opened_cluster_are_kept_without_splitting_it(notebook: Notebook, opening: str) -> None:
    root = show(notebook, opening)
    before = names(notebook)
    name = notebook.value("browser.table.loc[0, 'name']")
    members = notebook.value(f"set(browser.members({name!r}))")
    card(root, name).get_by_test_id("nbc-open").click()
    part, other = (card(root, f"{name} · {number}") for number in (1, 2))
    size = int(part.locator(".card-facts span").first.inner_text().split()[0])
    part.get_by_test_id("nbc-keep-cluster").click()
    notebook.wait_for("len(ds.selection)", size)
    assert notebook.value("set(ds.selection.ids)") < members
    expect(part.get_by_test_id("nbc-cluster-kept")).to_contain_text(f"{size} kept")
    expect(other.get_by_test_id("nbc-cluster-kept")).to_have_count(0)
    root.page.keyboard.press("k")
    notebook.wait_for("ds.selection.ids", [])

    typical = [part_.locator("[data-id]").first.get_attribute("data-id") for part_ in (part, other)]
    other.get_by_test_id("nbc-tick").check()
    root.page.keyboard.press("1")
    notebook.wait_for("ds.selection.ids", typical[1:])
    other.get_by_test_id("nbc-tick").uncheck()
    root.get_by_test_id("nbc-one-each").click()
    notebook.wait_for("len(ds.selection)", 4)
    assert set(typical) < set(notebook.value("ds.selection.ids")) < members
    assert names(notebook) == before


def test_a_cluster_is_kept_whole_and_one_of_each(notebook: Notebook, opening: str) -> None:
    root = show(notebook, opening)
    name, size = notebook.value("browser.table[['name', 'size']].values.tolist()[0]")
    card(root, name).get_by_test_id("nbc-keep-cluster").click()
    notebook.wait_for("sorted(ds.selection.ids)", notebook.value(f"sorted(browser.members({name!r}))"))
    expect(card(root, name).get_by_test_id("nbc-cluster-kept")).to_contain_text(f"{size} kept")
    card(root, name).get_by_test_id("nbc-keep-cluster").click()
    notebook.wait_for("ds.selection.ids", [])
    root.get_by_test_id("nbc-one-each").click()
    notebook.wait_for(
        "sorted(ds.selection.ids)", notebook.value("sorted(browser.members(name)[0] for name in browser.table['name'])")
    )
    notebook.execute("ds.selection.set(browser.members(browser.table.loc[1, 'name']))")
    second = notebook.value("browser.table.loc[1, 'name']")
    expect(card(root, second).get_by_test_id("nbc-cluster-kept")).to_contain_text("kept")
