"""Detection sets as people have them: ultralytics' folders and Pascal VOC's, in and out again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc


@pytest.fixture
def yolo(tmp_path: Path) -> Path:
    """Pictures in two splits: boxes, an empty label file, and none at all."""
    root = tmp_path / "yolo"
    for split, lines in {"train": ["0 .5 .5 .2 .4\n1 .25 .25 .1 .1", "", None], "val": ["1 .5 .5 1 1"]}.items():
        for number, text in enumerate(lines):
            _picture(root / "images" / split / f"{split}{number}.jpg", number)
            if text is not None:
                _write(root / "labels" / split / f"{split}{number}.txt", text)
    _write(root / "data.yaml", "path: .\ntrain: images/train\nval: images/val\nnames: {0: cat, 1: big dog}\n")
    return root


def test_yolo_comes_in_with_its_splits_and_pictures_without_objects(yolo: Path, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match=r"1 of 4 pictures have no label file, such as 'images/train/train2.jpg'"):
        ds = nbc.Dataset.from_yolo(yolo / "data.yaml", store=tmp_path / "y.nbc")
    assert ds.labels == ["cat", "big dog", "big dog"]
    assert ds.column("split").to_pylist() == ["train", "train", "val"]
    assert ds.column("box").to_pylist()[0] == [64.0, 36.0, 32.0, 48.0]
    assert [Path(name).name for name in ds.images.ids] == ["train0.jpg", "train1.jpg", "train2.jpg", "val0.jpg"]
    assert ds.images.column("split").to_pylist() == ["train", "train", "train", "val"]


def test_a_list_of_files_names_as_a_list_and_the_folder_are_read_as_well(yolo: Path, tmp_path: Path) -> None:
    _write(yolo / "train.txt", "./images/train/train0.jpg\n./images/train/train1.jpg\n")
    _write(yolo / "data.yaml", "train: train.txt\nval: images/val\nnames: [cat, big dog]\n")
    ds = nbc.Dataset.from_yolo(yolo, objects=False, store=tmp_path / "y.nbc")
    assert [Path(name).name for name in ds.ids] == ["train0.jpg", "train1.jpg", "val0.jpg"]
    assert ds.column("objects").to_pylist() == [["cat", "big dog"], [], ["big dog"]]


def test_outlines_and_oriented_boxes_are_kept_as_masks(yolo: Path, tmp_path: Path) -> None:
    _write(yolo / "labels/train/train1.txt", "0 .1 .1 .5 .1 .5 .5\n1 .1 .1 .5 .2 .4 .6 .2 .5")
    ds = nbc.Dataset.from_yolo(yolo, store=tmp_path / "y.nbc")
    texts = dict(zip(ds.ids, ds.column("annotation").to_pylist(), strict=True))
    outline = json.loads(texts["images/train/train1.jpg#1"])["segmentation"][0]
    assert np.allclose(outline, [16, 12, 80, 12, 80, 60])
    boxes = dict(zip(ds.ids, ds.column("box").to_pylist(), strict=True))
    assert np.allclose(boxes["images/train/train1.jpg#2"], [16, 12, 64, 60])


def test_key_points_are_kept(yolo: Path, tmp_path: Path) -> None:
    _write(yolo / "labels/train/train1.txt", "0 .5 .5 .2 .4 .1 .1 .5 .5")
    _write(yolo / "labels/train/train0.txt", "")
    _write(yolo / "labels/val/val0.txt", "")
    _write(yolo / "data.yaml", "train: images/train\nval: images/val\nkpt_shape: [2, 2]\nnames: [cat]\n")
    ds = nbc.Dataset.from_yolo(yolo, store=tmp_path / "y.nbc")
    assert json.loads(ds.column("annotation").to_pylist()[0])["keypoints"] == [16.0, 12.0, 2.0, 80.0, 60.0, 2.0]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("7 .5 .5 .1 .1", "class 7 is not among the 2"),
        ("0 .5 .5 0 .1", "no size"),
        ("0 2 2 .1 .1", "outside of the picture"),
        ("0 .5 nan .1 .1", "no"),
        ("cat .5 .5 .1 .1", "something else than numbers"),
        ("0 .5 .5", "2 numbers follow"),
    ],
)
@pytest.mark.parametrize("objects", [True, False])
def test_a_line_that_cannot_be_used_costs_itself_and_is_listed(
    yolo: Path, tmp_path: Path, line: str, why: str, objects: bool
) -> None:
    _write(yolo / "labels/val/val0.txt", f"1 .5 .5 .5 .5\n{line}\n")
    ds = nbc.Dataset.from_yolo(yolo, objects=objects, store=tmp_path / "y.nbc")
    errors = ds.errors
    assert errors["id"].tolist() == ["images/val/val0.jpg#2"]
    assert "labels/val/val0.txt, line 2" in errors["error"][0]
    assert why in errors["error"][0]
    assert "images/val/val0.jpg#1" in ds.objects.ids
    _write(yolo / "labels/val/val0.txt", "1 .5 .5 .5 .5\n0 .5 .5 .1 .1\n")
    mended = nbc.Dataset.from_yolo(yolo, objects=objects, store=tmp_path / "y.nbc")
    assert not len(mended.errors)
    assert "images/val/val0.jpg#2" in mended.objects.ids


def test_label_files_that_are_none_and_pictures_that_are_damaged_cost_themselves(yolo: Path, tmp_path: Path) -> None:
    _write(yolo / "labels/train/orphan.txt", "0 .5 .5 .1 .1")
    (yolo / "images/train/train0.jpg").write_bytes(b"no picture")
    ds = nbc.Dataset.from_yolo(yolo, objects=False, store=tmp_path / "y.nbc")
    told = dict(zip(ds.errors["id"], ds.errors["error"], strict=True))
    assert "no picture of this name" in told["labels/train/orphan.txt"]
    assert "images/train/train0.jpg" in told
    assert len(ds) == 3


def test_what_names_no_classes_or_pictures_says_so(yolo: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.yaml"):
        nbc.Dataset.from_yolo(yolo / "nothing.yaml", store=tmp_path / "y.nbc")
    _write(yolo / "data.yaml", "train: images/train\n")
    with pytest.raises(ValueError, match="names no classes"):
        nbc.Dataset.from_yolo(yolo, store=tmp_path / "y.nbc")
    _write(yolo / "data.yaml", "train: elsewhere\nnames: [a]\n")
    with pytest.raises(ValueError, match="elsewhere is not there"):
        nbc.Dataset.from_yolo(yolo, store=tmp_path / "y.nbc")


@pytest.mark.parametrize("objects", [True, False], ids=["objects", "images"])
def test_yolo_goes_out_as_it_came_in(yolo: Path, tmp_path: Path, objects: bool) -> None:
    _picture(yolo / "images/train/sideways.jpg", 5, orientation=6)
    _write(yolo / "labels/train/sideways.txt", "0 .25 .25 .5 .5")
    ds = nbc.Dataset.from_yolo(yolo, objects=objects, store=tmp_path / "y.nbc")
    out = ds.export("yolo", to=tmp_path / "out")
    for file in (yolo / "labels").rglob("*.txt"):
        lines = [
            [[float(number) for number in line.split()] for line in read.read_text().splitlines()]
            for read in (file, out / file.relative_to(yolo))
        ]
        assert np.allclose(*lines) if any(lines) else lines == [[], []]
    assert (out / "labels/train/train2.txt").read_text() == ""
    assert "path" not in (out / "data.yaml").read_text(), "ultralytics would look in the folder that it is started in"
    assert (out / "images/val/val0.jpg").read_bytes() == (yolo / "images/val/val0.jpg").read_bytes()
    again = nbc.Dataset.from_yolo(out, objects=objects, store=tmp_path / "again.nbc")
    assert sorted(map(str, again.labels)) == sorted(map(str, ds.labels))


def test_boxes_are_cut_off_at_the_edge_and_crowds_left_out(tmp_path: Path) -> None:
    _picture(tmp_path / "images" / "a.jpg", 1)
    boxes = [([150, 10, 40, 20], 0), ([10, 10, 20, 20], 1)]
    content = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 160, "height": 120}],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [
            {"id": n, "image_id": 1, "category_id": 1, "bbox": box, "iscrowd": crowd, "area": 100}
            for n, (box, crowd) in enumerate(boxes, 1)
        ],
    }
    ds = nbc.Dataset.from_coco(content, images=tmp_path / "images", split="train", store=tmp_path / "c.nbc")
    with pytest.warns(UserWarning, match="1 objects are not in .*: crowds"):
        out = ds.export("yolo", to=tmp_path / "out")
    numbers = [float(number) for number in (out / "labels/train/a.txt").read_text().split()]
    assert np.allclose(numbers, [0, 155 / 160, 20 / 120, 10 / 160, 20 / 120])


def test_classes_pick_what_goes_out_and_number_it(yolo: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_yolo(yolo, store=tmp_path / "y.nbc")
    out = ds.export("yolo", to=tmp_path / "out", classes=["big dog"])
    assert (out / "labels/train/train0.txt").read_text().split()[0] == "0"
    assert "0: big dog" in (out / "data.yaml").read_text()
    file = ds.export("coco", to=tmp_path / "dogs.json", classes=["big dog"])
    content = json.loads(file.read_text())
    assert [one["name"] for one in content["categories"]] == ["big dog"]
    assert len(content["annotations"]) == 2
    assert len(content["images"]) == 4


def test_pycocotools_reads_what_goes_out(yolo: Path, tmp_path: Path) -> None:
    from pycocotools.coco import COCO

    _write(yolo / "labels/train/train1.txt", "0 .1 .1 .5 .1 .5 .5")
    ds = nbc.Dataset.from_yolo(yolo, store=tmp_path / "y.nbc")
    read = COCO(str(ds.export("coco", to=tmp_path / "all.json")))
    annotations = read.loadAnns(read.getAnnIds())
    assert len({one["id"] for one in annotations}) == len(ds) == 4
    outlined = next(one for one in annotations if one.get("segmentation"))
    picture = read.loadImgs(outlined["image_id"])[0]
    assert read.annToMask(outlined).shape == (picture["height"], picture["width"]) == (120, 160)


def test_without_splits_data_yaml_names_one_folder_for_both_and_says_so(yolo: Path, tmp_path: Path) -> None:
    _write(yolo / "data.yaml", "train: images/train\nnames: [cat, big dog]\n")
    ds = nbc.Dataset.from_yolo(yolo, store=tmp_path / "y.nbc")
    with pytest.warns(UserWarning, match=r"ds.split\(train=0.8, val=0.2\)"):
        ds.export("yolo", to=tmp_path / "out")


# -- VOC ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def voc(tmp_path: Path) -> Path:
    root = tmp_path / "voc"
    for number in range(3):
        _picture(root / "JPEGImages" / f"{number}.jpg", number)
    _write(root / "Annotations/0.xml", _xml("0.jpg", _object("cat", 8, 12, 195, 371, difficult=1)))
    _write(root / "Annotations/1.xml", _xml("1.jpg"))
    _write(root / "ImageSets/Main/train.txt", "0\n1\n")
    _write(root / "ImageSets/Main/val.txt", "2\n")
    return root


def test_voc_comes_in_with_its_lists_and_flags(voc: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_voc(voc / "Annotations", images="JPEGImages", store=tmp_path / "v.nbc")
    assert ds.ids == ["0.jpg#1"]
    assert ds.column("box").to_pylist() == [[8.0, 12.0, 187.0, 359.0]]
    assert ds.column("difficult").to_pylist() == [True]
    assert ds.images.ids == ["0.jpg", "1.jpg", "2.jpg"]
    assert ds.images.column("split").to_pylist() == ["train", "train", "val"]
    assert ds.images.objects.column("difficult").to_pylist() == [True]


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("no xml", "Annotations/1.xml", "no XML"),
        ("<svg/>", "Annotations/1.xml", "begins with <svg>"),
        ("{object}", "1.jpg#1", "no name"),
        ("{corner}", "1.jpg#1", "bndbox"),
        ("{empty}", "1.jpg#1", "no size"),
        ("{gone}", "Annotations/1.xml", "is not in"),
    ],
)
def test_a_file_or_object_that_cannot_be_used_costs_itself(
    voc: Path, tmp_path: Path, text: str, place: str, why: str
) -> None:
    broken = {
        "{object}": _xml("1.jpg", "<object><bndbox/></object>"),
        "{corner}": _xml("1.jpg", "<object><name>cat</name></object>"),
        "{empty}": _xml("1.jpg", _object("cat", 5, 5, 5, 9)),
        "{gone}": _xml("gone.jpg", _object("cat", 5, 5, 15, 19)),
    }
    if text == "{gone}":
        (voc / "JPEGImages/1.jpg").unlink()
        _write(voc / "ImageSets/Main/train.txt", "0\n")
    _write(voc / "Annotations/1.xml", broken.get(text, text))
    ds = nbc.Dataset.from_voc(voc, objects=False, store=tmp_path / "v.nbc")
    assert ds.errors["id"].tolist() == [place]
    assert why in ds.errors["error"][0]
    assert "0.jpg" in ds.ids


@pytest.mark.parametrize("objects", [True, False], ids=["objects", "images"])
def test_voc_goes_out_as_it_came_in(voc: Path, tmp_path: Path, objects: bool) -> None:
    ds = nbc.Dataset.from_voc(voc, objects=objects, store=tmp_path / "v.nbc")
    out = ds.export("voc", to=tmp_path / "out")
    again = nbc.Dataset.from_voc(out, objects=objects, store=tmp_path / "again.nbc")
    for name in ("label", "box", "difficult") if objects else ("label", "objects", "boxes", "split"):
        assert again.column(name).to_pylist() == ds.column(name).to_pylist()
    assert again.images.column("split").to_pylist() == ds.images.column("split").to_pylist()


# -- several COCO files, and the hub ----------------------------------------------------------------------------------


def test_several_coco_files_have_a_split_each(tmp_path: Path) -> None:
    files = {}
    for number, split in enumerate(("train", "val")):
        _picture(tmp_path / "images" / f"{split}.jpg", number)
        content = {
            "images": [{"id": 1, "file_name": f"{split}.jpg"}],
            "categories": [{"id": 1, "name": "cat"}],
            "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 40]}],
        }
        files[split] = tmp_path / f"{split}.json"
        files[split].write_text(json.dumps(content))
    ds = nbc.Dataset.from_coco(files, images=tmp_path / "images", store=tmp_path / "c.nbc")
    assert dict(zip(ds.ids, ds.column("split").to_pylist(), strict=True)) == {
        "train.jpg#1": "train",
        "val.jpg#1": "val",
    }
    listed = nbc.Dataset.from_coco(
        list(files.values()), images=tmp_path / "images", objects=False, store=tmp_path / "l.nbc"
    )
    assert listed.ids == ["train.jpg", "val.jpg"]


def test_objects_of_a_hugging_face_data_set(tmp_path: Path) -> None:
    import datasets as hub

    pictures = [Image.new("RGB", (80, 60), (40 * number, 90, 120)) for number in range(2)]
    kinds = {
        "bbox": hub.Sequence(hub.Sequence(hub.Value("float32"), 4)),
        "category": hub.Sequence(hub.ClassLabel(names=["cat", "dog"])),
    }
    features = hub.Features({"image": hub.Image(), "objects": kinds})
    on = [{"bbox": [[1, 2, 31, 42], [5, 5, 15, 15]], "category": [0, 1]}, {"bbox": [], "category": []}]
    data = hub.Dataset.from_dict({"image": pictures, "objects": on}, features=features)
    ds = nbc.Dataset.from_huggingface(data, box_format="xyxy", store=tmp_path / "h.nbc")
    assert ds.column("objects").to_pylist() == [["cat", "dog"], []]
    assert ds.objects.labels == ["cat", "dog"]
    assert ds.objects.image(ds.objects.ids[0]).size == (30, 40)


def _picture(path: Path, seed: int, orientation: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[274] = orientation
    noise = np.random.default_rng(seed).integers(0, 255, (120, 160, 3), np.uint8)
    Image.fromarray(noise).save(path, exif=exif)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _xml(name: str, *objects: str) -> str:
    size = "<size><width>400</width><height>400</height><depth>3</depth></size>"
    return f"<annotation><filename>{name}</filename>{size}{''.join(objects)}</annotation>"


def _object(name: str, *corners: int, difficult: int = 0) -> str:
    box = "".join(
        f"<{side}>{value}</{side}>" for side, value in zip(("xmin", "ymin", "xmax", "ymax"), corners, strict=True)
    )
    return f"<object><name>{name}</name><difficult>{difficult}</difficult><bndbox>{box}</bndbox></object>"
