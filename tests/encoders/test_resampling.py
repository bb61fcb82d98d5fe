"""The fast scaling gives Pillow's pixels, but for the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from nbcurate.encoders.network.pixels import texture_image
from nbcurate.encoders.network.resampling import fast_resize, pixels_of, plain_resize

FILTERS = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS, Image.Resampling.NEAREST)
SIZES = {  # of the picture, and what it becomes
    "reduced": ((640, 427), (383, 256)),
    "tall, its columns first": ((217, 301), (224, 224)),
    "enlarged": ((97, 61), (356, 224)),
    "as it is": ((64, 64), (64, 64)),
    "a line": ((1, 900), (7, 300)),
}


@pytest.mark.parametrize("resample", FILTERS, ids=lambda resample: resample.name)
@pytest.mark.parametrize(("old", "new"), SIZES.values(), ids=list(SIZES))
def test_few_values_differ_by_a_level_or_two(
    resample: Image.Resampling, old: tuple[int, int], new: tuple[int, int]
) -> None:
    image = texture_image(old, seed=1)
    fast, plain = (made(resample)(image, new).astype(int) for made in (fast_resize, plain_resize))
    assert fast.shape == plain.shape == (new[1], new[0], 3)
    difference = np.abs(fast - plain)
    assert difference.max() <= 2
    assert (difference > 0).mean() < 0.02


def test_pixels_are_those_of_the_picture_however_it_lies_in_memory() -> None:
    for size in ((33, 21), (2_100, 2_100)):
        image = texture_image(size, seed=2)
        assert np.array_equal(pixels_of(image)[..., :3], np.asarray(image))
