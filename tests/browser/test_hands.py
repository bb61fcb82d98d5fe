"""What hands do on the pictures: label, drag, drop, and ask in words; in a real JupyterLab on a real kernel."""

from __future__ import annotations

import base64
import io
import re

from PIL import Image
from playwright.sync_api import expect

from .jupyterlab import Grid, Notebook

#: An encoder that knows words, too: those of colours.
WORDS = """
import numpy as np
from PIL import Image
class ColouredWords:
    name, key, width, image_size, recipe = "coloured words", "c0ffee", 48, 64, {"model": "coloured words"}
    def encode_images(self, images):
        small = [np.asarray(one.convert("RGB").resize((4, 4)), np.float32).ravel() / 255 - .5 for one in images]
        return np.stack(small) / np.linalg.norm(small, axis=1, keepdims=True)
    def encode_texts(self, texts):
        return self.encode_images([Image.new("RGB", (64, 64), colour) for colour in texts])
ds.embed(ColouredWords())
"""
#: Brings a file onto the grid, as a drop or from the clipboard.
BRING = """([root, name, bytes, kinds]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name, {type: 'image/png'}));
  const scroller = root.shadowRoot.querySelector('[data-testid=nbc-scroller]');
  for (const kind of kinds) {
    const told = {bubbles: true, composed: true, cancelable: true};
    scroller.dispatchEvent(kind === 'paste' ? new ClipboardEvent(kind, {clipboardData: data, ...told})
                                            : new DragEvent(kind, {dataTransfer: data, ...told}));
  }
}"""


def bring(grid: Grid, content: bytes, *kinds: str) -> None:
    grid.page.evaluate(BRING, [grid.root.element_handle(), "red.png", base64.b64encode(content).decode(), list(kinds)])


def red() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (2400, 1600), "red").save(buffer, "PNG")
    return buffer.getvalue()


def test_what_is_kept_is_labelled_by_a_key_and_by_dragging_it_onto_a_bar(notebook: Notebook, opening: str) -> None:
    page = notebook.page
    notebook.run(f"{opening}\nw = nbc.SimilarityGrid(ds, height=420)\nw", "b = nbc.ClassBalance(ds, height=300)\nb")
    grid, balance = notebook.grid().wait(), notebook.view("balance")
    first = "ds.labels[:3]"
    notebook.execute("ds.selection.set(ds.ids[:3])")
    grid.expect_count(3)
    grid.test_id("scroller").focus()
    page.keyboard.press("l")
    expect(grid.test_id("label-name")).to_be_focused()
    page.keyboard.type("fo")
    expect(grid.root.get_by_role("option").first).to_have_text("fonew class")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    notebook.wait_for(first, ["food"] * 3)
    expect(grid.test_id("notice")).to_contain_text("3 items labelled food")
    expect(grid.tile(notebook.value("ds.ids[0]"))).to_contain_text("food")
    grid.test_id("notice").get_by_text("Undo").click()
    notebook.wait_for(first, ["animals"] * 3)
    grid.test_id("label-menu").click()
    grid.test_id("label-name").fill("birds")
    page.keyboard.press("Enter")
    notebook.wait_for(first, ["birds"] * 3)

    bar = balance.root.locator(".bar-row[data-value=vehicles]")
    grid.tile(notebook.value("ds.ids[0]")).hover()
    page.mouse.down()
    box = bar.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 90, box["y"] + 15, steps=4)
    page.mouse.move(box["x"] + 92, box["y"] + 15)
    expect(balance.test_id("drop-words")).to_have_text("3 → vehicles")
    page.mouse.up()
    notebook.wait_for(first, ["vehicles"] * 3)
    grid.tile(notebook.value("ds.ids[4]")).drag_to(bar)  # it is not kept, and goes alone
    notebook.wait_for("ds.labels[3:6]", ["animals", "vehicles", "animals"])
    balance.test_id("notice").get_by_text("Undo").click()
    notebook.wait_for("ds.labels[:6]", ["vehicles"] * 3 + ["animals"] * 3)
    assert notebook.value("len(ds.selection)") == 3

    # With alt a drag that begins on a tile draws a rectangle, as ever.
    grid.tile(notebook.value("ds.ids[3]")).hover()
    from_, to = (grid.tile(notebook.value(f"ds.ids[{at}]")).bounding_box() for at in (3, 4))
    assert from_ is not None
    assert to is not None
    page.keyboard.down("Alt")
    page.mouse.move(from_["x"] + 30, from_["y"] + 30)
    page.mouse.down()
    page.mouse.move(to["x"] + 30, to["y"] + 40, steps=4)
    page.mouse.up()
    page.keyboard.up("Alt")
    notebook.wait_for("ds.selection.ids", notebook.value("ds.ids[3:5]"))


def test_words_and_a_picture_are_searched_by_and_are_there_after_a_reload(notebook: Notebook, opening: str) -> None:
    page = notebook.page
    notebook.run(f"{opening}\nw = nbc.SimilarityGrid(ds, height=420)\nw")
    grid = notebook.grid().wait()
    expect(grid.test_id("words")).to_have_count(0)  # the model knows pictures alone
    notebook.execute(WORDS)
    grid.test_id("words").fill("red")
    page.keyboard.press("Enter")
    expect(grid.test_id("query-name")).to_have_text("Most like red")
    expect(grid.tile(notebook.value("ds.search('red', k=1).ids[0]"))).to_be_visible()
    assert grid.ids()[:3] == notebook.value("ds.search('red', k=3).ids")
    page.keyboard.press("Escape")

    bring(grid, red(), "dragover")
    expect(grid.test_id("drop-here")).to_be_visible()
    bring(grid, red(), "drop")
    expect(grid.test_id("query-name")).to_have_text("Similar to your picture")
    expect(grid.test_id("query").get_by_role("img")).to_be_visible()
    found = notebook.value("ds.search(Image.new('RGB', (48, 32), 'red'), k=3).ids")
    expect(grid.tile(found[0])).to_be_visible()
    bring(grid, b"no picture at all", "paste")
    expect(grid.test_id("notice")).to_contain_text("This is no picture that can be read")

    notebook.execute("ds.selection.set(ds.ids[:4])\nm = nbc.EmbeddingMap(ds, method='pca')")
    notebook.put("w", "m")
    page.evaluate("async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    cloud = notebook.view("map")
    cloud.test_id("stage").focus()
    page.keyboard.press("f")
    expect(cloud.test_id("chip")).to_contain_text("kept: 4")
    notebook.wait_for("[set(one) for one in w.session.filters]", [{"name", "title", "set"}])
    notebook.reload()
    grid = notebook.grid().wait()
    expect(grid.test_id("query-name")).to_have_text("Similar to your picture")
    expect(grid.tile(found[0])).to_be_visible()
    grid.test_id("close-query").click()
    expect(grid.test_id("shown")).to_have_text(notebook.value("f'4 of {len(ds)} shown'"))


def test_a_slice_comes_back_and_lists_say_that_they_go_on(notebook: Notebook, opening: str) -> None:
    notebook.run(
        f"{opening}\nds.add_column('kind', [f'kind {{at % 40:02}}' for at in range(len(ds))])\n"
        "w = nbc.Curator(ds, method='pca', by='kind', height=520)\nw"
    )
    root = notebook.page.get_by_test_id("nbc-curator").last
    notebook.execute("ds.selection.set(ds.ids[2:5])\nds.selection.reject(ds.ids[8:9])\nds.save_slice('night')")
    root.get_by_test_id("nbc-slices").click()
    root.get_by_test_id("nbc-slice-drop").click()
    notebook.wait_for("list(ds.slices)", [])
    root.get_by_test_id("nbc-notice").get_by_text("Undo").click()
    notebook.wait_for(
        "[(one.ids, one.rejected) for one in ds.slices.values()]", [tuple(notebook.value("(ds.ids[2:5], ds.ids[8:9])"))]
    )
    root.get_by_test_id("nbc-tab-balance").click()
    bars = root.get_by_test_id("nbc-bars")
    expect(bars).to_have_attribute("data-more", re.compile(r"\d+ more below"))
    bars.evaluate("element => element.scrollTo(0, 1e6)")
    expect(bars).not_to_have_attribute("data-below", "")
    notebook.execute("w.by = 'brightness'")
    root.get_by_test_id("nbc-quotas").click()
    notebook.wait_for("round(sum(w.quotas.values()), 6)", 1)
    shares = "ds.balanced(12, by=w.by, shares=w.quotas).shares"
    notebook.wait_for(f"list({shares}.index) == sorted(w.quotas, key=lambda name: float(name[1:].split(',')[0]))", True)
