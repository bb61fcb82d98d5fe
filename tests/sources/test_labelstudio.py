"""Label Studio: tasks with suggestions go out, and what people answer comes back to the right items."""

from __future__ import annotations

import json
import shutil
import warnings
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

import nbcurate as nbc


def quietly(dataset: nbc.Dataset, path: Path, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return dataset.import_labels("labelstudio", path, **options)


def written(path: Path, tasks: Any) -> Path:
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return path


def answered(task: dict[str, Any], result: list[dict[str, Any]], **facts: Any) -> dict[str, Any]:
    """A task as Label Studio exports it once somebody has submitted an annotation (its documented layout)."""
    annotation = {
        "id": 7, "completed_by": {"id": 1, "email": "me@example.com"}, "result": result, "was_cancelled": False,
        "ground_truth": False, "created_at": "2026-05-01T10:00:00Z", "updated_at": "2026-05-01T10:00:05Z",
        "lead_time": 5.1, "prediction": {}, "result_count": len(result), "unique_id": "3c1e", **facts,
    }  # fmt: skip
    return {
        "id": 3, "annotations": [annotation], "file_upload": None, "drafts": [], "predictions": [5], "meta": {},
        "created_at": "2026-05-01T09:00:00Z", "updated_at": "2026-05-01T10:00:05Z", "inner_id": 1,
        "total_annotations": 1, "cancelled_annotations": 0, "project": 1, **task,
    }  # fmt: skip


def choice(*classes: str) -> dict[str, Any]:
    return {
        "value": {"choices": list(classes)}, "id": "yGhT2", "from_name": "label", "to_name": "image",
        "type": "choices", "origin": "manual",
    }  # fmt: skip


def told(frame: Any) -> dict[str, tuple[str, list[float]]]:
    """Label and box of each item."""
    return {row["id"]: (row["label"], list(row["box"])) for row in frame.to_dict("records")}


def label_of(dataset: nbc.Dataset, item_id: str) -> Any:
    return dataset.labels[dataset.ids.index(item_id)]


def test_tasks_carry_suggestions_and_come_back_by_id(dataset: nbc.Dataset, tmp_path: Path) -> None:
    issues = dataset.label_issues()
    ids = issues.ids[:4]
    path = dataset.export("labelstudio", ids=ids, suggestions=issues, to=tmp_path / "tasks.json")
    tasks = json.loads(path.read_text())
    table = issues.to_pandas().set_index("id")
    assert [task["data"]["nbcurate_id"] for task in tasks] == ids
    for task in tasks:
        prediction = task["predictions"][0]
        row = table.loc[task["data"]["nbcurate_id"]]
        assert prediction["result"][0]["value"]["choices"] == [row["suggested_label"]]
        assert prediction["result"][0]["type"] == "choices"
        assert prediction["score"] == pytest.approx(row["confidence"])
        assert prediction["model_version"] == "label_issues"
    answers = [answered(task, task["predictions"][0]["result"]) for task in tasks]
    report = quietly(dataset, written(tmp_path / "export.json", answers))
    assert [label_of(dataset, item) for item in ids] == table.loc[ids, "suggested_label"].tolist()
    differ = sum(table.loc[ids, "suggested_label"] != table.loc[ids, "given_label"])
    assert (report.changed, report.unchanged) == (differ, 4 - differ)


def test_the_interface_lies_beside_and_names_the_folder_of_the_pictures(
    dataset: nbc.Dataset, folder: Path, tmp_path: Path
) -> None:
    dataset.relabel(dataset.ids[:1], '<a "b" & c>')
    path = dataset.export("labelstudio", to=tmp_path / "out" / "tasks.json")
    text = path.with_suffix(".xml").read_text()
    view = ElementTree.fromstring(text)
    assert view[0].attrib["value"] == "$image"
    control = view.find("Choices")
    assert control is not None
    assert control.attrib == {"name": "label", "toName": "image", "choice": "single"}
    assert {one.attrib["value"] for one in control} == {'<a "b" & c>', "animals", "food", "vehicles"}
    assert f"DOCUMENT_ROOT={folder}" in text
    for task, item in zip(json.loads(path.read_text()), dataset.ids, strict=True):
        start, _, below = task["data"]["image"].partition("?d=")
        assert start == "/data/local-files/"
        assert (folder / unquote(below)) == folder / item
    with pytest.raises(FileExistsError):
        dataset.export("labelstudio", to=path)


def test_an_empty_choice_is_no_label(dataset: nbc.Dataset, tmp_path: Path) -> None:
    tasks = json.loads(dataset.export("labelstudio", ids=dataset.ids[:2], to=tmp_path / "tasks.json").read_text())
    answers = [answered(tasks[0], [choice("", " ")]), answered(tasks[1], [choice("", "new")])]
    before = dataset.labels
    with pytest.warns(UserWarning, match="without an answer"):
        dataset.import_labels("labelstudio", written(tmp_path / "e.json", answers))
    assert dataset.labels == [before[0], "new", *before[2:]]


def test_one_undo_takes_all_answers_back(dataset: nbc.Dataset, tmp_path: Path) -> None:
    before = dataset.labels
    tasks = json.loads(dataset.export("labelstudio", to=tmp_path / "tasks.json").read_text())
    quietly(dataset, written(tmp_path / "e.json", [answered(task, [choice("new")]) for task in tasks[:9]]))
    assert dataset.labels[:9] == ["new"] * 9
    assert len(dataset.history) == 9
    assert dataset.undo_edit()
    assert dataset.labels == before


@pytest.mark.parametrize(
    "place",
    [
        "/data/upload/1/a1b2c3d4-{name}",
        "http://localhost:8080/data/upload/1/a1b2c3d4-{name}",
        "/data/local-files/?d=photos/{id}",
        "/data/local-files/?d={id}",
        "s3://bucket/some/folder/{id}",
        "https://host/pictures/{id}?token=1",
        "{id}",
        "{name}",
    ],
)
def test_images_that_were_uploaded_otherwise_are_known_by_name(
    dataset: nbc.Dataset, tmp_path: Path, place: str
) -> None:
    item = dataset.ids[9]
    image = place.format(id=item, name=item.rpartition("/")[2])
    quietly(dataset, written(tmp_path / "e.json", [answered({"data": {"image": image}}, [choice("cake")])]))
    assert label_of(dataset, item) == "cake"
    assert dataset.labels.count("cake") == 1


def test_names_that_label_studio_spells_otherwise(folder: Path, tmp_path: Path) -> None:
    first = sorted((folder / "food").iterdir())[0]
    first.rename(folder / "food" / "ein Stück (1) Äpfel.png")
    dataset = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc")
    task = {"data": {"image": "/data/upload/1/0a1b2c3d-ein_Stück_1_Äpfel.png"}}
    quietly(dataset, written(tmp_path / "e.json", [answered(task, [choice("cake")])]))
    assert label_of(dataset, "food/ein Stück (1) Äpfel.png") == "cake"


def test_a_name_of_two_images_is_a_conflict(dataset: nbc.Dataset, folder: Path, tmp_path: Path) -> None:
    name = Path(dataset.ids[9]).name
    shutil.copy(folder / dataset.ids[10], folder / "animals" / name)
    again = nbc.Dataset.from_folder(folder, store=dataset.store.path)
    export = written(
        tmp_path / "e.json", [answered({"data": {"image": f"/data/upload/1/a1b2c3d4-{name}"}}, [choice("x")])]
    )
    with pytest.warns(UserWarning, match="may be any of 2 images"):
        report = again.import_labels("labelstudio", export)
    assert len(report.conflicts) == 1
    assert "x" not in again.labels


def test_what_is_not_known_not_answered_or_cancelled_changes_nothing(dataset: nbc.Dataset, tmp_path: Path) -> None:
    before = dataset.labels
    tasks = json.loads(dataset.export("labelstudio", to=tmp_path / "tasks.json").read_text())
    export = [
        {**tasks[0], "id": 1, "annotations": []},
        answered(tasks[1], [choice("cake")], was_cancelled=True),
        answered(tasks[2], []),
        answered({"data": {"image": "/data/upload/1/a1b2c3d4-elsewhere.png"}}, [choice("cake")]),
    ]
    with pytest.warns(UserWarning, match=r"e.json: not found: /data/upload/1/a1b2c3d4-elsewhere\.png"):
        report = dataset.import_labels("labelstudio", written(tmp_path / "e.json", export))
    assert dataset.labels == before
    assert (report.changed, len(report.not_found)) == (0, 1)
    assert any("2 times: task without an annotation" in problem for problem in report.problems)
    assert any("without an answer" in problem for problem in report.problems)


def test_annotators_who_differ(dataset: nbc.Dataset, tmp_path: Path) -> None:
    tasks = json.loads(dataset.export("labelstudio", to=tmp_path / "tasks.json").read_text())
    both = answered(tasks[0], [choice("cake")])
    both["annotations"].append({**both["annotations"][0], "id": 8, "result": [choice("soup")]})
    agreed = answered(tasks[1], [choice("cake")])
    agreed["annotations"].append({**agreed["annotations"][0], "id": 9, "result": [{**choice("cake"), "id": "other"}]})
    decided = answered(tasks[2], [choice("cake")])
    decided["annotations"].append({**decided["annotations"][0], "result": [choice("soup")], "ground_truth": True})
    before = dataset.labels[0]
    with pytest.warns(UserWarning, match=r"its annotations differ: \['cake'\] and \['soup'\]"):
        report = dataset.import_labels("labelstudio", written(tmp_path / "e.json", [both, agreed, decided]))
    assert dataset.labels[:3] == [before, "cake", "soup"]
    assert (report.changed, len(report.conflicts)) == (2, 1)


def test_a_label_that_was_changed_here_meanwhile_is_a_conflict(dataset: nbc.Dataset, tmp_path: Path) -> None:
    tasks = json.loads(dataset.export("labelstudio", to=tmp_path / "tasks.json").read_text())
    dataset.relabel(dataset.ids[:2], "mine")
    export = [answered(tasks[0], [choice("theirs")]), answered(tasks[1], [choice("mine")])]
    with pytest.warns(UserWarning, match="label was 'animals' when it was handed out, is"):
        report = dataset.import_labels("labelstudio", written(tmp_path / "e.json", export))
    assert dataset.labels[:2] == ["mine", "mine"]
    assert (report.changed, report.unchanged, len(report.conflicts)) == (0, 1, 1)


def test_several_labels(dataset: nbc.Dataset, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="holds a list of labels"):
        dataset.relabel({item: ["food", "sweet"] for item in dataset.ids[8:10]})
    path = dataset.export("labelstudio", to=tmp_path / "tasks.json")
    control = ElementTree.fromstring(path.with_suffix(".xml").read_text()).find("Choices")
    assert control is not None
    assert control.attrib["choice"] == "multiple"
    tasks = json.loads(path.read_text())
    assert tasks[8]["predictions"][0]["result"][0]["value"]["choices"] == ["food", "sweet"]
    export = [
        answered(tasks[8], [choice("food", "sour")]), answered(tasks[9], tasks[9]["predictions"][0]["result"]),
        answered(tasks[10], []),
    ]  # fmt: skip
    report = quietly(dataset, written(tmp_path / "e.json", export))
    assert dataset.labels[8:11] == [["food", "sour"], ["food", "sweet"], []]
    assert (report.changed, report.unchanged) == (2, 1)


def test_json_min(dataset: nbc.Dataset, tmp_path: Path) -> None:
    facts = {"annotator": 1, "annotation_id": 4, "created_at": "2026", "updated_at": "2026", "lead_time": 3.2}
    first, second, third = dataset.ids[8:11]
    tasks = [
        {"id": 1, "image": "/data/upload/1/a1b2c3d4-x.png", "nbcurate_id": first, "label": "cake", **facts},
        {"id": 2, "image": f"/data/local-files/?d={second}", "label": {"choices": ["soup"]}, **facts},
        {"id": 3, "image": f"/data/local-files/?d={third}", **facts},
    ]
    with pytest.warns(UserWarning, match="1 times: task without an annotation"):
        report = dataset.import_labels("labelstudio", written(tmp_path / "min.json", tasks))
    assert dataset.labels[8:11] == ["cake", "soup", "food"]
    assert report.changed == 2


def test_json_min_with_more_than_one_text(dataset: nbc.Dataset, tmp_path: Path) -> None:
    task = {"id": 1, "image": "x.png", "nbcurate_id": dataset.ids[0], "mood": "happy", "weather": "sunny"}
    path = written(tmp_path / "min.json", [task])
    with pytest.raises(ValueError, match="mood, weather"):
        dataset.import_labels("labelstudio", path)
    quietly(dataset, path, control="weather")
    assert dataset.labels[0] == "sunny"


def test_suggestions_for_another_column_come_back_to_it(dataset: nbc.Dataset, tmp_path: Path) -> None:
    dataset.relabel(dict(zip(dataset.ids, ["alive"] * 8 + ["dead"] * 16, strict=True)), column="coarse")
    issues = dataset.label_issues(label="coarse")
    path = dataset.export("labelstudio", ids=dataset.ids[:2], suggestions=issues, to=tmp_path / "tasks.json")
    tasks = json.loads(path.read_text())
    assert tasks[0]["data"]["nbcurate_label"] == "alive"
    before = dataset.labels
    quietly(dataset, written(tmp_path / "e.json", [answered(tasks[0], [choice("plush")])]))
    assert dataset.column("coarse").to_pylist()[:2] == ["plush", "alive"]
    assert dataset.labels == before


def test_answers_to_several_questions_are_never_mixed(dataset: nbc.Dataset, tmp_path: Path) -> None:
    before = dataset.labels
    first, second = dataset.ids[8:10]

    def other(*classes: str) -> dict[str, Any]:
        return {**choice(*classes), "from_name": "time", "id": "Zz"}

    export = [
        answered({"data": {"image": first}}, [choice("cake"), other("night")]),
        answered({"data": {"image": second}}, [other("day")]),
    ]
    path = written(tmp_path / "e.json", export)
    with pytest.raises(ValueError, match=r"several questions: label, time\. .* control="):
        dataset.import_labels("labelstudio", path)
    assert dataset.labels == before
    with pytest.raises(ValueError, match="the answers are those of label, time"):
        dataset.import_labels("labelstudio", path, control="tmie")
    quietly(dataset, path, control="time")
    assert dataset.labels[8:10] == ["night", "day"]
    dataset.undo_edit()
    # In tasks of ours the question is the one that their interface has.
    tasks = [{**task, "data": {**task["data"], "nbcurate_id": task["data"]["image"]}} for task in export]
    with pytest.warns(UserWarning, match="2 times: answer to another question, 'time'"):
        dataset.import_labels("labelstudio", written(tmp_path / "e.json", tasks))
    assert dataset.labels[8:10] == ["cake", "food"]
    several = [{"id": 1, "image": first, "animal": {"choices": ["cat"]}, "time": {"choices": ["night", "dusk"]}}]
    with pytest.raises(ValueError, match="several questions: animal, time"):
        dataset.import_labels("labelstudio", written(tmp_path / "min.json", several))


def test_two_tasks_of_one_image_that_differ_change_nothing(dataset: nbc.Dataset, tmp_path: Path) -> None:
    first, second = ({"data": {"image": item}} for item in dataset.ids[8:10])
    export = [
        answered(first, [choice("cake")]),
        answered(first, [choice("soup")]),
        *[answered(second, [choice("x")])] * 2,
    ]
    with pytest.warns(UserWarning, match="the file says two things of its label"):
        report = dataset.import_labels("labelstudio", written(tmp_path / "e.json", export))
    assert dataset.labels[8:10] == ["food", "x"]
    assert (report.changed, len(report.conflicts)) == (1, 1)


# -- boxes -------------------------------------------------------------------------------------------------------


@pytest.fixture
def boxes(photographs: Path, tmp_path: Path) -> nbc.Dataset:
    coco = {
        "images": [{"id": 1, "file_name": "cat.jpg"}, {"id": 2, "file_name": "coffee.jpg"}],
        "categories": [{"id": 1, "name": "eye"}, {"id": 2, "name": "cup"}],
        "annotations": [
            {"id": 10, "image_id": 1, "category_id": 1, "bbox": [100, 60, 50, 40]},
            {"id": 11, "image_id": 1, "category_id": 1, "bbox": [200.5, 60.25, 50, 40]},
            {"id": 12, "image_id": 2, "category_id": 2, "bbox": [30, 30, 200, 150]},
        ],
    }
    return nbc.Dataset.from_coco(coco, images=photographs, store=tmp_path / "boxes.nbc")


def test_boxes_go_out_in_percent_and_come_back_as_they_were(boxes: nbc.Dataset, tmp_path: Path) -> None:
    path = boxes.export("labelstudio", to=tmp_path / "tasks.json")
    assert "<RectangleLabels" in path.with_suffix(".xml").read_text()
    tasks = json.loads(path.read_text())
    assert [len(task["predictions"][0]["result"]) for task in tasks] == [2, 1]
    region = tasks[0]["predictions"][0]["result"][0]
    assert (region["id"], region["type"]) == ("cat.jpg#10", "rectanglelabels")
    width, height = region["original_width"], region["original_height"]
    assert region["value"]["x"] == pytest.approx(100 * 100 / width)
    assert region["value"]["height"] == pytest.approx(100 * 40 / height)
    export = [answered(task, task["predictions"][0]["result"]) for task in tasks]
    report = quietly(boxes, written(tmp_path / "e.json", export))
    assert (report.changed, report.added, report.removed, report.unchanged) == (0, 0, 0, 3)
    assert len(boxes.history) == 0


def test_boxes_that_were_corrected(boxes: nbc.Dataset, tmp_path: Path) -> None:
    boxes.tag(["cat.jpg#11"], "mine")
    tasks = json.loads(boxes.export("labelstudio", to=tmp_path / "tasks.json").read_text())
    first, second = tasks[0]["predictions"][0]["result"]
    width, height = first["original_width"], first["original_height"]
    first["value"]["rectanglelabels"] = ["nose"]
    second["value"]["x"] = 100 * 210 / width
    second["id"] = "drawn-anew"
    new = {**first, "id": "Nu1", "value": {
        "x": 10.0, "y": 20.0, "width": 5.0, "height": 10.0, "rotation": 0, "rectanglelabels": ["ear"]}}  # fmt: skip
    before = boxes.to_pandas()
    export = [answered(tasks[0], [first, second, new]), answered(tasks[1], [])]
    report = quietly(boxes, written(tmp_path / "e.json", export))
    assert (report.changed, report.added, report.removed) == (2, 1, 1)
    assert boxes.ids == ["cat.jpg#10", "cat.jpg#11", "cat.jpg#Nu1"]
    frame = boxes.to_pandas().set_index("id")
    assert frame["label"].tolist() == ["nose", "eye", "ear"]
    assert frame.loc["cat.jpg#11", "box"].tolist() == pytest.approx([210, 60.25, 50, 40], abs=0.01)
    assert frame.loc["cat.jpg#11", "tags"].tolist() == ["mine"]
    new_box = [0.1 * width, 0.2 * height, 0.05 * width, 0.1 * height]
    assert frame.loc["cat.jpg#Nu1", "box"].tolist() == pytest.approx(new_box, abs=0.01)
    assert boxes.undo_edit()
    after = boxes.to_pandas()
    assert told(after) == told(before)


@pytest.mark.parametrize("style", ["ids", "min", "question"])
def test_a_box_and_its_class_may_be_two_results(style: str, boxes: nbc.Dataset, tmp_path: Path) -> None:
    """``<Rectangle>`` with ``<Labels>``, or with ``<Choices perRegion="true">``."""
    before = told(boxes.to_pandas())
    tasks = json.loads(boxes.export("labelstudio", to=tmp_path / "tasks.json").read_text())
    regions = tasks[0]["predictions"][0]["result"]
    result: list[dict[str, Any]] = []
    for region, name in zip(regions, ("nose", "eye"), strict=True):
        place = {side: region["value"][side] for side in ("x", "y", "width", "height", "rotation")}
        shared = {**region, "id": f"{name}1"}
        said = {"choices": [name]} if style == "question" else {"labels": [name]}
        kind = next(iter(said))
        result += [
            {**shared, "from_name": "bbox", "type": "rectangle", "value": place},
            {**shared, "from_name": "label", "type": kind, "value": {**place, **said}},
        ]
    if style == "min":
        size = {name: regions[0][name] for name in ("original_width", "original_height")}
        answers = {
            name: [{**one["value"], **size} for one in result if one["from_name"] == name] for name in ("bbox", "label")
        }
        export: Any = [{"id": 1, "image": "cat.jpg", **answers}]
    else:
        export = [answered(tasks[0], result)]
    report = quietly(boxes, written(tmp_path / "e.json", export))
    assert (report.changed, report.added, report.removed, report.unchanged) == (1, 0, 0, 1)
    after = told(boxes.to_pandas())
    assert {item: label for item, (label, _) in after.items()} == {
        "cat.jpg#10": "nose", "cat.jpg#11": "eye", "coffee.jpg#12": "cup",
    }  # fmt: skip
    assert [place for _, place in after.values()] == [place for _, place in before.values()]
    if style == "ids":
        assert quietly(boxes, tmp_path / "e.json", control="label").unchanged == 2


def test_a_region_with_classes_of_two_controls_is_refused(boxes: nbc.Dataset, tmp_path: Path) -> None:
    tasks = json.loads(boxes.export("labelstudio", to=tmp_path / "tasks.json").read_text())
    first, second = tasks[0]["predictions"][0]["result"]
    colour = {**first, "from_name": "colour", "type": "labels", "value": {**first["value"], "labels": ["red"]}}
    del colour["value"]["rectanglelabels"]
    path = written(tmp_path / "e.json", [answered(tasks[0], [first, colour, second])])
    with pytest.raises(ValueError, match="several controls: label, colour"):
        boxes.import_labels("labelstudio", path)
    size = {**colour, "type": "choices", "value": {**first["value"], "choices": ["big"]}}
    del size["value"]["rectanglelabels"]
    written(path, [answered(tasks[0], [first, size, second])])
    with pytest.warns(UserWarning, match="choices of a region that has a label"):
        boxes.import_labels("labelstudio", path)
    assert boxes.labels == ["eye", "eye", "cup"]


def test_brush_strokes_and_turned_boxes_are_told_and_their_image_loses_nothing(
    boxes: nbc.Dataset, tmp_path: Path
) -> None:
    tasks = json.loads(boxes.export("labelstudio", to=tmp_path / "tasks.json").read_text())
    first, second = tasks[0]["predictions"][0]["result"]
    second["value"]["rotation"] = 30
    brush = {**first, "id": "b", "type": "brushlabels", "value": {"format": "rle", "rle": [1], "brushlabels": ["eye"]}}
    first["value"]["rectanglelabels"] = ["nose"]
    export = written(tmp_path / "e.json", [answered(tasks[0], [first, second, brush])])
    with pytest.warns(UserWarning, match="rectanglelabels: only choices, upright boxes"):
        report = boxes.import_labels("labelstudio", export)
    assert len(boxes) == 3
    assert (report.changed, report.removed) == (1, 0)


@pytest.mark.parametrize("content", ["", "[1]", '{"a": 3}', "[" * 100_000, '"text"'])
def test_what_is_no_export(dataset: nbc.Dataset, tmp_path: Path, content: str) -> None:
    path = tmp_path / "e.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"no JSON file|no tasks of Label Studio"):
        dataset.import_labels("labelstudio", path)


def test_suggestions_are_a_finding_that_suggests(dataset: nbc.Dataset, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"such as ds\.label_issues"):
        dataset.export("labelstudio", suggestions=dataset.rare(3), to=tmp_path / "t.json")
    with pytest.raises(ValueError, match=r"use 'labelstudio' or 'cvat'"):
        dataset.import_labels("yolo", tmp_path / "t.json")  # pyright: ignore[reportArgumentType]
    with pytest.raises(FileNotFoundError):
        dataset.import_labels("labelstudio", tmp_path / "none.json")


def test_an_archive_with_the_export(dataset: nbc.Dataset, tmp_path: Path) -> None:
    task = answered({"data": {"image": "x", "nbcurate_id": dataset.ids[0]}}, [choice("cake")])
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../result.json", json.dumps([task]))
    quietly(dataset, path)
    assert dataset.labels[0] == "cake"
    assert not (tmp_path.parent.parent / "result.json").exists()
