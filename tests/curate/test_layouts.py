"""Reductions of real photographs: no copy is ruled out, look-alikes in another colour are told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageOps

from nbcurate.curate.layouts import PLAUSIBLE, SIDE, match_layouts

Layouts = NDArray[np.uint8]


def layout(image: Image.Image) -> Layouts:
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX))


def cropped(image: Image.Image) -> Image.Image:
    wide, high = image.size
    return image.crop((wide // 7, high // 10, wide - wide // 20, high - high // 12))


@pytest.fixture(scope="module")
def images(photographs: Path) -> list[Image.Image]:
    return [Image.open(file).convert("RGB") for file in sorted(photographs.glob("*.jpg"))]


@pytest.mark.parametrize(
    ("edit", "way"),
    [
        (cropped, 1),
        (lambda image: cropped(ImageOps.mirror(image)), 3),
        (lambda image: ImageEnhance.Brightness(image).enhance(0.6), None),
        (ImageOps.mirror, None),
    ],
)
def test_a_copy_is_plausible_and_its_hues_agree(images: list[Image.Image], edit, way: int | None) -> None:
    layouts = np.stack([layout(image) for image in images] + [layout(edit(image)) for image in images])
    match = match_layouts(layouts, np.stack([np.arange(len(images)), len(images) + np.arange(len(images))], axis=1))
    assert match.correlation.min() > PLAUSIBLE
    assert (match.hue > 0.5).all()
    if way is not None:  # the second is a part of the first
        assert (match.ways.argmax(axis=1) == way).mean() > 0.8


def test_different_photographs_are_not_plausible(images: list[Image.Image]) -> None:
    layouts = np.stack([layout(image) for image in images])
    pairs = np.array([[i, j] for i in range(len(images)) for j in range(i)])
    assert (match_layouts(layouts, pairs).correlation < PLAUSIBLE).mean() > 0.9


def test_another_colour_is_told_and_grey_says_nothing(photographs: Path) -> None:
    flower = layout(Image.open(photographs / "flower.jpg").convert("RGB"))
    grey = np.repeat(flower.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    match = match_layouts(np.stack([flower, flower[:, :, [2, 1, 0]], grey]), np.array([[0, 1], [0, 2]]))
    assert match.hue[0] < 0.5
    assert match.hue[1] == 1.0


def test_no_pairs_and_plain_pictures() -> None:
    plain = np.full((2, SIDE, SIDE, 3), 200, np.uint8)
    assert match_layouts(plain, np.empty((0, 2), np.int64)).ways.shape == (0, 4)
    assert np.isfinite(match_layouts(plain, np.array([[0, 1]])).correlation).all()
