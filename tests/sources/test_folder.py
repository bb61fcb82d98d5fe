"""A folder can hold anything, and change between two looks at it."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

import nbcurate as nbc


def picture(path: Path, colour: object = "red") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (20, 10), colour).save(path)  # type: ignore[arg-type]
    return path


def open_folder(path: Path, store: Path, **options: object) -> nbc.Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nbc.Dataset.from_folder(path, store=store, **options)  # type: ignore[arg-type]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "photos"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "photos.nbc"


def test_ids_are_paths_and_labels_are_folders(root: Path, store: Path) -> None:
    for name in ("cat/1.jpg", "cat/old/2.jpg", "dog/1.png", "loose.jpg"):
        picture(root / name, (len(name), 0, 0))
    ds = open_folder(root, store)
    assert ds.ids == ["loose.jpg", "cat/1.jpg", "cat/old/2.jpg", "dog/1.png"]
    assert ds.labels == [None, "cat", "cat", "dog"]
    assert ds.to_pandas()["path"].tolist() == [str(root / i) for i in ds.ids]


def test_folders_named_for_splits_give_splits(root: Path, store: Path) -> None:
    for name in ("train/cat/1.jpg", "val/cat/2.jpg", "test/3.jpg"):
        picture(root / name)
    frame = open_folder(root, store).to_pandas().set_index("id")
    assert frame["split"].to_dict() == {"train/cat/1.jpg": "train", "val/cat/2.jpg": "val", "test/3.jpg": "test"}
    assert frame.loc["train/cat/1.jpg", "label"] == "cat"


def test_without_labels(root: Path, store: Path) -> None:
    picture(root / "cat/1.jpg")
    assert open_folder(root, store, label=None).labels == [None]


def test_exact_copies_are_named(root: Path, store: Path) -> None:
    first = picture(root / "a.png")
    shutil.copy(first, root / "b.png")
    picture(root / "c.png", "blue")
    copies = open_folder(root, store).to_pandas().set_index("id")["copy_of"]
    assert copies["b.png"] == "a.png"
    assert copies[["a.png", "c.png"]].isna().all()


def test_adding_the_folder_again_adds_only_what_is_new(root: Path, store: Path) -> None:
    picture(root / "a.jpg")
    before = open_folder(root, store)
    key = before.keys.tolist()
    picture(root / "0-sorts-first.jpg")
    after = open_folder(root, store)
    assert after.ids == ["a.jpg", "0-sorts-first.jpg"]
    assert after.keys.tolist()[:1] == key


def test_a_file_that_vanished_is_reported_and_stays(root: Path, store: Path) -> None:
    picture(root / "a.jpg")
    gone = picture(root / "b.jpg", "blue")
    open_folder(root, store)
    gone.rename(root / "b.away")
    with pytest.warns(UserWarning, match=r"b\.jpg"):
        ds = nbc.Dataset.from_folder(root, store=store)
    assert ds.ids == ["a.jpg", "b.jpg"]
    assert ds.errors[["id", "status"]].values.tolist() == [["b.jpg", "missing"]]

    (root / "b.away").rename(gone)
    assert open_folder(root, store).errors.empty


def test_a_file_that_changed_is_a_new_item_under_its_old_id(root: Path, store: Path) -> None:
    path = picture(root / "cat/a.jpg", "red")
    before = open_folder(root, store)
    key = before.keys[0]
    picture(path, "blue")
    os.utime(path, ns=(1, 1))
    after = open_folder(root, store)
    assert after.ids == ["cat/a.jpg"]
    assert after.labels == ["cat"]
    assert after.keys[0] != key
    assert after.image("cat/a.jpg").getpixel((5, 5))[2] > 200  # type: ignore[index]


def test_a_repaired_file_becomes_an_item(root: Path, store: Path) -> None:
    picture(root / "good.jpg")
    (root / "bad.jpg").write_bytes(b"")
    assert open_folder(root, store).ids == ["good.jpg"]
    picture(root / "bad.jpg", "blue")
    ds = open_folder(root, store)
    assert sorted(ds.ids) == ["bad.jpg", "good.jpg"]
    assert ds.errors.empty


def test_a_second_folder_joins_the_store_under_names_of_its_own(root: Path, store: Path, tmp_path: Path) -> None:
    picture(root / "a.jpg")
    open_folder(root, store)
    other = tmp_path / "more"
    picture(other / "a.jpg", "blue")
    picture(other / "b.jpg", "green")
    ds = open_folder(other, store)
    assert ds.ids == ["a.jpg", "more/a.jpg", "b.jpg"]
    assert ds.to_pandas()["path"].tolist() == [str(root / "a.jpg"), str(other / "a.jpg"), str(other / "b.jpg")]
    assert ds.errors.empty


NAMES = ["it's.jpg", 'quo"te.jpg', "<img src=x onerror=alert(1)>.jpg", "new\nline.jpg", "ünïcödé 猫.jpg", "a,b;c.jpg"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_an_id(root: Path, store: Path, name: str) -> None:
    picture(root / name)
    ds = open_folder(root, store)
    assert ds.ids == [name]
    assert ds.image(name).size == (20, 10)
    assert ds.to_pandas(ids=[name])["path"].tolist() == [str(root / name)]


def test_a_name_that_is_not_utf8_is_an_id_too(root: Path, store: Path) -> None:
    picture(root / "a.jpg")
    raw = os.fsencode(root) + b"/caf\xe9.jpg"
    shutil.copy(os.fsencode(root / "a.jpg"), raw)
    picture(root / "bytes:caf%E9.jpg", "blue")
    ds = open_folder(root, store)
    assert len(ds.ids) == len(set(ds.ids)) == 3
    for item_id in ds.ids:
        item_id.encode("utf-8")
        assert ds.image(item_id).size == (20, 10)
    assert ds.to_pandas()["path"].str.endswith("caf%E9.jpg").sum() == 2
    for kind in ("csv", "parquet", "folder", "coco", "huggingface"):
        ds.export(kind, to=store.with_name(f"out-{kind}"))


def test_links_that_lead_in_circles_end(root: Path, store: Path) -> None:
    picture(root / "sub/a.jpg")
    (root / "sub/up").symlink_to(root, target_is_directory=True)
    (root / "loop").symlink_to(root / "loop")
    (root / "dangling.jpg").symlink_to(root / "nowhere.jpg")
    ds = open_folder(root, store)
    assert ds.ids == ["sub/a.jpg"]
    assert ds.errors["id"].tolist() == ["dangling.jpg"]


def test_pipes_and_stores_inside_the_folder_are_passed_over(root: Path) -> None:
    picture(root / "a.jpg")
    os.mkfifo(root / "pipe.jpg")
    (root / "notes.txt").write_text("no image")
    assert open_folder(root, root / "inside.nbc").ids == ["a.jpg"]
    assert open_folder(root, root / "inside.nbc").ids == ["a.jpg"]


@pytest.fixture
def without_rights() -> Iterator[Path]:
    """A folder of an ordinary user's, and this process as that user, also where the tests run as root."""
    import lance  # noqa: F401  (what is loaded late must be loaded before the rights are gone)

    folder = Path(tempfile.mkdtemp())
    if os.geteuid() != 0:
        yield folder
    else:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(0)
    shutil.rmtree(folder)


def test_what_may_not_be_read_is_named_and_read_when_it_may(without_rights: Path) -> None:
    root, store = without_rights / "photos", without_rights / "photos.nbc"
    picture(root / "open.jpg")
    locked = picture(root / "locked.jpg", "blue")
    hidden = picture(root / "secret/a.jpg", "green")
    locked.chmod(0)
    hidden.parent.chmod(0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ds = nbc.Dataset.from_folder(root, store=store)
    assert ds.ids == ["open.jpg"]
    assert ds.errors[["id", "error"]].values.tolist() == [["locked.jpg", "no permission to read the file"]]
    assert any("secret" in str(warning.message) for warning in caught)

    locked.chmod(0o600)
    hidden.parent.chmod(0o700)
    assert sorted(open_folder(root, store).ids) == ["locked.jpg", "open.jpg", "secret/a.jpg"]
    ds.close()


def test_a_wrong_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="nowhere"):
        nbc.Dataset.from_folder(tmp_path / "nowhere", store=tmp_path / "s.nbc")
    (tmp_path / "taken").mkdir()
    picture(tmp_path / "taken" / "a.jpg")
    with pytest.raises(FileExistsError, match="no nbcurate store"):
        nbc.Dataset.from_folder(tmp_path / "taken", store=tmp_path / "taken")


def test_an_export_to_which_a_picture_came_still_brings_what_its_table_says(root: Path, tmp_path: Path) -> None:
    for name in ("cat/1.png", "dog/2.png", "dog/3.png"):
        picture(root / name, (len(name), 9, name.count("3")))
    ds = open_folder(root, tmp_path / "a.nbc")
    ds.tag(["dog/2.png"], "night")
    ds.add_column("number", [1, 2, 3])
    ds.relabel({"cat/1.png": ["cat", "old"]})
    out = ds.export("folder", to=tmp_path / "out")
    picture(out / "dog" / "new.png", "blue")
    (out / "notes.txt").write_text("mine")
    with pytest.warns(UserWarning, match="1 picture of out came to it after the export"):
        again = nbc.Dataset.from_folder(out, store=tmp_path / "b.nbc")
    frame = again.to_pandas().set_index("id")
    assert [list(label) for label in frame["label"]] == [["cat", "old"], ["dog"], ["dog"], ["dog"]]
    assert frame.index.tolist() == ["cat/1.png", "dog/2.png", "dog/3.png", "dog/new.png"]
    assert list(frame.loc["dog/2.png", "tags"]) == ["night"]
    assert frame["number"].tolist()[:3] == [1, 2, 3]
    assert len(open_folder(out, tmp_path / "b.nbc")) == 4


def test_an_export_below_the_pictures_is_no_part_of_them(root: Path, store: Path) -> None:
    for name in ("cat/1.png", "dog/2.png"):
        picture(root / name, (len(name), 9, name.count("d")))
    open_folder(root, store).export("folder", to=root / "sets" / "picked")
    with pytest.warns(UserWarning, match=r"1 folder that nbcurate exported passed over, such as .*picked"):
        again = nbc.Dataset.from_folder(root, store=store)
    assert again.ids == ["cat/1.png", "dog/2.png"]
    assert again.source_reports[0].passed_over == {"exported folder": 1}
    assert len(open_folder(root / "sets" / "picked", store.with_name("b.nbc"))) == 2
