"""An export appears as a whole or not at all, and what was there stays, unless one asks for it to be replaced."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import nbcurate as nbc
from nbcurate.export.target import new_file, new_folder

FILES = {"csv": "x.csv", "parquet": "x.parquet", "coco": "x.json"}
FOLDERS = ["folder", "huggingface", "webdataset", "coco"]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("format", FILES)
def test_a_file_that_is_there_stays(format: Any, dataset: nbc.Dataset, tmp_path: Path) -> None:
    mine = tmp_path / "out" / FILES[format]
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(FileExistsError, match="is there already: give another to=, or overwrite=True"):
        dataset.export(format, to=mine)
    assert contents(mine.parent) == {mine.name: b"mine"}
    assert dataset.export(format, to=mine, overwrite=True) == mine
    assert mine.stat().st_size > 100
    assert list(contents(mine.parent)) == [mine.name]


def test_a_second_table_does_not_replace_the_first(dataset: nbc.Dataset, tmp_path: Path) -> None:
    first = dataset.export("csv", to=tmp_path / "x.csv").read_bytes()
    dataset.relabel(dataset.ids[:1], "changed")
    with pytest.raises(FileExistsError):
        dataset.export("csv", to=tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_bytes() == first


def test_the_very_same_annotations_again_are_no_overwriting(dataset: nbc.Dataset, tmp_path: Path) -> None:
    first = dataset.export("coco", to=tmp_path / "x.json").read_bytes()
    assert dataset.export("coco", to=tmp_path / "x.json").read_bytes() == first
    dataset.relabel(dataset.ids[:1], "changed")
    with pytest.raises(FileExistsError):
        dataset.export("coco", to=tmp_path / "x.json")
    assert (tmp_path / "x.json").read_bytes() == first


@pytest.mark.parametrize("format", FOLDERS)
def test_a_folder_is_replaced_only_if_all_in_it_was_exported(format: Any, dataset: nbc.Dataset, tmp_path: Path) -> None:
    out = dataset.export(format, to=tmp_path / "out", ids=dataset.ids[:3])
    before = contents(out)
    with pytest.raises(FileExistsError, match=r"not empty: give to= a new folder, or overwrite=True"):
        dataset.export(format, to=out)
    assert contents(out) == before
    (out / ".DS_Store").write_bytes(b"of the system")
    dataset.export(format, to=out, ids=dataset.ids[3:4], overwrite=True)
    assert contents(out) != before
    (out / "notes.txt").write_text("mine")
    before = contents(out)
    with pytest.raises(FileExistsError, match=r"what no export of nbcurate wrote \(notes.txt\)"):
        dataset.export(format, to=out, overwrite=True)
    assert contents(out) == before


@pytest.mark.parametrize("format", FOLDERS)
def test_a_folder_of_yours_is_never_deleted(format: Any, dataset: nbc.Dataset, tmp_path: Path) -> None:
    (tmp_path / "mine" / "deep").mkdir(parents=True)
    (tmp_path / "mine" / "deep" / "thesis.txt").write_text("mine")
    with pytest.raises(FileExistsError, match=r"deep/thesis\.txt"):
        dataset.export(format, to=tmp_path / "mine", overwrite=True)
    assert contents(tmp_path / "mine") == {"deep/thesis.txt": b"mine"}
    (tmp_path / "empty").mkdir()
    assert any(dataset.export(format, to=tmp_path / "empty").iterdir())


def test_the_pictures_that_are_exported_are_not_written_over(dataset: nbc.Dataset, tmp_path: Path) -> None:
    first = dataset.export("folder", to=tmp_path / "first")
    ds = nbc.Dataset.from_folder(first, store=tmp_path / "again.nbc")
    before = contents(first)
    with pytest.raises(FileExistsError, match="holds images of this data set"):
        ds.export("folder", ids=ds.ids[:1], to=first, overwrite=True)
    with pytest.raises(FileExistsError, match="holds the store of this data set"):
        ds.export("huggingface", to=tmp_path / "again.nbc", overwrite=True)
    assert contents(first) == before


@pytest.mark.parametrize("format", ["csv", "parquet", "coco", "labelstudio"])
def test_no_picture_is_written_over(format: Any, dataset: nbc.Dataset, photographs: Path, tmp_path: Path) -> None:
    """A slip of the hand, and overwrite=True from the line above."""
    mine = Path(dataset.to_pandas()["path"][0])
    dataset.remove(dataset.ids[:1])  # it may be wanted again
    linked = tmp_path / "linked.png"
    linked.symlink_to(mine)
    other = tmp_path / ("x.json" if format == "coco" else "holiday.jpg")
    shutil.copy(photographs / "cat.jpg", other)
    before = contents(tmp_path / "pictures")
    for to in (mine, linked) if format != "coco" else ():  # COCO writes a folder where the name does not end in .json
        with pytest.raises(ValueError, match="is an image of this data set"):
            dataset.export(format, to=to, overwrite=True)
    with pytest.raises(FileExistsError, match="is a picture: overwrite=True replaces tables and exports alone"):
        dataset.export(format, to=other, overwrite=True)
    with pytest.raises(ValueError, match="is a part of the store"):
        dataset.export(format, to=dataset.store.path / "store.json", overwrite=True)
    assert contents(tmp_path / "pictures") == before
    assert other.read_bytes() == (photographs / "cat.jpg").read_bytes()


def test_an_export_that_the_data_set_lives_from_is_not_replaced(dataset: nbc.Dataset, tmp_path: Path) -> None:
    """Whether its pictures are named below that folder, or one above; and those that COCO copies."""
    import datasets

    first = dataset.export("folder", to=tmp_path / "all" / "first")
    files = pa.table({"path": sorted(path.relative_to(tmp_path / "all").as_posix() for path in first.rglob("*.png"))})
    below = nbc.Dataset.from_table(files, root=tmp_path / "all", store=tmp_path / "below.nbc")
    saved = datasets.load_from_disk(str(dataset.export("huggingface", to=tmp_path / "hf")))
    inside = nbc.Dataset.from_huggingface(saved, store=tmp_path / "inside.nbc")
    file = dataset.export("coco", to=tmp_path / "x.json", copy=True)
    copied = nbc.Dataset.from_coco(file, images=tmp_path / "x_images", objects=False, store=tmp_path / "copied.nbc")
    before = contents(tmp_path / "all"), contents(tmp_path / "hf"), contents(tmp_path / "x_images")
    with pytest.raises(ValueError, match="holds images of this data set"):
        below.export("folder", to=first, ids=below.ids[:1], overwrite=True)
    with pytest.raises(ValueError, match="holds images of this data set"):
        inside.export("huggingface", to=tmp_path / "hf", ids=inside.ids[:1], overwrite=True)
    with pytest.raises(ValueError, match=r"x_images.* holds images of this data set"):
        copied.export("coco", to=file, ids=copied.ids[:1], copy=True, overwrite=True)
    assert (contents(tmp_path / "all"), contents(tmp_path / "hf"), contents(tmp_path / "x_images")) == before
    assert copied.export("coco", to=file, ids=copied.ids[:1], overwrite=True) == file


class Failed(Exception):
    pass


def fail_halfway(path: Path) -> None:
    path.write_text("half")
    raise Failed


@pytest.mark.parametrize("there", [False, True])
def test_an_export_that_fails_leaves_nothing_and_takes_nothing(there: bool, tmp_path: Path) -> None:
    file, folder = tmp_path / "x.csv", tmp_path / "out"
    if there:
        file.write_text("before")
        with new_folder(folder, "folder") as fresh:
            (fresh / "a.txt").write_text("before")
    before = contents(tmp_path)
    with pytest.raises(Failed), new_file(file, overwrite=there) as path:
        fail_halfway(path)
    with pytest.raises(Failed), new_folder(folder, "folder", overwrite=there) as fresh:
        fail_halfway(fresh / "half.txt")
    assert contents(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} == ({"x.csv", "out"} if there else set())


def test_what_comes_to_the_place_meanwhile_stays(tmp_path: Path) -> None:
    def appear() -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "b.txt").write_text("mine")

    with pytest.raises(FileExistsError), new_folder(tmp_path / "out", "folder"):
        appear()
    assert contents(tmp_path) == {"out/b.txt": b"mine"}


def test_places_that_cannot_be_written_say_why(dataset: nbc.Dataset, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(NotADirectoryError, match=r"lies below .*file, which is a file"):
        dataset.export("csv", to=tmp_path / "file" / "x.csv")
    with pytest.raises(NotADirectoryError, match="file' is a file: this format needs a folder"):
        dataset.export("folder", to=tmp_path / "file", overwrite=True)
    with pytest.raises(IsADirectoryError, match="is a folder: name the file to write"):
        dataset.export("parquet", to=tmp_path / "pictures" / "food", overwrite=True)
    assert (tmp_path / "file").read_text() == "mine"
    assert dataset.export("csv", to=tmp_path / "new" / "deep" / "x.csv").exists()


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "locked").mkdir(mode=0o500)
    yield tmp_path / "locked"
    (tmp_path / "locked").chmod(0o700)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="to this user everything may be written")
def test_a_place_without_permission_says_so(dataset: nbc.Dataset, locked: Path) -> None:
    with pytest.raises(PermissionError, match="may not be written"):
        dataset.export("csv", to=locked / "x.csv")


_KILLED_WHILE_COPYING = """
import pathlib
there = []
write = pathlib.Path.write_bytes
def write_bytes(path, data):
    there.append(path)
    if len(there) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return write(path, data)
pathlib.Path.write_bytes = write_bytes
"""
_KILLED_BETWEEN_TWO_RENAMES = """
replace = os.replace
def killed_after(old, new):
    replace(old, new)
    if pathlib.Path(new).name == "before":
        os.kill(os.getpid(), signal.SIGKILL)
os.replace = killed_after
"""


@pytest.mark.parametrize("killed", [_KILLED_WHILE_COPYING, _KILLED_BETWEEN_TWO_RENAMES], ids=["copying", "renaming"])
def test_an_export_that_was_killed_is_put_right_by_the_next(dataset: nbc.Dataset, tmp_path: Path, killed: str) -> None:
    to = tmp_path / "out"
    dataset.export("folder", to=to, ids=dataset.ids[:12])
    before = sorted(path.relative_to(to) for path in to.rglob("*"))
    code = (
        f"import os, pathlib, signal\n{killed}\nimport nbcurate as nbc\n"
        f"ds = nbc.Dataset.open({str(dataset.store.path)!r}, read_only=True)\n"
        f"ds.export('folder', to={str(to)!r}, overwrite=True)\n"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()[-500:]
    with pytest.raises(FileExistsError, match="is not empty"):  # what was there is there
        dataset.export("folder", to=to)
    assert sorted(path.relative_to(to) for path in to.rglob("*")) == before
    dataset.export("folder", to=to, overwrite=True)
    assert len(list(to.rglob("*.png"))) == len(dataset)
    assert not list(tmp_path.glob(".*.part"))


def test_an_export_that_runs_is_not_swept_away_by_another(dataset: nbc.Dataset, tmp_path: Path) -> None:
    with new_folder(tmp_path / "out", "folder") as first:
        (first / "mine").touch()
        dataset.export("folder", to=tmp_path / "out", ids=dataset.ids[:2])
        assert (first / "mine").exists()
        shutil.rmtree(tmp_path / "out")
    assert (tmp_path / "out" / "mine").exists()


@pytest.mark.parametrize("place", ["new.csv", "derived/new.csv", "embeddings/a/b.csv"])
def test_nothing_is_written_into_a_store(dataset: nbc.Dataset, tmp_path: Path, place: str) -> None:
    (tmp_path / "link").symlink_to(dataset.store.path)
    for store in (dataset.store.path, tmp_path / "link"):
        with pytest.raises(FileExistsError, match="part of the store"):
            dataset.export("csv", to=store / place)
        with pytest.raises(FileExistsError, match="part of the store"):
            dataset.export("folder", to=store / place)


@pytest.mark.parametrize("name", ["n" * 300, "/".join(["d" * 200] * 25)], ids=["name", "path"])
@pytest.mark.parametrize("format", ["csv", "folder"])
def test_a_name_that_is_too_long_is_told(dataset: nbc.Dataset, tmp_path: Path, name: str, format: Any) -> None:
    with pytest.raises(OSError, match="longer name than can be here"):
        dataset.export(format, to=tmp_path / name)
