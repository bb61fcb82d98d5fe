"""Predictions in every form that programs write, and what is said of those that cannot be used."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image

import nbcurate as nbc

#: Of a cat and a coin, in px of pictures of 451 x 300 and 384 x 303.
BOXES = {"cat.jpg": ("cat", [100.0, 50.0, 200.0, 180.0]), "coins.jpg": ("coin", [10.5, 20.25, 40.0, 40.0])}


@pytest.fixture(name="annotations", scope="module")
def given_annotations(photographs: Path) -> dict:
    images = [{"id": 30 - n, "file_name": file.name} for n, file in enumerate(sorted(photographs.iterdir()))]
    number = {image["file_name"]: image["id"] for image in images}
    kinds = {"cat": 3, "coin": 7}
    return {
        "images": images,
        "categories": [{"id": value, "name": name} for name, value in kinds.items()],
        "annotations": [
            {"id": n, "image_id": number[name], "category_id": kinds[label], "bbox": box}
            for n, (name, (label, box)) in enumerate(BOXES.items(), 1)
        ],
    }


@pytest.fixture
def pictures(annotations: dict, photographs: Path, tmp_path: Path) -> nbc.Dataset:
    """Eight photographs, of which two have an object."""
    return nbc.Dataset.from_coco(annotations, images=photographs, objects=False, store=tmp_path / "p.nbc")


def results(annotations: dict, **changed: object) -> list[dict]:
    """What a perfect model says in COCO's form."""
    return [
        {**{name: one[name] for name in ("image_id", "category_id", "bbox")}, "score": 0.9, **changed}
        for one in annotations["annotations"]
    ]


def held(ds: nbc.Dataset, name: str = "model") -> dict[str, tuple]:
    frame = ds.predictions[name].to_pandas()
    boxes = frame[["x", "y", "width", "height"]].to_numpy().round(3).tolist()
    return {item: (label, box) for item, label, box in zip(frame["id"], frame["label"], boxes, strict=True)}


def as_file(annotations: dict, folder: Path) -> Path:
    (folder / "results.json").write_text(json.dumps(results(annotations)))
    return folder / "results.json"


def as_masks(annotations: dict, folder: Path) -> list[dict]:
    masks = []
    for one in results(annotations):
        x, y, width, height = one.pop("bbox")
        masks.append({**one, "segmentation": [[x, y, x + width, y, x + width, y + height, x, y + height]]})
    return masks


def as_table(annotations: dict, folder: Path) -> pd.DataFrame:
    rows = [(name, label, 0.9, *box) for name, (label, box) in BOXES.items()]
    return pd.DataFrame(rows, columns=["image", "label", "score", "x", "y", "width", "height"])


def as_corners(annotations: dict, folder: Path) -> pa.Table:
    frame = as_table(annotations, folder)
    corners = {
        "x1": frame["x"],
        "y1": frame["y"],
        "x2": frame["x"] + frame["width"],
        "y2": frame["y"] + frame["height"],
    }
    return pa.table({"path": frame["image"], "class": frame["label"], "confidence": frame["score"], **corners})


def as_box_column(annotations: dict, folder: Path) -> pd.DataFrame:
    boxes = [box for _, box in BOXES.values()]
    return pd.DataFrame({"id": list(BOXES), "label": ["cat", "coin"], "score": [0.9, 0.8], "box": boxes})


def as_csv(annotations: dict, folder: Path) -> Path:
    as_table(annotations, folder).to_csv(folder / "rows.csv", index=False)
    return folder / "rows.csv"


@pytest.mark.parametrize("form", [as_file, as_masks, as_table, as_corners, as_box_column, as_csv])
def test_boxes_come_in_every_form(form: Callable, annotations: dict, pictures: nbc.Dataset, tmp_path: Path) -> None:
    pictures.add_predictions("model", form(annotations, tmp_path))
    assert held(pictures) == {name: (label, box) for name, (label, box) in BOXES.items()}


def test_the_files_of_ultralytics_are_shares_of_the_picture_and_numbers_of_classes(
    pictures: nbc.Dataset, photographs: Path, tmp_path: Path
) -> None:
    labels = tmp_path / "run" / "labels"
    labels.mkdir(parents=True)
    for number, (name, (_, (x, y, width, height))) in enumerate(BOXES.items()):
        w, h = Image.open(photographs / name).size
        line = f"{number} {(x + width / 2) / w} {(y + height / 2) / h} {width / w} {height / h} 0.8125"
        (labels / f"{Path(name).stem}.txt").write_text(line + "\n")
    with pytest.raises(ValueError, match=r"tells classes by number.*give classes="):
        pictures.add_predictions("model", tmp_path / "run")
    pictures.add_predictions("model", tmp_path / "run", classes=["cat", "coin"])
    assert held(pictures) == {name: (label, box) for name, (label, box) in BOXES.items()}
    assert pictures.predictions["model"].scores.tolist() == [0.8125, 0.8125]
    (tmp_path / "data.yaml").write_text("names:\n  0: cat\n  1: coin\n")
    pictures.add_predictions("named by a file", tmp_path / "run", classes=tmp_path / "data.yaml")
    assert held(pictures, "named by a file") == held(pictures)


def test_file_names_stand_for_ids_of_images(annotations: dict, pictures: nbc.Dataset) -> None:
    name_of = {image["id"]: image["file_name"] for image in annotations["images"]}
    by_stem = [{**one, "image_id": Path(name_of[one["image_id"]]).stem} for one in results(annotations)]
    pictures.add_predictions("model", by_stem)
    assert held(pictures) == {name: (label, box) for name, (label, box) in BOXES.items()}


def test_classes_of_whole_items_are_the_likeliest(pictures: nbc.Dataset) -> None:
    chances = np.full((8, 2), 0.25)
    chances[:, 1] = 0.75
    pictures.add_predictions("clip", chances, classes=["cat", "coin"])
    found = pictures.predictions["clip"]
    assert found.boxes is None
    assert found.labels.tolist() == ["coin"] * 8
    assert found.scores.tolist() == [0.75] * 8
    pictures.add_predictions("by column", pd.DataFrame(chances, index=pictures.ids, columns=["cat", "coin"]))
    assert pictures.predictions["by column"].to_pandas().equals(found.to_pandas())
    pictures.add_predictions("by id", {pictures.ids[0]: "cat"})
    assert pictures.predictions["by id"].to_pandas().to_numpy().tolist() == [[pictures.ids[0], "cat", 1.0]]


def test_a_name_has_versions_and_the_same_again_is_none(annotations: dict, pictures: nbc.Dataset, reopen) -> None:
    pictures.add_predictions("model", results(annotations))
    pictures.add_predictions("model", results(annotations))
    pictures.add_predictions("model", results(annotations, score=0.5))
    again = reopen(pictures)
    assert [one.version for one in again.predictions.versions("model")] == [1, 2]
    assert again.predictions["model"].scores.tolist() == [0.5, 0.5]
    assert again.predictions.version("model", 1).exact_scores.tolist() == [0.9, 0.9]
    assert list(again.predictions) == ["model"]
    del again.predictions["model"]
    assert list(again.predictions) == []
    with pytest.raises(KeyError, match="There are no predictions 'model'"):
        again.predictions["model"]


def test_those_of_some_items_are_found_by_key(annotations: dict, pictures: nbc.Dataset) -> None:
    pictures.add_predictions("model", results(annotations))
    key = pictures.keys_of(["coins.jpg"])
    assert pictures.predictions["model"].of(key).labels.tolist() == ["coin"]
    assert len(pictures.predictions["model"].of(pictures.keys_of(["rocket.jpg"]))) == 0


def test_what_is_wrong_with_one_costs_that_one(annotations: dict, pictures: nbc.Dataset) -> None:
    good = results(annotations)
    bad = [
        {**good[0], "score": float("nan")},
        {**good[0], "score": 1.5},
        {**good[0], "bbox": [1, 2, 0, 4]},
        {**good[0], "bbox": [1, float("inf"), 3, 4]},
        {**good[0], "image_id": 99},
        {"image_id": 30},
    ]
    with pytest.warns(UserWarning, match="1 results cannot be read") as told:
        pictures.add_predictions("model", [*good, *good, *good, *good, *bad])
    words = str(told[0].message)
    for part in (
        "a score that is no number",
        "not from 0 to 1",
        "a box of no size",
        "not four numbers",
        "such as '99'",
    ):
        assert part in words
    assert len(pictures.predictions["model"]) == 8


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"score": 90.0}, r"from 90 to 90\. They look like percent: divide them by 100"),
        ({"score": -2.5}, r"look like logits"),
        ({"bbox": [0.1, 0.1, 0.5, 0.5]}, r"look like shares of the picture"),
        ({"image_id": 77}, r"None of the 1 items.*'77', the items are 'astronaut.jpg', 'camera.jpg', 'cat.jpg'"),
        ({"category_id": 99}, r"the category 99, of which the data set knows no name: it knows 3 \(cat\), 7 \(coin\)"),
    ],
    ids=["percent", "logits", "shares", "other pictures", "unknown category"],
)
def test_what_is_wrong_with_all_is_said(change: dict, words: str, annotations: dict, pictures: nbc.Dataset) -> None:
    with pytest.raises(ValueError, match=words):
        pictures.add_predictions("model", results(annotations, **change))
    assert list(pictures.predictions) == []


def test_classes_under_other_names_are_offered_a_map(annotations: dict, pictures: nbc.Dataset) -> None:
    table = as_table(annotations, Path()).assign(label=["Cats", "coins"])
    with pytest.raises(ValueError, match=r"Did you mean classes=\{'Cats': 'cat', 'coins': 'coin'\}") as told:
        pictures.add_predictions("model", table)
    offered = ast.literal_eval(str(told.value).rpartition("classes=")[2].rstrip("?"))
    pictures.add_predictions("model", table, classes=offered)
    assert held(pictures) == {name: (label, box) for name, (label, box) in BOXES.items()}
    with pytest.warns(
        UserWarning, match=r"1 of 2 predictions are of classes that nothing here is labelled with \(dog\)"
    ):
        pictures.add_predictions("model", table.assign(label=["cat", "dog"]))


def test_predictions_without_labels_are_kept(photographs: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_folder(photographs, store=tmp_path / "p.nbc")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ds.add_predictions("model", as_table({}, Path()))
    assert len(ds.predictions["model"]) == 2
    with pytest.raises(ValueError, match="Nothing is known of the objects on these 8 images"):
        ds.evaluate("model")


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (lambda ds: "nothing.json", FileNotFoundError, "There is no file nothing.json"),
        (lambda ds: 5, TypeError, "expected COCO results"),
        (lambda ds: np.zeros((3, 2)), ValueError, "3 rows of probabilities for 8 items"),
        (lambda ds: np.zeros((8, 5)), ValueError, "5 columns of probabilities, and the data set has 2 classes"),
        (
            lambda ds: [{"image_id": 1, "category_id": 3, "bbox": [1, 2, 3, 4]}],
            ValueError,
            "none of its 1 entries has a",
        ),
        (lambda ds: pd.DataFrame({"label": ["cat"], "score": [1.0]}), ValueError, "is needed, to tell which item"),
        (lambda ds: pd.DataFrame({"id": ["cat.jpg"], "a": ["x"]}), ValueError, "no column label"),
        (lambda ds: {"nowhere.jpg": "cat"}, ValueError, "None of the 1 items"),
    ],
)
def test_what_is_no_prediction_is_refused(given: Callable, error: type, words: str, pictures: nbc.Dataset) -> None:
    with pytest.raises(error, match=words):
        pictures.add_predictions("model", given(pictures))
