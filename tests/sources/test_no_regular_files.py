"""Pipes, sockets, devices and links to them cost themselves, with a reason, wherever they are named: nothing waits."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.imaging import regular_file

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in folders"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
#: What each of them is called in `hostile`, and the word that the reason has.
REASONS = {
    "pipe.png": "a pipe",
    "link to a pipe.png": "a pipe",
    "zero.png": "a device",
    "kernel.png": "operating system's own",
    "socket.png": "a socket",
    "folder.png": "a folder",
    "gone.png": "is gone",
}


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder with one picture, and all that can be called like one."""
    folder = tmp_path / "hostile"
    folder.mkdir()
    Image.new("RGB", (40, 30), "red").save(folder / "good.png")
    os.mkfifo(folder / "pipe.png")
    (folder / "link to a pipe.png").symlink_to("pipe.png")
    (folder / "zero.png").symlink_to("/dev/zero")
    (folder / "kernel.png").symlink_to("/proc/kmsg")
    (folder / "folder.png").mkdir()
    here = os.getcwd()
    os.chdir(folder)  # the whole path may be too long for a socket
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.png")
    os.chdir(here)
    return folder


def from_table(folder: Path, names: list[str], store: Path) -> nbc.Dataset:
    return nbc.Dataset.from_table(pd.DataFrame({"path": names}), root=folder, store=store)


def from_coco(folder: Path, names: list[str], store: Path) -> nbc.Dataset:
    content: dict[str, Any] = {"images": [], "annotations": [], "categories": []}
    content["images"] = [{"id": at, "file_name": n, "width": 40, "height": 30} for at, n in enumerate(names)]
    return nbc.Dataset.from_coco(content, images=folder, objects=False, store=store)


def from_embeddings(folder: Path, names: list[str], store: Path) -> nbc.Dataset:
    return nbc.Dataset.from_embeddings(names, np.eye(len(names)), images=names, root=folder, store=store)


def from_url(folder: Path, names: list[str], store: Path) -> nbc.Dataset:
    return nbc.Dataset.from_table(pd.DataFrame({"path": names}), root=f"local://{folder}", store=store)


@pytest.mark.parametrize("source", [from_table, from_coco, from_embeddings, from_url])
def test_each_costs_itself_with_a_reason_in_every_source(source: Any, hostile: Path, tmp_path: Path) -> None:
    ds = source(hostile, ["good.png", *REASONS], tmp_path / "s.nbc")
    assert len(ds) == 1
    errors = dict(zip(ds.errors["id"], ds.errors["error"], strict=True))
    for name, reason in REASONS.items():
        assert reason in errors[name]


def test_a_table_names_them_by_absolute_paths_too(tmp_path: Path) -> None:
    ds = nbc.Dataset.from_table(pd.DataFrame({"path": ["/dev/zero", "/proc/kmsg"]}), store=tmp_path / "s.nbc")
    assert sorted(ds.errors["error"]) == [
        "a device, not a file",
        "a file of the operating system's own, which may have no end",
    ]


def test_a_file_that_becomes_a_pipe_before_it_is_opened_is_not_waited_for(
    hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = os.open

    def exchanged(path: Any, flags: int, *rest: Any) -> int:
        if str(path).endswith("good.png"):
            os.unlink(path)
            os.mkfifo(path)
        return opening(path, flags, *rest)

    monkeypatch.setattr(regular_file.os, "open", exchanged)
    ds = from_table(hostile, ["good.png"], tmp_path / "s.nbc")
    monkeypatch.undo()
    assert list(ds.errors["error"]) == ["a pipe, not a file"]


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".parquet", ".json", ".xml", ".zip", ".yaml"])
def test_tables_and_annotations_that_are_pipes_are_refused_by_name(ending: str, hostile: Path, tmp_path: Path) -> None:
    pipe = tmp_path / f"pipe{ending}"
    os.mkfifo(pipe)
    ds = from_table(hostile, ["good.png"], tmp_path / "s.nbc")
    with pytest.raises(ValueError, match="a pipe, not a file"):
        nbc.Dataset.from_table(pipe, store=tmp_path / "t.nbc")
    with pytest.raises(ValueError, match="a pipe, not a file"):
        nbc.Dataset.from_coco(pipe, images=hostile, store=tmp_path / "c.nbc")
    with pytest.raises((ValueError, OSError)):
        ds.merge_annotations(pipe)


@pytest.mark.parametrize("as_text", [True, False])
def test_a_search_by_a_pipe_says_that_it_is_one(as_text: bool, hostile: Path, tmp_path: Path) -> None:
    ds = from_table(hostile, ["good.png"], tmp_path / "s.nbc").embed(
        nbc.FunctionEncoder(
            lambda images: np.stack([np.asarray(i.resize((2, 2)), np.float32).ravel() for i in images]), name="e"
        )
    )
    for name, reason in REASONS.items():
        if name not in ("folder.png", "gone.png"):
            place = hostile / name
            with pytest.raises(ValueError, match=reason):
                ds.search(str(place) if as_text else place, k=1)


def test_a_data_set_of_ultralytics_with_pipes_in_it_is_read_without_them(hostile: Path, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    for name in ("a", "b"):
        Image.new("RGB", (40, 30)).save(tmp_path / "images" / f"{name}.png")
    os.mkfifo(tmp_path / "images" / "p.png")
    (tmp_path / "labels" / "a.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    os.mkfifo(tmp_path / "labels" / "b.txt")
    os.mkfifo(tmp_path / "list.txt")
    (tmp_path / "data.yaml").write_text(json.dumps({"names": ["cat"], "train": "images", "val": "list.txt"}))
    ds = nbc.Dataset.from_folder(tmp_path / "images", store=tmp_path / "s.nbc")
    report = ds.merge_annotations(tmp_path)
    assert ds.labels[list(ds.ids).index("a.png")] is not None or report is not None
    assert "pipe" in str(report)
