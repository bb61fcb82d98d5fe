"""ds.diverse, balanced, select_for_labelling, report and curate on real pictures."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageFilter, ImageOps

import nbcurate as nbc
from nbcurate.dataset.curation import Curation, curation_steps
from nbcurate.findings.picks import Picks

from .conftest import colour_layout

mpl.use("agg")


def replayed(dataset: nbc.Dataset, picks: Picks) -> Picks:
    return dataset.replay(json.loads(json.dumps(picks.recipe)))


@pytest.mark.parametrize("method", ["facility_location", "k_center", "hierarchical"])
def test_diverse(stamp_set: nbc.Dataset, method: str) -> None:
    picks = stamp_set.diverse(30, method=method)
    assert len(set(picks.ids)) == 30
    assert ((picks.scores >= 0) & (picks.scores <= 1)).all()
    assert picks.ids[4] in {i.split(", ")[-1] for i in picks.reasons[5:]} | set(picks.ids)
    assert replayed(stamp_set, picks).ids == picks.ids
    more = stamp_set.diverse(10, keep=picks.ids, method=method)
    assert not set(more.ids) & set(picks.ids)


def test_diverse_covers_better_than_chance_and_its_report_says_so(stamp_set: nbc.Dataset) -> None:
    picks = stamp_set.diverse(50)
    assert stamp_set.diverse(20).ids == picks.ids[:20] == picks.head(20).ids
    frame = picks.report.to_pandas()
    assert list(frame.columns) == ["subset", "whole", "random_mean", "random_spread"]
    assert frame.loc["mean_distance", "subset"] < frame.loc["mean_distance", "random_mean"]
    assert picks.report.better_than_random()["mean_distance"]
    assert picks.head(20).report.size == 20
    assert "±" in picks.report._repr_html_()
    assert "mean_distance" in repr(picks.report)
    assert len(picks.report.plot().patches) > 3


def test_exact_copies_come_last(dataset: nbc.Dataset) -> None:
    everything = dataset.diverse(100)
    assert sorted(everything.ids) == sorted(dataset.ids)
    copies = dataset.to_pandas().dropna(subset=["copy_of"])
    pair = {copies["id"].iloc[0], copies["copy_of"].iloc[0]}
    assert everything.ids[-1] in pair
    assert "copy" in everything.reasons[-1]


def test_balanced_has_equal_shares_and_says_where_a_class_ran_out(stamp_set: nbc.Dataset) -> None:
    labels = dict(zip(stamp_set.ids, stamp_set.labels, strict=True))
    picks = stamp_set.balanced(75)
    counts = Counter(labels[i] for i in picks.ids)
    assert len(picks) == 75
    assert counts["people"] == 5
    assert counts["military"] == 5
    assert picks.shares is not None
    assert picks.shares["picked"].to_dict() == counts
    assert max(counts.values()) - sorted(counts.values())[3] <= 1
    larger = stamp_set.balanced(120)
    assert larger.shares is not None
    short = larger.shares.loc["naturalforces"]
    assert short["picked"] == short["available"] == 3
    assert short["wanted"] == 8
    assert len(larger) == 120
    assert replayed(stamp_set, picks).ids == picks.ids
    assert picks.to_pandas()["class"].tolist() == [labels[i] for i in picks.ids]


def test_shares_that_are_given(stamp_set: nbc.Dataset) -> None:
    labels = dict(zip(stamp_set.ids, stamp_set.labels, strict=True))
    picks = stamp_set.balanced(40, shares={"animals": 3, "food": 1})
    assert Counter(labels[i] for i in picks.ids) == {"animals": 30, "food": 10}
    with pytest.raises(ValueError, match="no class 'fod'"):
        stamp_set.balanced(10, shares={"fod": 1})
    with pytest.raises(ValueError, match="n=0: give a whole number, 1 or more"):
        stamp_set.balanced(0)


def test_a_class_is_shown_by_what_is_typical_or_evenly_by_all_its_looks(stamp_set: nbc.Dataset) -> None:
    labels = dict(zip(stamp_set.ids, stamp_set.labels, strict=True))
    typical, even = stamp_set.balanced(75), stamp_set.balanced(75, within="even")
    assert stamp_set.balanced(75, within="typical").ids == typical.ids != even.ids
    assert Counter(labels[i] for i in typical.ids) == Counter(labels[i] for i in even.ids)
    evenness = "within_class_evenness"
    frames = [picks.report.to_pandas()["subset"] for picks in (typical, even)]
    assert frames[1][evenness] > frames[0][evenness]
    assert replayed(stamp_set, even).ids == even.ids
    assert replayed(stamp_set, typical).ids == typical.ids
    with pytest.raises(ValueError, match="within='odd': use 'typical', 'even' or 'clusters'"):
        stamp_set.balanced(10, within="odd")  # pyright: ignore[reportArgumentType]


def test_objects_are_counted(stamp_set: nbc.Dataset) -> None:
    rng = np.random.default_rng(0)
    boxes = pd.DataFrame(rng.poisson([2, 0.3], (len(stamp_set), 2)), index=stamp_set.ids, columns=["car", "dog"])
    picks = stamp_set.balanced(30, by=boxes)
    sums = boxes.loc[picks.ids].sum()
    assert abs(sums["car"] - sums["dog"]) <= 1
    assert "holding" in picks.reasons[0]
    assert replayed(stamp_set, picks).ids == picks.ids


def test_classes_can_be_given_by_value(dataset: nbc.Dataset) -> None:
    classes = pd.Series([f"kind {at % 3}" for at in range(24)], index=dataset.ids)
    picks = dataset.balanced(6, by=classes.sample(frac=1, random_state=0))
    assert Counter(classes[picks.ids]) == {"kind 0": 2, "kind 1": 2, "kind 2": 2}
    assert replayed(dataset, picks).ids == picks.ids
    assert dataset.balanced(6, by=classes.tolist()).ids == dataset.balanced(6, by=classes.to_dict()).ids == picks.ids
    dataset.add_column("grade", [1.0, 2.0, float("nan")] * 8)
    assert set(dataset.balanced(4, by="grade").to_pandas()["class"]) == {"1", "2"}


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"by": None}, TypeError, "by=None: give the name of a column"),
        ({"by": ["label"]}, TypeError, "give the name of one column, by='label'"),
        ({"by": "labels"}, KeyError, "did you mean 'label'"),
        ({"by": "brightness"}, TypeError, r"ds\.add_column\('brightness_range', pd\.cut"),
        ({"by": pd.DataFrame({"a": ["x"]})}, ValueError, "by: 1 values for 24 items"),
        ({"by": ["a", "b"]}, ValueError, r"by: 2 values for 24 items; give one for each of ds\.ids"),
        ({"shares": [1, 2]}, TypeError, "shares: give a share by class"),
        ({"n": 2.5}, TypeError, r"n=2\.5: give a whole number, 1 or more"),
        ({"n": "5"}, TypeError, "n='5': give a whole number, 1 or more"),
    ],
)
def test_what_cannot_be_balanced_by(
    dataset: nbc.Dataset, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        dataset.balanced(**{"n": 4, **options})


def test_numbers_that_are_none_are_refused_in_words(dataset: nbc.Dataset) -> None:
    for pick in (dataset.diverse, dataset.select_for_labelling, dataset.curate, dataset.rare, dataset.label_issues):
        with pytest.raises(ValueError, match="n=-1: give a whole number"):
            pick(-1)
        with pytest.raises(TypeError, match=r"n=2\.0: give a whole number"):
            pick(2.0)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="draws=-1"):
        dataset.report(dataset.ids[:2], draws=-1)
    with pytest.raises(ValueError, match="k=0"):
        dataset.clusters(0)
    with pytest.raises(KeyError, match="did you mean 'label'"):
        dataset.curate(3, balance="labels")


def test_a_balance_short_of_exact_copies_says_so(tmp_path: Path) -> None:
    ids, store = ["a", "b", "c", "d", "e"], tmp_path / "five.nbc"
    five = nbc.Dataset.from_embeddings(ids, np.ones((5, 4)), labels=["x"] * 5, store=store)
    with pytest.warns(UserWarning, match="balanced: 1 of 3, as there are 5 items, of which 4 are exact copies"):
        assert len(five.balanced(3)) == 1
    assert len(five.diverse(3)) == 3
    assert "the same vector as a" in five.duplicates().reasons[0]
    evenness = five.report(["a", "b"], draws=1).to_pandas().loc["class_evenness", "subset"]
    assert not np.signbit(evenness)
    assert "there is no other distinct item" in five.rare(1).reasons[0]
    assert "no neighbours" in five.edge_cases(1).reasons[0]


def test_without_classes_there_is_nothing_to_balance(dataset: nbc.Dataset) -> None:
    with pytest.raises(ValueError, match="no item has a class"):
        dataset.balanced(3, by={dataset.ids[0]: {}})


def test_what_to_label_next(stamp_set: nbc.Dataset) -> None:
    labelled = stamp_set.ids[:200]
    picks = stamp_set.select_for_labelling(15, labelled=labelled)
    assert len(picks) == 15
    assert not set(picks.ids) & set(labelled)
    doubt = dict.fromkeys(stamp_set.ids[300:340], 1.0)
    uncertain = stamp_set.select_for_labelling(5, labelled=labelled, uncertainty=doubt)
    assert len(set(uncertain.ids) & set(doubt)) >= 3
    assert replayed(stamp_set, uncertain).ids == uncertain.ids
    shuffled = pd.Series(doubt).sample(frac=1, random_state=1)
    assert stamp_set.select_for_labelling(5, labelled=labelled, uncertainty=shuffled).ids == uncertain.ids
    with pytest.raises(ValueError, match=r"uncertainty: .* one for each of ds\.ids"):
        stamp_set.select_for_labelling(5, uncertainty=np.ones(3))
    with pytest.raises(KeyError, match="no item with id 'zz'"):
        stamp_set.select_for_labelling(5, uncertainty={"zz": 1})


def test_report_of_everything_of_nothing_and_of_strangers(stamp_set: nbc.Dataset) -> None:
    whole = stamp_set.report(stamp_set.ids, draws=1).to_pandas()
    np.testing.assert_allclose(whole["subset"], whole["whole"])
    nothing = stamp_set.report([], draws=1).to_pandas()
    assert nothing.loc["worst_distance", "subset"] == 2
    few = stamp_set.report(stamp_set.ids[:3], draws=3).to_pandas()  # three items leave classes out
    assert np.isfinite(few).all().all()
    assert few.loc["classes_missing", "subset"] == len(set(stamp_set.labels)) - len(set(stamp_set.labels[:3]))
    with pytest.raises(ValueError, match="not in this view"):
        stamp_set.where("label = 'food'").report(stamp_set.ids[:3])


def test_methods_work_on_a_view(stamp_set: nbc.Dataset) -> None:
    view = stamp_set.where("label in ('food', 'plants')")
    assert set(view.diverse(10).ids) <= set(view.ids)
    assert len(view.project("pca")) == len(view)
    assert view.report(view.balanced(10).ids).size == 10


def test_curate_in_one_pass(stamp_set: nbc.Dataset) -> None:
    picks = stamp_set.curate(60, redundancy=0.05)
    assert len(set(picks.ids)) == 60
    steps = Counter(picks.to_pandas()["step"])
    assert steps["rare"] == 6
    assert steps["balance"] == 54
    assert all(reason.split(":")[0] in ("rare", "balance", "diverse") for reason in picks.reasons)
    rare = stamp_set.rare(20).ids
    assert len(set(picks.ids[:6]) & set(rare)) == 6
    assert picks.report.better_than_random()["class_evenness"]
    assert replayed(stamp_set, picks).ids == picks.ids


def test_curate_says_which_class_fell_short_of_its_share(stamp_set: nbc.Dataset) -> None:
    with pytest.warns(UserWarning, match="of 15 classes gave all .*'naturalforces' [123] of 4.* and .shares tells"):
        picks = stamp_set.curate(60)
    shares = picks.shares
    assert shares is not None
    assert list(shares.columns) == ["available", "dropped", "wanted", "picked"]
    assert shares["picked"].sum() == len(picks) == 60
    assert shares["available"].to_dict() == Counter(stamp_set.labels)
    enough = shares[shares["available"] - shares["dropped"] >= 5]["picked"]
    assert len(enough) > 8
    assert enough.max() - enough.min() <= 1
    assert stamp_set.curate(30, balance=None).shares is None


def saved(pictures: dict[str, Image.Image], folder: Path) -> nbc.Dataset:
    """A data set of these pictures, embedded."""
    for name, picture in pictures.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        picture.convert("RGB").save(folder / name)
    return nbc.Dataset.from_folder(folder, store=folder.parent / f"{folder.name}.nbc").embed(colour_layout)


def test_curate_takes_no_copy_and_no_scene_twice(photographs: Path, tmp_path: Path) -> None:
    pictures: dict[str, Image.Image] = {}
    for file in sorted(photographs.iterdir()):
        whole = Image.open(file)
        wide, high = whole.size
        pictures[f"{file.stem}.png"] = whole
        pictures[f"{file.stem}-small.png"] = whole.resize((wide // 2, high // 2))
        pictures[f"{file.stem}-cropped.png"] = whole.crop((0, 0, wide * 8 // 10, high * 8 // 10))
        pictures[f"{file.stem}-mirrored.png"] = ImageOps.mirror(whole)
    ds = saved(pictures, tmp_path / "photographs")
    shown = {i: i.split(".")[0].split("-")[0] for i in ds.ids}
    assert len({shown[i] for i in ds.curate(6).ids}) == 6
    with pytest.warns(UserWarning, match="curate: 8 of 20, as there are 32 items, of which 24 were dropped as copy"):
        picks = ds.curate(20)
    assert sorted(shown[i] for i in picks.ids) == sorted(set(shown.values()))
    assert picks.reasons[-1].endswith("no other is left")
    assert {shown[i] for i, why in picks.dropped.items() if why.startswith("copy: ")} == set(shown.values())
    assert len(ds.curate(20, redundancy=None)) == 20
    assert not ds.curate(20, redundancy=None).dropped
    assert replayed(ds, picks).ids == picks.ids


def test_curate_takes_one_of_two_fields_that_overlap(tmp_path: Path) -> None:
    import skimage.data

    tissue = Image.fromarray(skimage.data.immunohistochemistry())
    fields = {f"field{at}.png": tissue.crop((at * 60, 0, at * 60 + 360, 360)) for at in range(2)}
    others = {"cat.png": Image.fromarray(skimage.data.cat()), "coffee.png": Image.fromarray(skimage.data.coffee())}
    ds = saved({**fields, **others}, tmp_path / "fields")
    with pytest.warns(UserWarning, match="curate: 3 of 4"):
        picks = ds.curate(4)
    assert len(picks) == 3
    assert set(picks.dropped) < set(fields)


def test_redundancy_may_ask_for_more_distance_than_copies_have(stamp_set: nbc.Dataset) -> None:
    picks = stamp_set.curate(60, redundancy=0.3, balance=None)
    vectors = stamp_set.embeddings()[[stamp_set.ids.index(i) for i in picks.ids]]
    cosine = vectors @ vectors.T
    np.fill_diagonal(cosine, 0)
    assert cosine.max() <= 0.7 + 1e-5
    assert any(why.startswith("redundant: ") for why in picks.dropped.values())
    for wrong in (-1, 3, "many", True):
        with pytest.raises(
            ValueError, match=f"redundancy={wrong!r}: give 'auto', a cosine distance from 0 to 2, or None"
        ):
            stamp_set.curate(10, redundancy=wrong)


def test_where_there_are_no_pictures_vectors_tell_copies(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(30, 16))
    vectors = np.concatenate([vectors, vectors[:10] + 1e-3 * rng.normal(size=(10, 16))])
    ds = nbc.Dataset.from_embeddings([f"{at:02}" for at in range(40)], vectors, store=tmp_path / "vectors.nbc")
    with pytest.warns(UserWarning, match="curate: 30 of 40"):
        picks = ds.curate(40)
    assert len(picks) == 30
    assert all({f"{at:02}", f"{at + 30:02}"} - set(picks.ids) for at in range(10))


def low_quality(picks: Picks) -> dict[str, str]:
    return {i: why for i, why in picks.dropped.items() if why.startswith("low quality: ")}


def test_what_is_usual_in_a_data_set_is_not_of_low_quality(tmp_path: Path) -> None:
    import skimage.data
    from sklearn.datasets import load_digits

    digits = load_digits().images[:60]
    tiny = {
        f"{at}.png": Image.fromarray((grey * 15.9).astype(np.uint8)).resize((28, 28)) for at, grey in enumerate(digits)
    }
    assert not low_quality(saved(tiny, tmp_path / "digits").curate(20))
    cells = skimage.data.cell()
    corners = [(left, top) for left in range(0, 400, 100) for top in range(0, 500, 100)]
    fields = [cells[top : top + 150, left : left + 150] * np.float32(0.08) for left, top in corners]
    dark = {f"{at}.png": Image.fromarray(field.astype(np.uint8)) for at, field in enumerate(fields)}
    ds = saved(dark, tmp_path / "cells")
    assert np.median(ds.to_pandas()["brightness"]) < 0.05
    assert not low_quality(ds.curate(10))


def test_what_shows_nothing_among_what_does_is_dropped(photographs: Path, stamps: Path, tmp_path: Path) -> None:
    pictures = {file.name: Image.open(file) for file in photographs.iterdir()}
    pictures |= {f"{file.stem}.png": Image.open(file) for file in sorted((stamps / "animals").rglob("*.png"))[:12]}
    pictures["icon.png"] = Image.open(photographs / "cat.jpg").resize((16, 16))
    pictures["cap.png"] = Image.new("RGB", (400, 300), (2, 2, 2))
    pictures["fog.png"] = Image.open(photographs / "coffee.jpg").filter(ImageFilter.GaussianBlur(60))
    with pytest.warns(UserWarning, match=r"curate drops 1 of 2\d items as of low quality"):
        picks = saved(pictures, tmp_path / "pictures").curate(10)
    assert {i: why.split(": ")[1] for i, why in low_quality(picks).items()} == {
        "icon.png": "its shorter side is below 32 px",
        "cap.png": "of one colour",
        "fog.png": "blurred",
    }


def test_curate_takes_of_a_view_and_of_a_store_open_for_reading(dataset: nbc.Dataset) -> None:
    view = dataset.where("label in ('food', 'vehicles')")
    picks = view.curate(8)
    assert len(picks) == 8
    assert set(picks.ids) <= set(view.ids)
    copies = dataset.to_pandas().dropna(subset=["copy_of"])["id"].tolist()
    dropped = dataset.curate(20).dropped
    assert {dropped[i] for i in copies} == {f"copy: the same file as {dataset.ids[0]}, byte for byte"}
    dataset.close()
    reader = nbc.Dataset.open(dataset.store.path, read_only=True)
    assert reader.where("label in ('food', 'vehicles')").curate(8).ids == picks.ids


def test_the_pipeline_can_be_changed(dataset: nbc.Dataset) -> None:
    def only_food(curation: Curation) -> None:
        ids = curation.pool.ids
        bad = np.array([not i.startswith("food") for i in ids])
        curation.drop(curation.candidates[bad], ["no food"] * int(bad.sum()))

    picks = dataset.curate(5, balance=None, rare=0, steps=[only_food, *curation_steps()[2:]])
    assert len(picks) == 5
    assert all(i.startswith("food") for i in picks.ids)
    named = dataset.curate(5, steps=["fill_with_diverse"])
    assert replayed(dataset, named).ids == named.ids
    with pytest.raises(ValueError, match="there is no 'polish'"):
        dataset.curate(5, steps=["polish"])
    with pytest.raises(ValueError, match="rare=2"):
        dataset.curate(5, rare=2)


def test_dark_fields_of_a_microscope_are_no_bad_pictures(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:96, :96]
    fields: dict[str, Image.Image] = {}
    for number in range(30):  # black, but for some spots that are hardly lighter
        field = np.full((96, 96), 3.0)
        for y, x, size in rng.uniform((10, 10, 2), (86, 86, 6), (6, 3)):
            field += 9 * np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * size**2))
        fields[f"{number:02}.png"] = Image.fromarray(field.round().astype(np.uint8))
    ds = saved(fields, tmp_path / "fields").measure()
    assert len(ds.curate(10)) == 10


def test_fewer_than_asked_for_is_said_with_what_took_the_rest(stamp_set: nbc.Dataset) -> None:
    some = stamp_set.where(stamp_set.ids[:40])
    by = dict(zip(some.ids, ["a", "b"] * 5 + [None] * 30, strict=True))
    with pytest.warns(UserWarning, match="balanced: 10 of 100, as there are 40 items, of which 30 have no class"):
        assert len(some.balanced(100, by=by)) == 10
    with pytest.warns(UserWarning, match="balanced: 5 of 100, .* 30 have no class, 5 are of classes without a share"):
        assert len(some.balanced(100, by=by, shares={"a": 1})) == 5
    with pytest.warns(UserWarning, match="diverse: 30 of 100, as there are 40 items, of which 10 are those to keep"):
        assert len(some.diverse(100, keep=some.ids[:10])) == 30
    with pytest.warns(UserWarning, match="select_for_labelling: 15 of 50, .* of which 25 are labelled"):
        assert len(some.select_for_labelling(50, labelled=some.ids[:25])) == 15
    with pytest.warns(UserWarning, match=r"curate: 2 of 20, .* 38 none of the steps picks \(keep_rare\)"):
        assert len(some.curate(20, steps=["keep_rare"])) == 2
