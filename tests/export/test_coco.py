"""COCO in, COCO out: the file that comes out says what the one that went in said."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image

import nbcurate as nbc

#: The middle of a picture 4 px wide and 5 high, packed as pycocotools packs it.
PACKED = {"size": [5, 4], "counts": "63204"}


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    for seed, name in enumerate(("a.jpg", "b.jpg", "deep/c.png", "nothing.jpg")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        few = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(few).resize((160, 120)).save(folder / name)
    return folder


@pytest.fixture
def content() -> dict[str, Any]:
    """A file with all that COCO has, ids in no order, a category that nothing is of, an image that nothing is on."""
    return {
        "info": {"description": "été", "year": 2024, "url": None},
        "licenses": [{"id": 4, "name": "CC BY"}],
        "images": [
            {"id": 7, "file_name": "a.jpg", "width": 160, "height": 120, "license": 4, "date_captured": "2024-01-01"},
            {"id": 9, "file_name": "b.jpg", "width": 160, "height": 120, "coco_url": "http://example.org/b.jpg"},
            {"id": 3, "file_name": "deep/c.png", "width": 160, "height": 120},
            {"id": 12, "file_name": "nothing.jpg", "width": 160, "height": 120},
        ],
        "categories": [
            {"id": 17, "name": "dog", "supercategory": "animal", "keypoints": ["nose"], "skeleton": []},
            {"id": 3, "name": "a cat", "supercategory": "animal"},
            {"id": 90, "name": "toothbrush", "supercategory": "indoor"},
        ],
        "annotations": [
            {"id": 70, "image_id": 7, "category_id": 17, "bbox": [1.07, 2.33, 20.000000000000004, 20.5], "area": 123.5,
             "iscrowd": 0, "segmentation": [[1, 1, 21.25, 1, 21, 21], [5, 5, 9, 5, 9, 9.123456789]],
             "keypoints": [3, 4, 2], "num_keypoints": 1},
            {"id": 5, "image_id": 7, "category_id": 3, "bbox": [20, 10, 50, 30], "area": 1500, "iscrowd": 1,
             "segmentation": {"size": [120, 160], "counts": [20 * 120 + 10, *[30, 90] * 49, 30, 90 * 120 - 40]}},
            {"id": 6, "image_id": 9, "category_id": 3, "bbox": [3, 3, 4, 5], "area": 3, "iscrowd": 0,
             "segmentation": PACKED, "attributes": {"occluded": True, "é": [1, None]}, "score": 0.25},
            {"id": 8, "image_id": 3, "category_id": 17, "bbox": [473.07 - 400, 0, 3, 4], "area": 12, "iscrowd": 0},
        ],
    }  # fmt: skip


def by_id(entries: list[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    return {entry["id"]: entry for entry in entries}


def written(ds: nbc.Dataset, to: Path, **options: Any) -> dict[str, Any]:
    return json.loads(ds.export("coco", to=to, **options).read_text(encoding="utf-8"))


@pytest.mark.parametrize("objects", [True, False])
def test_the_file_that_comes_out_says_what_went_in(
    objects: bool, content: dict[str, Any], images: Path, tmp_path: Path
) -> None:
    (tmp_path / "in.json").write_text(json.dumps(content))
    ds = nbc.Dataset.from_coco(tmp_path / "in.json", images=images, objects=objects, store=tmp_path / "s.nbc")
    out = written(ds, tmp_path / "out.json")
    assert {name: out[name] for name in ("info", "licenses", "categories")} == {
        name: content[name] for name in ("info", "licenses", "categories")
    }
    assert set(out) == set(content)
    for part in ("images", "annotations"):
        assert by_id(out[part]) == by_id(content[part])
    assert "été" in (tmp_path / "out.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("objects", [True, False])
def test_it_goes_round_and_round_and_stays_the_same(
    objects: bool, content: dict[str, Any], images: Path, tmp_path: Path
) -> None:
    first = nbc.Dataset.from_coco(content, images=images, objects=objects, store=tmp_path / "a.nbc")
    first.tag(first.ids[:1], "night").add_column("count", list(range(len(first))))
    file = first.export("coco", to=tmp_path / "1.json")
    second = nbc.Dataset.from_coco(file, images=images, objects=objects, store=tmp_path / "b.nbc")
    assert file.read_bytes() == second.export("coco", to=tmp_path / "2.json").read_bytes()
    for name in ("id", "label", "tags", "count"):
        assert second.column(name).to_pylist() == first.column(name).to_pylist()


def test_a_subset_has_its_images_and_all_categories(content: dict[str, Any], images: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_coco(content, images=images, store=tmp_path / "s.nbc")
    out = written(ds, tmp_path / "some.json", ids=["b.jpg#6"])
    assert [image["id"] for image in out["images"]] == [9]
    assert out["categories"] == content["categories"]
    assert out["annotations"] == [content["annotations"][2]]
    view = written(ds.where("label = 'dog'"), tmp_path / "dogs.json")
    assert {image["id"] for image in view["images"]} == {7, 3}


def test_what_was_changed_is_changed_and_nothing_else(content: dict[str, Any], images: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_coco(content, images=images, store=tmp_path / "s.nbc")
    ds.relabel({"a.jpg#70": "wolf", "a.jpg#5": "dog"})
    ds.remove(["deep/c.png#8"])
    out = written(ds, tmp_path / "out.json")
    changed = by_id(out["annotations"])
    assert changed[70] == {**content["annotations"][0], "category_id": 91}
    assert changed[5] == {**content["annotations"][1], "category_id": 17}
    assert changed[6] == content["annotations"][2]
    assert out["categories"] == [*content["categories"], {"id": 91, "name": "wolf"}]
    assert {image["id"] for image in out["images"]} == {7, 9, 12}  # an image that lost its objects is no empty one


def test_a_box_without_a_label_gets_none_by_the_way(content: dict[str, Any], images: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_coco(content, images=images, store=tmp_path / "s.nbc")
    ds.relabel(["b.jpg#6"], None)
    with pytest.warns(UserWarning, match="1 boxes have no label: their category in the file is 'unlabelled'"):
        file = ds.export("coco", to=tmp_path / "out.json")
    again = nbc.Dataset.from_coco(file, images=images, store=tmp_path / "again.nbc")
    assert dict(zip(again.ids, again.labels, strict=True))["b.jpg#6"] is None


def test_no_number_is_null_and_json_is_json(content: dict[str, Any], images: Path, tmp_path: Path) -> None:
    content["annotations"][0]["score"] = math.nan
    content["info"]["mean"] = [math.inf, 1.5]
    ds = nbc.Dataset.from_coco(content, images=images, store=tmp_path / "s.nbc").add_column(
        "size", [math.nan, math.inf, 1.0, None]
    )

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    text = ds.export("coco", to=tmp_path / "x.json").read_text(encoding="utf-8")
    out = json.loads(text, parse_constant=refuse)
    assert out["info"]["mean"] == [None, 1.5]
    assert by_id(out["annotations"])[70]["score"] is None


def test_one_file_a_split_and_the_images_beside(content: dict[str, Any], images: Path, tmp_path: Path) -> None:
    first = nbc.Dataset.from_coco(content, images=images, objects=False, store=tmp_path / "s.nbc")
    frame = first.to_pandas()[["path"]].assign(part=["train", "val", "train", None], id=first.ids)
    ds = nbc.Dataset.from_table(frame, split="part", id="id", root=images, store=tmp_path / "t.nbc")
    folder = ds.export("coco", to=tmp_path / "out", copy=True)
    names = {path.name for path in folder.iterdir()} - {".nbcurate-export"}
    assert names == {"train.json", "val.json", "items.json", "images"}
    train = json.loads((folder / "train.json").read_text())
    assert len(train["images"]) == 2
    for image in train["images"]:
        assert (folder / "images" / image["file_name"]).read_bytes() in {p.read_bytes() for p in images.rglob("*.*")}
    again = nbc.Dataset.from_coco(
        folder / "train.json", images=folder / "images", objects=False, store=tmp_path / "b.nbc"
    )
    assert again.column("split").to_pylist() == ["train", "train"]
    one = written(ds, tmp_path / "all.json")
    assert len(one["images"]) == 4


def test_a_category_id_means_the_same_class_in_every_split(
    content: dict[str, Any], images: Path, tmp_path: Path
) -> None:
    """A model is trained on one file and judged on another: dog is not to be 2 here and 1 there."""
    names = [image["file_name"] for image in content["images"]]
    frame = pd.DataFrame(
        {"path": names, "kind": ["cat", "dog", "dog", "emu"], "part": ["train", "train", "val", "test"]}
    )
    made = nbc.Dataset.from_table(frame, label="kind", split="part", root=images, store=tmp_path / "t.nbc")
    boxes = nbc.Dataset.from_coco(content, images=images, store=tmp_path / "s.nbc")
    boxes.store.update_items(pa.table({"key": boxes.keys, "split": ["train", "train", "val", "val"]}))
    boxes.relabel(boxes.where("split = 'val'").ids[:1], "wolf")
    for name, ds in (("made", made), ("given", boxes)):
        folder = ds.export("coco", to=tmp_path / name)
        files = {file.stem: json.loads(file.read_text()) for file in folder.glob("*.json")}
        assert len(files) > 1
        numbers = [{category["name"]: category["id"] for category in file["categories"]} for file in files.values()]
        assert all(number == numbers[0] for number in numbers)
        assert len(set(numbers[0].values())) == len(numbers[0]) == {"made": 3, "given": 4}[name]


def test_files_of_one_name_in_two_places_are_two_images(tmp_path: Path) -> None:
    for place in "ab":
        (tmp_path / place).mkdir()
        Image.new("RGB", (8, 6), "red" if place == "a" else "blue").save(tmp_path / place / "x.png")
        ds = nbc.Dataset.from_folder(tmp_path / place, store=tmp_path / "s.nbc")
    with pytest.warns(UserWarning, match="lie in 2 folders: the file names are those below"):
        out = written(ds, tmp_path / "out.json")
    assert [image["file_name"] for image in out["images"]] == ["a/x.png", "b/x.png"]
    again = nbc.Dataset.from_coco(tmp_path / "out.json", images=tmp_path, objects=False, store=tmp_path / "b.nbc")
    assert [again.image(item).getpixel((0, 0)) for item in again.ids] == [(255, 0, 0), (0, 0, 255)]


def test_two_annotation_files_whose_ids_clash_are_told_apart(images: Path, tmp_path: Path) -> None:
    def file(name: str, category: str) -> dict[str, Any]:
        return {
            "images": [{"id": 1, "file_name": name}],
            "categories": [{"id": 1, "name": category}],
            "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9]}],
        }

    for number, (name, category) in enumerate((("a.jpg", "cat"), ("b.jpg", "dog"))):
        (tmp_path / f"{number}.json").write_text(json.dumps(file(name, category)))
        ds = nbc.Dataset.from_coco(tmp_path / f"{number}.json", images=images, store=tmp_path / "s.nbc")
    out = written(ds, tmp_path / "out.json")
    names = {category["id"]: category["name"] for category in out["categories"]}
    files = {image["id"]: image["file_name"] for image in out["images"]}
    on = {files[one["image_id"]]: names[one["category_id"]] for one in out["annotations"]}
    assert on == {"a.jpg": "cat", "b.jpg": "dog"}
    assert len({one["id"] for one in out["annotations"]}) == 2


def test_annotations_that_come_to_pictures_of_a_folder_go_out_as_they_were(
    content: dict[str, Any], images: Path, tmp_path: Path
) -> None:
    nbc.Dataset.from_folder(images, store=tmp_path / "s.nbc")
    (tmp_path / "in.json").write_text(json.dumps(content))
    ds = nbc.Dataset.from_coco(tmp_path / "in.json", images=images, objects=False, store=tmp_path / "s.nbc")
    assert len(ds) == 4
    out = written(ds, tmp_path / "out.json")
    for part in ("annotations", "categories"):
        assert by_id(out[part]) == by_id(content[part])
    assert {image["id"]: image["file_name"] for image in out["images"]} == {
        image["id"]: image["file_name"] for image in content["images"]
    }


def test_images_and_boxes_of_one_file_are_in_one_store(content: dict[str, Any], images: Path, tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text(json.dumps(content))
    for objects in (False, True, False):
        ds = nbc.Dataset.from_coco(tmp_path / "in.json", images=images, objects=objects, store=tmp_path / "s.nbc")
        assert ds.errors.empty
    assert len(ds) == 8


@pytest.mark.parametrize("objects", [True, False])
@pytest.mark.parametrize("way", ["merged", "read again"])
def test_what_was_corrected_elsewhere_goes_out_corrected(
    objects: bool, way: str, content: dict[str, Any], images: Path, tmp_path: Path
) -> None:
    """Also an object on an image that nothing was on before."""
    options: dict[str, Any] = {"images": images, "objects": objects, "store": tmp_path / "s.nbc"}
    (tmp_path / "in.json").write_text(json.dumps(content))
    ds = nbc.Dataset.from_coco(tmp_path / "in.json", **options)
    first = content["annotations"][0]
    first.update(bbox=[5, 5, 30, 30], area=900, category_id=3, segmentation=[[5, 5, 35, 5, 35, 35]])
    content["annotations"].append({"id": 71, "image_id": 12, "category_id": 3, "bbox": [2, 2, 9, 9], "area": 81})
    corrected = tmp_path / ("new.json" if way == "merged" else "in.json")
    corrected.write_text(json.dumps(content))
    if way == "merged":
        ds.merge_annotations(corrected)
    else:
        ds = nbc.Dataset.from_coco(corrected, **options)
    out = by_id(written(ds, tmp_path / "out.json")["annotations"])
    for annotation in content["annotations"]:
        for name in ("bbox", "area", "category_id", "image_id", "segmentation"):
            assert out[annotation["id"]].get(name) == annotation.get(name)
