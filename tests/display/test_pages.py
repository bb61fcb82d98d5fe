"""Pages of results: small, safe, whole without styles, scripts, kernel or pictures, and with calls that exist."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

import nbcurate as nbc
from nbcurate.display.markup import escaped, name_in_short
from nbcurate.display.numbers import count_in_words, share_in_words, similarity_in_words
from nbcurate.display.page import ROOM

from .conftest import RESULTS, Made

TAGS = {
    "div", "p", "strong", "span", "table", "thead", "tbody", "tr", "th", "td", "img", "br", "code", "small", "details",
    "summary", "ul", "li",
}  # fmt: skip
VOID = {"img", "br"}


class Read(HTMLParser):
    """The tags of a page with their attributes, its text, and whether each tag is closed where it should be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("name", RESULTS)
def test_text_from_the_data_stays_text(pages: dict[str, str], name: str) -> None:
    page = Read(pages[name])
    assert {tag for tag, _ in page.tags} <= TAGS
    assert page.open == []
    attributes = {key for _, of in page.tags for key in of}
    assert attributes <= {"alt", "title", "width", "height", "style", "src", "role", "scope", "data-nbc-page"}
    for tag, of in page.tags:
        if tag == "img":
            assert of["src"] is not None
            assert of["src"].startswith("data:image/")
            assert of["alt"] is not None
            assert {"width", "height"} <= set(of)


def test_a_notebook_of_all_kinds_of_results_stays_under_a_megabyte(
    results: dict[str, Any], pages: dict[str, str], tmp_path: Path
) -> None:
    assert len(pages) >= 20
    assert max(len(page.encode()) for page in pages.values()) <= ROOM
    # The twenty largest of them, as a notebook keeps them.
    largest = sorted(pages, key=lambda name: -len(pages[name]))[:20]
    cells = [
        nbformat.v4.new_code_cell(
            name,
            outputs=[
                nbformat.v4.new_output("execute_result", {"text/plain": repr(results[name]), "text/html": pages[name]})
            ],
        )
        for name in largest
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "twenty.ipynb")
    assert 200_000 < (tmp_path / "twenty.ipynb").stat().st_size < 1_000_000


def test_the_text_stands_beside_the_page(hostile: nbc.Dataset) -> None:
    for made in (hostile, hostile.search(hostile.ids[0], k=3), hostile.rare(3), hostile.report(hostile.ids[:9])):
        bundle = made._repr_mimebundle_()
        assert bundle["text/plain"] == repr(made)
        assert bundle["text/html"] == made._repr_html_()


@pytest.mark.parametrize("name", RESULTS)
def test_what_a_page_suggests_is_there(results: dict[str, Any], pages: dict[str, str], name: str) -> None:
    for call in re.findall(r"<code>(.*?)</code>", pages[name].partition(">Next: ")[2].partition("</p>")[0]):
        head = html.unescape(call)
        for view in re.findall(r"\bnbc\.(\w+)", head):
            assert view in nbc.__all__
        for method in re.findall(r"\bds\.(\w+)", head):
            assert hasattr(nbc.Dataset, method), head
        if (
            own := re.match(r"(found|copies|issues|picks|clusters|split|evaluation|slices|graph)\.(\w+)", head)
        ) is not None:
            assert hasattr(results[name], own[2]), head


def test_only_the_pictures_that_are_shown_are_read(made: dict[str, Made]) -> None:
    assert {name: one.read for name, one in made.items() if one.read > 48} == {}


def test_groups_that_are_not_there_are_not_shown(pages: dict[str, str]) -> None:
    for page in pages.values():
        assert re.search(r"(?<![\d-])-1(?![\d%])", Read(page).text) is None


def test_a_page_without_its_pictures_still_says_all(dataset: nbc.Dataset, folder: Path) -> None:
    found = dataset.rare(4)
    dataset.close()
    for file in folder.rglob("*.png"):
        file.unlink()
    for derived in dataset.store.path.glob("media.lance/**/*"):
        if derived.is_file():
            derived.unlink()
    ds = nbc.Dataset.open(dataset.store.path, read_only=True)
    page = Read(ds._repr_html_() + ds.rare(4)._repr_html_())
    assert "no picture" in page.text
    assert "24 items" in page.text
    assert found.reasons[0] in page.text
    assert not [tag for tag, of in page.tags if tag == "img" and of["alt"]]


def test_numbers_are_never_rounded_up_to_what_they_are_not() -> None:
    assert [similarity_in_words(value) for value in (1.0, 0.9996, 0.996, 0.5, -0.25)] == [
        "1.000", "0.999", "0.996", "0.500", "-0.250",
    ]  # fmt: skip
    assert [share_in_words(value) for value in (1.0, 0.9999, 0.996, 0.71, 0.04, 0.0001, 0.0)] == [
        "100%", "99.9%", "99.6%", "71%", "4.0%", "<0.1%", "0%",
    ]  # fmt: skip
    assert similarity_in_words(float("nan")) == share_in_words(float("nan")) == "–"
    assert (count_in_words(1, "copy", "copies"), count_in_words(1_200, "copy", "copies")) == ("1 copy", "1,200 copies")


def test_what_is_cut_is_no_longer_than_there_is_room_for() -> None:
    for text in ("'" * 500, "ä" * 500, "<" * 500, "\u202e" + "x" * 500):
        for made in (escaped(text, 90), name_in_short(text, 90)):
            assert len(made.encode()) <= 90
            assert "…" in made
    assert name_in_short("folder/" + "x" * 200 + "/last.jpg", 60).endswith("last.jpg")
    assert "\u202e" not in escaped("\u202eabc")


def test_similarities_of_a_search_are_below_their_pictures(dataset: nbc.Dataset) -> None:
    found = dataset.search(dataset.ids[3], k=6)
    page = Read(found._repr_html_())
    assert [similarity_in_words(float(value)) in page.text for value in found.similarity] == [True] * 6
    names = [of["alt"] for tag, of in page.tags if tag == "img"]
    assert names == [dataset.ids[3], *found.ids]
    assert "searched with 1 picture" in page.text
    assert np.all(found.similarity[:-1] >= found.similarity[1:])
