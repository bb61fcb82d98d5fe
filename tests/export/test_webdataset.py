"""Tar files that are read in the way WebDataset reads them: a sample is what has one key, up to the first dot."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from PIL import Image

import nbcurate as nbc


def samples(folder: Path, name: str = "*") -> list[dict[str, Any]]:
    """As the library of that name groups files: consecutive ones whose paths are equal up to the base name's dot."""
    found: list[dict[str, Any]] = []
    for shard in sorted(folder.glob(f"{name}.tar")):
        with tarfile.open(shard) as tar:
            for member in tar:
                base = member.name.rsplit("/", 1)[-1]
                key, _, ending = base.partition(".")
                if not found or found[-1]["__key__"] != key:
                    found.append({"__key__": key, "__shard__": shard.name})
                assert ending not in found[-1], "two samples were taken for one"
                found[-1][ending] = tar.extractfile(member).read()  # type: ignore[union-attr]
    return found


def test_a_sample_has_the_very_bytes_the_class_and_all_that_is_known(dataset: nbc.Dataset, tmp_path: Path) -> None:
    dataset.tag(dataset.ids[:1], "été")
    out = dataset.export("webdataset", to=tmp_path / "out")
    classes = json.loads((out / "classes.json").read_text())
    read = samples(out)
    assert [json.loads(one["json"])["id"] for one in read] == dataset.ids
    for one, path in zip(read, dataset.to_pandas()["path"], strict=True):
        known = json.loads(one["json"])
        assert one["png"] == Path(path).read_bytes()
        assert classes[int(one["cls"])] == known["label"]
    assert json.loads(read[0]["json"])["tags"] == ["été"]
    assert "été".encode() in read[0]["json"]


def test_keys_have_no_dots_and_are_different(folder: Path, tmp_path: Path) -> None:
    import shutil

    source = next((folder / "food").iterdir())
    for name in ("a.b/c.png", "a_b/c.png", "a.b.c.png", "x/é.v1.PNG"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, tmp_path / "in" / name)
    ds = nbc.Dataset.from_folder(tmp_path / "in", label=None, store=tmp_path / "s.nbc")
    read = samples(ds.export("webdataset", to=tmp_path / "out"))
    assert len(read) == len({one["__key__"] for one in read}) == 4
    assert all({"png", "json"} <= set(one) and "cls" not in one for one in read)


def test_shards_end_when_they_are_full_and_splits_have_their_own(dataset: nbc.Dataset, tmp_path: Path) -> None:
    dataset.store.update_items(pa.table({"key": dataset.keys[:20], "split": ["train"] * 12 + ["val"] * 8}))
    sizes = [Path(path).stat().st_size for path in dataset.to_pandas()["path"]]
    size = sum(sizes[:12]) // 4
    out = dataset.export("webdataset", to=tmp_path / "out", shard_bytes=size)
    assert [len(samples(out, f"{name}-*")) for name in ("train", "val", "items")] == [12, 8, 4]
    shards = sorted(out.glob("train-*.tar"))
    assert len(shards) > 1
    assert shards[0].name == "train-000000.tar"
    assert all(shard.stat().st_size < size + max(sizes) + 20_000 for shard in shards)
    whole = dataset.export("webdataset", to=tmp_path / "one", by_split=False)
    assert [path.name for path in whole.glob("*.tar")] == ["items-000000.tar"]
    with pytest.raises(ValueError, match="shard_bytes=0"):
        dataset.export("webdataset", to=tmp_path / "none", shard_bytes=0)


def test_a_box_is_what_is_inside_it(photographs: Path, tmp_path: Path) -> None:
    content = {
        "images": [{"id": 1, "file_name": "astronaut.jpg"}],
        "categories": [{"id": 1, "name": "face"}],
        "annotations": [{"id": n, "image_id": 1, "category_id": 1, "bbox": [200 + n, 50, 120, 100]} for n in range(2)],
    }
    ds = nbc.Dataset.from_coco(content, images=photographs, store=tmp_path / "s.nbc")
    first, second = samples(ds.export("webdataset", to=tmp_path / "out"))
    assert Image.open(io.BytesIO(first["png"])).tobytes() == ds.image(ds.ids[0]).tobytes()
    assert first["png"] != second["png"]
    names = {p.name for p in ds.export("folder", to=tmp_path / "folder").rglob("*.png")}
    assert names == {"astronaut-0.png", "astronaut-1.png"}
