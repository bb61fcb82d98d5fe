"""Masks as COCO packs them, and where they and boxes lie once a picture is turned."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageOps

from nbcurate.imaging.masks import decode_runs, outlines, polygons_of
from nbcurate.imaging.turning import StoredSize, stored_size, turn_box, turn_box_back

MASKS = arrays.arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 12)))

#: What pycocotools 2.0.11 makes of masks: the rows, and the packed text.
PACKED = [
    (["....", ".##.", ".##.", ".##.", "...."], "63204"),
    (["#..", "..."], "015"),
    ([".#" * 20] * 40, "X1X1X10000000000000000000000000000000000000"),
]


def mask_of(rows: list[str]) -> np.ndarray:
    return np.array([[letter == "#" for letter in row] for row in rows])


def runs_of(mask: np.ndarray) -> dict[str, Any]:
    """As COCO defines them: column by column, from the first pixel that is not of the mask."""
    counts, value = [0], False
    for pixel in mask.T.ravel().tolist():
        if pixel != value:
            counts.append(0)
            value = pixel
        counts[-1] += 1
    return {"size": list(mask.shape), "counts": counts}


@pytest.mark.parametrize(("rows", "packed"), PACKED)
def test_packed_runs_are_read_as_pycocotools_wrote_them(rows: list[str], packed: str) -> None:
    mask = mask_of(rows)
    assert np.array_equal(decode_runs({"size": list(mask.shape), "counts": packed}), mask)


@given(MASKS)
def test_runs_of_any_mask_give_it_back(mask: np.ndarray) -> None:
    assert np.array_equal(decode_runs(runs_of(mask)), mask)


def test_a_hole_is_an_outline_of_its_own() -> None:
    mask = np.ones((20, 20), bool)
    mask[5:15, 5:15] = False
    assert len(outlines(mask)) == 2


@pytest.mark.parametrize(
    "broken",
    [
        "text", 3, [[1, 2]], [[1, 2, 3, 4, 5]], [["a"] * 6], [[float("nan")] * 6], {}, {"size": [3, 3]},
        {"size": [3, 3], "counts": [1, 2]}, {"size": [3, 3], "counts": [-1, 10]}, {"size": [3, 3], "counts": "é"},
        {"size": [3, 3], "counts": "o"}, {"size": [0, 3], "counts": []}, {"size": [10**9, 10**9], "counts": [10**18]},
        {"size": "3", "counts": [9]}, {"size": [3, 3], "counts": [9.5]},
    ],
)  # fmt: skip
def test_what_is_no_mask_is_a_value_error(broken: Any) -> None:
    with pytest.raises(ValueError, match=r"mask|segmentation"):
        polygons_of(broken)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF"])
def test_a_box_lies_on_the_same_pixels_once_the_picture_is_turned(orientation: int, format: str) -> None:
    stored = np.zeros((48, 80), np.uint8)
    stored[8:16, 16:56] = 255
    exif = Image.Exif()
    exif[274] = orientation
    file = io.BytesIO()
    Image.fromarray(stored).save(file, format, exif=exif)
    size = stored_size(file)
    assert size is not None
    assert size == StoredSize(80, 48, orientation)
    file.seek(0)
    upright = np.asarray(ImageOps.exif_transpose(Image.open(file))) > 128
    assert size.upright == upright.shape[::-1]
    x, y, width, height = (int(side) for side in turn_box((16, 8, 40, 8), size))
    assert upright[y : y + height, x : x + width].all()
    assert upright.sum() == width * height
    assert turn_box_back((x, y, width, height), size) == (16, 8, 40, 8)
