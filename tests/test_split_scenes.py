"""What a split keeps together beyond copies: shots of one scene; and what it says of giants and of frames."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.findings.sequences import frames_in_sequence
from tests.conftest import colour_layout


@pytest.fixture(scope="module")
def fields(photographs: Path, stamps: Path, tmp_path_factory: pytest.TempPathFactory) -> nbc.Dataset:
    """Of four photographs three fields each that overlap by two thirds, and twelve other pictures."""
    folder = tmp_path_factory.mktemp("fields") / "pictures"
    folder.mkdir()
    for name in ("astronaut", "coffee", "cat", "rocket"):
        whole = Image.open(photographs / f"{name}.jpg").convert("RGB")
        wide = whole.width * 6 // 10
        for at in range(3):
            left = at * whole.width // 5
            whole.crop((left, 0, left + wide, whole.height)).save(folder / f"{name}{'abc'[at]}.png")
    for at, file in enumerate(sorted((stamps / "animals").rglob("*.png"))[::9][:12]):
        Image.open(file).convert("RGB").save(folder / f"other{'abcdefghijkl'[at]}.png")
    return nbc.Dataset.from_folder(folder, label=None).embed("efficientnet-lite0")


def scenes_cut(ds: nbc.Dataset, made: object) -> set[str]:
    """The photographs whose fields are in more than one part."""
    parts = dict(zip(ds.ids, made.parts, strict=True))  # pyright: ignore[reportAttributeAccessIssue]
    names = {item[:-5] for item in ds.ids if not item.startswith("other")}
    return {name for name in names if len({parts[f"{name}{at}.png"] for at in "abc"}) > 1}


def test_overlapping_fields_are_on_one_side(fields: nbc.Dataset) -> None:
    made = fields.split(train=0.5, val=0.5)
    assert scenes_cut(fields, made) == set()
    assert made.ties["same scene"] >= 8
    assert made.leaks == []
    assert "kept together: " in repr(made)
    assert "pairs (same scene)" in repr(made)
    assert fields.replay(json.loads(json.dumps(made.recipe))).parts.tolist() == made.parts.tolist()


def test_scenes_can_be_let_go_and_are_found_again(fields: nbc.Dataset) -> None:
    loose = fields.split(train=0.5, val=0.5, scenes=False, seed=1)
    assert scenes_cut(fields, loose)
    assert "same scene" not in loose.ties
    checked = fields.check_split()
    assert checked.leaks
    assert set(checked.leaks_to_pandas()["relation"]) == {"same scene"}
    assert fields.check_split(scenes=False).leaks == []
    assert f"{len(checked.leaks)} pairs (same scene) across the cut" in repr(checked)


def test_boxes_on_one_image_are_on_one_side(photographs: Path, tmp_path: Path) -> None:
    """Of two classes, so that every image would be cut if only classes counted; and by COCO an image goes out once."""
    names = sorted(path.name for path in photographs.glob("*.jpg"))[:6]
    sides = [
        {"image_id": image, "category_id": side, "bbox": [10 + 60 * side, 5, 50, 60]}
        for image in range(len(names)) for side in range(2)
    ]  # fmt: skip
    coco = {
        "images": [{"id": at, "file_name": name} for at, name in enumerate(names)],
        "categories": [{"id": 0, "name": "left"}, {"id": 1, "name": "right"}],
        "annotations": [{**side, "id": at + 1} for at, side in enumerate(sides)],
    }
    boxes = nbc.Dataset.from_coco(coco, images=photographs, store=tmp_path / "b.nbc").embed(colour_layout)
    made = boxes.split(train=0.5, val=0.5, pixels=False, threshold=0.0)
    image_of = [item.partition("#")[0] for item in boxes.ids]
    assert len(set(zip(image_of, made.parts.tolist(), strict=True))) == len(names)
    assert {"train", "val"} == set(made.parts)
    assert made.ties == {"same image": len(names)}
    boxes.export("coco", to=tmp_path / "out")
    written = [json.loads((tmp_path / "out" / f"{part}.json").read_text())["images"] for part in ("train", "val")]
    assert sorted(image["file_name"] for images in written for image in images) == names
    boxes.add_column("fold", ["a", "b"] * len(names))
    checked = boxes.check_split("fold", pixels=False, threshold=0.0)
    assert f"{len(names)} pairs (same image) across the cut" in repr(checked)
    assert set(checked.leaks_to_pandas()["relation"]) == {"same image"}


def test_one_giant_group_is_explained(photographs: Path, stamps: Path, tmp_path: Path) -> None:
    """Fourteen fields along one strip are one group: the shares can be met, and it is told all the same."""
    strip = Image.open(photographs / "coffee.jpg").convert("RGB").resize((1_800, 600))
    folder = tmp_path / "strip"
    folder.mkdir()
    for at in range(14):
        strip.crop((at * 100, 100, at * 100 + 300, 500)).save(folder / f"field{'abcdefghijklmn'[at]}.png")
    for at, file in enumerate(sorted((stamps / "animals").rglob("*.png"))[::9][:14]):
        Image.open(file).convert("RGB").save(folder / f"other{'abcdefghijklmn'[at]}.png")
    ds = nbc.Dataset.from_folder(folder, label=None).embed("efficientnet-lite0")
    with pytest.warns(UserWarning, match=r"One group is 50% of the 28 items, tied .*same scene.*scenes=False lets"):
        ds.split(train=0.5, val=0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ds.split(train=0.5, val=0.5, scenes=False)


def test_frames_of_a_video_call_for_groups(photographs: Path, tmp_path: Path) -> None:
    """Two clips that pan slowly over a photograph: the next frame looks like this one, the twentieth does not."""
    folder = tmp_path / "clips"
    for name in ("astronaut", "coffee"):
        (folder / name).mkdir(parents=True)
        whole = Image.open(photographs / f"{name}.jpg").convert("RGB").resize((480, 360))
        for at in range(30):
            whole.crop((at * 9, at * 5, at * 9 + 200, at * 5 + 200)).resize((96, 96)).save(
                folder / name / f"frame_{at:04}.png"
            )
    ds = nbc.Dataset.from_folder(folder).embed(colour_layout)
    with pytest.warns(UserWarning, match=r"look like frames of sequences, such as .*frame_00.*groups= keeps them"):
        ds.split(pixels=False, threshold=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ds.split(train=0.5, val=0.5, pixels=False, threshold=0.0, groups="label", stratify=None)


def test_numbered_files_are_no_frames() -> None:
    """Numbers alone say nothing: the neighbours in number must be neighbours in looks."""
    rng = np.random.default_rng(0)
    ids = [f"cat/{number:03}.jpg" for number in range(200)]
    assert frames_in_sequence(ids, rng.integers(0, 200, (200, 15))) == []
    following = np.stack([np.roll(np.arange(200), -1), *rng.integers(0, 200, (3, 200))], axis=1)
    assert frames_in_sequence(ids, following) == ["cat/000.jpg", "cat/001.jpg"]
    assert frames_in_sequence(ids[:3], following[:3]) == []
    assert frames_in_sequence(["a", "b"], np.zeros((2, 0), int)) == []
