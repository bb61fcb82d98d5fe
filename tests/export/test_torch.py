"""What a training loop is given: pictures and classes, read by workers that are started anew."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

import nbcurate as nbc


def as_small_tensor(picture: Image.Image) -> torch.Tensor:
    """At the top of a module, as transforms for spawned workers are."""
    return torch.from_numpy(np.array(picture.resize((8, 8)), np.float32))


def test_it_is_what_torch_calls_a_data_set(dataset: nbc.Dataset) -> None:
    data = dataset.to_torch()
    assert isinstance(data, Dataset)
    assert len(data) == len(dataset)
    assert data.classes == ["animals", "food", "vehicles"]
    assert data.class_to_idx == {"animals": 0, "food": 1, "vehicles": 2}
    assert [data.classes[number] for number in data.targets] == dataset.labels
    assert data.ids == dataset.ids
    picture, target = data[9]
    assert picture.tobytes() == dataset.image(dataset.ids[9]).tobytes()
    assert target == data.targets[9] == 1
    assert data[-1][1] == 2
    with pytest.raises(IndexError, match="no item 24"):
        data[24]


@pytest.mark.parametrize("start", ["spawn", "fork"])
def test_workers_read_without_the_right_to_write(start: str, dataset: nbc.Dataset) -> None:
    data = dataset.to_torch(transform=as_small_tensor)
    loader = DataLoader(data, batch_size=5, num_workers=2, multiprocessing_context=start)
    batches = list(loader)  # the store is open for writing here all the while
    pictures, targets = torch.cat([batch[0] for batch in batches]), torch.cat([batch[1] for batch in batches])
    assert targets.tolist() == data.targets
    for row, item in enumerate(dataset.ids):
        assert torch.equal(pictures[row], as_small_tensor(dataset.image(item)))
    assert dataset.relabel(dataset.ids[:1], "later").labels[0] == "later"
    assert data.targets[0] == 0  # it holds the labels as they were


def test_parts_of_one_data_set_agree_on_the_numbers(dataset: nbc.Dataset) -> None:
    foods = dataset.where("label = 'food'").ids
    dataset.store.update_items(pa.table({"key": dataset.keys, "split": ["train"] * 20 + ["val"] * 4}))
    train, val = dataset.to_torch(split="train"), dataset.to_torch(split="val")
    assert (len(train), len(val)) == (20, 4)
    assert train.class_to_idx == val.class_to_idx
    assert set(val.targets) == {2}
    some = dataset.to_torch(ids=[foods[1], foods[0]])
    assert some.ids == [foods[1], foods[0]]
    assert some.targets == [1, 1]
    with pytest.raises(ValueError, match=r"split='test': no item has it\. There are 'train', 'val'"):
        dataset.to_torch(split="test")
    with pytest.raises(nbc.UnknownItemError):
        dataset.to_torch(ids=["nothing-like-it"])


def test_boxes_are_cut(photographs: Path, tmp_path: Path) -> None:
    content = {
        "images": [{"id": 1, "file_name": "astronaut.jpg"}],
        "categories": [{"id": 1, "name": "face"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [200, 50, 120, 100]}],
    }
    ds = nbc.Dataset.from_coco(content, images=photographs, store=tmp_path / "s.nbc")
    picture, _ = ds.to_torch()[0]
    assert picture.tobytes() == Image.open(photographs / "astronaut.jpg").crop((200, 50, 320, 150)).tobytes()


def test_items_without_a_label_are_told_and_passed_over_by_losses(dataset: nbc.Dataset) -> None:
    dataset.relabel(dataset.ids[:2], None)
    with pytest.warns(UserWarning, match="2 of 24 items have no label: their target is -100"):
        data = dataset.to_torch()
    assert data.targets[:3] == [-100, -100, 0]
    scores = torch.zeros(24, 3, requires_grad=True)
    torch.nn.functional.cross_entropy(scores, torch.tensor(data.targets)).backward()
    assert scores.grad is not None
    assert not scores.grad[:2].any()
    assert scores.grad[2:].any(dim=1).all()


def test_several_labels_are_a_one_for_each(folder: Path, tmp_path: Path) -> None:
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))[:3]
    labels = pa.array([["dog", "cat"], [], None], pa.list_(pa.string()))
    table = pa.table({"path": files, "label": labels})
    ds = nbc.Dataset.from_table(table, label="label", root=folder, store=tmp_path / "s.nbc")
    with pytest.warns(UserWarning, match="1 of 3 items have no label: their target is NaN"):
        data = ds.to_torch(transform=as_small_tensor)
    assert data.classes == ["cat", "dog"]
    assert data.targets.dtype == torch.float32
    assert data.targets[:2].tolist() == [[1, 1], [0, 0]]
    assert data.targets[2].isnan().all()
    assert next(iter(DataLoader(data, batch_size=3)))[1].shape == (3, 2)


def test_an_item_without_a_picture_does_not_end_the_training(photographs: Path, tmp_path: Path) -> None:
    files = [photographs / "cat.jpg", None, photographs / "coins.jpg"]
    ds = nbc.Dataset.from_embeddings(
        ["a", "b", "c"], np.eye(3), images=files, labels=["x", "y", "z"], store=tmp_path / "s.nbc"
    )
    with pytest.warns(UserWarning, match="1 of 3 items are left out, as their pictures cannot be had, such as 'b'"):
        data = ds.to_torch(transform=as_small_tensor)
    assert (data.ids, data.targets) == (["a", "c"], [0, 2])
    assert len(list(DataLoader(data))) == 2


def test_a_file_that_is_known_to_be_gone_is_left_out_and_one_that_is_back_is_not(folder: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc")
    moved = {path: tmp_path / path.name for path in map(Path, ds.to_pandas()["path"][:2])}
    for path, away in moved.items():
        path.rename(away)
    with pytest.warns(UserWarning, match="gone"):
        ds = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc")
    path, away = next(iter(moved.items()))
    away.rename(path)
    with pytest.warns(UserWarning, match="1 of 24 items are left out"):
        assert len(list(ds.to_torch())) == 23


@pytest.mark.parametrize("part", ["all", "filtered"])
def test_pictures_in_memory_go_along_to_workers(part: str, photographs: Path, tmp_path: Path) -> None:
    """Of ``from_dict``, and of a part of one on disk, whose pictures lie in no file of that part."""
    import datasets

    files = [{"bytes": path.read_bytes(), "path": None} for path in sorted(photographs.glob("*.jpg"))[:4]]
    features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=["b", "a"])})
    whole = datasets.Dataset.from_dict({"image": files, "label": [0, 1, 1, 0]}, features=features)
    chosen = whole
    if part == "filtered":
        whole.save_to_disk(str(tmp_path / "disk"))
        chosen = datasets.load_from_disk(str(tmp_path / "disk")).filter(lambda label: label == 1, input_columns="label")
    ds = nbc.Dataset.from_huggingface(chosen, store=tmp_path / "s.nbc")
    data = ds.to_torch(transform=as_small_tensor)
    batches = list(DataLoader(data, batch_size=4, num_workers=1, multiprocessing_context="spawn"))
    assert batches[0][1].tolist() == data.targets == chosen["label"][:]
    for item, picture in zip(ds.ids, batches[0][0], strict=True):
        assert torch.equal(picture, as_small_tensor(ds.image(item)))


def test_a_file_that_is_gone_is_named(dataset: nbc.Dataset) -> None:
    data: Any = dataset.to_torch()
    Path(dataset.to_pandas()["path"][3]).unlink()
    with pytest.raises(nbc.UnreadableImageError, match=f"{dataset.ids[3]}: the file is gone"):
        data[3]
    assert data[4]


def test_it_is_small_to_send_and_needs_no_store(dataset: nbc.Dataset) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sent = pickle.dumps(dataset.to_torch(ids=dataset.ids[:2]))
    assert len(sent) < 5_000
    dataset.close()
    assert pickle.loads(sent)[1][0].size
