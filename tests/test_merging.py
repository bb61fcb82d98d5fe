"""Corrected annotations come back by COCO file or table: counted, in the history, with one undo."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image

import nbcurate as nbc

from .conftest import colour_layout


def quietly(dataset: nbc.Dataset, corrections: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return dataset.merge_annotations(corrections)


@pytest.fixture
def coco() -> dict[str, Any]:
    return {
        "images": [{"id": 1, "file_name": "cat.jpg"}, {"id": 2, "file_name": "coffee.jpg"}],
        "categories": [{"id": 3, "name": "eye"}, {"id": 7, "name": "cup"}],
        "annotations": [
            {"id": 10, "image_id": 1, "category_id": 3, "bbox": [100, 60, 50, 40], "area": 1900.5, "iscrowd": 0},
            {"id": 11, "image_id": 1, "category_id": 3, "bbox": [200, 60, 50, 40], "area": 1800, "iscrowd": 0,
             "segmentation": [[200, 60, 250, 60, 250, 100]]},
            {"id": 12, "image_id": 2, "category_id": 7, "bbox": [30, 30, 200, 150]},
        ],
    }  # fmt: skip


@pytest.fixture
def boxes(coco: dict[str, Any], photographs: Path, tmp_path: Path) -> nbc.Dataset:
    (tmp_path / "instances.json").write_text(json.dumps(coco))
    return nbc.Dataset.from_coco(tmp_path / "instances.json", images=photographs, store=tmp_path / "boxes.nbc")


def told(dataset: nbc.Dataset) -> dict[str, tuple[Any, list[float]]]:
    return {row["id"]: (row["label"], list(row["box"])) for row in dataset.to_pandas().to_dict("records")}


def corrected(coco: dict[str, Any]) -> dict[str, Any]:
    """A category, a place and an area are others, one box has gone, one is new."""
    first, second, _ = coco["annotations"]
    return {
        **coco,
        "categories": [*coco["categories"], {"id": 9, "name": "nose"}],
        "annotations": [
            {**first, "category_id": 9},
            {**second, "bbox": [210, 66, 40, 30], "area": 700, "segmentation": [[210, 66, 250, 66, 250, 96]]},
            {"id": 13, "image_id": 1, "category_id": 3, "bbox": [10, 10, 20, 20]},
        ],
    }


def test_corrected_boxes_are_counted_and_taken(boxes: nbc.Dataset, coco: dict[str, Any], tmp_path: Path) -> None:
    boxes.embed(colour_layout)
    boxes.tag(["cat.jpg#11"], "mine")
    boxes.selection.set(["cat.jpg#11"])
    boxes.add_column("stars", {"cat.jpg#11": 3})
    before, keys = told(boxes), boxes.keys_of(["cat.jpg#10", "cat.jpg#11"])
    path = tmp_path / "corrected.json"
    path.write_text(json.dumps(corrected(coco)))
    report = quietly(boxes, path)
    counts = "2 changed, 1 added, 1 removed, 0 unchanged, 0 not found, 0 conflicts"
    assert repr(report).startswith(f"corrected.json: {counts}")
    assert told(boxes) == {
        "cat.jpg#10": ("nose", [100, 60, 50, 40]), "cat.jpg#11": ("eye", [210, 66, 40, 30]),
        "cat.jpg#13": ("eye", [10, 10, 20, 20]),
    }  # fmt: skip
    row = boxes.to_pandas(["cat.jpg#11"]).iloc[0]
    assert (list(row["tags"]), row["stars"], row["area"]) == (["mine"], 3, 700)
    assert boxes.selection.ids == ["cat.jpg#11"]
    now = boxes.keys_of(["cat.jpg#10", "cat.jpg#11"])
    assert (now[0] == keys[0], now[1] == keys[1]) == (True, False)
    assert {"label", "status"} <= set(boxes.history["column"])
    assert boxes.undo_edit()
    assert told(boxes) == before
    assert boxes.to_pandas(["cat.jpg#11"]).iloc[0]["stars"] == 3
    assert boxes.embeddings().shape == (3, 192)


@pytest.mark.parametrize("format", ["coco", "labelstudio"])
def test_boxes_that_were_not_handed_out_stay(format: Any, boxes: nbc.Dataset, tmp_path: Path) -> None:
    """One of the two boxes of an image is sent for review, by its id or as a view; its answer is about it alone."""
    view = boxes.where("area < 1850")
    assert view.ids == ["cat.jpg#11"]
    for number, path in enumerate(
        [boxes.export(format, ids=["cat.jpg#11"], to=tmp_path / "i.json"), view.export(format, to=tmp_path / "v.json")]
    ):
        content = json.loads(path.read_text())
        if format == "labelstudio":
            content = [
                {**task, "annotations": [{"result": [] if number else task["predictions"][0]["result"]}]}
                for task in content
            ]
            # a box on another image, so that the file is about boxes
            other = json.loads(boxes.export(format, ids=["coffee.jpg#12"], to=tmp_path / f"o{number}.json").read_text())
            content.append({**other[0], "annotations": [{"result": other[0]["predictions"][0]["result"]}]})
        elif number:
            content["annotations"] = []
        path.write_text(json.dumps(content))
        report = quietly(boxes, path) if format == "coco" else boxes.import_labels("labelstudio", path)
        assert (report.removed, report.added) == (number, 0)
    assert boxes.ids == ["cat.jpg#10", "coffee.jpg#12"]


def test_a_view_takes_what_is_said_of_its_own_items(boxes: nbc.Dataset, coco: dict[str, Any]) -> None:
    view = boxes.where("label = 'eye'")
    new = {"id": 21, "image_id": 2, "category_id": 7, "bbox": [5, 5, 20, 20]}
    content = corrected(coco)
    content["annotations"] += [{**coco["annotations"][2], "category_id": 3}, new]
    with pytest.warns(UserWarning, match="is not in this view"):
        report = view.merge_annotations(content)
    assert told(boxes)["coffee.jpg#12"] == ("cup", [30, 30, 200, 150])
    assert (boxes.labels.count("nose"), report.changed, report.added, len(report.conflicts)) == (1, 2, 1, 2)


def test_a_box_that_was_removed_stays_out(boxes: nbc.Dataset, coco: dict[str, Any]) -> None:
    boxes.remove(["coffee.jpg#12"])
    with pytest.warns(UserWarning, match=r"'coffee\.jpg#12' was removed here, and stays out"):
        report = boxes.merge_annotations(coco)
    assert (len(boxes), report.added) == (2, 0)
    boxes.restore(["coffee.jpg#12"])
    assert quietly(boxes, coco).unchanged == 3


def test_a_corrected_box_that_is_outside_of_the_picture_removes_nothing(
    boxes: nbc.Dataset, coco: dict[str, Any]
) -> None:
    before = told(boxes)
    outside = {"id": 99, "image_id": 1, "category_id": 3, "bbox": [9000, 9000, 5, 5]}
    with pytest.warns(UserWarning, match="empty or outside of the image"):
        report = boxes.merge_annotations({**coco, "annotations": [outside, *coco["annotations"][2:]]})
    assert (told(boxes), report.removed) == (before, 0)


@pytest.mark.parametrize("box", [[9000, 9000, 5, 5], [150, 100, -50, -40]])
def test_nor_does_one_on_an_image_with_its_objects_in_columns(
    box: list[float], coco: dict[str, Any], photographs: Path, tmp_path: Path
) -> None:
    with Image.open(photographs / "coffee.jpg") as picture:
        size = dict(zip(("width", "height"), picture.size, strict=True))
    coco["images"] = [{"id": 2, "file_name": "coffee.jpg", **size}]
    coco["annotations"] = coco["annotations"][2:]
    images = nbc.Dataset.from_coco(coco, images=photographs, objects=False, store=tmp_path / "o.nbc")
    with pytest.warns(UserWarning, match="1 boxes are empty or outside of the image"):
        report = images.merge_annotations({**coco, "annotations": [{**coco["annotations"][0], "bbox": box}]})
    assert (images.column("boxes").to_pylist(), report.changed) == ([[30, 30, 200, 150]], 0)


def test_two_boxes_at_one_place_are_told_by_their_class(
    coco: dict[str, Any], photographs: Path, tmp_path: Path
) -> None:
    """A person on a bicycle: the tool gives the boxes in another order and without ids; then one is deleted."""
    eye, _, cup = coco["annotations"]
    other = {**cup, "image_id": 1, "bbox": eye["bbox"]}
    content = {**coco, "annotations": [eye, other]}
    boxes = nbc.Dataset.from_coco(content, images=photographs, store=tmp_path / "two.nbc")
    bare = [{name: one[name] for name in ("image_id", "category_id", "bbox")} for one in (other, eye)]
    assert quietly(boxes, {**content, "annotations": bare}).changed == 0
    assert dict(zip(boxes.ids, boxes.labels, strict=True)) == {"cat.jpg#10": "eye", "cat.jpg#12": "cup"}
    assert quietly(boxes, {**content, "annotations": bare[:1]}).removed == 1
    assert (boxes.ids, boxes.labels) == (["cat.jpg#12"], ["cup"])


@pytest.mark.parametrize("objects", [True, False])
def test_a_picture_that_is_gone_costs_its_own_annotations(
    objects: bool, coco: dict[str, Any], photographs: Path, tmp_path: Path
) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    sizes = {}
    for name in ("cat.jpg", "coffee.jpg"):
        shutil.copy(photographs / name, pictures)
        with Image.open(photographs / name) as picture:
            sizes[name] = dict(zip(("width", "height"), picture.size, strict=True))
    content = {**coco, "images": [{**image, **sizes[image["file_name"]]} for image in coco["images"]]}
    boxes = nbc.Dataset.from_coco(content, images=pictures, objects=objects, store=tmp_path / "g.nbc")
    (pictures / "cat.jpg").unlink()
    changed = [{**one, "category_id": 7, "bbox": [*one["bbox"][:2], 20, 20]} for one in content["annotations"]]
    with pytest.warns(UserWarning, match=r"'cat\.jpg': its boxes are left as they are, as the file is gone"):
        report = boxes.merge_annotations({**content, "annotations": changed})
    assert (report.changed, report.removed) == (1, 0)


def test_a_second_time_nothing_changes(boxes: nbc.Dataset, coco: dict[str, Any]) -> None:
    quietly(boxes, corrected(coco))
    there, edits, keys = told(boxes), len(boxes.history), boxes.keys.tolist()
    report = quietly(boxes, corrected(coco))
    assert (report.changed, report.added, report.removed, report.unchanged) == (0, 0, 0, 3)
    assert (told(boxes), len(boxes.history), boxes.keys.tolist()) == (there, edits, keys)


def test_what_was_exported_and_not_corrected_changes_nothing(boxes: nbc.Dataset, tmp_path: Path) -> None:
    path = boxes.export("coco", to=tmp_path / "out.json")
    report = quietly(boxes, path)
    assert (report.changed, report.added, report.removed, report.unchanged) == (0, 0, 0, 3)


def test_a_correction_goes_out_again(boxes: nbc.Dataset, coco: dict[str, Any], tmp_path: Path) -> None:
    quietly(boxes, corrected(coco))
    out = json.loads(boxes.export("coco", to=tmp_path / "out.json").read_text())
    names = {category["id"]: category["name"] for category in out["categories"]}
    found = {one["id"]: (names[one["category_id"]], one["bbox"], one["area"]) for one in out["annotations"]}
    assert found == {
        10: ("nose", [100, 60, 50, 40], 1900.5), 11: ("eye", [210, 66, 40, 30], 700),
        13: ("eye", [10, 10, 20, 20], 400),
    }  # fmt: skip
    by_id = {one["id"]: one for one in out["annotations"]}
    assert by_id[11]["segmentation"] == [[210, 66, 250, 66, 250, 96]]


def test_area_crowd_and_outline_of_a_box_that_stays(boxes: nbc.Dataset, coco: dict[str, Any], tmp_path: Path) -> None:
    first, second, third = coco["annotations"]
    outline = [[200, 60, 250, 60, 250, 100, 200, 100]]
    annotations = [{**first, "area": 5.5}, {**second, "segmentation": outline}, {**third, "iscrowd": 1}]
    report = quietly(boxes, {**coco, "annotations": annotations})
    assert (report.changed, report.unchanged) == (3, 0)
    out = json.loads(boxes.export("coco", to=tmp_path / "out.json").read_text())
    assert [one["area"] for one in out["annotations"]] == [5.5, 1800, 30000]
    assert [one["iscrowd"] for one in out["annotations"]] == [0, 0, 1]
    assert out["annotations"][1]["segmentation"] == outline
    assert boxes.undo_edit()
    assert boxes.column("area").to_pylist() == [1900.5, 1800, 30000]
    assert boxes.column("crowd").to_pylist() == [False, False, False]


def test_files_that_number_annotations_anew_match_by_place(boxes: nbc.Dataset, coco: dict[str, Any]) -> None:
    """The first was deleted and the others were numbered from 10: none is taken for another."""
    _, second, third = coco["annotations"]
    report = quietly(boxes, {**coco, "annotations": [{**second, "id": 10}, {**third, "id": 11, "category_id": 3}]})
    assert told(boxes) == {"cat.jpg#11": ("eye", [200, 60, 50, 40]), "coffee.jpg#12": ("eye", [30, 30, 200, 150])}
    assert (report.changed, report.removed) == (1, 1)


def test_images_that_the_file_does_not_name_stay(boxes: nbc.Dataset, coco: dict[str, Any]) -> None:
    report = quietly(boxes, {**coco, "images": coco["images"][:1], "annotations": coco["annotations"][:2]})
    assert (len(boxes), report.removed) == (3, 0)


def test_a_new_box_on_an_image_that_had_none(boxes: nbc.Dataset, coco: dict[str, Any]) -> None:
    more = {"id": 20, "image_id": 5, "category_id": 7, "bbox": [1, 2, 30, 40]}
    images = [
        {"id": 5, "file_name": "rocket.jpg"},
        {"id": 6, "file_name": "../rocket.jpg"},
        {"id": 8, "file_name": "no.jpg"},
    ]
    with pytest.warns(UserWarning, match="not found: no.jpg|not found: ../rocket.jpg"):
        report = boxes.merge_annotations({**coco, "images": images, "annotations": [more, {**more, "image_id": 8}]})
    assert told(boxes)["rocket.jpg#20"] == ("cup", [1, 2, 30, 40])
    assert (report.added, report.not_found[-1], len(boxes)) == (1, "no.jpg", 4)
    assert boxes.image("rocket.jpg#20").size == (30, 40)


def test_an_annotation_that_is_none_removes_nothing(boxes: nbc.Dataset, coco: dict[str, Any]) -> None:
    broken = [{**coco["annotations"][0], "bbox": [1, 2]}, coco["annotations"][1], coco["annotations"][2]]
    with pytest.warns(UserWarning, match="problem"):
        report = boxes.merge_annotations({**coco, "annotations": broken})
    assert (len(boxes), report.removed) == (3, 0)


def test_a_correction_stays_where_the_first_file_is_read_again(
    boxes: nbc.Dataset, coco: dict[str, Any], photographs: Path, tmp_path: Path
) -> None:
    """Running the notebook again from the top must not undo the corrections."""
    quietly(boxes, corrected(coco))
    there = told(boxes)
    with pytest.warns(UserWarning, match="removed from this data set before and stay out"):
        again = nbc.Dataset.from_coco(tmp_path / "instances.json", images=photographs, store=boxes.store.path)
    assert told(again) == there


def test_as_roboflow_writes_it(boxes: nbc.Dataset, photographs: Path, tmp_path: Path) -> None:
    """Its names, its category of everything, and a picture that it has stretched."""
    with Image.open(photographs / "coffee.jpg") as picture:
        width, height = picture.size
    export = {
        "info": {"year": "2026", "version": "1", "contributor": "", "date_created": "2026-05-01T00:00:00+00:00"},
        "licenses": [{"id": 1, "url": "", "name": "Public Domain"}],
        "categories": [
            {"id": 0, "name": "cups", "supercategory": "none"}, {"id": 1, "name": "mug", "supercategory": "cups"},
        ],
        "images": [
            {"id": 0, "license": 1, "file_name": "coffee_jpg.rf.0123456789abcdef.jpg", "height": height // 2,
             "width": width // 2, "date_captured": "2026-05-01T00:00:00+00:00", "extra": {"name": "coffee.jpg"}},
        ],
        "annotations": [
            {"id": 0, "image_id": 0, "category_id": 1, "bbox": [15, 15, 100, 75], "area": 7500, "segmentation": [],
             "iscrowd": 0},
        ],
    }  # fmt: skip
    folder = tmp_path / "roboflow"
    for split in ("train", "valid"):
        (folder / split).mkdir(parents=True)
        content = export if split == "train" else {**export, "images": [], "annotations": []}
        (folder / split / "_annotations.coco.json").write_text(json.dumps(content))
    report = quietly(boxes, folder)
    assert told(boxes)["coffee.jpg#12"] == ("mug", [30, 30, 200, 150])
    assert (report.changed, report.added, report.removed) == (1, 0, 0)
    assert quietly(boxes, export).changed == 0


@pytest.mark.parametrize("objects", [True, False])
def test_augmented_versions_of_one_picture_change_nothing(
    objects: bool, coco: dict[str, Any], photographs: Path, tmp_path: Path
) -> None:
    """Roboflow writes a picture several times, mirrored and turned: no version's boxes are those of the picture."""
    boxes = nbc.Dataset.from_coco(coco, images=photographs, objects=objects, store=tmp_path / "v.nbc")
    before = boxes.to_pandas()
    names = [f"coffee_jpg.rf.{number}123456789abcdef.jpg" for number in range(3)]
    export = {
        "categories": [{"id": 7, "name": "cup"}],
        "images": [{"id": at, "file_name": name, "extra": {"name": "coffee.jpg"}} for at, name in enumerate(names)],
        "annotations": [
            {"id": at, "image_id": at, "category_id": 7, "bbox": [30 + 90 * at, 30, 200, 150]} for at in range(3)
        ],
    }
    with pytest.warns(UserWarning, match=r"'coffee\.jpg': the file says 3 different things of what is on it"):
        report = boxes.merge_annotations(export)
    pd.testing.assert_frame_equal(boxes.to_pandas(), before)
    assert (report.changed, report.added, report.removed, report.unchanged) == (0, 0, 0, 0)
    alike = {**export, "annotations": [{**one, "bbox": [30, 30, 200, 150]} for one in export["annotations"]]}
    assert quietly(boxes, alike).unchanged == 1


def test_images_with_their_objects_in_columns(coco: dict[str, Any], photographs: Path, tmp_path: Path) -> None:
    images = nbc.Dataset.from_coco(coco, images=photographs, objects=False, store=tmp_path / "images.nbc")
    before = images.to_pandas()
    assert quietly(images, coco).unchanged == 2
    with pytest.warns(UserWarning, match="list of labels"):
        report = images.merge_annotations(corrected(coco))
    frame = images.to_pandas().set_index("id")
    assert list(frame.loc["cat.jpg", "objects"]) == ["nose", "eye", "eye"]
    assert list(frame.loc["cat.jpg", "boxes"]) == [100, 60, 50, 40, 210, 66, 40, 30, 10, 10, 20, 20]
    assert list(frame.loc["coffee.jpg", "objects"]) == []
    assert images.labels == [["nose", "eye"], None]
    assert report.changed == 2
    assert images.undo_edit()
    for name in ("objects", "boxes"):
        assert images.to_pandas()[name].map(list).tolist() == before[name].map(list).tolist()


def test_labels_of_whole_images_come_back_by_coco(dataset: nbc.Dataset, tmp_path: Path) -> None:
    path = dataset.export("coco", to=tmp_path / "out.json")
    content = json.loads(path.read_text())
    assert quietly(dataset, path).changed == 0
    content["categories"].append({"id": 99, "name": "cake"})
    content["annotations"][8]["category_id"] = 99
    report = quietly(dataset, content)
    assert dataset.labels[8] == "cake"
    assert (report.changed, report.unchanged) == (1, 23)


# -- tables ------------------------------------------------------------------------------------------------------


def test_a_table_of_labels_splits_and_tags(dataset: nbc.Dataset, tmp_path: Path) -> None:
    first, second, third = dataset.ids[8:11]
    frame = pd.DataFrame(
        {
            "id": [first, second, third, "nowhere.png"],
            "label": ["cake", None, "food", "x"],
            "split": ["train", "val", None, None],
            "tags": [["night"], None, None, None],
        }
    )
    with pytest.warns(UserWarning, match=r"not found: nowhere\.png"):
        report = dataset.merge_annotations(frame)
    assert dataset.labels[8:11] == ["cake", "food", "food"]
    assert dataset.column("split").to_pylist()[8:11] == ["train", "val", None]
    assert dataset.column("tags").to_pylist()[8] == ["night"]
    assert (report.changed, report.unchanged, report.not_found) == (2, 1, ["nowhere.png"])
    assert dataset.undo_edit()
    assert dataset.labels[8] == "food"
    assert dataset.column("split").to_pylist()[8:10] == [None, None]


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_an_exported_table_that_was_edited(dataset: nbc.Dataset, tmp_path: Path, format: str) -> None:
    dataset.add_column("stars", list(range(24)))
    path = dataset.export(format, to=tmp_path / f"out.{format}")
    assert quietly(dataset, path).changed == 0
    frame = pd.read_csv(path, dtype=str) if format == "csv" else pd.read_parquet(path)
    frame.loc[8, "label"] = "007"
    edited = tmp_path / f"edited.{format}"
    if format == "csv":
        frame.to_csv(edited, index=False)
    else:
        frame.to_parquet(edited)
    report = quietly(dataset, edited)
    assert dataset.labels[8] == "007"
    assert report.changed == 1


def test_a_table_that_names_paths(dataset: nbc.Dataset, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    path.write_text(f"path,label\n{folder / dataset.ids[8]},cake\n{Path(dataset.ids[9]).name},soup\n")
    quietly(dataset, path)
    assert dataset.labels[8:10] == ["cake", "soup"]


def test_one_item_twice_with_two_labels_stays_as_it_is(dataset: nbc.Dataset) -> None:
    first, second = dataset.ids[8:10]
    ids = [first, first, second, second]
    frame = pd.DataFrame({"id": ids, "label": ["cake", "soup", "tea", "tea"], "split": ["val", None, None, "val"]})
    with pytest.warns(UserWarning, match=r"the file says two things of its label, \['cake'\] and \['soup'\]"):
        report = dataset.merge_annotations(frame)
    assert dataset.labels[8:10] == ["food", "tea"]
    assert dataset.column("split").to_pylist()[8:10] == ["val", "val"]
    assert (report.changed, report.unchanged, len(report.conflicts)) == (2, 0, 1)


def test_boxes_are_relabelled_by_id(boxes: nbc.Dataset) -> None:
    quietly(boxes, pd.DataFrame({"id": ["cat.jpg#10"], "label": ["nose"]}))
    assert boxes.labels == ["nose", "eye", "cup"]


def test_columns_that_are_not_taken_are_told(dataset: nbc.Dataset) -> None:
    with pytest.warns(UserWarning, match="column 'stars': ds.add_column takes it"):
        dataset.merge_annotations(pd.DataFrame({"id": dataset.ids[:1], "label": ["x"], "stars": [3]}))
    with pytest.raises(ValueError, match=r"one of id, path, .* is needed"):
        dataset.merge_annotations(pd.DataFrame({"name": ["a"], "label": ["x"]}))
    with pytest.raises(ValueError, match="one of label, split, tags"):
        dataset.merge_annotations(pd.DataFrame({"id": dataset.ids[:1]}))


def test_undo_makes_lists_one_label_an_item_again(dataset: nbc.Dataset) -> None:
    before, first = dataset.labels, dataset.ids[8]
    with pytest.warns(UserWarning, match="holds a list of labels now"):
        dataset.merge_annotations(pd.DataFrame({"id": [first], "label": [["food", "sweet"]]}))
    dataset.relabel({dataset.ids[9]: ["food", "hot"]})
    assert dataset.undo_edit()
    assert dataset.labels[8:10] == [["food", "sweet"], ["food"]]
    assert dataset.undo_edit()
    assert dataset.labels == before
    assert len(dataset.where("label = 'food'")) == before.count("food")
    assert nbc.Dataset.open(dataset.store.path, read_only=True).labels == before


def test_lists_of_labels_in_a_table(dataset: nbc.Dataset, tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    path.write_text(f'id,label\n{dataset.ids[8]},"[""food"", ""sweet""]"\n')
    with pytest.warns(UserWarning, match="holds a list of labels now"):
        dataset.merge_annotations(path)
    assert dataset.labels[8:10] == [["food", "sweet"], ["food"]]


@pytest.mark.parametrize("content", ["{}", "[]", "no", '{"images": [], "annotations": []}'])
def test_what_is_no_file_of_annotations(dataset: nbc.Dataset, tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"no COCO annotation file|no JSON file"):
        dataset.merge_annotations(path)
    with pytest.raises(FileNotFoundError):
        dataset.merge_annotations(tmp_path / "none.json")
    with pytest.raises(FileNotFoundError):
        dataset.merge_annotations(tmp_path / "none.csv")


def test_a_data_set_that_can_only_be_read(boxes: nbc.Dataset, coco: dict[str, Any]) -> None:
    place = boxes.store.path
    boxes.close()
    with pytest.raises(PermissionError):
        nbc.Dataset.open(place, read_only=True).merge_annotations(corrected(coco))


def test_images_of_one_name_in_two_folders(photographs: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        shutil.copy(photographs / f"{'cat' if name == 'a' else 'coffee'}.jpg", tmp_path / "pictures" / name / "1.jpg")
    dataset = nbc.Dataset.from_folder(tmp_path / "pictures", store=tmp_path / "s.nbc")
    quietly(dataset, pd.DataFrame({"path": ["b/1.jpg"], "label": ["x"]}))
    assert dataset.labels == ["a", "x"]
    with pytest.warns(UserWarning, match="may be any of 2 images"):
        report = dataset.merge_annotations(pd.DataFrame({"path": ["1.jpg"], "label": ["y"]}))
    assert (dataset.labels, len(report.conflicts)) == (["a", "x"], 1)


def test_an_image_of_another_folder_is_not_taken_for_one_here(photographs: Path, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    (pictures / "b").mkdir(parents=True)
    for name, to in (("cat", "c.jpg"), ("coffee", "b/1.jpg")):
        shutil.copy(photographs / f"{name}.jpg", pictures / to)
    dataset = nbc.Dataset.from_folder(pictures, label=None, store=tmp_path / "s.nbc")

    def labels_after(**labels: str) -> tuple[list[str | None], Any]:
        names = [name.replace("__", "/") + ".jpg" for name in labels]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            report = dataset.merge_annotations(pd.DataFrame({"path": names, "label": list(labels.values())}))
        found = [dict(zip(dataset.ids, dataset.labels, strict=True))[item] for item in ("c.jpg", "b/1.jpg")]
        dataset.undo_edit()
        return found, report

    found, report = labels_after(d__c="x")
    assert (found, len(report.conflicts)) == ([None, None], 1)
    found, report = labels_after(d__c="x", c="y")
    assert (found, report.not_found, report.conflicts) == (["y", None], ["d/c.jpg"], [])
    assert labels_after(pictures__c="x", pictures__b__1="y")[0] == ["x", "y"]  # the folder that they lie in
    found, report = labels_after(d__c="x", d__b__1="y")  # the file calls the folder of all of them d
    assert (found, report.conflicts) == (["x", "y"], [])
    assert "known by the end of their path" in report.notes[0]


def test_paths_of_another_folder_are_told(boxes: nbc.Dataset) -> None:
    images = {"path": ["/elsewhere/cat.jpg"], "tags": [["night"]]}
    report = boxes.merge_annotations(pd.DataFrame(images))
    assert "'/elsewhere/cat.jpg' for 'cat.jpg'" in repr(report)


# -- ultralytics -------------------------------------------------------------------------------------------------


def yolo(photographs: Path, folder: Path, lines: dict[str, str], **content: Any) -> Path:
    """A data set as ultralytics documents it: images and labels in folders of these names, and data.yaml."""
    for name, text in lines.items():
        for kind in ("images", "labels"):
            (folder / "train" / kind).mkdir(parents=True, exist_ok=True)
        shutil.copy(photographs / name, folder / "train" / "images" / name)
        if text:
            (folder / "train" / "labels" / name).with_suffix(".txt").write_text(text)
    (folder / "data.yaml").write_text(json.dumps({"train": "../train/images", "nc": 3, **content}))  # JSON is YAML
    return folder / "data.yaml"


def test_train_and_val_of_ultralytics_may_be_one_folder(boxes: nbc.Dataset, photographs: Path, tmp_path: Path) -> None:
    """As in coco8.yaml and coco128.yaml; and a list of files that names what a folder has, too."""
    (tmp_path / "y").mkdir()
    (tmp_path / "y" / "again.txt").write_text("train/images/cat.jpg\n./train/images/../images/cat.jpg\n")
    for val in ("../train/images", "train/../train/images", "again.txt"):
        path = yolo(photographs, tmp_path / "y", {"cat.jpg": "0 0.5 0.5 0.1 0.1\n"}, names=["ear"], val=val)
        report = quietly(boxes, path)
        assert sorted(boxes.labels) == ["cup", "ear"]
        assert (report.added, report.removed, report.unchanged) == (1, 2, 0)
        assert boxes.undo_edit()
        assert boxes.labels == ["eye", "eye", "cup"]


def test_as_ultralytics_has_it(boxes: nbc.Dataset, photographs: Path, tmp_path: Path) -> None:
    with Image.open(photographs / "cat.jpg") as picture:
        width, height = picture.size
    first, second = (f"{(x + 25) / width} {80 / height} {50 / width} {40 / height}" for x in (100, 200))
    lines = {"cat.jpg": f"2 {first}\n0 {second}\n1 0.5 0.5 0.1 0.1\n", "coffee.jpg": ""}
    path = yolo(photographs, tmp_path / "y", lines, names={0: "eye", 1: "ear", 2: "nose"})
    report = quietly(boxes, path)
    assert (report.changed, report.added, report.removed, report.unchanged) == (1, 1, 1, 1)
    assert {item: label for item, (label, _) in told(boxes).items()} == {
        "cat.jpg#10": "nose", "cat.jpg#11": "eye", "cat.jpg#1": "ear",
    }  # fmt: skip
    assert told(boxes)["cat.jpg#1"][1] == pytest.approx(
        [0.45 * width, 0.45 * height, 0.1 * width, 0.1 * height], abs=0.01
    )
    assert boxes.undo_edit()
    assert boxes.labels == ["eye", "eye", "cup"]


def test_key_points_of_ultralytics_are_no_part_of_the_box(
    boxes: nbc.Dataset, photographs: Path, tmp_path: Path
) -> None:
    with Image.open(photographs / "coffee.jpg") as picture:
        width, height = picture.size
    box = f"{130 / width} {105 / height} {200 / width} {150 / height}"
    for numbers, points in ((3, "0.1 0.2 2 0.9 0.4 1"), (2, "0.1 0.2 0.9 0.4")):
        path = yolo(
            photographs, tmp_path / f"p{numbers}", {"coffee.jpg": f"1 {box} {points}\n"},
            names=["eye", "cup"], kpt_shape=[2, numbers],
        )  # fmt: skip
        assert quietly(boxes, path).unchanged == 1
    with pytest.raises(ValueError, match="kpt_shape is"):
        boxes.merge_annotations(yolo(photographs, tmp_path / "x", {"cat.jpg": ""}, names=["eye"], kpt_shape=17))


def test_names_of_classes_are_the_texts_that_stand_there(boxes: nbc.Dataset, photographs: Path, tmp_path: Path) -> None:
    lines = "".join(f"{number} 0.5 0.5 0.1 0.{number + 1}\n" for number in range(5))
    path = yolo(photographs, tmp_path / "y", {"coffee.jpg": lines})
    path.write_text("path:\ntrain: ../train/images\nval: null\nnames:\n  0: no\n  1: on\n  2: 007\n  3: 1.10\n  4: ~\n")
    quietly(boxes, path)
    assert sorted(boxes.labels) == ["007", "1.10", "eye", "eye", "no", "on", "~"]


def test_yolo_as_cvat_and_label_studio_write_it(boxes: nbc.Dataset, photographs: Path, tmp_path: Path) -> None:
    """Without the pictures, with a list of their names; without ``data.yaml``, under the names of uploads."""
    with Image.open(photographs / "coffee.jpg") as picture:
        width, height = picture.size
    line = f"1 {130 / width} {105 / height} {200 / width} {150 / height}\n"
    cvat, studio, alone = (tmp_path / name for name in ("cvat", "studio", "alone"))
    (cvat / "labels" / "train").mkdir(parents=True)
    (cvat / "labels" / "train" / "coffee.txt").write_text(line)
    (cvat / "train.txt").write_text("data/images/train/coffee.jpg\n")
    (cvat / "data.yaml").write_text("names:\n  0: eye\n  1: mug\npath: .\ntrain: train.txt\n")
    for folder, name in ((studio, "8a7b6c5d-coffee"), (alone, "coffee")):
        (folder / "labels").mkdir(parents=True)
        (folder / "images").mkdir()
        (folder / "labels" / f"{name}.txt").write_text(line)
        (folder / "classes.txt").write_text("eye\nmug\n")
        (folder / "notes.json").write_text("{}")
    shutil.copy(photographs / "coffee.jpg", studio / "images" / "8a7b6c5d-coffee.jpg")
    for folder in (cvat, studio, alone):
        report = quietly(boxes, folder)
        assert (boxes.labels, report.changed, report.added) == (["eye", "eye", "mug"], 1, 0)
        assert told(boxes)["coffee.jpg#12"][1] == [30, 30, 200, 150]
        boxes.undo_edit()


def test_coco_under_the_names_of_uploads_to_label_studio(boxes: nbc.Dataset, coco: dict[str, Any]) -> None:
    images = [{**image, "file_name": f"images/8a7b6c5d-{image['file_name']}"} for image in coco["images"]]
    report = quietly(boxes, {**coco, "images": images, "categories": [{"id": 3, "name": "ear"}, coco["categories"][1]]})
    assert (boxes.labels, report.changed, report.unchanged) == (["ear", "ear", "cup"], 2, 1)


def test_an_image_without_label_file_is_named(boxes: nbc.Dataset, photographs: Path, tmp_path: Path) -> None:
    path = yolo(photographs, tmp_path / "y", {"cat.jpg": "0 0.5 0.5 0.1 0.1\n", "coffee.jpg": ""}, names=["eye"])
    assert "nothing is on them, such as 'coffee.jpg'" in repr(quietly(boxes, path))


def test_lines_that_are_no_objects_remove_nothing(boxes: nbc.Dataset, photographs: Path, tmp_path: Path) -> None:
    path = yolo(photographs, tmp_path / "y", {"cat.jpg": "9 0.5 0.5 0.1 0.1\nx\n0 1\n"}, names=["eye"])
    with pytest.warns(UserWarning, match="3 times: line that is no object of a known class"):
        report = boxes.merge_annotations(path.parent)
    assert (len(boxes), report.removed) == (3, 0)


def test_a_data_set_of_ultralytics_without_labels_or_classes(
    boxes: nbc.Dataset, photographs: Path, tmp_path: Path
) -> None:
    for name, content, words in [
        ("a", {"names": ["eye"]}, "and no labels"), ("b", {}, "names no classes"),
        ("c", {"names": ["eye"], "train": "nowhere"}, "names 0 images"),
    ]:  # fmt: skip
        with pytest.raises(ValueError, match=words):
            boxes.merge_annotations(yolo(photographs, tmp_path / name, {"cat.jpg": ""}, **content))
    assert len(boxes) == 3
