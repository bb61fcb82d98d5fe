"""What is known of the items beside their vectors, and queries over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageFilter

import nbcurate as nbc
from nbcurate.imaging import measure_image, probe_file
from nbcurate.store.expression import ExpressionError


@pytest.fixture
def measured(dataset: nbc.Dataset) -> nbc.Dataset:
    return dataset.measure()


def test_measured_properties_say_what_they_promise(photographs: Path) -> None:
    photo = Image.open(photographs / "astronaut.jpg").convert("RGB")
    plain, dark, soft = (
        measure_image(photo),
        measure_image(photo.point([v // 4 for v in range(256)] * 3)),
        measure_image(photo.filter(ImageFilter.GaussianBlur(8))),
    )
    assert dark["brightness"] == pytest.approx(plain["brightness"] / 4, abs=0.02)
    assert soft["sharpness"] < plain["sharpness"] / 4
    grey = measure_image(photo.convert("L").convert("RGB"))
    assert grey["colourfulness"] == pytest.approx(0, abs=1e-3)
    assert plain["colourfulness"] > 20
    blank = measure_image(Image.new("RGB", (300, 200), (200, 30, 35)))
    assert (blank["dominant_colour"], blank["contrast"], blank["entropy"]) == ("red", pytest.approx(0, abs=1e-6), 0)


def test_the_perceptual_hash_is_alike_for_copies(photographs: Path) -> None:
    def distance(a: Image.Image, b: Image.Image) -> int:
        first, second = (int(measure_image(image)["perceptual_hash"], 16) for image in (a, b))
        return (first ^ second).bit_count()

    cat = Image.open(photographs / "cat.jpg").convert("RGB")
    assert distance(cat, cat.resize((120, 90))) <= 4
    assert distance(cat, cat.point([min(255, v + 30) for v in range(256)] * 3)) <= 6
    assert distance(cat, Image.open(photographs / "rocket.jpg").convert("RGB")) > 16


def test_exif_gives_time_camera_and_place(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Acme", "Acme One"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "S", (33.0, 51.0, 0.0), "E", (151.0, 12.0, 36.0)
    Image.new("RGB", (8, 4)).save(tmp_path / "a.jpg", exif=exif)
    found = probe_file(tmp_path / "a.jpg").exif
    assert (str(found.taken), found.camera) == ("2024-05-06 07:08:09", "Acme One")
    assert (found.latitude, found.longitude) == (pytest.approx(-33.85), pytest.approx(151.21))


def test_measuring_is_kept_and_documented(measured: nbc.Dataset, reopen: Callable[[nbc.Dataset], nbc.Dataset]) -> None:
    frame = reopen(measured).to_pandas()
    assert frame["brightness"].between(0, 1).all()
    assert frame["transparency"].max() > 0.1
    documented = measured.properties
    assert set(measured.column_names) == set(documented.index)
    assert documented.loc["entropy", "unit"] == "bit"
    ours = documented[documented["source"] != "given"]
    assert (ours["meaning"] != "").all()


def test_embedding_measures_in_the_same_pass(dataset: nbc.Dataset) -> None:
    assert dataset.column("brightness").null_count == 0


def test_where_is_a_data_set_that_everything_accepts(measured: nbc.Dataset) -> None:
    birds = measured.where("label = 'animals' and width >= 1")
    assert len(birds) == measured.labels.count("animals")
    assert set(birds.search(birds.ids[0], k=50).ids) == set(birds.ids) - {birds.ids[0]}
    assert birds.embeddings().shape[0] == len(birds)
    assert len(birds.where("brightness < 0.5")) + len(birds.where("not brightness < 0.5")) == len(birds)
    birds.selection.set(birds.ids[:2])
    assert measured.selection.ids == birds.ids[:2]


def test_where_takes_an_array_or_ids(measured: nbc.Dataset) -> None:
    frame = measured.to_pandas()
    bright = frame["brightness"] > 0.6
    assert measured.where(bright).ids == frame["id"][bright].tolist()
    assert measured.where(measured.ids[5:2:-1]).ids == measured.ids[3:6]
    with pytest.raises(ValueError, match="condition: 2 values for 24 items"):
        measured.where(np.array([True, False]))
    with pytest.raises(nbc.UnknownItemError):
        measured.where(["nobody"])


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("brightnes < 0.2", "no column 'brightnes'. Did you mean 'brightness'"),
        ("label = cat", "no column 'cat'. A text is written in single quotes: 'cat'. The columns are id, label"),
        ("width >", "cannot be evaluated"),
        ("width", "not true or false"),
        ("true) or (1=1); drop table items; --", "cannot be evaluated"),
        ("(select count(*) from read_csv('/etc/hostname')) > 0", "cannot be evaluated"),
    ],
)
def test_a_bad_expression_says_what_is_wrong(measured: nbc.Dataset, expression: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message.replace("(", r"\(")):
        measured.where(expression)


@pytest.mark.parametrize("name", ["é", "e\u0301", "日", "ä_1", "größe", "two words", 'sel"ect', "Ünit$"])
def test_a_column_of_any_name_can_be_asked_for(dataset: nbc.Dataset, name: str) -> None:
    dataset.add_column(name, np.arange(24))
    quoted = '"' + name.replace('"', '""') + '"'
    assert dataset.where(f"{quoted} = 3").ids == [dataset.ids[3]]
    if name.replace("e\u0301", "e").replace("$", "").isidentifier():
        assert dataset.where(f"{name} = 3").ids == [dataset.ids[3]]


def test_paths_and_copies_can_be_asked_for(dataset: nbc.Dataset) -> None:
    frame = dataset.to_pandas()
    assert dataset.where("path like '%/food/%'").ids == frame["id"][frame["label"] == "food"].tolist()
    assert dataset.where("copy_of is not null").ids == frame["id"][frame["copy_of"].notna()].tolist() != []
    assert dataset.column("copy_of").to_pylist() == [None if pd.isna(c) else c for c in frame["copy_of"]]
    for name in ("path", "copy_of"):
        with pytest.raises(ValueError, match="choose another name"):
            dataset.add_column(name, np.arange(24))


def test_columns_of_ones_own(measured: nbc.Dataset, reopen: Callable[[nbc.Dataset], nbc.Dataset]) -> None:
    n = len(measured)
    measured.add_column("score", np.arange(n) / n)
    measured.add_column("note", {measured.ids[1]: "look again"})
    again = reopen(measured)
    assert again.where("score >= 0.5").ids == again.ids[(n + 1) // 2 :]
    assert again.where("note is not null").ids == [again.ids[1]]
    again.add_column("score", ["text now"] * n)
    assert again.column("score").to_pylist() == ["text now"] * n
    with pytest.raises(ValueError, match="nbcurate fills itself"):
        again.add_column("width", np.zeros(n))
    with pytest.raises(ValueError, match="2 values for"):
        again.add_column("short", [1, 2])
    assert "note" not in again.drop_column("note").column_names


def test_new_items_have_no_value_in_old_columns(dataset: nbc.Dataset, folder: Path) -> None:
    dataset.add_column("score", np.ones(len(dataset)))
    Image.new("RGB", (9, 9), "blue").save(folder / "animals" / "new.png")
    again = nbc.Dataset.from_folder(folder, store=dataset.store.path)
    assert again.where("score is null").ids == ["animals/new.png"]


def test_labels_change_in_bulk_with_history(dataset: nbc.Dataset) -> None:
    first, second = dataset.ids[:2]
    dataset.relabel([first, second], "owl").relabel({first: None})
    assert dataset.labels[:2] == [None, "owl"]
    log = dataset.history
    assert log["edit"].tolist() == [0, 0, 1]
    assert (log["old"].tolist()[0], log["new"].tolist()[0]) == ('"animals"', '"owl"')
    assert dataset.undo_edit()
    assert dataset.labels[0] == "owl"
    assert dataset.undo_edit()
    assert dataset.labels[:2] == ["animals", "animals"]
    assert not dataset.undo_edit()
    with pytest.raises(nbc.UnknownItemError):
        dataset.relabel(["nobody"], "x")


def test_labels_that_are_missing_or_numbers(dataset: nbc.Dataset) -> None:
    a, b, c, d = dataset.ids[:4]
    frame = dataset.relabel([a], None).to_pandas()
    dataset.relabel(dict(zip(frame["id"], frame["label"], strict=True)))
    assert dataset.labels[:2] == [None, "animals"]
    dataset.relabel({a: np.int64(3), b: np.nan, c: 2.0, d: pd.NA})  # type: ignore[dict-item]
    assert dataset.labels[:4] == ["3", None, "2", None]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda ds, ids: ds.relabel(ids), "relabel: which label"),
        (lambda ds, ids: ds.relabel(pd.Series(ds.ids)), "relabel: which label"),
        (lambda ds, ids: ds.relabel(ds.to_pandas()), "relabel: which label"),
        (lambda ds, ids: ds.relabel(dict.fromkeys(ids, "a"), "b"), "the mapping holds the labels, leave out label='b'"),
        (lambda ds, ids: ds.relabel(ids, ["a", "b"]), r"label: a label is a text, got \['a', 'b'\]"),
        (lambda ds, ids: ds.tag(ids), "tag: name at least one tag"),
        (lambda ds, ids: ds.tag(ids, ["x", "y"]), r"got \['x', 'y'\] of type list. Write tag\(ids, 'x', 'y'\)"),
        (lambda ds, ids: ds.tag(ids, 3), "a tag is a text, got 3 of type int"),
        (lambda ds, ids: ds.tag(ids, " "), "a tag is a text that is not empty"),
    ],
)
def test_no_label_and_no_tag_is_changed_by_mistake(
    dataset: nbc.Dataset, change: Callable[[nbc.Dataset, list[str]], object], message: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        change(dataset, dataset.ids[:2])
    assert len(dataset.history) == 0


def test_what_cannot_be_written_is_not_in_the_history(dataset: nbc.Dataset) -> None:
    dataset.save_slice("night", dataset.ids[:2])
    dataset.close()
    for change in (lambda: dataset.relabel(dataset.ids[:2], "owl"), lambda: dataset.slices.__delitem__("night")):
        with pytest.raises(PermissionError, match="was closed here"):
            change()
    assert (len(dataset.history), list(dataset.slices)) == (0, ["night"])


def test_tags(dataset: nbc.Dataset, reopen: Callable[[nbc.Dataset], nbc.Dataset]) -> None:
    dataset.tag(dataset.ids[:3], "night", "blurry").tag(dataset.ids[2:4], "night")
    again = reopen(dataset)
    assert again.tags == {"night": 4, "blurry": 3}
    assert again.where("list_contains(tags, 'night') and not list_contains(tags, 'blurry')").ids == [again.ids[3]]
    assert again.untag(again.ids, "night").tags == {"blurry": 3}
    assert again.undo_edit()
    assert again.tags["night"] == 4


def test_a_table_is_in_the_order_that_was_asked_for(dataset: nbc.Dataset) -> None:
    backwards = dataset.ids[::-1]
    frame = dataset.to_pandas(backwards)
    assert frame["id"].tolist() == backwards
    assert frame["brightness"].tolist() == dataset.to_pandas()["brightness"].tolist()[::-1]
