"""What a model gets right and wrong: each planted error under its name, figures as pycocotools has them, slices."""

from __future__ import annotations

import contextlib
import io
import json
from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

import nbcurate as nbc

from .conftest import colour_layout

CLASSES = {4: "zebra", 2: "ant"}  # neither their ids nor their names are in the order of the other
PICTURES = 60


@pytest.fixture(name="annotations", scope="module")
def given_annotations() -> dict:
    """Sixty pictures with one to five objects each, side by side."""
    rng = np.random.default_rng(0)
    images = [{"id": 200 - n, "file_name": f"{n:03}.png", "width": 160, "height": 120} for n in range(PICTURES)]
    found: list[dict] = []
    for n, image in enumerate(images):
        for place in range(1 + n % 5):
            box = np.round([3 + 31 * place, rng.uniform(5, 60), rng.uniform(12, 28), rng.uniform(15, 50)], 2).tolist()
            category = int(rng.choice([2, 4]))
            found.append({"id": 1000 + len(found), "image_id": image["id"], "category_id": category, "bbox": box})
            found[-1] |= {"area": box[2] * box[3] * 0.8, "iscrowd": int(rng.random() < 0.03)}
    categories = [{"id": number, "name": name} for number, name in CLASSES.items()]
    return {"images": images, "annotations": found, "categories": categories}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(1)
    for n in range(PICTURES):
        noise = rng.integers(0, 30, (120, 160, 3))
        Image.fromarray((noise + (20 if n % 3 else 200)).astype(np.uint8)).save(folder / f"{n:03}.png")
    return folder


@pytest.fixture(scope="module")
def results(annotations: dict) -> list[dict]:
    """A model that misses small objects, confuses, shifts, doubles and dreams."""
    rng = np.random.default_rng(2)
    found = []
    for one in annotations["annotations"]:
        x, y, width, height = one["bbox"]
        if width * height < 500 and rng.random() < 0.7:
            continue
        category = one["category_id"] if rng.random() < 0.9 else 6 - one["category_id"]
        entry = {"image_id": one["image_id"], "category_id": category}
        shift = rng.normal(0, 0.25) * width
        found.append({**entry, "bbox": [x + shift, y, width, height], "score": round(rng.random() ** 0.5, 3)})
        if rng.random() < 0.2:
            found.append({**entry, "bbox": [x, y + 1, width, height], "score": round(rng.random() * 0.7, 3)})
        if rng.random() < 0.2:
            found.append({**entry, "bbox": [rng.uniform(0, 99), 100, 15, 15], "score": round(rng.random(), 3)})
    return found


@pytest.fixture(scope="module")
def pictures(annotations: dict, folder: Path, results: list, tmp_path_factory: pytest.TempPathFactory) -> nbc.Dataset:
    store = tmp_path_factory.mktemp("store") / "p.nbc"
    ds = nbc.Dataset.from_coco(annotations, images=folder, objects=False, store=store)
    return ds.measure().embed(colour_layout).add_predictions("model", results)


@pytest.fixture(scope="module")
def evaluation(pictures: nbc.Dataset):
    return pictures.evaluate("model")


def test_average_precision_is_that_of_pycocotools_to_the_last_digit(
    annotations: dict, results: list, evaluation, tmp_path: Path
) -> None:
    (tmp_path / "truth.json").write_text(json.dumps(annotations))
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(tmp_path / "truth.json"))
        judged = COCOeval(truth, truth.loadRes(results), "bbox")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    names = ["AP", "AP50", "AP75", "small", "medium"]
    assert [evaluation.average_precision[name] for name in names] == judged.stats[:5].tolist()
    assert np.isnan(evaluation.average_precision["large"])  # there is no such object; -1 there
    precision = judged.eval["precision"]
    for at, name in enumerate(CLASSES[number] for number in judged.params.catIds):
        assert evaluation.table.loc[name, "AP"] == precision[:, :, at, 0, -1].mean()
        assert evaluation.table.loc[name, "AP50"] == precision[0, :, at, 0, -1].mean()


def test_each_planted_error_is_told_by_its_name(annotations: dict, folder: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_coco(annotations, images=folder, objects=False, store=tmp_path / "p.nbc")
    by_image = {image["id"]: [] for image in annotations["images"]}
    for one in annotations["annotations"]:
        if not one["iscrowd"]:
            by_image[one["image_id"]].append(one)
    full = [found for found in by_image.values() if len(found) == 5][:5]
    said = [
        {"image_id": one["image_id"], "category_id": one["category_id"], "bbox": one["bbox"], "score": 0.8}
        for found in by_image.values()
        for one in found
    ]
    at = {one["id"]: n for n, one in enumerate(chain(*by_image.values()))}
    wrong, shifted, double, dream, missed = (found[0] for found in full)
    said[at[wrong["id"]]]["category_id"] = 6 - wrong["category_id"]
    x, y, width, height = shifted["bbox"]
    said[at[shifted["id"]]]["bbox"] = [x, y + 0.6 * height, width, height]
    said.append({**said[at[double["id"]]], "score": 0.7})
    said.append({**said[at[dream["id"]]], "bbox": [2.0, 112.0, 6.0, 6.0]})
    del said[at[missed["id"]]]
    errors = ds.add_predictions("model", said).evaluate("model", score=0.5).errors
    name = {image["id"]: image["file_name"] for image in annotations["images"]}
    expected = {
        ("confused", name[wrong["image_id"]], f"{name[wrong['image_id']]}#{wrong['id']}"),
        ("badly placed", name[shifted["image_id"]], f"{name[shifted['image_id']]}#{shifted['id']}"),
        ("double", name[double["image_id"]], f"{name[double['image_id']]}#{double['id']}"),
        ("false positive", name[dream["image_id"]], None),
        ("missed", name[missed["image_id"]], f"{name[missed['image_id']]}#{missed['id']}"),
    }
    assert set(errors[["kind", "image", "object"]].itertuples(index=False, name=None)) == expected
    row = errors.set_index("kind").loc["confused"]
    assert (row["label"], row["prediction"]) == (CLASSES[wrong["category_id"]], CLASSES[6 - wrong["category_id"]])
    assert row["reason"] == f"{row['label']} taken for {row['prediction']} at 0.80 (IoU 1.00)"
    assert errors.set_index("kind").loc["missed", ["x", "y", "width", "height"]].tolist() == pytest.approx(
        missed["bbox"]
    )


def test_figures_agree_with_one_another(pictures: nbc.Dataset, evaluation) -> None:
    assert len(evaluation.outcomes) == len(evaluation.predictions) == len(evaluation.matched) == len(evaluation.places)
    shown = evaluation.predictions.exact_scores >= evaluation.score
    counts = Counter(evaluation.outcomes[shown])
    for kind in ("confused", "badly placed", "double", "false positive"):
        assert (evaluation.errors["kind"] == kind).sum() == counts[kind] == evaluation.table[kind].sum()
    assert evaluation.table["right"].sum() == counts["right"]
    for name in CLASSES.values():
        assert evaluation.confusion.loc[name].sum() == evaluation.table.loc[name, "support"]
        assert evaluation.confusion[name].sum() == evaluation.table.loc[name, "predicted"]
    right = evaluation.outcomes == "right"
    objects = dict(zip(pictures.ids, pictures.column("objects").to_pylist(), strict=True))
    frame = evaluation.predictions.to_pandas()[right]
    for item, label, place in zip(frame["id"], frame["label"], evaluation.places[right], strict=True):
        assert objects[item][place] == label
    best = evaluation.curves[evaluation.curves["label"].isna()]
    f1 = 2 * best["precision"] * best["recall"] / (best["precision"] + best["recall"])
    assert best["score"][f1.idxmax()] == evaluation.score


def test_it_is_a_finding_of_the_images_with_errors_worst_first(pictures: nbc.Dataset, evaluation) -> None:
    assert set(evaluation.ids) == set(evaluation.errors["image"])
    assert (np.diff(evaluation.scores) <= 0).all()
    assert evaluation.reasons[0].count("of") >= 1
    assert f"{evaluation.table['right'].sum()} of {evaluation.table['support'].sum()} objects" in evaluation.summary
    assert evaluation.summary in evaluation._repr_html_()
    assert pictures.replay(json.loads(json.dumps(evaluation.recipe))).ids == evaluation.ids
    row = evaluation.errors.iloc[0]
    assert evaluation.crop(0, margin=0).size == pytest.approx((row["width"], row["height"]), abs=2)


def test_of_objects_it_is_those_that_were_not_found(pictures: nbc.Dataset, evaluation) -> None:
    found = pictures.objects.evaluate("model")
    unfound = evaluation.errors[evaluation.errors["kind"].isin(["missed", "confused", "badly placed"])]
    assert set(found.ids) == set(unfound["object"])
    assert found.average_precision["AP"] == evaluation.average_precision["AP"]
    frame = found.to_pandas().set_index("id")
    labels = dict(zip(pictures.objects.ids, pictures.objects.labels, strict=True))
    assert all(labels[item] == given for item, given in frame["given_label"].items())


def test_a_view_is_judged_by_itself(pictures: nbc.Dataset) -> None:
    part = pictures.where(pictures.ids[:20])
    found = part.evaluate("model", score=0.5)
    assert set(found.ids) <= set(part.ids)
    assert "predictions from a score of 0.5 on are right" in found.summary
    objects = sum(len(one) for one in part.column("objects").to_pylist())
    crowds = sum(
        '"iscrowd": 1' in text or '"iscrowd":1' in text
        for one in part.column("annotations").to_pylist()
        for text in one
    )
    assert found.table["support"].sum() == objects - crowds


def test_where_it_fails_is_found_beyond_chance(pictures: nbc.Dataset, evaluation) -> None:
    slices = evaluation.slices(min_support=10)
    worst = slices.table.iloc[0]
    assert worst["slice"].startswith("size: small")
    assert worst["of"] == "objects"
    assert worst["worse"]
    assert worst["rate"] - worst["elsewhere"] == pytest.approx(worst["difference"])
    assert {"class", "size", "place", "crowding", "beside", "brightness"} <= set(slices.table["by"])
    assert not slices.table.query("by == 'class'")["worse"].any()
    assert "beyond chance" in slices.note
    inside = slices.slice(worst["slice"])
    assert slices.slice("size: small", of="objects") == inside
    slices.select("size: small")
    assert pictures.selection.ids == inside
    pictures.selection.clear()
    with pytest.raises(KeyError, match="did you mean 'size: large"):
        slices.slice("size: larg e")
    with pytest.raises(ValueError, match="'colour'; there is class, size, place"):
        evaluation.slices("colour")
    assert set(evaluation.slices("size", min_support=5).table["by"]) == {"size"}


def test_a_tag_is_a_slice(annotations: dict, folder: Path, results: list, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_coco(annotations, images=folder, objects=False, store=tmp_path / "p.nbc")
    night = {image["id"] for image in annotations["images"] if int(image["file_name"][:3]) % 5 == 3}
    perfect = [
        {"image_id": one["image_id"], "category_id": one["category_id"], "bbox": one["bbox"], "score": 0.9}
        for one in annotations["annotations"]
        if one["image_id"] not in night
    ]
    ds.tag([image["file_name"] for image in annotations["images"] if image["id"] in night], "night")
    found = ds.add_predictions("blind at night", perfect).evaluate("blind at night").slices("tag", min_support=5)
    assert found.table.iloc[0]["slice"] == "tag: night"
    assert found.table.iloc[0]["worse"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda one: {**one, "score": one["score"] / 3},
            "no prediction has a score of 0.9 or more: the highest is 0.333",
        ),
        (lambda one: {**one, "bbox": [150.0, 110.0, 5.0, 5.0]}, "0 of .* predictions from a score of 0.9 on are right"),
    ],
)
def test_nothing_found_says_why(change, words: str, annotations, folder: Path, results: list, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_coco(annotations, images=folder, objects=False, store=tmp_path / "p.nbc")
    ds.add_predictions("model", [change(one) for one in results])
    assert words.split(" .* ")[-1] in ds.evaluate("model", score=0.9).summary


def test_classes_that_are_not_labelled_are_not_judged(annotations: dict, folder: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_coco(annotations, images=folder, objects=False, store=tmp_path / "p.nbc")
    table = pd.DataFrame({"id": ["000.png"] * 2, "label": ["ant", "gnu"], "score": [0.9, 0.8], "x": 1, "y": 1})
    with pytest.warns(UserWarning, match="not judged"):
        ds.add_predictions("model", table.assign(width=[9, 9], height=[9, 9]))
    found = ds.evaluate("model", score=0.1)
    assert found.outcomes.tolist() == ["false positive", "ignored"]
    assert "1 predictions are not judged, such as those of the class 'gnu'" in found.summary


def test_a_class_that_is_known_and_on_no_picture_is_wrong_where_it_is_predicted(
    annotations: dict, folder: Path, results: list, evaluation, tmp_path: Path
) -> None:
    named = {**annotations, "categories": [*annotations["categories"], {"id": 3, "name": "bee"}]}
    ds = nbc.Dataset.from_coco(named, images=folder, objects=False, store=tmp_path / "p.nbc")
    bee = {"image_id": 200, "category_id": 3, "bbox": [130, 90, 20, 20], "score": 0.99}
    found = ds.add_predictions("model", [*results, bee]).evaluate("model")
    assert found.average_precision["AP"] == evaluation.average_precision["AP"]
    assert found.table.loc["bee", ["support", "false positive"]].tolist() == [0, 1]
    assert np.isnan(found.table.loc["bee", "AP"])


def test_out_of_range_is_said(pictures: nbc.Dataset) -> None:
    for given, words in [
        ({"iou": 0}, "iou=0: give an overlap above 0"),
        ({"score": 50}, "score=50: give a number from 0"),
    ]:
        with pytest.raises(ValueError, match=words):
            pictures.evaluate("model", **given)
    with pytest.raises(KeyError, match="did you mean 'model'"):
        pictures.evaluate("modle")


# -- classes of whole items ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def classified(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> nbc.Dataset:
    """Sixty pictures in two classes, of which the dark ones are guessed."""
    store = tmp_path_factory.mktemp("classified") / "c.nbc"
    ds = nbc.Dataset.from_folder(folder, store=store).measure().embed(colour_layout)
    ds.relabel({item: "ab"[n % 2] for n, item in enumerate(ds.ids)})
    rng = np.random.default_rng(0)
    said = ["ab"[n % 2] if n % 3 == 0 else "ab"[int(rng.integers(2))] for n in range(PICTURES)]
    table = pd.DataFrame({"id": ds.ids, "label": said, "score": rng.uniform(0.5, 1, PICTURES)})
    return ds.add_predictions("model", table)


def test_items_that_are_predicted_wrong_are_found_surest_first(classified: nbc.Dataset) -> None:
    found = classified.evaluate("model")
    said = dict(classified.predictions["model"].to_pandas()[["id", "label"]].itertuples(index=False, name=None))
    wrong = {item for item, label in zip(classified.ids, classified.labels, strict=True) if said[item] != label}
    assert set(found.ids) == wrong == set(found.errors["image"])
    assert (np.diff(found.scores) <= 0).all()
    assert found.accuracy == 1 - len(wrong) / PICTURES
    assert f"{PICTURES - len(wrong)} of 60 items are predicted right" in found.summary
    assert found.confusion.loc["a", "b"] + found.confusion.loc["b", "a"] == len(wrong)
    frame = found.to_pandas()
    assert frame["reason"][0].startswith(f"labelled {frame['given_label'][0]}, predicted {frame['predicted_label'][0]}")
    assert found.slices("brightness", min_support=10).table.iloc[0]["difference"] > 0


def test_lists_of_classes_are_judged_class_by_class(folder: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "c.nbc")
    ds = ds.where(ds.ids[:4])
    ds.relabel(dict(zip(ds.ids, [["a", "b"], ["a"], ["b"], []], strict=True)))
    chances = np.array([[0.9, 0.8], [0.9, 0.1], [0.85, 0.9], [0.1, 0.1]])
    found = ds.add_predictions("model", chances, classes=["a", "b"]).evaluate("model", score=0.5)
    assert found.ids == [ds.ids[2]]
    assert found.errors[["kind", "image", "prediction"]].to_numpy().tolist() == [["false positive", ds.ids[2], "a"]]
    assert found.confusion.to_numpy().tolist() == [[2, 0, 0], [0, 2, 0], [1, 0, 0]]
    assert found.table.loc["b", "AP"] == 1
    one_each = ds.where(ds.ids[1:3]).evaluate("model", score=0.88)
    assert one_each.found.said.tolist() == [["a"], ["b"]]
    assert one_each.summary.startswith("2 of 2 items are predicted right")


def test_labels_that_are_missing_are_named(folder: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "c.nbc")
    ds.add_predictions("model", dict.fromkeys(ds.ids[:10], "a"))
    with pytest.raises(ValueError, match="None of the 60 items has a label"):
        ds.evaluate("model")
    ds.relabel(ds.ids[5:20], "b")
    with pytest.raises(KeyError):
        ds.evaluate("other")
    found = ds.evaluate("model")
    renamed = "none of the classes that are predicted (a) is a label here (b)"
    for part in ("0 of 5 items", renamed, "10 labelled items", "5 predicted items"):
        assert part in found.summary
    with pytest.raises(ValueError, match="no item has both"):
        ds.where(ds.ids[:5] + ds.ids[12:]).evaluate("model")


# -- what becomes of it ------------------------------------------------------------------------------


def test_what_a_model_fails_on_or_is_unsure_of_is_labelled_next(pictures: nbc.Dataset, evaluation) -> None:
    doubt = evaluation.uncertainty()
    assert doubt[evaluation.ids].to_numpy() == pytest.approx(np.maximum(doubt[evaluation.ids], evaluation.scores))
    for given in (evaluation, "model", pictures.predictions["model"], doubt):
        picks = pictures.select_for_labelling(5, labelled=pictures.ids[:3], uncertainty=given)
        assert len(picks) == 5
        assert set(picks.ids).isdisjoint(pictures.ids[:3])


def test_weak_spots_are_those_of_an_evaluation(classified: nbc.Dataset) -> None:
    found = classified.evaluate("model")
    said = classified.predictions["model"].to_pandas().set_index("id")["label"]
    assert classified.weak_spots(found).ids == classified.weak_spots(said).ids == classified.weak_spots("model").ids


def test_weak_spots_of_boxes_are_clusters_of_images(pictures: nbc.Dataset, evaluation) -> None:
    spots = pictures.weak_spots(evaluation)
    judged = len(set(evaluation.errors["image"]))
    assert len(spots) or f"{judged} of {PICTURES} predictions are wrong" in spots.note
    assert pictures.replay(json.loads(json.dumps(spots.recipe))).ids == spots.ids
    with pytest.raises(ValueError, match=r"ask ds\.images\.weak_spots"):
        pictures.objects.weak_spots(evaluation)
