"""A file that comes from anybody names no files of this machine outside of the folder that it was given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import nbcurate as nbc

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a picture, one beside it that is nobody's business, and links to both."""
    folder = tmp_path / "given"
    folder.mkdir()
    Image.new("RGB", (40, 30), "red").save(folder / "good.png")
    Image.new("RGB", (40, 30), "blue").save(tmp_path / "secret.png")
    (folder / "inside.png").symlink_to("good.png")
    (folder / "outside.png").symlink_to(tmp_path / "secret.png")
    (folder / "up").symlink_to(tmp_path)
    return folder


def from_table(root: Path, names: list[str], store: Path, **how: Any) -> nbc.Dataset:
    return nbc.Dataset.from_table(pd.DataFrame({"path": names, "id": names}), id="id", root=root, store=store, **how)


def from_coco(root: Path, names: list[str], store: Path, **how: Any) -> nbc.Dataset:
    images = [{"id": at, "file_name": name, "width": 40, "height": 30} for at, name in enumerate(names)]
    content: dict[str, Any] = {"images": images, "annotations": [], "categories": []}
    return nbc.Dataset.from_coco(content, images=root, objects=False, store=store, **how)


def from_embeddings(root: Path, names: list[str], store: Path, **how: Any) -> nbc.Dataset:
    return nbc.Dataset.from_embeddings(names, np.eye(len(names)), images=names, root=root, store=store, **how)


@pytest.mark.parametrize("source", [from_table, from_coco, from_embeddings])
def test_what_leads_out_is_refused_item_by_item_unless_it_is_trusted(source: Any, root: Path, tmp_path: Path) -> None:
    out = ["../secret.png", str(tmp_path / "secret.png"), "outside.png", "up/secret.png", "up/given/../secret.png"]
    ds = source(root, ["good.png", "inside.png", *out], tmp_path / "s.nbc")
    assert sorted(ds.ids) == ["good.png", "inside.png"]
    assert set(ds.errors["id"]) == set(out)
    assert all("leads out" in reason and "trust_paths=True" in reason for reason in ds.errors["error"])
    trusted = source(root, ["good.png", "inside.png", *out], tmp_path / "t.nbc", trust_paths=True)
    assert len(trusted) == 7


@pytest.mark.parametrize("objects", [True, False])
def test_a_link_is_followed_before_the_folder_above_it(objects: bool, root: Path, tmp_path: Path) -> None:
    (tmp_path / "far" / "away").mkdir(parents=True)
    Image.new("RGB", (40, 30), "green").save(tmp_path / "far" / "secret.png")
    (root / "link").symlink_to(tmp_path / "far" / "away")
    content = {
        "images": [{"id": 1, "file_name": "link/../secret.png", "width": 40, "height": 30}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9]}],
        "categories": [{"id": 1, "name": "cat"}],
    }
    ds = nbc.Dataset.from_coco(content, images=root, objects=objects, store=tmp_path / "s.nbc")
    assert len(ds) == 0
    assert "leads out" in ds.errors["error"].iloc[0]


def test_it_is_told(root: Path, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="1 paths lead out of root="):
        from_table(root, ["good.png", "../secret.png"], tmp_path / "s.nbc")


def test_what_was_refused_is_read_when_it_is_trusted(root: Path, tmp_path: Path) -> None:
    assert len(from_table(root, ["../secret.png"], tmp_path / "s.nbc")) == 0
    assert len(from_table(root, ["../secret.png"], tmp_path / "s.nbc", trust_paths=True)) == 1


def test_absolute_paths_without_a_root_are_taken_as_they_are(root: Path, tmp_path: Path) -> None:
    names = [str(root / "good.png"), str(root / "outside.png"), str(tmp_path / "secret.png")]
    assert len(nbc.Dataset.from_table(pd.DataFrame({"path": names}), store=tmp_path / "s.nbc")) == 3


def test_a_server_is_not_asked_for_what_lies_above_its_folder(tmp_path: Path) -> None:
    ds = from_table("http://127.0.0.1:9/photos", ["../x.png"], tmp_path / "s.nbc")  # pyright: ignore[reportArgumentType]
    assert "leads out" in ds.errors["error"][0]
