"""What the kernel answers when a page asks for the view of a result: the right one, or why there is none."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest

import nbcurate as nbc
from nbcurate.display.opening import open_here, open_with
from nbcurate.widgets.opened_as import can_be_opened, view_of
from nbcurate.widgets.opener import Opener


@pytest.mark.parametrize(
    ("make", "view"),
    [
        (lambda ds: ds, nbc.SimilarityGrid),
        (lambda ds: ds.search(ds.ids[0], k=3), nbc.SimilarityGrid),
        (lambda ds: ds.diverse(3), nbc.SimilarityGrid),
        (lambda ds: ds.duplicates(pixels=False), nbc.FindingsPanel),
        (lambda ds: ds.rare(3) | ds.common(3), nbc.FindingsPanel),
        (lambda ds: ds.clusters(3, "kmeans"), nbc.ClusterBrowser),
        (lambda ds: ds.report(ds.ids[:4]), nbc.ReportView),
        (lambda ds: ds.save_slice("some", ds.ids[:4]), nbc.SimilarityGrid),
    ],
)
def test_each_result_opens_as_its_view(dataset: nbc.Dataset, make: Callable[[Any], Any], view: type) -> None:
    result = make(dataset)
    assert can_be_opened(result)
    assert isinstance(view_of(result), view)


def test_a_search_opens_in_its_order(dataset: nbc.Dataset) -> None:
    found = dataset.search(dataset.ids[0], k=5)
    grid = view_of(found)
    assert isinstance(grid, nbc.SimilarityGrid)
    assert set(grid.dataset.ids) == set(found.ids)
    assert (grid.sort_by, grid.descending) == ("similarity to the query", True)


def test_a_page_is_told_why_there_is_no_view(dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    opener, sent = Opener(), []
    monkeypatch.setattr(opener, "send", sent.append)
    for at in range(17):  # the last ones are held
        name = opener.take(dataset.search(dataset.ids[at], k=2))
    gone = f"{opener.prefix}0"
    gc.collect()
    for asked in (name, gone, "another kernel's", 7, None):
        opener._receive(None, {"type": "open", "click": "a", "name": asked}, [])
    for odd in ("text", {"type": "close", "view": "none"}, {"type": "open"}, {}):
        opener._receive(None, odd, [])
    assert [(answer["click"], answer["type"]) for answer in sent] == [("a", "view"), ("a", "error"), ("a", "error")]
    assert "run the cell again" in sent[1]["message"]
    opener._receive(None, {"type": "close", "view": sent[0]["view"]}, [])
    assert opener._views == {}


def test_outside_of_a_notebook_nothing_can_be_opened(dataset: nbc.Dataset) -> None:
    assert "data-nbc-open" not in dataset._repr_html_()
    open_with(lambda result: "a-1")
    try:
        assert open_here(dataset) == ' <span data-nbc-open="a-1"></span>'
    finally:
        open_with(nbc._name_of)
