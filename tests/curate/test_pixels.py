"""Pixels tell a copy from a look-alike, on real photographs."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from nbcurate.curate.pixels import pixel_similarity


def grey(image: Image.Image, side: int = 192) -> np.ndarray:
    image = image.convert("L")
    image.thumbnail((side, side))
    return np.asarray(image)


def compressed(image: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=30)
    return Image.open(buffer)


def cropped(image: Image.Image) -> Image.Image:
    wide, high = image.size
    return image.crop((round(0.2 * wide), round(0.12 * high), round(0.92 * wide), round(0.85 * high)))


def captioned(image: Image.Image) -> Image.Image:
    out = image.copy()
    ImageDraw.Draw(out).rectangle((0, 0, out.width, out.height // 14), fill="white")
    return out


EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "re-encoded": compressed,
    "a third of the size": lambda image: image.resize((image.width // 3, image.height // 3)),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.6),
    "mirrored": ImageOps.mirror,
    "cropped": cropped,
    "mirrored and cropped": lambda image: cropped(ImageOps.mirror(image)),
    "captioned": captioned,
}


@pytest.fixture(scope="module")
def images(photographs: Path) -> dict[str, Image.Image]:
    return {file.stem: Image.open(file).convert("RGB") for file in sorted(photographs.glob("*.jpg"))}


@pytest.mark.parametrize("edit", EDITS)
def test_a_copy_agrees_with_its_original(images: dict[str, Image.Image], edit: str) -> None:
    pictures = {i: grey(image) for i, image in enumerate(images.values())}
    pictures |= {100 + i: grey(EDITS[edit](image)) for i, image in enumerate(images.values())}
    pairs = np.array([[i, 100 + i] for i in range(len(images))])
    assert pixel_similarity(pictures, pairs).min() > 0.6
    assert pixel_similarity(pictures, pairs[:, ::-1]).min() > 0.6


def test_different_photographs_do_not_agree(images: dict[str, Image.Image]) -> None:
    pictures = {i: grey(image) for i, image in enumerate(images.values())}
    pairs = np.array([[i, j] for i in pictures for j in range(i)])
    assert pixel_similarity(pictures, pairs).max() < 0.3


def test_another_shot_of_the_same_scene_does_not_agree(images: dict[str, Image.Image]) -> None:
    """Two cuts of one photograph that are taken as the same framing: alike, but nothing lies where it lay."""
    astronaut = images["astronaut"]
    turned = astronaut.rotate(12, resample=Image.Resampling.BICUBIC).crop((90, 90, 420, 420))
    pictures = {0: grey(astronaut.crop((90, 90, 420, 420))), 1: grey(turned)}
    assert pixel_similarity(pictures, np.array([[0, 1]]))[0] < 0.45


def test_plain_pictures_are_compared_by_their_tone() -> None:
    white, almost, black = (np.full((64, 80), tone, np.uint8) for tone in (255, 254, 0))
    agreed = pixel_similarity({0: white, 1: almost, 2: black}, np.array([[0, 1], [0, 2]]))
    assert agreed[1] == 0.0


def test_a_missing_picture_is_not_judged(images: dict[str, Image.Image]) -> None:
    agreed = pixel_similarity({0: grey(images["cat"])}, np.array([[0, 1]]))
    assert np.isnan(agreed).all()
    assert pixel_similarity({}, np.empty((0, 2), np.int64)).shape == (0,)


@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (300, 2), (5, 5)])
def test_pictures_of_any_shape(images: dict[str, Image.Image], shape: tuple[int, int]) -> None:
    odd = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    agreed = pixel_similarity({0: odd, 1: grey(images["cat"])}, np.array([[0, 1], [1, 0]]))
    assert (agreed < 0.45).all()
