"""Nothing that is written takes the place of a pipe, a socket or a device, whatever ``overwrite`` says."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.export.target import new_file

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in folders")
WRITES: dict[str, Callable[[nbc.Dataset, Path], object]] = {
    **{
        name: lambda ds, to, name=name: ds.export(name, to=to, overwrite=True)
        for name in ("csv", "parquet", "coco", "labelstudio", "folder")
    },
    "recipe": lambda ds, to: ds.save_recipe(to, overwrite=True),
    "snapshot": lambda ds, to: nbc.SimilarityGrid(ds).snapshot(to),
}


@pytest.fixture(scope="module")
def ds(tmp_path_factory: pytest.TempPathFactory) -> nbc.Dataset:
    folder = tmp_path_factory.mktemp("pictures")
    Image.new("RGB", (40, 30), "red").save(folder / "a.png")
    return nbc.Dataset.from_folder(folder, store=folder / "s.nbc")


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("kind", ["a pipe", "a socket", "a device"])
def test_what_is_no_file_stays_what_it_is(kind: str, name: str, ds: nbc.Dataset, tmp_path: Path) -> None:
    place = tmp_path / "x.json"
    if kind == "a pipe":
        os.mkfifo(place)
    elif kind == "a socket":
        here = os.getcwd()
        os.chdir(tmp_path)  # the whole path may be too long for a socket
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(place.name)
        os.chdir(here)
    else:
        place.symlink_to("/dev/null")  # a link to one: no test touches a device of the machine
    before = os.lstat(place)
    with pytest.raises((FileExistsError, NotADirectoryError), match=f"{kind}|is a file"):
        WRITES[name](ds, place)
    assert (os.lstat(place).st_ino, os.lstat(place).st_mode) == (before.st_ino, before.st_mode)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.parametrize("name", ["csv", "folder", "recipe", "snapshot"])
@pytest.mark.parametrize(
    ("to", "words"),
    [("a\0b", "zero"), ("a\ud800b", "half"), ("s3://bucket/x", "a URL"), ("x" * 5000, "longer name")],
    ids=["zero", "half", "url", "long"],
)
def test_what_can_be_no_place_is_told_in_words(
    to: str, words: str, name: str, ds: nbc.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ValueError, OSError), match=words):
        WRITES[name](ds, to)  # pyright: ignore[reportArgumentType]
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["csv", "recipe", "snapshot"])
@pytest.mark.parametrize("part", ["store.json", "new.json", "items.lance/_versions/new.json"])
def test_nothing_is_written_into_a_store(part: str, name: str, ds: nbc.Dataset, tmp_path: Path) -> None:
    other = nbc.Dataset.from_embeddings(["a"], [[1.0, 0.0]], store=tmp_path / "other.nbc")
    for store in (ds.store.path, other.store.path):
        before = (store / part).read_bytes() if (store / part).exists() else None
        with pytest.raises(FileExistsError, match="a part of the store"):
            WRITES[name](ds, store / part)
        assert ((store / part).read_bytes() if (store / part).exists() else None) == before


def test_what_an_export_left_that_was_killed_at_once_is_swept_by_the_next(ds: nbc.Dataset, tmp_path: Path) -> None:
    left = tmp_path / ".x.csv.abcd.part"
    left.mkdir()
    os.utime(left, (0, 0))
    ds.export("csv", to=tmp_path / "x.csv")
    assert os.listdir(tmp_path) == ["x.csv"]


def test_what_came_meanwhile_is_not_replaced(ds: nbc.Dataset, tmp_path: Path) -> None:
    place = tmp_path / "x.csv"
    writing = ExitStack()
    writing.enter_context(new_file(place, overwrite=True)).write_text("mine")
    os.mkfifo(place)
    with pytest.raises(FileExistsError, match="a pipe"):
        writing.close()
    assert stat.S_ISFIFO(place.stat().st_mode)
    assert os.listdir(tmp_path) == ["x.csv"]
