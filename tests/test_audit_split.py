"""Splits that keep copies and groups together, and weak spots of a model."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nbcurate as nbc
from nbcurate.curate.split import connected_groups, grouped_split
from nbcurate.curate.weak_spots import find_weak_spots
from tests.conftest import colour_layout


def test_pairs_and_given_groups_are_joined() -> None:
    groups = connected_groups(6, np.array([[0, 1], [1, 2]]), np.array([-1, -1, 7, 7, -1, -1]))
    assert len(set(groups[:4])) == 1
    assert len(set(groups)) == 3


@pytest.mark.parametrize("seed", [0, 1])
def test_classes_keep_their_shares_and_no_group_is_cut(seed: int) -> None:
    rng = np.random.default_rng(seed)
    classes = rng.choice(5, 3_000, p=[0.5, 0.25, 0.15, 0.07, 0.03])
    groups = np.where(rng.random(3_000) < 0.3, rng.integers(0, 250, 3_000), np.arange(1_000, 4_000))
    part = grouped_split(groups, classes, rng.integers(0, 20, 3_000), [0.7, 0.2, 0.1], seed=seed)
    for group in np.unique(groups):
        assert len(set(part[groups == group])) == 1
    for number, share in enumerate([0.7, 0.2, 0.1]):
        whole = np.bincount(classes, minlength=5) / len(classes)
        inside = np.bincount(classes[part == number], minlength=5) / (part == number).sum()
        assert np.abs(inside - whole).max() < 0.01
        assert abs((part == number).mean() - share) < 0.01
    assert (
        grouped_split(groups, classes, groups, [0.7, 0.3], seed=3)
        == grouped_split(groups, classes, groups, [0.7, 0.3], seed=3)
    ).all()


def test_a_part_of_no_share_stays_empty() -> None:
    part = grouped_split(np.array([0, 0, 1, 2, 3]), np.zeros(5, int), np.zeros(5, int), [0.5, 0.5, 0.0])
    assert set(part) == {0, 1}


def test_copies_stay_together_and_the_property_is_kept(dataset: nbc.Dataset) -> None:
    made = dataset.split(train=0.5, val=0.25, test=0.25)
    assert made.leaks == []
    assert sorted(made.train + made.val + made.test) == sorted(dataset.ids)
    frame = dataset.to_pandas().set_index("id")
    assert frame["split"].loc[made.val].eq("val").all()
    copy = frame[frame["copy_of"].notna()].iloc[0]
    assert copy["split"] == frame["split"].loc[copy["copy_of"]]
    assert set(Counter(frame["label"].loc[made.train]).values()) <= {3, 4, 5}
    assert "no copies across the cut" in repr(made)
    assert dataset.replay(json.loads(json.dumps(made.recipe))).val == made.val


def test_groups_of_the_users_stay_together(dataset: nbc.Dataset) -> None:
    cameras = [f"camera {at % 6}" for at in range(len(dataset))]
    dataset.add_column("lens", cameras)
    for made in (dataset.split(groups=cameras, threshold=0.0), dataset.split(groups="lens", threshold=0.0)):
        inside = made.to_pandas().assign(camera=cameras)
        assert made.val
        # the pair of exact copies joins two cameras
        assert inside.groupby("camera")["split"].nunique().max() == 1


def test_a_given_split_is_looked_through(dataset: nbc.Dataset) -> None:
    frame = dataset.to_pandas()
    copy = frame[frame["copy_of"].notna()].iloc[0]
    dataset.add_column("fold", ["a" if item == copy["id"] else "b" for item in dataset.ids])
    checked = dataset.check_split("fold", pixels=False, threshold=0.0)
    assert [set(pair) for pair in checked.leaks] == [{copy["id"], copy["copy_of"]}]
    assert checked.to_pandas()["leaks"].sum() == 2
    assert "1 pair (same file) across the cut" in repr(checked)
    with pytest.raises(KeyError, match="no column 'folds'"):
        dataset.check_split("folds")
    with pytest.raises(ValueError, match="holds no split"):
        dataset.check_split()


def test_shares_that_do_not_sum_to_one_are_refused(dataset: nbc.Dataset) -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        dataset.split(train=0.8, val=0.3)
    with pytest.raises(ValueError, match=r"one for each of ds\.ids"):
        dataset.split(groups=["a"])


@pytest.mark.parametrize("size", [0, 1])
def test_few_items_split(dataset: nbc.Dataset, size: int) -> None:
    view = dataset.where(dataset.ids[:size])
    with warnings.catch_warnings(record=True) as told:
        assert view.split().train == dataset.ids[:size]
    assert [str(warning.message).split(",")[0] for warning in told] == ["val is empty"] * size


@pytest.mark.parametrize(("size", "sizes"), [(2, (1, 1, 0)), (3, (2, 1, 0)), (5, (4, 1, 0))])
def test_each_part_of_a_very_small_set_has_an_item(size: int, sizes: tuple[int, ...]) -> None:
    part = grouped_split(np.arange(size), np.zeros(size, int), np.zeros(size, int), [0.8, 0.2, 0.0])
    assert tuple(np.bincount(part, minlength=3)) == sizes


@pytest.mark.parametrize("group_size", [1, 2])
def test_the_shares_are_met_over_many_classes_of_three(group_size: int) -> None:
    classes = np.repeat(np.arange(100), 3)
    groups = np.arange(300) // group_size
    part = grouped_split(groups, classes, np.zeros(300, int), [0.7, 0.2, 0.1])
    assert np.bincount(part).tolist() == [210, 60, 30]
    assert all(len(set(part[groups == group])) == 1 for group in groups)


def test_the_shares_are_met_where_each_class_is_one_group() -> None:
    classes = np.repeat(np.arange(10), np.arange(32, 42))
    part = grouped_split(classes, classes, np.zeros(len(classes), int), [0.8, 0.2])
    assert (part == 1).mean() == pytest.approx(0.2, abs=0.02)


def test_numbers_are_stratified_by_their_deciles(dataset: nbc.Dataset) -> None:
    made = dataset.split(stratify="brightness", train=0.5, val=0.5, pixels=False, threshold=0.0)
    brightness = dataset.to_pandas().set_index("id")["brightness"]
    assert abs(len(made.val) - 12) <= 1
    assert brightness.loc[made.val].mean() == pytest.approx(brightness.mean(), abs=0.05)


def test_groups_belong_to_the_ids_that_index_them(dataset: nbc.Dataset) -> None:
    patients = pd.Series({item: f"patient {at % 6}" for at, item in enumerate(dataset.ids)}).sample(frac=1)
    made = dataset.split(groups=patients, stratify=None, pixels=False, threshold=0.0)
    sides = made.to_pandas().set_index("id")["split"].groupby(patients).nunique()
    assert sides.max() == 1
    assert dataset.replay(json.loads(json.dumps(made.recipe))).val == made.val


def test_a_part_far_from_its_share_is_told_with_the_reason(dataset: nbc.Dataset) -> None:
    halves = ["a" if at < 12 else "b" for at in range(len(dataset))]
    with pytest.warns(UserWarning, match=r"val has \d+% of the items, where 10% was asked for: .* tied together"):
        dataset.split(train=0.9, val=0.1, groups=halves, pixels=False, threshold=0.0)
    with pytest.warns(UserWarning, match=r"val is empty, .* 24 are tied together, by groups="):
        dataset.split(groups=["one"] * len(dataset), pixels=False, threshold=0.0)


def test_what_is_wrong_is_told_before_pictures_are_compared(
    dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbcurate.findings.split.copies_of_items", None)
    with pytest.raises(KeyError, match="did you mean 'label'"):
        dataset.split(stratify="labels")
    with pytest.raises(TypeError, match="stratify: expected the name of a column, got list"):
        dataset.split(stratify=dataset.labels)
    with pytest.raises(KeyError, match="no column 'patient'"):
        dataset.split(groups="patient")
    with pytest.raises(TypeError, match=r"train='0\.8'"):
        dataset.split(train="0.8")
    monkeypatch.undo()
    with pytest.raises(ValueError, match="threshold='x': give 'auto' or a cosine distance"):
        dataset.split(threshold="x")


def test_a_split_of_what_can_only_be_read_says_that_it_is_not_kept(dataset: nbc.Dataset) -> None:
    dataset.close()
    reading = nbc.Dataset.open(dataset.store.path, read_only=True)
    with pytest.warns(UserWarning, match="'split' was not kept"):
        made = reading.split(pixels=False, threshold=0.0)
    assert f"val {len(made.val)} (" in made._repr_html_()
    assert reading.column("split").null_count == len(reading)


def test_only_what_cannot_be_chance_is_a_weak_spot() -> None:
    rng = np.random.default_rng(0)
    clusters = np.repeat(np.arange(20), 50)
    wrong = rng.random(1_000) < np.where(clusters == 7, 0.6, 0.1)
    spots = find_weak_spots(clusters, wrong)
    assert np.flatnonzero(spots.weak).tolist() == [7]
    assert not find_weak_spots(clusters, np.zeros(1_000, bool)).weak.any()


def test_the_cluster_that_a_model_gets_wrong(stamps: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_folder(stamps / "animals", store=tmp_path / "stamps.nbc")
    ds.embed(colour_layout)
    frame = ds.to_pandas()
    brightness = ds.column("brightness").to_numpy()
    dark = ds.where(brightness < np.quantile(brightness, 0.25)).ids
    predictions = dict(zip(frame["id"], frame["label"], strict=True)) | dict.fromkeys(dark, "nonsense")
    weak = ds.weak_spots(predictions)
    assert len(weak) > 0
    assert set(weak.flagged) <= set(dark)
    assert "predicted wrongly" in weak.reasons[0]
    assert weak.scores[0] > 0.3
    assert ds.replay(json.loads(json.dumps(weak.recipe))).ids == weak.ids
    with pytest.raises(ValueError, match=r"one for each of ds\.ids"):
        ds.weak_spots(["a"])
    with pytest.raises(ValueError, match="there are none"):
        ds.weak_spots({})
    with pytest.raises(TypeError, match="predictions: expected one value an item, got a table"):
        ds.weak_spots(frame[["label"]])
    assert ds.weak_spots(pd.Series(predictions).sample(frac=1, random_state=0)).ids == weak.ids
    with pytest.raises(ValueError, match=r"none of them \(nope\) is a label of this data set \(.*birds"):
        ds.weak_spots(["nope"] * len(ds))
    few = {ds.ids[0]: ds.labels[-1], ds.ids[1]: ds.labels[1]}
    assert len(ds.weak_spots(few)) == 0
