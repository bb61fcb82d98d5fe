"""Several classes an item, and several columns of labels: what is said of one label an item holds of lists, too."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import nbcurate as nbc

from .several_labels import CLASSES, drawn

N = 400
MISSING, EXTRA = (3, 50, 101), (7, 60, 120)


@pytest.fixture
def scenes(tmp_path: Path) -> nbc.Dataset:
    """400 items of up to six classes each, some without any, and the kind of place as a column of single labels."""
    vectors, held = drawn(N)
    ids = [f"scene{at:03}" for at in range(N)]
    ds = nbc.Dataset.from_embeddings(ids, vectors, store=tmp_path / "scenes.nbc")
    place = ["outside" if "tree" in of_item else "inside" for of_item in held]
    ds.relabel(dict(zip(ids, held, strict=True)))
    return ds.relabel(dict(zip(ids, place, strict=True)), column="place")


def lists(ds: nbc.Dataset) -> list[Any]:
    return list(ds.labels)


def with_class(ds: nbc.Dataset, name: str) -> set[str]:
    return {i for i, label in zip(ds.ids, lists(ds), strict=True) if label and name in label}


# -- labels ---------------------------------------------------------------------------------------------------------


def test_items_are_asked_for_by_one_of_their_classes(scenes: nbc.Dataset) -> None:
    assert set(scenes.where("list_contains(label, 'cat')").ids) == with_class(scenes, "cat")
    both = scenes.where("list_contains(label, 'cat') and not list_contains(label, 'dog')")
    assert set(both.ids) == with_class(scenes, "cat") - with_class(scenes, "dog")
    with pytest.raises(ValueError, match=r"list_contains\(label, 'cat'\)"):
        scenes.where("label = 'cat'")


def test_lists_are_relabelled_with_history(scenes: nbc.Dataset) -> None:
    a, b, c = scenes.ids[:3]
    before = lists(scenes)[:3]
    scenes.relabel([a, b], ["cat", "dog", "cat"]).relabel({c: []}).relabel([a], "tree").relabel([b], None)
    assert lists(scenes)[:3] == [["tree"], None, []]
    assert json.loads(scenes.history["new"].iloc[-1]) is None
    for _ in range(4):
        assert scenes.undo_edit()
    assert lists(scenes)[:3] == before
    frame = scenes.to_pandas()
    count = len(scenes.history)
    scenes.relabel(dict(zip(frame["id"], frame["label"], strict=True)))  # as they are: no edit
    assert len(scenes.history) == count
    with pytest.raises(TypeError, match="a label is a text"):
        scenes.relabel({a: [["cat"]]})


def test_one_label_becomes_a_list_only_where_that_is_meant_and_told(scenes: nbc.Dataset) -> None:
    a, b = scenes.ids[:2]
    with pytest.raises(TypeError, match=r"'place' holds one label an item.*relabel\(\{id: label\}\)"):
        scenes.relabel([a, b], ["inside", "outside"], column="place")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scenes.relabel({a: ["outside"]}, column="place")
    was = scenes.column("place").to_pylist()
    assert was[0] == "outside"
    with pytest.warns(UserWarning, match="'place' held one label an item"):
        scenes.relabel({b: ["inside", "outside"]}, column="place")
    now = scenes.column("place").to_pylist()
    assert now[1] == ["inside", "outside"]
    assert now[2:] == [[name] for name in was[2:]]
    assert scenes.undo_edit()
    assert scenes.column("place").to_pylist() == [[name] for name in was]


def test_any_column_of_labels_is_changed_and_a_new_one_made(scenes: nbc.Dataset) -> None:
    a, b = scenes.ids[:2]
    labels = lists(scenes)
    scenes.relabel([a], "night", column="light").relabel({b: ["x", "y"], a: []}, column="who")
    assert scenes.column("light").to_pylist()[:2] == ["night", None]
    assert scenes.column("who").to_pylist()[:3] == [[], ["x", "y"], None]
    assert set(scenes.history["column"].iloc[-3:]) == {"light", "who"}
    assert scenes.undo_edit()
    assert scenes.column("who").to_pylist()[:2] == [None, None]
    assert lists(scenes) == labels
    scenes.add_column("count", list(range(N)))
    for column, error, message in (
        ("count", TypeError, "holds int64; labels are text"),
        ("width", ValueError, "filled by nbcurate"),
        ("tags", ValueError, "ds.tag"),
    ):
        with pytest.raises(error, match=message):
            scenes.relabel([a], "x", column=column)


# -- what looks wrong -----------------------------------------------------------------------------------------------


def planted(ds: nbc.Dataset) -> dict[str, str]:
    """Takes a class off some items and gives others one too many; which class that was, by id."""
    labels, changed, new = lists(ds), {}, {}
    for at in MISSING:
        if labels[at]:
            changed[ds.ids[at]] = labels[at][0]
            new[ds.ids[at]] = labels[at][1:]
    for at in EXTRA:
        other = next(name for name in CLASSES if name not in labels[at])
        changed[ds.ids[at]] = other
        new[ds.ids[at]] = [*labels[at], other]
    ds.relabel(new)
    return changed


def test_missing_and_extra_classes_come_first_and_are_named(scenes: nbc.Dataset) -> None:
    truth = dict(zip(scenes.ids, lists(scenes), strict=True))
    wrong = planted(scenes)
    issues = scenes.label_issues()
    assert len(issues) == N
    assert set(issues.ids[: len(wrong) + 2]) >= set(wrong)
    assert np.all(np.diff(issues.scores) <= 0)
    assert 0 <= issues.scores.min() <= issues.scores.max() <= 1
    frame = issues.to_pandas().set_index("id")
    for item, name in wrong.items():
        row = frame.loc[item]
        assert sorted(row["suggested_label"]) == sorted(truth[item])
        assert [*row["missing"], *row["extra"]] == [name]
        assert f"{name} may be {'missing' if row['missing'] else 'too many'}: " in row["reason"]
        assert "items most like it have it; a classifier learnt from the other labels gives it" in row["reason"]
    assert frame["reason"].iloc[-1].startswith("fits ")
    safe = issues.safe.to_pandas()
    assert set(safe["id"]) <= set(issues.flagged)
    scenes.relabel(dict(zip(safe["id"], safe["suggested_label"], strict=True)))
    assert all(sorted(lists(scenes)[scenes.ids.index(item)]) == sorted(truth[item]) for item in safe["id"])


def test_the_recipe_of_issues_in_lists_makes_them_again(scenes: nbc.Dataset) -> None:
    planted(scenes)
    issues = scenes.label_issues(5)
    again = scenes.replay(json.loads(json.dumps(issues.recipe)))
    assert again.ids == issues.ids
    assert again.scores.tolist() == issues.scores.tolist()


def test_unlabelled_items_come_last_with_a_suggestion_and_empty_ones_are_labelled(scenes: nbc.Dataset) -> None:
    item, bare = "scene010", next(i for i, label in zip(scenes.ids, lists(scenes), strict=True) if not label)
    truth = lists(scenes)[10]
    last = scenes.relabel([item], None).label_issues().to_pandas().iloc[-1]
    assert (last["id"], last["score"], last["given_label"]) == (item, 0.0, None)
    assert sorted(last["suggested_label"]) == sorted(truth)
    assert last["reason"].startswith("no label; ")
    scenes.relabel([bare], ["boat", "snow"])
    assert bare in scenes.label_issues().ids[:3]


def test_probabilities_of_the_users_model_need_not_sum_to_one(scenes: nbc.Dataset) -> None:
    names = sorted(CLASSES)
    sure = np.array([[0.9 if name in label else 0.1 for name in names] for label in lists(scenes)])
    issues = scenes.label_issues(pred_probs=pd.DataFrame(sure, scenes.ids, columns=names))
    assert "your model gives it" in issues.reasons[0]
    with pytest.raises(ValueError, match="values above 1"):
        scenes.label_issues(pred_probs=sure * 2)


def test_cleanlab_is_asked_about_lists(scenes: nbc.Dataset) -> None:
    pytest.importorskip("cleanlab")
    wrong = planted(scenes)
    frame = scenes.label_issues(second_opinion=True).to_pandas().set_index("id")
    assert frame.loc[list(wrong), "cleanlab"].all()


def test_labels_of_another_column_are_judged_and_relabelled_there(scenes: nbc.Dataset) -> None:
    labels = lists(scenes)
    at = [scenes.ids.index(i) for i in sorted(with_class(scenes, "tree"))[:3]]
    scenes.relabel([scenes.ids[row] for row in at], "inside", column="place")
    issues = scenes.label_issues(label="place")
    assert {scenes.ids[row] for row in at} <= set(issues.flagged)
    assert "'place'" in repr(issues)
    assert issues.label_column == "place"
    frame = issues.to_pandas().head(3)
    scenes.relabel(dict(zip(frame["id"], frame["suggested_label"], strict=True)), column="place")
    assert lists(scenes) == labels
    assert scenes.replay(json.loads(json.dumps(issues.recipe))).label_column == "place"
    with pytest.raises(KeyError, match="did you mean 'place'"):
        scenes.label_issues(label="plaec")
    with pytest.raises(ValueError, match="a class that some items have and others have not"):
        scenes.relabel(scenes.ids, ["cat"]).label_issues()


# -- subsets, splits, the rest --------------------------------------------------------------------------------------


def test_an_item_fills_a_place_in_each_of_its_classes(scenes: nbc.Dataset) -> None:
    picks = scenes.balanced(60)
    counts = Counter(name for label in lists(scenes.where(picks.ids)) for name in label)
    everything = Counter(name for label in lists(scenes) for name in label)
    assert set(counts) == set(CLASSES)
    assert max(counts.values()) <= 1.25 * min(counts.values())
    assert max(everything.values()) > 4 * min(everything.values())
    assert picks.shares is not None
    assert picks.shares["picked"].to_dict() == counts
    more = scenes.balanced(60, shares={"cat": 3, "dog": 1, "boat": 1}).shares
    assert more is not None
    assert more.loc["cat", "picked"] > 2 * more.loc["dog", "picked"]
    assert scenes.replay(json.loads(json.dumps(picks.recipe))).ids == picks.ids
    assert set(scenes.balanced(20, by="place").columns["class"]) == {"inside", "outside"}


def test_every_class_has_its_share_in_each_part(scenes: nbc.Dataset) -> None:
    split = scenes.split(0.7, 0.2, 0.1, scenes=False, pixels=False, threshold=1e-6)
    for part, share in (("train", 0.7), ("val", 0.2), ("test", 0.1)):
        inside = scenes.where(split.ids_of(part))
        assert len(inside) == pytest.approx(share * N, abs=2)
        for name in CLASSES:
            assert len(with_class(inside, name)) == pytest.approx(share * len(with_class(scenes, name)), abs=2)
    assert split.to_pandas()["label"].tolist() == lists(scenes)
    place = scenes.split(0.5, 0.5, stratify="place", scenes=False, pixels=False, threshold=1e-6)
    outside = [scenes.where(ids).column("place").to_pylist().count("outside") for ids in (place.train, place.val)]
    assert abs(outside[0] - outside[1]) <= 1
    with pytest.raises(TypeError, match="an item is of one group"):
        scenes.split(groups="label")


def test_what_reads_labels_reads_lists(scenes: nbc.Dataset) -> None:
    whole = scenes.report(scenes.ids, draws=1)
    counts = np.array(list(Counter(name for label in lists(scenes) for name in label).values()))
    assert whole.subset["imbalance_ratio"] == pytest.approx(counts.max() / counts.min())
    assert 0 < whole.subset["within_class_evenness"] <= 1
    table = scenes.clusters(4, column=None).table
    assert all(any(name in called for name in CLASSES) for called in table["name"])
    assert ((table["purity"] > 0) & (table["purity"] <= 1)).all()
    assert scenes.edge_cases(5).to_pandas()["first"].str.startswith("cluster").all()
    assert len(scenes.curate(40)) == 40
    assert f"{len(CLASSES)} labels" in repr(scenes)
    assert len(scenes.rare(3)) == 3
    assert scenes.select_for_labelling(3, labelled=[]).ids


def test_predictions_of_lists_are_wrong_where_a_class_is(scenes: nbc.Dataset) -> None:
    right = dict(zip(scenes.ids, lists(scenes), strict=True))
    assert "none of 400 predictions is wrong" in scenes.weak_spots({i: label[::-1] for i, label in right.items()}).note
    blind = {i: [name for name in label if name != "tree"] for i, label in right.items()}
    spots = scenes.weak_spots(blind)
    trees = with_class(scenes, "tree")
    assert set(spots.flagged) <= trees
    assert len(set(spots.flagged)) > len(trees) / 2
    with pytest.raises(TypeError, match="predict what the labels are"):
        scenes.weak_spots(dict.fromkeys(scenes.ids, "cat"))
    assert scenes.weak_spots(dict.fromkeys(scenes.ids, "outside"), label="place").label_column == "place"
