"""Clusters, reviews, slices and tags over the wire: what a person does in a view is kept, and undone in one order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import nbcurate as nbc
from nbcurate.findings.finding import Finding
from nbcurate.widgets.session import Session

from .test_wire import Browser, request


@pytest.fixture
def browser(dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    session = Session.of(dataset)
    yield Browser(session, monkeypatch)
    session.close()


def wrong_labels(dataset: nbc.Dataset) -> Finding:
    """A finding that suggests a label for three items."""
    rows = np.array([0, 9, 17])
    return Finding(
        dataset, "label issues", dataset.keys[rows], np.float32([0.9, 0.8, 0.7]), [f"reason {row}" for row in rows],
        recipe={"function": "label_issues", "parameters": {}}, score_meaning="doubt",
        columns={"suggested_label": ["food", None, "animals"]},
    )  # fmt: skip


def cluster_column(dataset: nbc.Dataset) -> set[str | None]:
    return set(dataset.column("cluster").to_pylist())


def test_clusters_are_cards_with_their_most_typical_items(browser: Browser, dataset: nbc.Dataset) -> None:
    found = dataset.clusters(3, "kmeans")
    view = nbc.ClusterBrowser(dataset, found)
    (answer,), pictures = browser.ask("clusters", {"view": view.view, "inside": None, "parts": 4})
    assert [card["name"] for card in answer["cards"]] == found.table["name"].tolist()
    assert [card["size"] for card in answer["cards"]] == found.table["size"].tolist()
    first = [int(np.frombuffer(keys, "<u4")[0]) for keys in pictures]
    assert dataset.store.items.ids_of_keys(np.array(first, np.uint64)) == found.table["representative"].tolist()
    assert dataset.column("cluster").to_pylist() == found.names


def test_what_is_arranged_is_the_column_and_can_be_undone(browser: Browser, dataset: nbc.Dataset) -> None:
    view = nbc.ClusterBrowser(dataset, dataset.clusters(3, "kmeans"))
    a, b, c = view.table["name"]
    arrange = {"view": view.view, "names": [a], "name": None, "number": 2}
    browser.ask("arrange", {**arrange, "op": "rename", "name": "the first"})
    assert cluster_column(dataset) == {"the first", b, c}
    browser.ask("arrange", {**arrange, "op": "merge", "names": ["the first", b]})
    assert cluster_column(dataset) == {"the first", c}
    browser.ask("arrange", {**arrange, "op": "split", "names": ["the first"]})
    assert cluster_column(dataset) == {"the first", "the first 2", c}
    dataset.selection.set(dataset.ids[:2])
    for expected in ({"the first", "the first 2", c}, {"the first", c}, {"the first", b, c}, {a, b, c}):
        (answer,), _ = browser.ask("undo")
        assert answer["changed"]
        assert cluster_column(dataset) == expected
    assert dataset.selection.ids == []
    browser.ask("redo")
    assert cluster_column(dataset) == {"the first", b, c}
    assert nbc.ClusterBrowser(dataset).table["name"].tolist() == view.table["name"].tolist(), "as it was left"


def test_levels_are_the_tree_cut_and_the_start_comes_back(browser: Browser, dataset: nbc.Dataset) -> None:
    found = dataset.clusters(4, "hierarchical")
    view = nbc.ClusterBrowser(dataset, found)
    (answer,), _ = browser.ask("clusters", {"view": view.view, "inside": None, "parts": 4})
    assert answer["level"] == 4
    assert answer["levels"][0] == 2
    assert answer["levels"][-1] == found.tree.n_leaves
    for level in answer["levels"]:
        view.set_level(level)
        assert len(view.table) == level
        assert view.table["name"].is_unique
    view.set_level(4)
    assert dataset.column("cluster").to_pylist() == found.names


def test_looking_into_a_cluster_changes_nothing(browser: Browser, dataset: nbc.Dataset) -> None:
    view = nbc.ClusterBrowser(dataset, dataset.clusters(2, "kmeans"))
    name, size = view.table.loc[0, ["name", "size"]]
    before = dataset.column("cluster")
    (answer,), keys = browser.ask("clusters", {"view": view.view, "inside": name, "parts": 3})
    parts = [np.frombuffer(buffer, "<u4") for buffer in keys[len(answer["cards"]) :]]
    assert [len(part) for part in parts] == [card["size"] for card in answer["cards"]]
    assert sorted(dataset.store.items.ids_of_keys(np.concatenate(parts))) == sorted(view.members(name))
    assert sum(card["size"] for card in answer["cards"]) == size
    assert dataset.column("cluster") == before
    view.split(name, 3)
    sizes = view.table.set_index("name")["size"]
    assert sorted(sizes[sizes.index.str.startswith(name)]) == sorted(card["size"] for card in answer["cards"])


def test_what_cannot_be_arranged_is_refused_with_a_reason(browser: Browser, dataset: nbc.Dataset) -> None:
    view = nbc.ClusterBrowser(dataset, dataset.clusters(2, "kmeans"))
    first, second = view.table["name"]
    good = {"view": view.view, "op": "merge", "names": [first, second], "name": None, "number": 2}
    for bad in (
        {"view": 99}, {"names": []}, {"names": ["no such"]}, {"op": "rename", "names": [first], "name": second},
        {"op": "rename", "names": [first], "name": None}, {"op": "split"}, {"op": "level", "number": 0}, {"op": "x"},
    ):  # fmt: skip
        assert browser.refused(request("arrange", {**good, **bad})) == "bad-request"
    assert cluster_column(dataset) == {first, second}


def test_decisions_go_to_a_column_the_selection_and_the_labels(browser: Browser, dataset: nbc.Dataset) -> None:
    panel = nbc.FindingsPanel(dataset, wrong_labels(dataset))
    a, b, c = panel.reviews["label issues"].finding.ids
    keys = panel.reviews["label issues"].finding.keys
    here = {"view": panel.view, "finding": "label issues", "label": None}
    given = dict(zip(dataset.ids, dataset.labels, strict=True))

    browser.ask("decide", {**here, "decision": "relabel"}, keys[:1])
    browser.ask("decide", {**here, "decision": "reject"}, keys[1:2])
    (answer,), _ = browser.ask("decide", {**here, "decision": "keep"}, keys[2:])
    assert answer["decided"] == 3
    column = dict(zip(dataset.ids, dataset.column("review_label_issues").to_pylist(), strict=True))
    assert (column[a], column[b], column[c]) == ("relabelled", "rejected", "kept")
    assert sum(word is not None for word in column.values()) == 3
    assert dict(zip(dataset.ids, dataset.labels, strict=True)) == {**given, a: "food"}
    assert (dataset.selection.ids, dataset.selection.rejected) == ([c], [b])

    for _ in range(3):
        browser.ask("undo")
    assert dict(zip(dataset.ids, dataset.labels, strict=True)) == given
    assert len(dataset.selection) == 0
    assert set(dataset.column("review_label_issues").to_pylist()) == {None}
    browser.ask("redo")
    assert panel.reviews["label issues"].decided == 1
    again = nbc.FindingsPanel(dataset, wrong_labels(dataset))
    assert again.reviews["label issues"].decided == 1, "an interrupted review goes on"


def test_relabelling_without_a_suggestion_asks_for_one(browser: Browser, dataset: nbc.Dataset) -> None:
    panel = nbc.FindingsPanel(dataset, wrong_labels(dataset))
    keys = panel.reviews["label issues"].finding.keys.astype("<u4").tobytes()
    here = {"view": panel.view, "finding": "label issues", "decision": "relabel"}
    assert browser.refused(request("decide", {**here, "label": None}), [keys]) == "bad-request"
    foreign = dataset.keys[1:2].astype("<u4").tobytes()
    assert browser.refused(request("decide", {**here, "label": "food"}), [foreign]) == "unknown-keys"
    assert panel.reviews["label issues"].decided == 0
    browser.ask("decide", {**here, "label": "mixed"}, panel.reviews["label issues"].finding.keys)
    assert dataset.labels.count("mixed") == 3


def test_lists_in_a_column_of_the_users_are_reviewed_there(browser: Browser, dataset: nbc.Dataset) -> None:
    a, b = dataset.ids[:2]
    labels = dataset.labels
    dataset.relabel(
        {item: ["red", "round"] if at % 2 else ["blue"] for at, item in enumerate(dataset.ids)}, column="look"
    )
    dataset.relabel({a: [], b: ["red", "round", "blue"]}, column="look")
    issues = dataset.label_issues(label="look")
    panel = nbc.FindingsPanel(dataset, {"looks": issues, "labels": wrong_labels(dataset)})
    (answer,), _ = browser.ask("findings", {"view": panel.view})
    looks, given = answer["findings"]
    assert (looks["label_column"], looks["several"]) == ("look", True)
    assert (given["label_column"], given["several"]) == ("label", False)
    assert answer["labels"] == {"label": sorted(set(labels)), "look": ["blue", "red", "round"]}
    here = {"view": panel.view, "finding": "looks"}
    (page,), _ = browser.ask("reasons", {**here, "start": 0, "count": 1})
    first = panel.reviews["looks"].finding.ids[0]
    shown = dict(zip(dataset.ids, dataset.column("look").to_pylist(), strict=True))[first]
    assert page["items"][0]["given"] == shown
    assert isinstance(page["items"][0]["suggested"], list)

    key = panel.reviews["looks"].finding.keys[:1]
    browser.ask("decide", {**here, "decision": "relabel", "label": ["red", "new"]}, key)
    assert dataset.where([first]).column("look").to_pylist() == [["red", "new"]]
    browser.ask("decide", {**here, "decision": "relabel", "label": None}, key)
    assert dataset.where([first]).column("look").to_pylist() == [page["items"][0]["suggested"]]
    browser.ask("undo")
    browser.ask("undo")
    assert dataset.where([first]).column("look").to_pylist() == [shown]
    assert dataset.labels == labels
    wrong = request("decide", {**here, "decision": "relabel", "label": [["red"]]})
    assert browser.refused(wrong, [key.astype("<u4").tobytes()]) == "bad-request"


def test_what_cannot_be_relabelled_is_not_decided(browser: Browser, dataset: nbc.Dataset) -> None:
    dataset.add_column("year", [1990 + at % 2 for at in range(len(dataset))])
    issues = dataset.label_issues(label="year")
    panel = nbc.FindingsPanel(dataset, issues)
    keys = panel.reviews["label_issues"].finding.keys[:1].astype("<u4").tobytes()
    decision = {"view": panel.view, "finding": "label_issues", "decision": "relabel", "label": "1991"}
    assert browser.refused(request("decide", decision), [keys]) == "bad-request"
    assert panel.reviews["label_issues"].decided == 0
    (answer,), _ = browser.ask("undo")
    assert not answer["changed"]


def test_reasons_come_a_page_at_a_time(browser: Browser, dataset: nbc.Dataset) -> None:
    asked: list[int] = []

    def reasons(at: np.ndarray) -> list[str]:
        asked.extend(at.tolist())
        return [f"reason {place}" for place in at]

    finding = Finding(
        dataset, "odd", dataset.keys, np.linspace(1, 0, 24), reasons, recipe={}, score_meaning="oddness"
    )  # fmt: skip
    panel = nbc.FindingsPanel(dataset, {"mine": finding})
    (page,), _ = browser.ask("reasons", {"view": panel.view, "finding": "mine", "start": 20, "count": 10})
    assert [item["reason"] for item in page["items"]] == [f"reason {place}" for place in range(20, 24)]
    assert asked == [20, 21, 22, 23]
    (summary,), _ = browser.ask("findings", {"view": panel.view})
    assert [(f["name"], f["count"], f["decided"]) for f in summary["findings"]] == [("mine", 24, 0)]
    parts, buffers = browser.ask("finding", {"view": panel.view, "finding": "mine", "names": ["key", "score"]})
    sent = {part["column"]: buffer for part, buffer in zip(parts, buffers, strict=True)}
    assert np.array_equal(np.frombuffer(sent["key"], "<u4"), dataset.keys)
    assert np.allclose(np.frombuffer(sent["score"], "<f4"), finding.scores)


def test_copies_name_the_one_that_stays(browser: Browser, dataset: nbc.Dataset) -> None:
    copies = dataset.duplicates()
    assert len(copies)
    panel = nbc.FindingsPanel(dataset, copies)
    parts, buffers = browser.ask("finding", {"view": panel.view, "finding": "duplicates", "names": ["partner"]})
    sent = {part["column"]: buffer for part, buffer in zip(parts, buffers, strict=True)}
    partners = np.frombuffer(sent["partner"], "<f8").astype(np.uint64)
    assert dataset.store.items.ids_of_keys(partners) == copies.to_pandas()["representative"].tolist()


def test_slices_are_saved_loaded_and_combined(browser: Browser, dataset: nbc.Dataset) -> None:
    ids = dataset.ids
    dataset.selection.set(ids[:4])
    browser.ask("slice", {"op": "save", "name": "first"})
    dataset.selection.set(ids[2:6])
    (answer,), _ = browser.ask("slices")
    assert [(s["name"], s["kept"], s["shared"]) for s in answer["slices"]] == [("first", 4, 2)]
    for op, expected in (("intersect", ids[2:4]), ("subtract", ids[4:6]), ("unite", [*ids[2:6], *ids[:2]])):
        browser.ask("slice", {"op": op, "name": "first"})
        assert dataset.selection.ids == expected
        browser.ask("undo")
    browser.ask("slice", {"op": "load", "name": "first"})
    assert dataset.selection.ids == ids[:4]
    browser.ask("slice", {"op": "drop", "name": "first"})
    assert not dataset.slices
    assert browser.refused(request("slice", {"op": "load", "name": "first"})) == "bad-request"


def test_what_is_kept_is_tagged_and_untagged_again(browser: Browser, dataset: nbc.Dataset) -> None:
    assert browser.refused(request("tag", {"op": "add", "tag": "night"})) == "bad-request"
    dataset.selection.set(dataset.ids[:3])
    (answer,), _ = browser.ask("tag", {"op": "add", "tag": "night"})
    assert answer["tags"] == dataset.tags == {"night": 3}
    browser.ask("undo")
    assert dataset.tags == {}
    assert len(dataset.selection) == 3
    browser.ask("redo")
    browser.ask("tag", {"op": "remove", "tag": "night"})
    assert dataset.tags == {}


def test_python_and_the_browser_undo_in_one_order(browser: Browser, dataset: nbc.Dataset) -> None:
    view = nbc.ClusterBrowser(dataset, dataset.clusters(2, "kmeans"))
    name = view.table.loc[0, "name"]
    dataset.selection.set(dataset.ids[:1])
    view.rename(name, "renamed")
    dataset.selection.set(dataset.ids[:2])
    dataset.selection.undo()
    assert view.undo()
    assert name in cluster_column(dataset)
    assert len(dataset.selection) == 1
    assert view.undo()
    assert len(dataset.selection) == 0
    assert not view.undo()


def test_a_data_set_that_can_only_be_read_is_reviewed_for_the_session(
    dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset.close()
    reader = nbc.Dataset.open(dataset.store.path, read_only=True)
    session = Session.of(reader)
    browser = Browser(session, monkeypatch)
    panel = nbc.FindingsPanel(reader, wrong_labels(reader))
    here = {"view": panel.view, "finding": "label issues", "label": None}
    for key, decision in zip(panel.reviews["label issues"].finding.keys, ("keep", "reject"), strict=False):
        browser.ask("decide", {**here, "decision": decision}, [key])
    (names, *_), (_, codes) = browser.ask("columns", {"view": panel.view, "names": ["review_label_issues"]})
    assert names["categories"] == ["kept", "rejected"]
    assert sorted(np.frombuffer(codes, "<i4").tolist())[-2:] == [0, 1]
    assert "review_label_issues" not in reader.column_names
    session.close()
