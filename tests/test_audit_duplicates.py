"""Copies among the items of a data set: real pictures, real weights."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps
from sklearn.datasets import load_digits

import nbcurate as nbc
from nbcurate.curate.keypoints import Keypoints
from nbcurate.curate.placement import Placement, place
from nbcurate.findings.duplicates import Duplicates
from tests.conftest import colour_layout
from tests.look_alikes import LOOK_ALIKES


def made_set(folder: Path, images: Mapping[str, Image.Image]) -> nbc.Dataset:
    """A data set of these pictures, embedded with real weights."""
    (folder / "made").mkdir()
    for name, image in images.items():
        image.save(folder / "made" / name)
    return nbc.Dataset.from_folder(folder / "made", label=None, store=folder / "made.nbc").embed("efficientnet-lite0")


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
    assert found.reasons[0] == "the same file as p00.jpg, byte for byte"
    reasons = dict(zip(found.ids, found.reasons, strict=True))
    assert reasons["p03_small.jpg"].startswith("the same picture as p03.jpg: reduced to 50%, darker (")
    assert reasons["p03_small.jpg"].endswith(" details match)")
    assert "mirrored" in reasons["p01_mirror.jpg"]
    assert dict(zip(frame["id"], frame["relation"], strict=True))["p00_same.jpg"] == "same file"
    assert set(frame["relation"]) == {"same file", "edited copy"}
    pairs = found.pairs_to_pandas()
    assert pairs["likeness"].between(0.5, 1).all()
    assert set(pairs["relation"]) == {"same file", "edited copy"}


def test_what_was_cropped_is_told_with_how_much_is_left(pictures: nbc.Dataset, found: Duplicates) -> None:
    """p02_crop is 74 % of p02."""
    reason = found.to_pandas().set_index("id").loc["p02_crop.jpg", "reason"]
    shares = [int(share) for share in re.findall(r"cropped to (\d+)%", reason)]
    assert len(shares) == 1
    assert abs(shares[0] - 74) <= 2


def test_the_recipe_makes_it_again(pictures: nbc.Dataset, found: Duplicates) -> None:
    again = pictures.replay(json.loads(json.dumps(found.recipe)))
    assert again.ids == found.ids
    assert again.scores.tolist() == found.scores.tolist()


def test_pictures_are_compared_once(pictures: nbc.Dataset, found: Duplicates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbcurate.findings.comparisons.place", None)
    monkeypatch.setattr("nbcurate.collection.keypoint_table.find_keypoints", None)
    assert pictures.duplicates().scores.tolist() == found.scores.tolist()
    assert pictures.split(stratify=None).leaks == []
    assert pictures.check_split().leaks == []


@pytest.mark.parametrize("kind", LOOK_ALIKES)
def test_twenty_different_pictures_of_one_kind_stay(kind: str, tmp_path: Path) -> None:
    ds = made_set(tmp_path, {f"{seed:02}.png": LOOK_ALIKES[kind](seed) for seed in range(20)})
    assert ds.duplicates().ids == []


def test_look_alikes_among_photographs_stay_and_their_copies_go(photographs: Path, tmp_path: Path) -> None:
    """A few of each kind are too few to tell what such pictures share; a true copy of one of them is found."""
    images = {file.name: Image.open(file).convert("RGB") for file in sorted(photographs.glob("*.jpg"))}
    for kind in ("forms", "number plates", "boards", "shop pictures"):
        images |= {f"{kind}{seed}.png": LOOK_ALIKES[kind](seed) for seed in range(7)}
    form = LOOK_ALIKES["forms"](3)
    images["copy of forms3.png"] = form.resize((form.width * 4 // 5, form.height * 4 // 5))
    pairs = {frozenset(pair) for pair in made_set(tmp_path, images).duplicates().pairs()}
    assert pairs == {frozenset(("forms3.png", "copy of forms3.png"))}


def test_handwritten_digits_are_not_mixed_up(tmp_path: Path) -> None:
    digits = load_digits()
    images = {
        f"{digits.target[at]}_{at}.png": Image.fromarray((digits.images[at] * 15.9).astype(np.uint8))
        for at in range(120)
    }
    pairs = made_set(tmp_path, images).duplicates().pairs()
    assert [pair for pair in pairs if pair[0][0] != pair[1][0]] == []


def test_the_same_pixels_in_another_file_are_called_so(photographs: Path, tmp_path: Path) -> None:
    image = Image.open(photographs / "coffee.jpg").convert("RGB")
    ds = made_set(tmp_path, {"a.png": image, "b.bmp": image, "other.png": image.rotate(180).crop((50, 50, 250, 250))})
    copies = ds.duplicates().to_pandas()
    same = copies[copies["relation"] == "same pixels"]
    assert same["reason"].tolist() == ["the same picture as a.png, pixel for pixel, in another file"] or same[
        "reason"
    ].tolist() == ["the same picture as b.bmp, pixel for pixel, in another file"]


def test_the_picture_in_colour_is_kept(photographs: Path, tmp_path: Path) -> None:
    image = Image.open(photographs / "coffee.jpg").convert("RGB")
    larger = ImageOps.grayscale(image).resize((image.width * 3 // 2, image.height * 3 // 2), Image.Resampling.LANCZOS)
    copies = made_set(tmp_path, {"a.png": larger.convert("RGB"), "b.jpg": image.resize((300, 200))}).duplicates()
    assert copies.ids == ["a.png"]
    assert "in grey" in copies.reasons[0]


def test_another_shot_of_a_scene_comes_when_asked_for(photographs: Path, tmp_path: Path) -> None:
    whole = Image.open(photographs / "coffee.jpg").convert("RGB")
    fields = {"left.png": whole.crop((0, 0, 400, whole.height)), "right.png": whole.crop((180, 0, 580, whole.height))}
    ds = made_set(tmp_path, fields | {"cat.png": Image.open(photographs / "cat.jpg").convert("RGB")})
    assert ds.duplicates().ids == []
    scenes = ds.duplicates(scenes=True).to_pandas()
    assert scenes["relation"].tolist() == ["same scene"]
    assert scenes["reason"][0].startswith("another photograph of the scene of ")
    assert ds.replay(ds.duplicates(scenes=True).recipe).ids == scenes["id"].tolist()


def test_a_store_that_can_only_be_read_finds_the_same(pictures: nbc.Dataset, found: Duplicates, tmp_path: Path) -> None:
    shutil.copytree(pictures.store.path, tmp_path / "copy.nbc", ignore=shutil.ignore_patterns("derived", "writer*"))
    reading = nbc.Dataset.open(tmp_path / "copy.nbc", read_only=True)
    assert reading.duplicates().ids == found.ids
    assert not list((tmp_path / "copy.nbc").rglob("keypoints*"))


def test_keypoints_are_found_in_the_pass_of_embed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never, at_once, later = (
        nbc.Dataset.from_folder(folder, store=tmp_path / f"{name}.nbc").embed(colour_layout, keypoints=name == "once")
        for name in ("never", "once", "later")
    )
    later.embed(colour_layout, keypoints=True)
    expected = never.duplicates()
    assert expected.ids
    monkeypatch.setattr("nbcurate.collection.keypoint_table.find_keypoints", None)
    for ds in (at_once, later):
        copies = ds.duplicates()
        assert copies.ids == expected.ids
        assert copies.scores.tolist() == expected.scores.tolist()


def test_another_kernel_compares_nothing_again(
    pictures: nbc.Dataset, found: Duplicates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(pictures.store.path, tmp_path / "copy.nbc", ignore=shutil.ignore_patterns("writer*"))
    monkeypatch.setattr("nbcurate.findings.comparisons.place", None)
    assert nbc.Dataset.open(tmp_path / "copy.nbc").duplicates().ids == found.ids


def test_an_interrupted_comparison_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ds = nbc.Dataset.from_folder(folder).embed(colour_layout)
    whole, seen, interrupts = place, [], [60]

    def interrupted(*keypoints: Keypoints) -> Placement | None:
        found = whole(*keypoints)
        seen.append(found)
        if [len(seen)] == interrupts:
            interrupts.clear()
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr("nbcurate.findings.comparisons._MATCHED_AT_A_TIME", 20)
    monkeypatch.setattr("nbcurate.findings.comparisons.place", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ds.duplicates()
    committed = seen[: 2 * 20].count(None)  # what has something in common is committed when it was looked at
    del seen[:]
    found = ds.duplicates()
    goes_on = len(seen)
    del seen[:]
    again = nbc.Dataset.from_folder(folder, store=folder.with_suffix(".other.nbc")).embed(colour_layout).duplicates()
    assert found.ids == again.ids
    assert goes_on == len(seen) - committed


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


@pytest.mark.parametrize("edit", ["smaller", "cropped", "framed", "overprinted", "enlarged"])
def test_the_original_is_kept(photographs: Path, tmp_path: Path, edit: str) -> None:
    """Whoever removes what is found keeps the whole picture, without a frame, without what was drawn on it."""
    image = Image.open(photographs / "coffee.jpg").convert("RGB")
    image.thumbnail((400, 400))
    wide, high = image.size
    overprinted = image.copy()
    ImageDraw.Draw(overprinted).text((20, high // 2), "ONLY TODAY", fill="yellow", font=ImageFont.load_default(30))
    edits = {
        "smaller": image.resize((wide // 3, high // 3)),
        "cropped": image.crop((wide // 8, high // 8, wide, high)),
        "framed": ImageOps.expand(image, wide // 6, "white"),
        "overprinted": overprinted,
        "enlarged": image.resize((2 * wide, 2 * high), Image.Resampling.BICUBIC),
    }
    copies = made_set(tmp_path, {"original.png": image, "edit.png": edits[edit]}).duplicates()
    assert copies.ids == ["edit.png"]
    words = {"smaller": "reduced to 33%", "cropped": "cropped to 7", "framed": "framed, with ", "enlarged": "to 200%"}
    assert words.get(edit, "details match") in copies.reasons[0]
