"""What a person does with the similarity grid, in a real JupyterLab on a real kernel."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .jupyterlab import Notebook


def test_three_clicked_images_are_those_ids_in_the_next_cell(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "grid = nbc.SimilarityGrid(ds)\ngrid")
    grid = notebook.grid().wait()
    picked = [grid.ids()[i] for i in (1, 4, 7)]
    grid.tile(picked[0]).click()
    grid.tile(picked[1]).click(modifiers=["ControlOrMeta"])
    grid.tile(picked[2]).click(modifiers=["ControlOrMeta"])
    grid.expect_count(3)
    notebook.wait_for("ds.selection.ids", picked)
    assert notebook.value("grid.selected") == picked
    assert notebook.value("len(ds.selection)") == 3


def test_shift_takes_the_range_and_escape_gives_it_back(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "nbc.SimilarityGrid(ds)")
    grid = notebook.grid().wait()
    ids = grid.ids()
    grid.tile(ids[1]).click()
    grid.tile(ids[5]).click(modifiers=["Shift"])
    notebook.wait_for("sorted(ds.selection.ids)", sorted(ids[1:6]))
    grid.page.keyboard.press("Escape")
    notebook.wait_for("ds.selection.ids", [])
    grid.page.keyboard.press("ControlOrMeta+z")
    notebook.wait_for("len(ds.selection)", 5)
    grid.test_id("redo").click()
    notebook.wait_for("len(ds.selection)", 0)


def test_ids_set_in_python_are_marked_at_once(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "nbc.SimilarityGrid(ds)")
    grid = notebook.grid().wait()
    wanted = [grid.ids()[i] for i in (0, 3)]
    notebook.execute(f"ds.selection.set({wanted!r})")
    grid.expect_count(2)
    assert sorted(grid.selected()) == sorted(wanted)
    notebook.execute("ds.selection.clear()")
    grid.expect_count(0)
    assert grid.selected() == []


def test_observers_in_python_hear_a_click(notebook: Notebook, opening: str) -> None:
    notebook.run(
        opening, "heard = []\nds.selection.observe(lambda change: heard.append(change.new))", "nbc.SimilarityGrid(ds)"
    )
    grid = notebook.grid().wait()
    first = grid.ids()[0]
    grid.tile(first).click()
    notebook.wait_for("heard", [[first]])


def test_growing_a_selection_from_neighbours(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "nbc.SimilarityGrid(ds)")
    grid = notebook.grid().wait()
    start = grid.ids()[2]
    grid.tile(start).click()
    grid.page.keyboard.press("Shift+N")
    expected = notebook.value(f"ds.search({start!r}, k=20).ids")
    expect(grid.tile(expected[0])).to_be_visible()
    assert grid.ids()[: len(expected[:5])] == expected[:5]
    similarity = notebook.value(f"[round(float(s), 2) for s in ds.search({start!r}, k=2).similarity]")
    expect(grid.tile(expected[0])).to_contain_text(f"{similarity[0]:.2f}")

    grid.tile(expected[1]).click()
    notebook.wait_for("ds.selection.ids", [start, expected[1]])

    further = notebook.value("ds.expand(k=20).ids")
    grid.test_id("expand").click()
    notebook.wait_for("len(ds.selection)", 22)
    assert notebook.value("ds.selection.ids[2:]") == further
    grid.expect_count(22)


def test_back_and_forth_through_the_queries(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "grid = nbc.SimilarityGrid(ds)\ngrid")
    grid = notebook.grid().wait()
    first = grid.ids()[0]
    grid.tile(first).click()
    grid.page.keyboard.press("Shift+N")
    near = notebook.value(f"ds.search({first!r}, k=20).ids")
    expect(grid.tile(near[0])).to_be_visible()
    notebook.execute(f"grid.show_similar([{near[3]!r}])")
    nearer = notebook.value(f"ds.search({near[3]!r}, k=20).ids")
    expect(grid.tile(nearer[0])).to_be_visible()
    grid.test_id("back").click()
    expect(grid.tile(near[0])).to_be_visible()
    assert grid.ids()[:4] == near[:4]
    grid.test_id("forward").click()
    expect(grid.tile(nearer[0])).to_be_visible()
    assert grid.ids()[:4] == nearer[:4]
    notebook.execute("grid.show_all()")
    expect(grid.tile(first)).to_be_visible()


def test_two_grids_agree_without_the_kernel(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "nbc.SimilarityGrid(ds, height=300)", "nbc.SimilarityGrid(ds, height=300)")
    one, other = notebook.grid(0).wait(), notebook.grid(1).wait()
    notebook.page.evaluate(
        "() => { window.busy = window.panel.sessionContext.session.kernel.requestExecute({code: 'import time; t = time.time()\\n"
        "while time.time() - t < 4: pass'}).done; }"
    )
    picked = one.ids()[1]
    one.tile(picked).click()
    expect(other.tile(picked)).to_have_attribute("aria-selected", "true")
    other.expect_count(1)
    notebook.page.evaluate("() => window.busy.then(() => true)")
    notebook.wait_for("ds.selection.ids", [picked])


def test_a_rejected_item_is_kept_no_more(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "nbc.SimilarityGrid(ds)")
    grid = notebook.grid().wait()
    a, b = grid.ids()[:2]
    grid.tile(a).click()
    grid.page.keyboard.press("x")
    notebook.wait_for("(ds.selection.ids, ds.selection.rejected)", ([], [a]))
    notebook.execute(f"ds.selection.add([{b!r}])")
    grid.expect_count(1)
    expect(grid.test_id("status")).to_contain_text("1 rejected")


def test_the_selection_survives_the_cell_the_filter_and_scrolling(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "nbc.SimilarityGrid(ds)")
    grid = notebook.grid().wait()
    picked = grid.ids()[:2]
    notebook.execute(f"ds.selection.set({picked!r})")
    grid.expect_count(2)
    grid.test_id("scroller").evaluate("s => s.scrollTo(0, s.scrollHeight)")
    last = notebook.value("ds.ids[-1]")
    expect(grid.tile(last)).to_be_visible()
    grid.expect_count(2)
    notebook.run(opening, "nbc.SimilarityGrid(ds)")
    again = notebook.grid().wait()
    again.expect_count(2)
    assert sorted(again.selected()) == sorted(picked)


def test_every_item_can_be_scrolled_to(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "nbc.SimilarityGrid(ds, height=400, thumbnail_size=96)")
    grid = notebook.grid().wait()
    seen: set[str] = set()
    scroller = grid.test_id("scroller")
    ids = notebook.value("ds.ids")
    height = scroller.evaluate("s => s.scrollHeight")
    for top in range(0, height, 200):
        scroller.evaluate(
            """(s, top) => { s.scrollTo(0, top);
               return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))); }""",
            top,
        )
        grid.page.wait_for_function(
            "g => [...g.shadowRoot.querySelectorAll('[data-testid=nbc-tile]')].filter(t => t.checkVisibility()).every(t => t.dataset.id)",
            arg=grid.root.element_handle(),
        )
        seen |= set(grid.ids())
    assert seen == set(ids)


def test_a_page_reload_restores_what_was_there(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "grid = nbc.SimilarityGrid(ds)\ngrid")
    grid = notebook.grid().wait()
    picked = grid.ids()[:3]
    notebook.execute(f"ds.selection.set({picked!r})")
    grid.expect_count(3)
    notebook.reload()
    again = notebook.grid().wait()
    again.expect_count(3)
    extra = next(i for i in again.ids() if i not in picked)
    again.tile(extra).click(modifiers=["ControlOrMeta"])
    notebook.wait_for("ds.selection.ids", [*picked, extra])


def test_a_restarted_kernel_shows_a_banner(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "nbc.SimilarityGrid(ds)")
    grid = notebook.grid().wait()
    expect(grid.test_id("banner")).to_have_count(0)
    notebook.restart_kernel()
    expect(grid.test_id("banner")).to_be_visible()
    expect(grid.test_id("banner")).to_contain_text("again")
    notebook.run(opening, "nbc.SimilarityGrid(ds)")
    notebook.grid().wait()
    expect(notebook.grid().test_id("banner")).to_have_count(0)


@pytest.mark.parametrize(
    "keys", [["x"], ["b"], ["d", "d"], ["ArrowDown"], ["ArrowUp"], ["Enter"], ["Shift+Enter"], ["a"], ["m"], ["k"], ["n"], ["z"],
             ["Delete"], ["Space"], ["Escape"], ["ControlOrMeta+a"], ["?"], ["Escape", "x", "b", "d", "d"]], ids="-".join,
)  # fmt: skip
def test_no_key_reaches_the_notebook(notebook: Notebook, opening: str, keys: list[str]) -> None:
    notebook.run(opening, "nbc.SimilarityGrid(ds)", "'below'")
    grid = notebook.grid().wait()
    grid.tile(grid.ids()[0]).click()
    before = notebook.page.evaluate("() => window.panel.content.activeCellIndex")
    for key in keys:
        notebook.page.keyboard.press(key)
    notebook.value("1")
    assert notebook.cell_count() == 3
    assert notebook.page.evaluate("() => window.panel.content.activeCellIndex") == before
    assert notebook.page.evaluate("() => window.panel.content.mode") == "command"
    expect(grid.root).to_be_visible()


def test_the_saved_notebook_stays_small(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "1")
    before = notebook.save()
    notebook.run(opening, "nbc.SimilarityGrid(ds)")
    notebook.grid().wait()
    assert notebook.save() - before < 100_000


def test_large_preview(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "nbc.SimilarityGrid(ds)")
    grid = notebook.grid().wait()
    first, second = grid.ids()[:2]
    grid.tile(first).click()
    grid.page.keyboard.press("Space")
    preview = grid.test_id("preview")
    expect(preview).to_contain_text(first.split("/")[-1])
    expect(preview.locator("img")).to_be_visible()
    grid.page.keyboard.press("ArrowRight")
    expect(preview).to_contain_text(second.split("/")[-1])
    grid.page.keyboard.press("Escape")
    expect(preview).to_have_count(0)
    grid.expect_count(1)


def test_without_embeddings_the_grid_says_what_to_run(notebook: Notebook, embedded: Path, tmp_path: Path) -> None:
    code = f"import nbcurate as nbc\nds = nbc.Dataset.from_folder({str(embedded.with_name('photos'))!r}, store={str(tmp_path / 's.nbc')!r})"
    notebook.run(code, "nbc.SimilarityGrid(ds)")
    grid = notebook.grid().wait()
    grid.tile(grid.ids()[0]).click()
    grid.page.keyboard.press("Shift+N")
    expect(grid.root).to_contain_text("ds.embed(")


def test_hostile_names_are_text(notebook: Notebook, embedded: Path, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=window.hacked=1>"
    folder = tmp_path / "hostile" / hostile
    folder.mkdir(parents=True)
    source = next(embedded.with_name("photos").rglob("*.png"))
    for name in (
        "<script>window.hacked=1</script>.png".replace("/", "_"),
        'a"onmouseover="window.hacked=1.png',
        "new\nline.png",
    ):
        shutil.copy(source, folder / name)
    notebook.run(
        f"import nbcurate as nbc\nds = nbc.Dataset.from_folder({str(folder.parent)!r}, store={str(tmp_path / 'h.nbc')!r})",
        "nbc.SimilarityGrid(ds)",
    )
    grid = notebook.grid().wait()
    tile = grid.root.get_by_test_id("nbc-tile").first
    tile.hover()
    tile.click()
    grid.page.keyboard.press("Space")
    expect(grid.test_id("preview")).to_contain_text(hostile)
    notebook.wait_for("len(ds.selection)", 1)
    assert notebook.page.evaluate("() => window.hacked") is None


def test_sorted_and_grouped_by_any_column(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "grid = nbc.SimilarityGrid(ds, sort_by='bytes', descending=True)\ngrid")
    grid = notebook.grid().wait()
    by_size = notebook.value("ds.to_pandas().sort_values('bytes', ascending=False, kind='stable').id.tolist()")
    assert grid.ids()[:6] == by_size[:6]

    grid.test_id("arrange").click()
    grid.test_id("group").select_option("label")
    notebook.wait_for("grid.group_by", "label")
    animals = [i for i in by_size if i.startswith("animals/")]
    expect(grid.group("animals")).to_be_visible()
    assert grid.ids()[:6] == animals[:6]

    grid.group("animals").get_by_test_id("nbc-group-keep").click()
    notebook.wait_for("sorted(ds.selection.ids)", sorted(animals))
    grid.group("animals").get_by_test_id("nbc-group-toggle").click()
    expect(grid.group("food")).to_be_visible()
    assert {i.split("/")[0] for i in grid.ids()} <= {"food", "vehicles"}

    notebook.execute("grid.group_by = ''\ngrid.sort_by = ''\ngrid.caption = 'width'")
    first = notebook.value("ds.ids[0]")
    width = notebook.value("ds.column('width')[0].as_py()")
    expect(grid.tile(first)).to_contain_text(f"{width:,}")


def test_filtered_by_a_property_and_by_what_python_knows(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "nbc.SimilarityGrid(ds, columns={'third': [i % 3 == 0 for i in range(len(ds))]})")
    grid = notebook.grid().wait()
    grid.test_id("filter-menu").click()
    grid.test_id("filter-column").select_option("third")
    grid.root.locator("input[data-value=true]").check()
    ids = notebook.value("ds.ids[::3]")
    expect(grid.test_id("status")).to_contain_text(f"{len(ids)} of")
    assert grid.ids()[:5] == ids[:5]
    grid.test_id("chip").click()
    expect(grid.test_id("status")).to_contain_text(f"{notebook.value('len(ds)')} of")


def test_the_preview_zooms_and_shows_neighbours(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "nbc.SimilarityGrid(ds)")
    grid = notebook.grid().wait()
    first = grid.ids()[0]
    grid.tile(first).click()
    grid.page.keyboard.press("Space")
    nearest = notebook.value(f"ds.search({first!r}, k=1).ids[0]")
    strip = grid.test_id("preview-neighbours")
    expect(strip.locator("button").first).to_have_attribute("title", nearest)
    grid.page.keyboard.press("+")
    picture = grid.test_id("preview").locator(".stage img")
    expect(picture).to_have_attribute("style", "transform: translate(0px, 0px) scale(1.5);")
    strip.locator("button").first.click()
    expect(grid.test_id("preview")).to_contain_text(nearest.split("/")[-1])


def test_a_filter_survives_the_reload_of_the_page(notebook: Notebook, opening: str) -> None:
    notebook.run(opening, "nbc.SimilarityGrid(ds)")
    grid = notebook.grid().wait()
    grid.test_id("filter-menu").click()
    grid.test_id("filter-column").select_option("label")
    grid.root.locator("input[data-value=food]").check()
    food = notebook.value("ds.where(\"label = 'food'\").ids")
    expect(grid.test_id("status")).to_contain_text(f"{len(food)} of")
    notebook.reload()
    grid = notebook.grid().wait()
    expect(grid.test_id("status")).to_contain_text(f"{len(food)} of")
    assert grid.ids()[:5] == food[:5]
