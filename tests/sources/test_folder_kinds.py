"""A folder holds more than pictures: what is passed over is no item, no class, and no secret."""

from __future__ import annotations

import os
import socket
import warnings
from pathlib import Path

import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.imaging import heif


def picture(path: Path, form: str | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    colour = tuple(str(path).encode()[-3:])
    Image.new("RGB", (20, 10), colour).save(path, format=form)  # type: ignore[arg-type]
    return path


def read(folder: Path, store: Path, **options: object) -> tuple[nbc.Dataset, list[str]]:
    """The data set, and what was said of it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ds = nbc.Dataset.from_folder(folder, store=store, **options)  # type: ignore[arg-type]
    return ds, [str(warning.message) for warning in caught]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    picture(tmp_path / "photos" / "cat" / "a.jpg")
    return tmp_path / "photos"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "photos.nbc"


HIDDEN = (
    ".ipynb_checkpoints/a-checkpoint.jpg",
    "cat/.ipynb_checkpoints/a-checkpoint.jpg",
    "__MACOSX/cat/a.jpg",
    "cat/._a.jpg",
    ".thumbnails/x.jpg",
    "@eaDir/cat/SYNOPHOTO_THUMB_M.jpg",
    "$RECYCLE.BIN/r.jpg",
    "System Volume Information/s.jpg",
    "#recycle/r.jpg",
    ".Trash-1000/files/t.jpg",
    "lost+found/l.jpg",
    "cat/.hidden.jpg",
)


def test_what_is_hidden_or_a_systems_own_is_no_item_and_no_class(root: Path, store: Path) -> None:
    for name in HIDDEN:
        picture(root / name)
    (root / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
    ds, said = read(root, store)
    assert ds.ids == ["cat/a.jpg"]
    assert ds.labels == ["cat"]
    assert said == []
    passed = ds.source_reports[0].passed_over
    assert (passed["hidden folder"], passed["hidden file"]) == (10, 3)


def test_a_hidden_folder_that_is_asked_for_is_read(tmp_path: Path, store: Path) -> None:
    picture(tmp_path / ".cache" / "cat" / "a.jpg")
    assert read(tmp_path / ".cache", store)[0].ids == ["cat/a.jpg"]


def test_hidden_items_that_an_older_version_took_up_stay(root: Path, store: Path, monkeypatch) -> None:
    picture(root / ".thumbnails/x.jpg")
    with monkeypatch.context() as patch:
        patch.setattr("nbcurate.sources.walk.is_hidden", lambda name: False)
        read(root, store)
    ds, said = read(root, store)
    assert sorted(ds.ids) == [".thumbnails/x.jpg", "cat/a.jpg"]
    assert ds.errors.empty  # its file is not gone
    assert len(said) == 1
    assert "1 item" in said[0]
    assert "'.thumbnails/x.jpg'" in said[0]
    assert "ds.remove" in said[0]


def test_pictures_that_are_not_read_are_told_by_kind_with_what_to_do(root: Path, store: Path) -> None:
    for name in ("a.dng", "b.CR2", "c.dcm", "d.svg", "e.mp4", "f.mov", "g.MOV", "h.jxl", "i.nii.gz", "j.zip"):
        (root / name).write_bytes(b"something")
    ds, said = read(root, store)
    assert ds.ids == ["cat/a.jpg"]
    words = "\n".join(said)
    assert "2 .cr2/.dng files" in words
    assert "3 .mov/.mp4 files passed over (videos)" in words
    for told in (
        "1 .dcm file passed over (DICOM file): convert",
        "1 .svg file",
        "1 .jxl file",
        "1 .nii file",
        "unpack",
    ):
        assert told in words
    assert ds.source_reports[0].skipped == 10


def test_what_lies_beside_pictures_everywhere_is_in_the_report_and_no_warning(root: Path, store: Path) -> None:
    for name in ("README.txt", "labels.csv", "boxes.json", "cat/a.xml", "cat/b.xml", "model.pt"):
        (root / name).write_text("x")
    ds, said = read(root, store)
    assert said == []
    assert ds.source_reports[0].passed_over[".xml file"] == 2
    assert ".xml file × 2" in str(ds.source_reports[0])


def test_a_folder_of_a_thousand_endings_is_told_in_a_line(root: Path, store: Path) -> None:
    for number in range(60):
        (root / f"frame.{number:03}").write_text("x")
    for number in range(9):
        picture(root / f"photo.jpg_{number}", "JPEG")
    ds, said = read(root, store)
    assert len(ds.source_reports[0].passed_over) <= 21
    assert sum(ds.source_reports[0].passed_over.values()) == 69
    assert said == [
        "9 .jpg_0/.jpg_1/.jpg_2/.jpg_3/… files passed over (pictures of another ending): rename to have them read."
    ]


def test_forty_heic_files_without_the_driver(tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    folder = tmp_path / "phone"
    folder.mkdir()
    for number in range(40):
        pillow_heif.from_pillow(Image.new("RGB", (64, 64), (number * 6, 0, 0))).save(folder / f"IMG_{number:02}.HEIC")
    with monkeypatch.context() as patch:
        patch.setattr(heif, "is_installed", lambda: False)
        ds, said = read(folder, store)
    assert len(ds) == 0
    assert said[0] == "40 .heic files passed over (HEIC pictures): pip install 'nbcurate[heif]'."
    assert "There is no picture to read" in said[1]
    ds, said = read(folder, store)
    assert len(ds) == 40
    assert said == []
    with monkeypatch.context() as patch:
        patch.setattr(heif, "is_installed", lambda: False)
        ds, said = read(folder, store)
    assert len(ds) == 40
    assert ds.errors.empty  # they are not gone, they cannot be read here


def test_an_empty_folder_and_one_full_of_videos_say_so(tmp_path: Path) -> None:
    for name in ("empty", "videos"):
        (tmp_path / name).mkdir()
    (tmp_path / "videos" / "a.mp4").write_bytes(b"x")
    (tmp_path / "videos" / "notes.txt").write_bytes(b"x")
    said = read(tmp_path / "empty", tmp_path / "empty.nbc")[1]
    assert any("no picture" in words and "it is empty" in words for words in said)
    said = read(tmp_path / "videos", tmp_path / "videos.nbc")[1]
    assert any("no picture" in words and "1 .mp4 file, 1 .txt file" in words for words in said)


def test_a_file_without_an_ending_is_read_for_what_it_is(root: Path, store: Path) -> None:
    picture(root / "cat" / "IMG_1", "PNG")
    (root / "cat" / "scan").write_bytes(bytes(128) + b"DICM" + bytes(64))
    (root / "cat" / "Makefile").write_text("all:")
    ds, said = read(root, store)
    assert ds.ids == ["cat/IMG_1", "cat/a.jpg"]
    assert any("'cat/IMG_1'" in words and "PNG" in words for words in said)
    assert any("DICOM" in words for words in said)
    assert not any("IMG_1" in words for words in read(root, store)[1])  # it was said


def test_a_picture_under_a_false_ending_is_read_and_told(root: Path, store: Path) -> None:
    picture(root / "cat" / "b.jpg", "PNG")
    picture(root / "cat" / "c.dat", "PNG")
    ds, said = read(root, store)
    assert ds.ids == ["cat/a.jpg", "cat/b.jpg"]
    assert any("'cat/b.jpg'" in words and "PNG" in words for words in said)
    assert any("1 .dat file" in words and "rename" in words for words in said)


@pytest.mark.skipif(os.name == "nt", reason="needs pipes")
def test_what_is_no_file_hangs_nobody(root: Path, store: Path) -> None:
    os.mkfifo(root / "pipe.jpg")
    os.mkfifo(root / "pipe")
    (root / "link.jpg").symlink_to(root / "pipe.jpg")
    (root / "device.png").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(root)  # the path of a socket must be short
        try:
            listening.bind("socket.jpg")
        finally:
            os.chdir(here)
        ds, said = read(root, store)
    assert ds.ids == ["cat/a.jpg"]
    assert {"3 pipes passed over.", "1 device passed over.", "1 socket passed over."} <= set(said)


def test_a_pipe_in_a_table_costs_that_row_only(root: Path, store: Path) -> None:
    os.mkfifo(root / "pipe.jpg")
    import pandas as pd

    table = pd.DataFrame({"path": [str(root / "cat" / "a.jpg"), str(root / "pipe.jpg")]})
    with pytest.warns(UserWarning, match="could not be read"):
        ds = nbc.Dataset.from_table(table, store=store)
    assert len(ds) == 1
    assert "pipe" in ds.errors["error"].iloc[0]
