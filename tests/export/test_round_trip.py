"""What goes out through a format and comes in again is what it was: every format, from every kind of source."""

from __future__ import annotations

import warnings
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

import nbcurate as nbc

#: Names that some system, some format or some program would trip over.
LABELS = ["a/b", "..", "CON", "cat", "Cat", " spaced ", "=1+1", "items.csv", "été:2", "x" * 300, "007", "%41"]


def pictures(folder: Path) -> list[str]:
    """Files of one name in several folders, of one name but for upper case, and with odd names; of real pixels."""
    names = ["a/x.png", "b/x.png", "b/X.png", "c/.. .png", "c/-x.png", "c/a+b.png", "d/été.png", "d/=x.png"]
    names += [f"e/{number}.png" for number in range(len(LABELS) - len(names))]
    for seed, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        few = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(few).resize((32, 24)).save(folder / name)
    return names


def table(folder: Path, names: list[str]) -> pa.Table:
    """A row a picture, with columns of every kind."""
    rows = range(len(names))
    return pa.table(
        {
            "file": names,
            "kind": LABELS,
            "part": [("train", "val", None)[row % 3] for row in rows],
            "tags": pa.array([["night", "a,b"] if row == 1 else None for row in rows], pa.list_(pa.string())),
            "count": pa.array([row if row else None for row in rows], pa.int64()),
            "below": [-row for row in rows],
            "share": [row / 7 for row in rows],
            "whole": [float(row) for row in rows],
            "sure": [row % 2 == 0 for row in rows],
            "day": pa.array([date(2024, 1, 1 + row) for row in rows], pa.date32()),
            "when": pa.array([datetime(2024, 1, 1, 12, row, 3, row) for row in rows], pa.timestamp("us")),
            "code": [f"{row:03}" for row in rows],
            "number as text": [str(row) for row in rows],
            "formula": ["=1+1", "-x", "@me", "+1", "\tx", "'=x", "'", "", "plain", "a\rb", 'say "x"', "true"],
            "words": pa.array([["a", "=b"] if row else [] for row in rows], pa.list_(pa.string())),
            "é,\"': col": list(rows),
        }
    )


def from_table(folder: Path, store: Path) -> nbc.Dataset:
    names = pictures(folder)
    return nbc.Dataset.from_table(
        table(folder, names), image="file", label="kind", split="part", root=folder, store=store
    )


def from_folder(folder: Path, store: Path) -> nbc.Dataset:
    pictures(folder)
    ds = nbc.Dataset.from_folder(folder, store=store)
    return ds.tag(ds.ids[:2], "night").add_column("count", list(range(len(ds))))


def from_coco(folder: Path, store: Path) -> nbc.Dataset:
    names = pictures(folder)
    content = {
        "images": [{"id": number, "file_name": name} for number, name in enumerate(names)],
        "categories": [{"id": 1, "name": "a/b"}, {"id": 2, "name": "..", "supercategory": "dots"}],
        "annotations": [
            {"id": 9 - number, "image_id": number, "category_id": 1 + number % 2, "bbox": [1, 2, 20.5, 10.25]}
            for number in range(9)
        ],
    }
    return nbc.Dataset.from_coco(content, images=folder, objects=False, store=store)


def from_huggingface(folder: Path, store: Path) -> nbc.Dataset:
    import datasets

    files = [str(folder / name) for name in pictures(folder)]
    rows = {"image": files, "label": [n % 2 for n in range(len(files))], "size": [float(n) for n in range(len(files))]}
    kinds = {
        "image": datasets.Image(),
        "label": datasets.ClassLabel(names=["a/b", ".."]),
        "size": datasets.Value("float32"),
    }
    data = datasets.Dataset.from_dict(rows, features=datasets.Features(kinds))
    data.save_to_disk(str(folder / "saved"))
    return nbc.Dataset.from_huggingface(datasets.load_from_disk(str(folder / "saved")), store=store)


def several_labels(folder: Path, store: Path) -> nbc.Dataset:
    names = pictures(folder)
    kinds = [["a/b", "cat"], [], None, ["cat"]] * 3
    rows = pa.table({"path": names, "label": pa.array(kinds, pa.list_(pa.string()))})
    return nbc.Dataset.from_table(rows, label="label", root=folder, store=store)


SOURCES = {"table": from_table, "folder": from_folder, "coco": from_coco, "huggingface": from_huggingface,
           "several labels": several_labels}  # fmt: skip


def to_csv(ds: nbc.Dataset, place: Path) -> nbc.Dataset:
    return nbc.Dataset.from_table(ds.export("csv", to=place / "x.csv"), store=place / "s.nbc")


def to_parquet(ds: nbc.Dataset, place: Path) -> nbc.Dataset:
    return nbc.Dataset.from_table(ds.export("parquet", to=place / "x.parquet"), store=place / "s.nbc")


def to_folder(ds: nbc.Dataset, place: Path) -> nbc.Dataset:
    return nbc.Dataset.from_folder(ds.export("folder", to=place / "x"), store=place / "s.nbc")


def to_coco(ds: nbc.Dataset, place: Path) -> nbc.Dataset:
    written = ds.export("coco", to=place / "x.json", copy=True)
    return nbc.Dataset.from_coco(written, images=place / "x_images", objects=False, store=place / "s.nbc")


def to_coco_by_split(ds: nbc.Dataset, place: Path) -> nbc.Dataset:
    folder = ds.export("coco", to=place / "x", by_split=True, copy=True)
    for file in sorted(folder.glob("*.json")):
        again = nbc.Dataset.from_coco(file, images=folder / "images", objects=False, store=place / "s.nbc")
    return again


def to_huggingface(ds: nbc.Dataset, place: Path) -> nbc.Dataset:
    import datasets

    return nbc.Dataset.from_huggingface(
        datasets.load_from_disk(str(ds.export("huggingface", to=place / "x"))), store=place / "s.nbc"
    )


FORMATS = {"csv": to_csv, "parquet": to_parquet, "folder": to_folder, "coco": to_coco,
           "coco by split": to_coco_by_split, "huggingface": to_huggingface}  # fmt: skip
#: What a source tells of itself that is not the user's, and an export of pictures alone cannot know.
NOT_KEPT = {"annotations", "objects", "boxes"}


def known_of(ds: nbc.Dataset) -> dict[str, dict[str, Any]]:
    """All that a user would miss, by id."""
    own = [name for name in ds.properties.query("source == 'given'").index if name not in {"id", "box", *NOT_KEPT}]
    columns = {name: ds.column(name).to_pylist() for name in own}
    columns = {name: values for name, values in columns.items() if any(value is not None for value in values)}
    pixels = [ds.image(item).tobytes() for item in ds.ids]
    rows = zip(*columns.values(), pixels, strict=True)
    return {item: dict(zip([*columns, "pixels"], row, strict=True)) for item, row in zip(ds.ids, rows, strict=True)}


#: A table names files, and the pictures of a Hugging Face data set are none.
NO_FILES = {("huggingface", "csv"), ("huggingface", "parquet")}
PAIRS = [(source, format) for source in SOURCES for format in FORMATS]


@pytest.mark.parametrize(("source", "format"), [pair for pair in PAIRS if pair not in NO_FILES])
def test_what_goes_out_comes_back_as_it_was(source: str, format: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the sources: that is their tests' matter
        ds = SOURCES[source](tmp_path / "pictures", tmp_path / "s.nbc")
        (tmp_path / "out").mkdir()
        again = FORMATS[format](ds, tmp_path / "out")
    assert known_of(again) == known_of(ds)
    assert {name: str(again.column(name).type) for name in ("label", "tags")} == {
        name: str(ds.column(name).type) for name in ("label", "tags")
    }


@pytest.mark.parametrize(("source", "format"), sorted(NO_FILES))
def test_a_table_says_that_it_cannot_name_what_is_no_file(source: str, format: Any, tmp_path: Path) -> None:
    ds = SOURCES[source](tmp_path / "pictures", tmp_path / "s.nbc")
    with pytest.warns(UserWarning, match="12 pictures are no files .* take them along"):
        ds.export(format, to=tmp_path / f"x.{format}")


def boxes(folder: Path, store: Path) -> nbc.Dataset:
    names = pictures(folder)
    content = {
        "images": [{"id": number, "file_name": name} for number, name in enumerate(names)],
        "categories": [{"id": 1, "name": "a/b"}, {"id": 2, "name": ".."}],
        "annotations": [
            {"id": 70 + n, "image_id": n % 3, "category_id": 1 + n % 2, "bbox": [1.25 + n, 2, 10.07, 8], "area": n,
             "iscrowd": n % 2, "segmentation": [[1, 2, 3, 4, 5, 6.5]]} for n in range(7)
        ],
    }  # fmt: skip
    ds = nbc.Dataset.from_coco(content, images=folder, store=store)
    return ds.tag(ds.ids[:2], "night")


def of_odd_types() -> dict[str, pa.Array]:
    """Columns of types that JSON and text have no values for, or that Python has none for without being told."""
    return {
        "hash": pa.array([2**64 - 1, None, 2**63], pa.uint64()),
        "hashes": pa.array([[2**64 - 1], None, [1, 2]], pa.list_(pa.uint64())),
        "price": pa.array([Decimal("1.10"), None, Decimal("-20.00")], pa.decimal128(9, 2)),
        "lasted": pa.array([timedelta(seconds=5), None, timedelta(days=-3, microseconds=1)], pa.duration("us")),
        "lasted, to the ns": pa.array([5, None, -7], pa.duration("ns")),
        "opens": pa.array([time(1, 2, 3), None, time(23, 59, 59, 999_999)], pa.time64("us")),
        "opens at a second": pa.array([0, None, 86_399], pa.time32("s")),
        "far": pa.array([np.inf, None, -np.inf], pa.float64()),
        "seen": pa.array([1_700_000_000_123_456_789, None, 3], pa.timestamp("ns")),
        "seen there": pa.array([0, None, 1], pa.timestamp("us", "Europe/Berlin")),
    }


@pytest.mark.parametrize("format", FORMATS)
def test_columns_of_any_type_come_back(format: str, tmp_path: Path) -> None:
    files = pictures(tmp_path / "pictures")[:3]
    columns = of_odd_types()
    if format not in ("csv", "folder"):  # these say that they leave bytes out
        columns |= {"raw": pa.array([b"\x00\xff", None, b""]), "days": pa.array([[date(2024, 1, 1)], None, []])}
    ds = nbc.Dataset.from_table(
        pa.table({"path": files, **columns}), root=tmp_path / "pictures", store=tmp_path / "s.nbc"
    )
    (tmp_path / "out").mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = FORMATS[format](ds, tmp_path / "out")
    assert dict(
        zip(again.ids, zip(*(again.column(name).to_pylist() for name in columns), strict=True), strict=True)
    ) == (dict(zip(ds.ids, zip(*(ds.column(name).to_pylist() for name in columns), strict=True), strict=True)))


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_boxes_come_back_through_a_table(format: str, tmp_path: Path) -> None:
    ds = boxes(tmp_path / "pictures", tmp_path / "s.nbc")
    (tmp_path / "out").mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = FORMATS[format](ds, tmp_path / "out")
    assert known_of(again) == known_of(ds)
    for name in ("box", "area", "crowd", "annotation", "width"):
        assert again.column(name).to_pylist() == ds.column(name).to_pylist()


@pytest.mark.parametrize("format", ["folder", "huggingface"])
def test_boxes_come_back_as_the_pictures_that_they_are(format: str, tmp_path: Path) -> None:
    ds = boxes(tmp_path / "pictures", tmp_path / "s.nbc")
    (tmp_path / "out").mkdir()
    again = FORMATS[format](ds, tmp_path / "out")
    assert again.column("box").null_count == 7
    kept = {item: {k: v for k, v in row.items() if k != "cut_from"} for item, row in known_of(again).items()}
    assert kept == known_of(ds)


@pytest.mark.parametrize("of_boxes", [False, True])
def test_columns_that_are_called_as_annotations_are_stay_what_they_are(tmp_path: Path, of_boxes: bool) -> None:
    """A count of objects is no list of them."""
    ds = from_folder(tmp_path / "in", tmp_path / "a.nbc")
    rows = range(len(ds))
    if of_boxes:
        one = ds.export("coco", to=tmp_path / "boxes.json")
        ds = nbc.Dataset.from_coco(one, images=tmp_path / "in", store=tmp_path / "b.nbc")
        ds.add_column("objects", list(rows))
    else:
        for name in ("objects", "boxes"):
            ds.add_column(name, list(rows))
        ds.add_column("annotations", [f"note {row}" for row in rows])
        ds.export("labelstudio", to=tmp_path / "tasks.json")
    out = ds.export("coco", to=tmp_path / "out.json")
    again = nbc.Dataset.from_coco(out, images=tmp_path / "in", objects=of_boxes, store=tmp_path / "c.nbc")
    assert dict(zip(again.ids, again.labels, strict=True)) == dict(zip(ds.ids, ds.labels, strict=True))
    before, after = (of.to_pandas().set_index("id") for of in (ds, again))
    for name in ["objects"] if of_boxes else ["objects", "boxes", "annotations"]:
        assert after[name].to_dict() == before[name].to_dict()
