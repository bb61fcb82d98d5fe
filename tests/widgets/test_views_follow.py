"""Views follow the data set: what left it is shown, counted and decided no more; what is new is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.findings.finding import Finding
from nbcurate.store.items import UnknownItemError
from nbcurate.widgets.session import Session

from ..conftest import colour_layout
from .test_wire import Browser, request


@pytest.fixture
def browser(dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    session = Session.of(dataset)
    yield Browser(session, monkeypatch)
    session.close()


def remove(ds: nbc.Dataset, folder: Path) -> None:
    ds.remove(ds.ids[:1] + ds.ids[-3:])


def remove_everything(ds: nbc.Dataset, folder: Path) -> None:
    ds.remove(ds.ids)


def add(ds: nbc.Dataset, folder: Path) -> None:
    Image.effect_noise((40, 40), 90).convert("RGB").save(folder / "food" / "new.png")
    nbc.Dataset.from_folder(folder, store=ds.store.path)


def add_and_embed(ds: nbc.Dataset, folder: Path) -> None:
    add(ds, folder)
    ds.embed(colour_layout)


def change(ds: nbc.Dataset, folder: Path) -> None:
    Image.effect_noise((41, 41), 90).convert("RGB").save(folder / ds.ids[2])
    nbc.Dataset.from_folder(folder, store=ds.store.path)


CHANGES = [remove, remove_everything, add, add_and_embed, change]


def all_views(ds: nbc.Dataset) -> list[Any]:
    rare = ds.rare(n=len(ds) - 2)
    copies = ds.duplicates()
    return [
        nbc.SimilarityGrid(ds, caption="label"),
        nbc.SimilarityGrid(ds, finding=rare),
        nbc.EmbeddingMap(ds, columns={"odd": rare}),
        nbc.ClassBalance(ds),
        nbc.ClusterBrowser(ds, ds.clusters(3, "kmeans")),
        nbc.FindingsPanel(ds, [rare, copies]),
        nbc.ReportView(ds, ds.ids[4:9]),
        nbc.Curator(ds, findings=[rare, copies]),
        nbc.ConfusionMatrix(ds, dict(zip(ds.ids, ds.labels, strict=True))),
    ]


@pytest.mark.parametrize("happens", CHANGES)
def test_every_view_answers_after_items_came_and_went(
    browser: Browser, dataset: nbc.Dataset, folder: Path, happens: Callable[[nbc.Dataset, Path], None]
) -> None:
    views = all_views(dataset)
    happens(dataset, folder)
    there = dataset.keys.tolist()
    for view in views:
        assert view.snapshot(n=6).html
        assert repr(view)
        (hello,), _ = browser.ask("hello")
        names = ["key", *(column["name"] for column in hello["columns"])]
        parts, buffers = browser.ask("columns", {"view": view.items, "names": names[:40]})
        keys = np.frombuffer(buffers[0], "<u4")
        assert set(keys.tolist()) <= set(there)
        assert {part["total"] for part in parts if part.get("array") != "starts"} == {len(keys)}
    browser_view, panel = views[4], views[5]
    for method, params in (
        ("clusters", {"view": browser_view.view, "inside": None, "parts": 2}),
        ("projection", {"view": views[2].view, "method": "pca", "encoder": None, "onto": None}),
    ):
        answers = [content for content, _ in browser.raw(request(method, params))]
        assert answers
        assert all(content.get("code") in (None, "no-embeddings") for content in answers), answers
    table = browser_view.table
    assert table["size"].sum() == (browser_view._arrangement.state.labels >= 0).sum() <= len(there)
    for name in table["name"]:
        assert len(browser_view.members(name)) == table.set_index("name")["size"][name]
    (answer,), _ = browser.ask("findings", {"view": panel.view})
    for finding in answer["findings"]:
        here = {"view": panel.view, "finding": finding["name"]}
        parts, buffers = browser.ask("finding", {**here, "names": ["key", "score", "decision", "partner"]})
        sent = {part["column"]: buffer for part, buffer in zip(parts, buffers, strict=True)}
        found = np.frombuffer(sent["key"], "<u4").tolist()
        assert len(found) == finding["count"]
        assert set(found) <= set(there)
        assert set(np.frombuffer(sent["partner"], "<f8").astype(int)) <= {*there, -1}
        (page,), _ = browser.ask("reasons", {**here, "start": 0, "count": 64})
        assert len(page["items"]) == finding["count"]
        if found:
            browser.ask("thumbnails", {"size": 192}, found)


@pytest.mark.parametrize("happens", [remove, add, change])
def test_clusters_go_on_to_be_arranged(
    browser: Browser, dataset: nbc.Dataset, folder: Path, happens: Callable[[nbc.Dataset, Path], None]
) -> None:
    view = nbc.ClusterBrowser(dataset, dataset.clusters(3, "kmeans"))
    before = dict(zip(dataset.ids, dataset.column("cluster").to_pylist(), strict=True))
    happens(dataset, folder)
    for id_, name in zip(dataset.ids, dataset.column("cluster").to_pylist(), strict=True):
        assert name == before.get(id_), "also of an item whose file has changed"
    first, second = view.table["name"][:2]
    members = set(view.members(first))
    assert members == {id_ for id_ in dataset.ids if before.get(id_) == first}
    view.rename(first, "renamed")
    assert set(view.members("renamed")) == members
    view.merge(["renamed", second])
    view.set_level(2)
    assert view.undo()
    assert view.undo()
    assert view.undo()
    assert dict(zip(dataset.ids, dataset.column("cluster").to_pylist(), strict=True)) == {
        id_: before.get(id_) for id_ in dataset.ids
    }


def test_what_was_removed_comes_back_to_its_cluster(dataset: nbc.Dataset) -> None:
    view = nbc.ClusterBrowser(dataset, dataset.clusters(3, "kmeans"))
    before = view.table
    dataset.remove(view.members(before["name"][0]))
    assert before["name"][0] not in set(view.table["name"])
    dataset.undo_edit()
    assert view.table.equals(before)


def test_what_left_since_it_was_found_is_neither_kept_nor_decided(browser: Browser, dataset: nbc.Dataset) -> None:
    finding = Finding(
        dataset, "odd", dataset.keys[:4], np.ones(4), ["odd"] * 4, recipe={}, score_meaning="oddness"
    )  # fmt: skip
    panel = nbc.FindingsPanel(dataset, finding)
    review, keys = panel.reviews["odd"], finding.keys
    dataset.remove(dataset.ids[:1])
    here = {"view": panel.view, "finding": "odd", "decision": "keep", "label": None}
    assert browser.refused(request("decide", here), [keys.astype("<u4").tobytes()]) == "unknown-keys"
    with pytest.raises(UnknownItemError, match="left the data set"):
        review.decide(keys, "keep")
    assert review.decided == 0
    assert dataset.selection.ids == []
    browser.ask("decide", here, keys[1:])
    assert dataset.selection.ids == dataset.ids[:3]
    (answer,), _ = browser.ask("findings", {"view": panel.view})
    assert (answer["findings"][0]["count"], answer["findings"][0]["decided"]) == (3, 3)
    (page,), _ = browser.ask("reasons", {"view": panel.view, "finding": "odd", "start": 0, "count": 9})
    assert len(page["items"]) == 3


def test_two_views_of_a_finding_agree_on_what_was_decided(browser: Browser, dataset: nbc.Dataset) -> None:
    finding = dataset.rare(n=4)
    panel, curator = nbc.FindingsPanel(dataset, finding), nbc.Curator(dataset, findings=finding)
    here = {"finding": "rare", "label": None}
    browser.ask("decide", {**here, "view": panel.view, "decision": "reject"}, finding.keys[:2])
    browser.ask("decide", {**here, "view": curator.view, "decision": "keep"}, finding.keys[1:3])
    assert panel.reviews["rare"].codes.tolist() == curator.reviews["rare"].codes.tolist() == [2, 1, 1, 0]
    panel.close()
    browser.ask("undo")
    browser.ask("undo")
    assert curator.reviews["rare"].decided == 0


def test_views_of_the_same_clusters_show_the_same(dataset: nbc.Dataset, browser: Browser) -> None:
    one = nbc.ClusterBrowser(dataset, dataset.clusters(k=3))
    part = nbc.ClusterBrowser(dataset.where("width > 0"))
    curator = nbc.Curator(dataset)
    browser.ask("clusters", {"view": curator.view, "inside": None, "parts": 2})
    before = one.table["name"].tolist()
    merge = {"view": curator.view, "op": "merge", "names": before[:2], "name": None, "number": 1}
    browser.ask("arrange", merge)
    assert len(one.table) == len(part.table) == 2
    one.rename(one.table["name"][0], "mine")
    assert "mine" in part.table["name"].tolist()
    for _ in range(2):
        browser.ask("undo")
    assert one.table["name"].tolist() == part.table["name"].tolist() == before
