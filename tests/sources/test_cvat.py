"""CVAT: tags and boxes come back to the right items, and a file of another kind or a hostile one does nothing."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.sources.annotations import files, read_cvat

_META = (
    "<version>1.1</version><meta><task><id>4</id><name>birds</name><size>2</size><mode>annotation</mode>"
    "<labels><label><name>eye</name><color>#ff0000</color><type>any</type><attributes></attributes></label></labels>"
    "</task><dumped>2026-05-01 10:00:00+00:00</dumped></meta>"
)


def document(*images: str) -> str:
    return f'<?xml version="1.0" encoding="utf-8"?>\n<annotations>{_META}{"".join(images)}</annotations>\n'


def image(name: str, size: tuple[int, int], *shapes: str) -> str:
    inner = "".join(shapes)
    return (
        f'<image id="0" name="{name}" subset="default" task_id="4" width="{size[0]}" height="{size[1]}">{inner}</image>'
    )


def box(label: str, left: float, top: float, right: float, bottom: float, more: str = "", inner: str = "") -> str:
    corners = f'xtl="{left:.2f}" ytl="{top:.2f}" xbr="{right:.2f}" ybr="{bottom:.2f}"'
    return f'<box label="{label}" source="manual" occluded="0" {corners} z_order="0"{more}>{inner}</box>'


def tag(label: str) -> str:
    return f'<tag label="{label}" source="manual"></tag>'


def quietly(dataset: nbc.Dataset, path: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return dataset.import_labels("cvat", path)


def written(path: Path, *images: str) -> Path:
    path.write_text(document(*images), encoding="utf-8")
    return path


@pytest.fixture
def size(photographs: Path) -> tuple[int, int]:
    with Image.open(photographs / "cat.jpg") as picture:
        return picture.size


@pytest.fixture
def boxes(photographs: Path, tmp_path: Path) -> nbc.Dataset:
    coco = {
        "images": [{"id": 1, "file_name": "cat.jpg"}, {"id": 2, "file_name": "coffee.jpg"}],
        "categories": [{"id": 1, "name": "eye"}, {"id": 2, "name": "cup"}],
        "annotations": [
            {"id": 10, "image_id": 1, "category_id": 1, "bbox": [100, 60, 50, 40]},
            {"id": 11, "image_id": 1, "category_id": 1, "bbox": [200.126, 60.25, 50, 40]},
            {"id": 12, "image_id": 2, "category_id": 2, "bbox": [30, 30, 200, 150]},
        ],
    }
    return nbc.Dataset.from_coco(coco, images=photographs, store=tmp_path / "boxes.nbc")


def test_tags_are_labels_of_images(dataset: nbc.Dataset, tmp_path: Path) -> None:
    first, second, third = dataset.ids[8:11]
    path = written(
        tmp_path / "a.xml", image(first, (9, 9), tag("cake")), image(Path(second).name, (9, 9), tag("food")),
        image(third, (9, 9)),
    )  # fmt: skip
    with pytest.warns(UserWarning, match="1 times: image without an answer: its label stays"):
        report = dataset.import_labels("cvat", path)
    assert dataset.labels[8:11] == ["cake", "food", "food"]
    assert report.changed == 1
    assert dataset.undo_edit()
    assert dataset.labels[8] == "food"


def test_an_empty_class_is_no_label(
    boxes: nbc.Dataset, dataset: nbc.Dataset, size: tuple[int, int], tmp_path: Path
) -> None:
    shapes = (box("", 100, 60, 150, 100), box(" ", 200.126, 60.25, 250.126, 100.25), box("", 5, 5, 25, 25))
    boxes.import_labels("cvat", written(tmp_path / "b.xml", image("cat.jpg", size, *shapes)))
    assert boxes.labels == ["eye", "eye", "cup", None]
    before = dataset.labels
    with pytest.warns(UserWarning, match="without an answer"):
        dataset.import_labels("cvat", written(tmp_path / "t.xml", image(dataset.ids[8], size, tag(""))))
    assert dataset.labels == before


def test_an_image_twice_with_two_tags_and_one_of_another_folder(dataset: nbc.Dataset, tmp_path: Path) -> None:
    first, second = dataset.ids[8:10]
    size = (64, 64)
    images = [image(first, size, tag(label)) for label in ("cake", "soup")]
    images += [image(f"other/{second}", size, tag("x")), image(second, size, tag("tea"))]
    with pytest.warns(UserWarning, match="the file says two things of its label"):
        report = dataset.import_labels("cvat", written(tmp_path / "e.xml", *images))
    assert dataset.labels[8:10] == ["food", "tea"]
    assert (report.changed, report.not_found, len(report.conflicts)) == (1, [f"other/{second}"], 1)


def test_several_tags_are_a_list_of_labels(dataset: nbc.Dataset, tmp_path: Path) -> None:
    path = written(tmp_path / "a.xml", image(dataset.ids[0], (9, 9), tag("bird"), tag("blue")))
    with pytest.warns(UserWarning, match="holds a list of labels now"):
        dataset.import_labels("cvat", path)
    assert dataset.labels[0] == ["bird", "blue"]
    quietly(
        dataset, written(tmp_path / "b.xml", image(dataset.ids[0], (9, 9)), image(dataset.ids[1], (9, 9), tag("x")))
    )
    assert dataset.labels[:2] == [[], ["x"]]


def test_boxes_are_known_by_their_place(boxes: nbc.Dataset, size: tuple[int, int], tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.xml",
        image(
            "some/folder/cat.jpg", size, box("nose", 100, 60, 150, 100), box("eye", 208, 62, 258, 102),
            box("ear", 10, 10, 40, 30),
        ),
    )  # fmt: skip
    report = quietly(boxes, path)
    assert (report.changed, report.added, report.removed, report.unchanged) == (2, 1, 0, 0)
    frame = boxes.to_pandas().set_index("id")
    assert frame["label"].to_dict() == {
        "cat.jpg#10": "nose",
        "coffee.jpg#12": "cup",
        "cat.jpg#11": "eye",
        "cat.jpg#1": "ear",
    }
    assert frame.loc["cat.jpg#11", "box"].tolist() == [208, 62, 50, 40]
    assert "ds.embed()" in repr(report)
    assert boxes.undo_edit()
    assert sorted(boxes.ids) == ["cat.jpg#10", "cat.jpg#11", "coffee.jpg#12"]


def test_two_decimals_are_no_correction(boxes: nbc.Dataset, size: tuple[int, int], tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.xml",
        image("cat.jpg", size, box("eye", 100, 60, 150, 100), box("eye", 200.13, 60.25, 250.13, 100.25)),
    )
    report = quietly(boxes, path)
    assert (report.changed, report.unchanged, len(boxes.history)) == (0, 2, 0)


def test_a_deleted_box_is_removed_and_other_images_stay(
    boxes: nbc.Dataset, size: tuple[int, int], tmp_path: Path
) -> None:
    boxes.selection.set(["cat.jpg#11", "coffee.jpg#12"])
    report = quietly(boxes, written(tmp_path / "a.xml", image("cat.jpg", size, box("eye", 100, 60, 150, 100))))
    assert boxes.ids == ["cat.jpg#10", "coffee.jpg#12"]
    assert (report.removed, boxes.selection.ids) == (1, ["coffee.jpg#12"])
    assert boxes.undo_edit()
    assert boxes.ids == ["cat.jpg#10", "cat.jpg#11", "coffee.jpg#12"]


def test_a_file_without_any_shape_removes_no_box(boxes: nbc.Dataset, size: tuple[int, int], tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="labels of its own, where the items are boxes"):
        report = boxes.import_labels("cvat", written(tmp_path / "a.xml", image("cat.jpg", size, tag("cat"))))
    assert (len(boxes), report.removed) == (3, 0)
    assert quietly(boxes, written(tmp_path / "b.xml", image("cat.jpg", size))).removed == 0


def test_other_shapes_and_turned_boxes_are_told_and_cost_nothing(
    boxes: nbc.Dataset, size: tuple[int, int], tmp_path: Path
) -> None:
    polygon = (
        '<polygon label="nose" occluded="0" points="100.00,60.00;150.00,60.00;150.00,100.00" z_order="0"></polygon>'
    )
    turned = box("eye", 200, 60, 250, 100, ' rotation="30.00"', '<attribute name="age">old</attribute>')
    line = '<polyline label="eye" occluded="0" points="1,1;2,2" z_order="0"></polyline>'
    path = written(tmp_path / "a.xml", image("cat.jpg", size, polygon, turned, line, '<ellipse label="eye"></ellipse>'))
    with pytest.warns(UserWarning, match="1 times: turned box: only upright boxes"):
        report = boxes.import_labels("cvat", path)
    assert boxes.labels == ["nose", "eye", "cup"]
    assert (report.changed, report.removed) == (1, 0)
    assert len(report.problems) == 3


def test_boxes_of_the_picture_in_another_size(boxes: nbc.Dataset, size: tuple[int, int], tmp_path: Path) -> None:
    double = (size[0] * 2, size[1] * 2)
    path = written(
        tmp_path / "a.xml",
        image("cat.jpg", double, box("nose", 200, 120, 300, 200), box("eye", 400.25, 120.5, 500.25, 200.5)),
    )
    report = quietly(boxes, path)
    assert boxes.labels == ["nose", "eye", "cup"]
    assert (report.changed, report.unchanged) == (1, 1)
    assert "scaled" in repr(report)
    other = written(tmp_path / "b.xml", image("cat.jpg", (size[0], size[0] * 3), box("nose", 1, 1, 9, 9)))
    with pytest.warns(UserWarning, match="which is no resized copy"):
        assert boxes.import_labels("cvat", other).changed == 0


@pytest.mark.parametrize("corners", [(-90, -90, -5, -5), (5, 5, 5, 9), (float("nan"), 1, 5, 5), (5, 5, 1, 1)])
def test_a_box_that_is_none_is_a_conflict(
    boxes: nbc.Dataset, size: tuple[int, int], tmp_path: Path, corners: tuple[float, float, float, float]
) -> None:
    both = [box("eye", 100, 60, 150, 100), box("eye", 200.126, 60.25, 250.126, 100.25)]
    path = written(tmp_path / "a.xml", image("cat.jpg", size, *both, box("ear", *corners)))
    with pytest.warns(UserWarning, match="empty or outside|no numbers"):
        report = boxes.import_labels("cvat", path)
    assert (report.added, len(boxes), len(report.conflicts)) == (0, 3, 1)


def test_a_zip_archive_as_cvat_makes_it(dataset: nbc.Dataset, tmp_path: Path) -> None:
    path = tmp_path / "task.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("images/../../escaped.jpg", b"no")
        archive.writestr("../annotations.xml", document(image(dataset.ids[0], (9, 9), tag("cake"))))
    quietly(dataset, path)
    assert dataset.labels[0] == "cake"
    assert not list(tmp_path.parent.glob("annotations.xml"))


_BOMB = (
    '<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<annotations><image id='0' name='&b;'/></annotations>"
)
_FETCH = (
    '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><annotations><image id="0" name="x"><tag label="&f;"/>'
    "</image></annotations>"
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (_BOMB, "declares a document type or entities"),
        (_FETCH, "declares a document type or entities"),
        ('<!DOCTYPE annotations SYSTEM "http://example.invalid/x.dtd"><annotations/>', "declares a document type"),
        ("<a>" * 50_000, "more than 100 deep"),
        ("<annotations><image", "is no XML file"),
        ("", "is no XML file"),
        ("<annotations><track/></annotations>", "export of a video"),
        ("<other/>", "holds no images of CVAT"),
    ],
)
def test_what_is_no_file_of_cvat(dataset: nbc.Dataset, tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "a.xml"
    path.write_text(content)
    before = dataset.labels
    with pytest.raises(ValueError, match=words):
        dataset.import_labels("cvat", path)
    assert dataset.labels == before


def test_an_archive_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 1 << 20)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("annotations.xml", b" " * (40 << 20))
    with pytest.raises(ValueError, match="holds more than"):
        read_cvat(path)
    empty = tmp_path / "empty.zip"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(ValueError, match=r"no file that ends in \.xml"):
        read_cvat(empty)
    (tmp_path / "broken.zip").write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ValueError, match="no XML file"):
        read_cvat(tmp_path / "broken.zip")
