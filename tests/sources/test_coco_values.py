"""What COCO files say in earnest: broken annotations, other encodings, turned and resized pictures, other programs."""

from __future__ import annotations

import gzip
import json
import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import nbcurate as nbc

RED = (250, 10, 10)


def picture(seed: int) -> Image.Image:
    few = np.random.default_rng(seed).integers(0, 200, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(few).resize((160, 120), Image.Resampling.BICUBIC)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(3):
        picture(number).save(folder / f"{number}.jpg")
    return folder


@pytest.fixture
def content() -> dict[str, Any]:
    return {
        "images": [{"id": number, "file_name": f"{number}.jpg"} for number in range(3)],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "big dog"}],
        "annotations": [
            {"id": number, "image_id": number, "category_id": 1, "bbox": [1, 1, 20, 20], "area": 400}
            for number in range(3)
        ],
    }


def opened(content: Any, images: Path, objects: bool = True) -> tuple[nbc.Dataset, list[str]]:
    """The data set, and what was told."""
    store = images.parent / f"{len(list(images.parent.glob('*.nbc')))}.nbc"
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        ds = nbc.Dataset.from_coco(content, images=images, objects=objects, store=store)
    return ds, [str(warning.message) for warning in told]


def first(content: dict[str, Any]) -> dict[str, Any]:
    return content["annotations"][0]


Change = Callable[[dict[str, Any]], Any]
#: What costs the first annotation, and what is told of it.
COSTS_IT: dict[str, tuple[Change, str]] = {
    "NaN": (lambda c: first(c).update(bbox=[math.nan, 1, 2, 3]), "a side of their box is no number"),
    "infinite": (lambda c: first(c).update(bbox=[1, 1, math.inf, 3]), "a side of their box is no number"),
    "null": (lambda c: first(c).update(bbox=[None, 1, 2, 3]), "a side of their box is no number"),
    "true": (lambda c: first(c).update(bbox=[True, 1, 2, 3]), "a side of their box is no number"),
    "words": (lambda c: first(c).update(bbox=["a", "b", "c", "d"]), "a side of their box is no number"),
    "too large": (lambda c: first(c).update(bbox=[10**400, 1, 2, 3]), "a side of their box is no number"),
    "dict": (lambda c: first(c).update(bbox={"x": 1}), "their box is not x, y, width, height"),
    "three": (lambda c: first(c).update(bbox=[1, 2, 3]), "their box is not x, y, width, height"),
    "nothing": (lambda c: first(c).pop("bbox"), "they have no box"),
    "no image": (lambda c: first(c).update(image_id=99), "they name no image of the file"),
    "list as image": (lambda c: first(c).update(image_id=[0]), "they name no image of the file"),
    "text": (lambda c: c["annotations"].__setitem__(0, "text"), "they are none"),
    "null annotation": (lambda c: c["annotations"].__setitem__(0, None), "they are none"),
    "no file name": (lambda c: c["images"][0].pop("file_name"), "images are left out: they have no file name"),
    "image null": (lambda c: c["images"].__setitem__(0, None), "images are left out: they have no file name"),
    "no image id": (lambda c: c["images"][0].pop("id"), "images have no id"),
}


@pytest.mark.parametrize("what", COSTS_IT)
@pytest.mark.parametrize("objects", [True, False])
def test_one_bad_annotation_costs_itself_and_is_told(
    what: str, objects: bool, content: dict[str, Any], images: Path
) -> None:
    change, words = COSTS_IT[what]
    change(content)
    ds, told = opened(content, images, objects)
    assert any(words in text and "1 " in text and "such as" in text for text in told), told
    if objects:
        assert ds.ids == ["1.jpg#1", "2.jpg#2"]
        assert ds.labels == ["cat", "cat"]
    else:
        assert ds.column("objects").to_pylist()[-2:] == [["cat"], ["cat"]]


#: What is read in another way than it is written, and what is told of it.
READ_OTHERWISE: dict[str, tuple[Change, str, Any]] = {
    "unknown category": (lambda c: first(c).update(category_id=9), "no category of their category_id", None),
    "no category": (lambda c: first(c).pop("category_id"), "no category of their category_id", None),
    "nameless": (lambda c: c["categories"][0].pop("name"), "categories have no name", None),
    "null name": (lambda c: c["categories"][0].update(name=None), "categories have no name", None),
    "two of one id": (lambda c: c["categories"].append({"id": 1, "name": "x"}), "have the id of another one", None),
    "no id": (lambda c: c["categories"].append({"name": "x"}), "categories are left out: they have no id", "cat"),
    "no area": (lambda c: first(c).update(area=None), "no number as their area", "cat"),
    "one name": (
        lambda c: c["categories"].append({"id": 3, "name": "cat"}),
        "several categories, which become one label, such as 'cat': 1, 3",
        "cat",
    ),
}


@pytest.mark.parametrize("what", READ_OTHERWISE)
def test_what_is_read_otherwise_is_told(what: str, content: dict[str, Any], images: Path) -> None:
    change, words, label = READ_OTHERWISE[what]
    change(content)
    ds, told = opened(content, images)
    assert any(words in text for text in told), told
    assert len(ds) == 3
    assert ds.labels[0] == label
    assert ds.column("area").to_pylist() == [400, 400, 400]


def test_kinds_are_counted(content: dict[str, Any], images: Path) -> None:
    content["annotations"] += [{"id": 10 + n, "image_id": 0, "category_id": 1, "bbox": [n]} for n in range(40)]
    ds, told = opened(content, images)
    assert len(ds) == 3
    assert len(told) == 1
    assert told[0].startswith("40 annotations are left out: their box is not x, y, width, height, such as {'id': 10")


def test_numbers_and_texts_are_one_id(content: dict[str, Any], images: Path) -> None:
    first(content).update(image_id="0", category_id="1", bbox=["1", "1.0", "20", "20"])
    content["images"][1]["id"] = 1.0
    ds, told = opened(content, images)
    assert (len(ds), ds.labels, told) == (3, ["cat"] * 3, [])


def test_what_lies_on_images_of_one_id_is_not_guessed(content: dict[str, Any], images: Path) -> None:
    content["images"][1]["id"] = 0
    ds, told = opened(content, images)
    assert ds.ids == ["2.jpg#2"]
    assert any("several images have their image_id" in text for text in told)


def test_an_image_that_is_listed_twice_has_what_is_on_both(content: dict[str, Any], images: Path) -> None:
    content["images"][1]["file_name"] = "0.jpg"
    ds, told = opened(content, images, objects=False)
    assert ds.ids == ["0.jpg", "2.jpg"]
    assert ds.column("objects").to_pylist() == [["cat", "cat"], ["cat"]]
    assert any("listed more than once" in text for text in told)


def test_the_box_of_a_mask_without_one_is_around_it(content: dict[str, Any], images: Path) -> None:
    del first(content)["bbox"]
    first(content)["segmentation"] = [[10, 20, 40, 20, 40, 60]]
    ds, told = opened(content, images)
    assert ds.column("box").to_pylist()[0] == [10, 20, 30, 40]
    assert any("that around their mask is taken" in text for text in told)


def test_labels_are_lists_where_an_image_has_several_classes(content: dict[str, Any], images: Path) -> None:
    ds, _ = opened(content, images, objects=False)
    assert ds.labels == ["cat", "cat", "cat"]
    content["annotations"][2]["image_id"] = 0
    content["annotations"][2]["category_id"] = 2
    ds, _ = opened(content, images, objects=False)
    assert ds.labels == [["cat", "big dog"], ["cat"], []]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-32"),
        lambda text: gzip.compress(text.encode()),
    ],
)
def test_any_usual_encoding_is_read(encode: Callable[[str], bytes], content: dict[str, Any], images: Path) -> None:
    content["categories"][0]["name"] = "été"
    file = images.parent / "x.json"
    file.write_bytes(encode(json.dumps(content, ensure_ascii=False)))
    ds, told = opened(file, images)
    assert (ds.labels, told) == (["été"] * 3, [])


def test_half_a_character_costs_that_character(content: dict[str, Any], images: Path) -> None:
    content["categories"][0]["name"] = "cat \ud83d"
    content["categories"][1]["name"] = "\U0001f415"
    first(content)["category_id"] = 2
    file = images.parent / "x.json"
    file.write_text(json.dumps(content))
    ds, told = opened(file, images)
    assert (ds.labels, told) == (["\U0001f415", "cat ?", "cat ?"], [])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[]", "is a list, and no COCO annotation file: detections"),
        (b"\xff\x00\x80", "no text in UTF-8"),
        (b"{", "is no JSON file"),
        (b"[" * 200_000, "is no JSON file"),
        (b"", "is no JSON file"),
        (b"PK\x03\x04rest", "is a zip file"),
        (b"3", "it has no images, annotations, categories"),
        (b'{"images": {}, "annotations": [], "categories": []}', "its images are no list"),
    ],
)
def test_what_is_no_annotation_file_says_so(data: bytes, words: str, images: Path) -> None:
    (images.parent / "x.json").write_bytes(data)
    with pytest.raises(ValueError, match=words):
        nbc.Dataset.from_coco(images.parent / "x.json", images=images, store=images.parent / "x.nbc")


# -- pictures that were turned or resized ----------------------------------------------------------------------------


def turned(folder: Path, name: str, orientation: int) -> tuple[list[int], tuple[int, int]]:
    """A picture with a red box, to be turned as it is shown; the box and the size before that."""
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[8:24, 32:56] = RED
    exif = Image.Exif()
    exif[274] = orientation
    Image.fromarray(pixels).save(folder / name, exif=exif, quality=95)
    return [32, 8, 24, 16], (96, 64)


def is_red(ds: nbc.Dataset, item: str) -> bool:
    return np.asarray(ds.image(item))[..., 0].mean() > 200 and np.asarray(ds.image(item))[..., 1].mean() < 60


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("objects", [True, False])
def test_boxes_of_the_unturned_picture_are_turned_with_it(orientation: int, objects: bool, images: Path) -> None:
    """A picture on its head tells nothing by its size: those beside it do."""
    content: dict[str, Any] = {"images": [], "categories": [{"id": 1, "name": "red"}], "annotations": []}
    for number, turn in enumerate((orientation, 6)):
        box, (width, height) = turned(images, f"turned-{number}.jpg", turn)
        name = {"id": number, "file_name": f"turned-{number}.jpg", "width": width, "height": height}
        content["images"].append(name)
        corners = [[32, 8, 56, 8, 56, 24, 32, 24]]
        content["annotations"].append(
            {"id": number, "image_id": number, "category_id": 1, "bbox": box, "area": 384, "iscrowd": 0,
             "segmentation": corners}
        )  # fmt: skip
    ds, told = opened(content, images, objects)
    assert told == []
    if objects:
        assert [is_red(ds, item) for item in ds.ids] == [True, True]
    else:
        x, y, width, height = map(int, ds.column("boxes").to_pylist()[0])
        red = np.asarray(ds.image(ds.ids[0]))[y : y + height, x : x + width]
        assert red[..., 0].mean() > 200
    out = json.loads(ds.export("coco", to=images.parent / "out.json").read_text())
    assert out == content  # as it was: of the picture before it is turned


def test_boxes_of_the_upright_picture_stay(images: Path) -> None:
    turned(images, "turned.jpg", 6)
    content = {
        "images": [{"id": 1, "file_name": "turned.jpg", "width": 64, "height": 96}],
        "categories": [{"id": 1, "name": "red"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [40, 32, 16, 24]}],
    }
    ds, told = opened(content, images)
    assert told == []
    assert is_red(ds, ds.ids[0])
    assert ds.column("box").to_pylist() == [[40, 32, 16, 24]]


@pytest.mark.parametrize("objects", [True, False])
def test_pictures_of_another_size_than_the_file_says_are_told(
    objects: bool, content: dict[str, Any], images: Path
) -> None:
    content["images"][0].update(width=320, height=240)
    content["images"][1].update(width=100, height=120)
    content["images"][2].update(width=160, height=120)
    ds, told = opened(content, images, objects)
    assert len(told) == 1
    assert "2 images have another size than the annotation file says" in told[0]
    assert "'0.jpg': 320 x 240 there, 160 x 120 px in its file, 0.5 times that" in told[0]
    out = json.loads(ds.export("coco", to=images.parent / "out.json").read_text())
    assert [one["bbox"] for one in out["annotations"]] == [[1, 1, 20, 20]] * 3


def test_an_upside_down_picture_alone_is_taken_to_be_upright(images: Path) -> None:
    turned(images, "turned.jpg", 3)
    content = {
        "images": [{"id": 1, "file_name": "turned.jpg", "width": 96, "height": 64}],
        "categories": [{"id": 1, "name": "red"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [40, 40, 24, 16]}],
    }
    ds, _ = opened(content, images)
    assert is_red(ds, ds.ids[0])


# -- as other programs write it --------------------------------------------------------------------------------------


def test_roboflow(images: Path) -> None:
    """``train/_annotations.coco.json`` beside the images; its first category is the project, and holds nothing."""
    name = "cat_jpg.rf.0123456789abcdef.jpg"
    picture(1).save(images / name)
    content = {
        "info": {"year": "2024", "version": "1", "description": "Exported from roboflow.com", "contributor": "",
                 "url": "https://public.roboflow.com/object-detection/undefined", "date_created": "2024-01-01"},
        "licenses": [{"id": 1, "url": "https://creativecommons.org/licenses/by/4.0/", "name": "CC BY 4.0"}],
        "categories": [{"id": 0, "name": "animals", "supercategory": "none"},
                       {"id": 1, "name": "cat", "supercategory": "animals"}],
        "images": [{"id": 0, "license": 1, "file_name": name, "height": 120, "width": 160,
                    "date_captured": "2024-01-01T00:00:00+00:00", "extra": {"name": "cat.jpg"}}],
        "annotations": [{"id": 0, "image_id": 0, "category_id": 1, "bbox": [45, 2, 85, 85], "area": 7225,
                         "segmentation": [], "iscrowd": 0}],
    }  # fmt: skip
    (images / "_annotations.coco.json").write_text(json.dumps(content))
    ds, told = opened(images / "_annotations.coco.json", images)
    assert (ds.ids, ds.labels, told) == ([f"{name}#0"], ["cat"], [])
    assert json.loads(ds.export("coco", to=images.parent / "out.json").read_text()) == content


def test_cvat(images: Path) -> None:
    """Polygons as lists, crowds as runs, attributes of each object, dates as 0, images in subfolders."""
    (images / "task").mkdir()
    picture(1).save(images / "task" / "frame_000000.PNG")
    content = {
        "licenses": [{"name": "", "id": 0, "url": ""}],
        "info": {"contributor": "", "date_created": "", "description": "", "url": "", "version": "", "year": ""},
        "categories": [{"id": 1, "name": "person", "supercategory": ""}, {"id": 2, "name": "car", "supercategory": ""}],
        "images": [{"id": 1, "width": 160, "height": 120, "file_name": "task/frame_000000.PNG", "license": 0,
                    "flickr_url": "", "coco_url": "", "date_captured": 0}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[10.5, 10.0, 40.25, 10.0, 40.25, 60.0]],
             "area": 743.75, "bbox": [10.5, 10.0, 29.75, 50.0], "iscrowd": 0,
             "attributes": {"occluded": False, "rotation": 0.0, "track_id": 3, "keyframe": True}},
            {"id": 2, "image_id": 1, "category_id": 2, "area": 30,
             "segmentation": {"counts": [1210, 30, 17960], "size": [120, 160]},
             "bbox": [10.0, 10.0, 1.0, 30.0], "iscrowd": 1, "attributes": {}},
        ],
    }  # fmt: skip
    for objects in (True, False):
        ds, told = opened(content, images, objects)
        assert told == []
        out = json.loads(ds.export("coco", to=images.parent / f"{objects}.json").read_text())
        assert out == content
    assert ds.labels == [["person", "car"]]


@pytest.mark.parametrize("prefix", ["images/", "images\\"])
def test_label_studio(prefix: str, images: Path) -> None:
    """``result.json`` beside ``images/``: file names with the folder, on Windows with back-slashes; ids from 0."""
    picture(1).save(images / "3f8a1c2e-cat.jpg")
    content = {
        "images": [{"width": 160, "height": 120, "id": 0, "file_name": f"{prefix}3f8a1c2e-cat.jpg"}],
        "categories": [{"id": 0, "name": "Cat"}, {"id": 1, "name": "Dog"}],
        "annotations": [{"id": 0, "image_id": 0, "category_id": 0, "segmentation": [],
                         "bbox": [12.571428571428573, 20.000000000000004, 85.0, 70.0], "ignore": 0, "iscrowd": 0,
                         "area": 5950.0}],
        "info": {"year": 2024, "version": "1.0", "description": "", "contributor": "Label Studio", "url": "",
                 "date_created": "2024-01-01 00:00:00.000000"},
    }  # fmt: skip
    ds, _ = opened(content, images.parent)
    assert ds.labels == ["Cat"]
    assert ds.image(ds.ids[0]).size == (86, 70)
    out = json.loads(ds.export("coco", to=images.parent / "out.json").read_text())
    assert out["images"] == [{**content["images"][0], "file_name": "images/3f8a1c2e-cat.jpg"}]  # as it is found here
    assert {name: out["annotations"][0][name] for name in content["annotations"][0]} == content["annotations"][0]
    _, told = opened(content, images)
    assert any("give images= the folder above" in text for text in told), told


def test_detections_of_ultralytics_have_no_images(images: Path) -> None:
    """``predictions.json``: a list of detections, which name neither files nor classes."""
    (images.parent / "predictions.json").write_text(
        json.dumps([{"image_id": 0, "category_id": 16, "bbox": [1.5, 2.25, 30.0, 40.0], "score": 0.93}])
    )
    with pytest.raises(ValueError, match=r"detections .* lack the names of images and categories"):
        opened(images.parent / "predictions.json", images)


# -- anything at all -------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
IDS = st.integers(0, 3) | st.sampled_from(["0", "1", 1.0, None, [], math.nan]) | JSON
IMAGE = st.fixed_dictionaries({}, optional={"id": IDS, "file_name": st.sampled_from(["0.jpg", "1.jpg", "x", ""]) | JSON,
                                            "width": st.just(160) | JSON, "height": st.just(120) | JSON})  # fmt: skip
ANNOTATION = st.fixed_dictionaries(
    {},
    optional={
        "id": IDS, "image_id": IDS, "category_id": IDS, "area": JSON, "iscrowd": JSON,
        "bbox": st.just([1, 1, 20, 20]) | st.lists(st.integers(-9, 200), min_size=4, max_size=4) | JSON,
        "segmentation": st.just([[1, 1, 9, 1, 9, 9]]) | JSON, "nbcurate": JSON,
    },
)  # fmt: skip
CATEGORY = st.fixed_dictionaries({}, optional={"id": IDS, "name": st.sampled_from(["cat", "dog"]) | JSON})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.fixed_dictionaries(
        {
            "images": st.lists(IMAGE | JSON, max_size=4),
            "annotations": st.lists(ANNOTATION | JSON, max_size=6),
            "categories": st.lists(CATEGORY | JSON, max_size=3),
        },
        optional={"info": JSON, "nbcurate": JSON},
    ),
    objects=st.booleans(),
)
def test_whatever_is_in_a_file_it_is_read_and_what_was_read_is_written(
    content: dict[str, Any], objects: bool, images: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("any")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds = nbc.Dataset.from_coco(content, images=images, objects=objects, store=place / "a.nbc")
        if not len(ds):
            return
        again = nbc.Dataset.from_coco(
            ds.export("coco", to=place / "x.json"), images=images, objects=objects, store=place / "b.nbc"
        )
    assert sorted(again.ids) == sorted(ds.ids)
    assert sorted(map(str, again.labels)) == sorted(map(str, ds.labels))
    where = "box" if objects else "boxes"
    assert sorted(map(str, again.column(where).to_pylist())) == sorted(map(str, ds.column(where).to_pylist()))
    ds.close()
    again.close()
