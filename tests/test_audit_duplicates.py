"""Copies among the items of a data set: real pictures, real weights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance, ImageOps

import nbcurate as nbc
from nbcurate.findings.duplicates import Duplicates


@pytest.fixture(scope="module")
def pictures(stamps: Path, tmp_path_factory: pytest.TempPathFactory) -> nbc.Dataset:
    """30 real pictures, and of the first four: the same bytes, a mirror image, a crop, a smaller and darker one."""
    folder = tmp_path_factory.mktemp("copies") / "pictures"
    folder.mkdir()
    files = sorted((stamps / "animals").rglob("*.png"))[::4][:30]
    for at, file in enumerate(files):
        Image.open(file).convert("RGB").save(folder / f"p{at:02}.jpg", quality=90)
    shutil.copy(folder / "p00.jpg", folder / "p00_same.jpg")
    with Image.open(folder / "p01.jpg") as image:
        ImageOps.mirror(image).save(folder / "p01_mirror.jpg")
    with Image.open(folder / "p02.jpg") as image:
        wide, high = image.size
        image.crop((wide // 10, high // 10, wide - wide // 12, high)).save(folder / "p02_crop.jpg", quality=70)
    with Image.open(folder / "p03.jpg") as image:
        ImageEnhance.Brightness(image.resize((image.width // 2, image.height // 2))).enhance(0.7).save(
            folder / "p03_small.jpg"
        )
    return nbc.Dataset.from_folder(folder, label=None).embed("efficientnet-lite0")


PLANTED = {
    frozenset(pair)
    for pair in [
        ("p00.jpg", "p00_same.jpg"),
        ("p01.jpg", "p01_mirror.jpg"),
        ("p02.jpg", "p02_crop.jpg"),
        ("p03.jpg", "p03_small.jpg"),
    ]
}


@pytest.fixture(scope="module")
def found(pictures: nbc.Dataset) -> Duplicates:
    return pictures.duplicates()


def test_the_planted_copies_are_found_and_nothing_else(found: Duplicates) -> None:
    assert {frozenset(pair) for pair in found.pairs()} == PLANTED


def test_one_of_each_is_dropped_and_the_other_named(found: Duplicates) -> None:
    frame = found.to_pandas()
    assert {frozenset(pair) for pair in zip(frame["id"], frame["representative"], strict=True)} == PLANTED
    assert "p03_small.jpg" in found.ids  # the larger one is kept
    assert found.ids[0] == "p00_same.jpg"
    assert found.scores[0] == 1.0
    assert found.reasons[0] == "the same bytes as p00.jpg"
    assert "of the picture agrees" in dict(zip(found.ids, found.reasons, strict=True))["p03_small.jpg"]
    assert found.pairs_to_pandas()["likeness"].between(0.5, 1).all()


def test_the_recipe_makes_it_again(pictures: nbc.Dataset, found: Duplicates) -> None:
    again = pictures.replay(json.loads(json.dumps(found.recipe)))
    assert again.ids == found.ids
    assert again.scores.tolist() == found.scores.tolist()


def test_pictures_are_compared_once(pictures: nbc.Dataset, found: Duplicates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbcurate.findings.pictures.pixel_similarity", None)
    assert pictures.duplicates().scores.tolist() == found.scores.tolist()
    assert pictures.split(stratify=None).leaks == []
    assert pictures.check_split().leaks == []


def test_without_pixels_the_threshold_is_a_distance(pictures: nbc.Dataset) -> None:
    everything = pictures.duplicates(threshold=2.0, pixels=False)
    assert len(everything) > len(PLANTED)
    assert pictures.duplicates(threshold=0.0, pixels=False).ids == ["p00_same.jpg"]


def test_judged_examples_move_the_threshold(pictures: nbc.Dataset) -> None:
    """Whoever calls no mirror image a copy gets none."""
    judged = [
        ["p03.jpg", "p03_small.jpg", True],
        ["p00.jpg", "p00_same.jpg", True],
        ["p04.jpg", "p05.jpg", False],
        ["p06.jpg", "p09.jpg", False],
    ]
    fitted = pictures.duplicates(examples=judged)
    pairs = {frozenset(pair) for pair in fitted.pairs()}
    assert {frozenset(pair[:2]) for pair in judged if pair[2]} <= pairs
    assert not {frozenset(pair[:2]) for pair in judged if not pair[2]} & pairs
    assert pictures.replay(fitted.recipe).ids == fitted.ids


def test_look_alikes_judged_copies_are_found_by_their_vectors(pictures: nbc.Dataset) -> None:
    nearest = pictures.search("p10.jpg", k=1).ids[0]
    judged = [("p10.jpg", nearest, True), ("p03.jpg", "p03_small.jpg", True), ("p04.jpg", "p20.jpg", False)]
    fitted = pictures.duplicates(examples=judged)
    assert frozenset(("p10.jpg", nearest)) in {frozenset(pair) for pair in fitted.pairs()}


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ([], "got none"),
        (3, "got 3"),
        ([("p00.jpg", "p01.jpg")], "id, id, True or False"),
        ([("p00.jpg", "p01.jpg", False)], "no pair judged True"),
        ([("p00.jpg", "p99.jpg", True)], "no item with id 'p99.jpg'"),
        ([("p04.jpg", "p20.jpg", True), ("p03.jpg", "p03_small.jpg", False)], "No threshold holds a precision"),
    ],
)
def test_examples_that_cannot_be_used_say_why(pictures: nbc.Dataset, examples: list, message: str) -> None:
    with pytest.raises((ValueError, KeyError), match=message):
        pictures.duplicates(examples=examples)


def test_a_wrong_threshold_says_what_to_give(pictures: nbc.Dataset) -> None:
    with pytest.raises(ValueError, match="'auto' or a cosine distance"):
        pictures.duplicates(threshold="tight")


def test_a_view_looks_only_at_its_own(pictures: nbc.Dataset) -> None:
    view = pictures.where(["p00.jpg", "p01.jpg", "p01_mirror.jpg", "p02.jpg"])
    assert {frozenset(pair) for pair in view.duplicates().pairs()} == {frozenset(("p01.jpg", "p01_mirror.jpg"))}


@pytest.mark.parametrize("ids", [[], ["p00.jpg"], ["p00.jpg", "p00_same.jpg"]])
def test_few_items(pictures: nbc.Dataset, ids: list[str]) -> None:
    assert pictures.where(ids).duplicates().ids == ids[1:]
