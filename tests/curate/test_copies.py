"""Keypoints and what lies between them tell a copy from a look-alike, on real photographs."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from nbcurate.curate.alignment import refine
from nbcurate.curate.copies import EVIDENCE, Chance, Evidence, Relation, level_of_chance, likeness, relations
from nbcurate.curate.keypoint_codes import code_of, fit_vocabulary
from nbcurate.curate.keypoints import find_keypoints, to_working_size
from nbcurate.curate.overlay import compare
from nbcurate.curate.placement import place
from tests.look_alikes import LOOK_ALIKES

Grey = NDArray[np.uint8]


def grey(image: Image.Image) -> Grey:
    return to_working_size(np.asarray(image.convert("L")))


def seen(a: Image.Image, b: Image.Image) -> Evidence:
    """What is seen of two pictures, as one EVIDENCE."""
    evidence = np.zeros(1, EVIDENCE)
    first, second = grey(a), grey(b)
    found = place(find_keypoints(first), find_keypoints(second))
    if found is None:
        return evidence
    first = np.ascontiguousarray(first[:, ::-1]) if found.mirrored else first
    overlap = compare(first, second, refine(first, second, found.map))
    evidence["points"], evidence["mirrored"] = found.points, found.mirrored
    for name in overlap._fields:
        evidence[name] = getattr(overlap, name)
    return evidence


def relation(a: Image.Image, b: Image.Image) -> Relation:
    return Relation(int(relations(seen(a, b), np.array([[0, 1]]), Chance())[0]))


def compressed(image: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=30)
    return Image.open(buffer)


def cropped(image: Image.Image, share: float = 0.75) -> Image.Image:
    wide, high = image.size
    left, top = 0.6 * (1 - share) * wide, 0.3 * (1 - share) * high
    return image.crop((round(left), round(top), round(left + share * wide), round(top + share * high)))


def captioned(image: Image.Image) -> Image.Image:
    high = image.height // 6
    out = ImageOps.expand(image, (0, 0, 0, high), "white")
    font = ImageFont.load_default(high // 2)
    ImageDraw.Draw(out).text((high // 4, image.height + high // 5), "when the light is right", fill="black", font=font)
    return out


def overprinted(image: Image.Image) -> Image.Image:
    out = image.copy()
    font = ImageFont.load_default(image.height // 10)
    ImageDraw.Draw(out).text((image.width // 10, image.height // 2), "ONLY TODAY", fill="yellow", font=font)
    return out


def on_a_screen(image: Image.Image) -> Image.Image:
    out = Image.new("RGB", (round(1.2 * image.width), round(1.5 * image.height)), "whitesmoke")
    out.paste(image, (image.width // 10, image.height // 4))
    ImageDraw.Draw(out).rectangle((0, 0, out.width, image.height // 9), fill="steelblue")
    return out


def noisy(image: Image.Image) -> Image.Image:
    pixels = np.asarray(image) + np.random.default_rng(0).normal(0, 12, (image.height, image.width, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "re-encoded": compressed,
    "a third of the size": lambda image: image.resize((image.width // 3, image.height // 3)),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.6),
    "in grey": lambda image: ImageOps.grayscale(image).convert("RGB"),
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(2)),
    "noisy": noisy,
    "mirrored": ImageOps.mirror,
    "turned by 90°": lambda image: image.transpose(Image.Transpose.ROTATE_90),
    "turned by 5°": lambda image: image.rotate(5, resample=Image.Resampling.BICUBIC, fillcolor="white"),
    "squeezed": lambda image: image.resize((round(0.75 * image.width), image.height)),
    "cropped": cropped,
    "mirrored and cropped": lambda image: cropped(ImageOps.mirror(image)),
    "captioned": captioned,
    "overprinted": overprinted,
    "framed": lambda image: ImageOps.expand(image, image.width // 10, "seagreen"),
    "in a screenshot": on_a_screen,
}


@pytest.fixture(scope="module")
def images(photographs: Path) -> dict[str, Image.Image]:
    return {file.stem: Image.open(file).convert("RGB") for file in sorted(photographs.glob("*.jpg"))}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_copy_is_one(images: dict[str, Image.Image], edit: str) -> None:
    for name, image in images.items():
        assert relation(image, EDITS[edit](image)) == Relation.EDITED_COPY, name


def test_different_photographs_are_nothing_to_each_other(images: dict[str, Image.Image]) -> None:
    names = list(images)
    pairs = [(a, b) for at, a in enumerate(names) for b in names[:at]]
    assert {relation(images[a], images[b]) for a, b in pairs} == {Relation.NONE}


def test_a_small_part_is_a_part(images: dict[str, Image.Image]) -> None:
    whole = images["astronaut"]
    assert relation(whole, cropped(whole, 0.55)) == Relation.PART_OF


def test_overlapping_fields_are_one_scene(images: dict[str, Image.Image]) -> None:
    """Two fields of a microscope that share a half: neither lies in the other."""
    whole = images["coffee"]
    left, right = whole.crop((0, 0, 400, whole.height)), whole.crop((180, 0, 580, whole.height))
    assert relation(left, right) == Relation.SAME_SCENE


def test_another_shot_is_no_copy(images: dict[str, Image.Image]) -> None:
    """What stands nearer moves more when the camera moves: the pictures do not lie over each other anywhere exactly."""
    rng = np.random.default_rng(3)
    image = images["astronaut"]
    down, across = np.mgrid[0 : image.height, 0 : image.width].astype(np.float32)
    shift = [cv2.GaussianBlur(rng.normal(size=down.shape).astype(np.float32), (0, 0), 40) for _ in range(2)]
    shift = [9 * field / field.std() for field in shift]
    moved = cv2.remap(np.asarray(image), across + shift[0], down + shift[1], cv2.INTER_LINEAR)
    assert relation(image, Image.fromarray(moved)) == Relation.SAME_SCENE


@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (300, 2), (5, 5), (8, 8)])
def test_too_little_to_see_is_no_verdict(images: dict[str, Image.Image], shape: tuple[int, int]) -> None:
    odd = Image.fromarray(np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8))
    assert relation(odd, images["chelsea" if "chelsea" in images else "cat"]) == Relation.NONE
    assert relation(odd, odd) == Relation.NONE


def test_plain_pictures_are_no_copies() -> None:
    white, black = (Image.new("RGB", (80, 64), tone) for tone in ("white", "black"))
    assert relation(white, white) == Relation.NONE
    assert relation(white, black) == Relation.NONE


@pytest.mark.parametrize("kind", ["boards", "number plates", "shop pictures"])
def test_what_all_pictures_of_a_data_set_share_is_chance(kind: str) -> None:
    made = [LOOK_ALIKES[kind](seed) for seed in range(12)]
    pairs = np.array([[a, b] for a in range(12) for b in range(a)])
    evidence = np.concatenate([seen(made[a], made[b]) for a, b in pairs])
    chance = level_of_chance(evidence)
    assert chance.points > Chance().points
    assert (relations(evidence, pairs, chance) == Relation.NONE).all()
    assert likeness(evidence, chance).max() < 0.8


def test_a_template_among_photographs_is_no_copy(images: dict[str, Image.Image]) -> None:
    """Forms that are a few of many pictures move no average: that they share their template with each other tells."""
    made = [LOOK_ALIKES["number plates"](seed) for seed in range(8)]
    pairs = np.array([[a, b] for a in range(8) for b in range(a)])
    evidence = np.concatenate([seen(made[a], made[b]) for a, b in pairs])
    alone = [int(relations(evidence[[at]], pairs[[at]], Chance())[0]) for at in range(len(pairs))]
    together = relations(evidence, pairs, Chance())
    assert (together != Relation.EDITED_COPY).all()
    assert len(alone) == len(together)


def test_codes_of_keypoints_find_turned_and_grey_copies(images: dict[str, Image.Image]) -> None:
    originals = [find_keypoints(grey(image)) for image in images.values()]
    vocabulary = fit_vocabulary(np.concatenate([found.descriptors for found in originals]))
    codes = np.stack([code_of(found, vocabulary) for found in originals])
    for edit in ("turned by 90°", "mirrored", "in grey", "blurred", "re-encoded"):
        edited = [find_keypoints(grey(EDITS[edit](image))) for image in images.values()]
        nearest = np.stack([code_of(found, vocabulary) for found in edited]) @ codes.T
        assert nearest.argmax(axis=1).tolist() == list(range(len(originals))), edit
    none = find_keypoints(np.zeros((64, 64), np.uint8))
    assert not code_of(none, vocabulary).any()
