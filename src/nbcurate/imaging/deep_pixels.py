"""Pixels of more than 8 bits, out of Pillow: it has no mode for colours of 16, and gives their upper halves."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .levels import Numbers
from .reduction import bands

#: Left, upper, right and lower edge in px.
Box = tuple[int, int, int, int]

#: What Pillow calls the layout of pixels of which it keeps the upper byte: colours, alpha, order of the bytes.
_HALVED = re.compile(r"(?P<bands>RGBA|RGBX|RGB|LA);16(?P<order>[BLN])")
#: The layout that takes the other byte of each number.
_OTHER_ORDER = {"B": "L", "L": "B", "N": "B" if np.little_endian else "L"}
_SEEN = 1 << 20  # values of a reduced picture that its black and white are found by
_PGM_SCALE = 65535  # greys of a PGM file of more than 8 bits are scaled to this
#: A JPEG 2000 codestream begins with its size; after the marker comes, so many bytes on, the number of bits less one.
_SIZE_MARKER, _BITS_AT, _HEAD = b"\xff\x4f\xff\x51", 42, 4096


def deep_mode(image: Image.Image) -> str | None:
    """The pixel format of an opened image whose numbers have more than 8 bits, such as ``I;16`` or ``RGB;16``.

    None for others. The image must not have been loaded yet.
    """
    if image.mode.startswith(("I", "F")):
        return image.mode
    layout = _HALVED.fullmatch(raw_mode(image))
    return f"{layout['bands']};16" if layout else None


def read_numbers(
    image: Image.Image,
    again: Callable[[], Image.Image],
    factor: int = 1,
    *,
    kind: str | None = None,
    nothing: float | None = None,
) -> Numbers:
    """The pixels of an opened image that has a :func:`deep_mode`.

    Parameters
    ----------
    again : callable
        Opens the same file once more: colours are decoded twice, for their upper and their lower bytes.
    factor : int
        By how many the picture is divided each way: see :func:`nbcurate.imaging.reduction.reduction`.
    kind : str, optional
        What the numbers are, where Pillow has no such mode: ``uint32``.
    nothing : float, optional
        See :class:`nbcurate.imaging.levels.Numbers`.
    """
    layout = _HALVED.fullmatch(raw_mode(image))
    if layout is None:
        scale = _pgm_factor(image) or _jpeg2000_factor(image)
        image.load()

        def greys(box: Box) -> NDArray[Any]:
            values = np.asarray(image.crop(box))
            values = values if scale is None else np.rint(values * scale).astype(values.dtype)
            return values if kind is None else values.view(kind)

        return _in_bands(image, greys, factor, nothing)
    channels = layout["bands"]
    if channels == "LA":
        return _grey_and_alpha(image).reduced(factor)
    lower = again()
    set_raw_mode(lower, f"{channels};16{_OTHER_ORDER[layout['order']]}")
    image.load()
    lower.load()
    halves = image, lower
    return _in_bands(image, lambda box: _joined(*(np.asarray(half.crop(box)) for half in halves)), factor, nothing)


def _in_bands(
    image: Image.Image, values_in: Callable[[Box], NDArray[Any]], factor: int, nothing: float | None
) -> Numbers:
    """The numbers of a picture, of which only a band is there in full where it is reduced.

    Parameters
    ----------
    values_in : callable
        Reads those in a box.
    """
    key = image.info.pop("transparency", None)
    boxes = list(bands(image.size, factor)) if factor > 1 else [(0, 0, *image.size)]
    parts: list[Numbers] = []
    for box in boxes:
        values = values_in(box)
        opaque = values.ndim == 3 and values.shape[2] == 4
        alpha = values[..., 3] if opaque else _alpha_of(values, key)
        part = Numbers(values[..., :3] if opaque else values, alpha, nothing=nothing)
        parts.append(part.reduced(factor, _SEEN // len(boxes) + 1))
    if len(parts) == 1:
        return replace(parts[0], info=image.info)
    alphas = [part.alpha for part in parts if part.alpha is not None]
    return Numbers(
        np.concatenate([part.values for part in parts]), np.concatenate(alphas) if alphas else None, nothing=nothing,
        info=image.info, seen=np.concatenate([part.sample().ravel() for part in parts]),
    )  # fmt: skip


def _grey_and_alpha(image: Image.Image) -> Numbers:
    """Two numbers of 16 bits take the place of four of 8, so they are read as such."""
    image._mode = "RGBA"  # as Pillow's plugins set it
    set_raw_mode(image, "RGBA")
    image.load()
    octets = np.asarray(image)
    return Numbers(_joined(octets[..., 0], octets[..., 1]), _joined(octets[..., 2], octets[..., 3]), info=image.info)


def _alpha_of(values: NDArray[Any], key: Any) -> NDArray[np.uint8] | None:
    """How opaque each pixel is where the file names one value, or colour, that is not."""
    if not isinstance(key, int | tuple):
        return None
    opaque = values != np.asarray(key)
    return (opaque.any(axis=-1) if values.ndim == 3 else opaque).astype(np.uint8) * 255


def _joined(upper: NDArray[np.uint8], lower: NDArray[np.uint8]) -> NDArray[np.uint16]:
    return upper.astype(np.uint16) * np.uint16(256) + lower


def raw_mode(image: Image.Image) -> str:
    """What Pillow calls the layout of the pixels in the file, until it has read them."""
    tiles: list[Any] = getattr(image, "tile", [])
    arguments = tiles[0][3] if tiles else ""
    return str(arguments[0] if isinstance(arguments, tuple) and arguments else arguments)


def set_raw_mode(image: Image.Image, raw: str) -> None:
    """Let Pillow take the bytes of an opened file for pixels of another layout."""
    tiles: list[Any] = image.tile  # pyright: ignore[reportAttributeAccessIssue]
    for at, tile in enumerate(tiles):
        tiles[at] = tile._replace(args=(raw, *tile.args[1:]) if isinstance(tile.args, tuple) else raw)


def _pgm_factor(image: Image.Image) -> float | None:
    """What to multiply the greys of a PGM file with, which Pillow scales, to have them as they are in the file."""
    tiles: list[Any] = getattr(image, "tile", [])
    if image.format == "PPM" and image.mode == "I" and tiles and tiles[0].codec_name in ("ppm", "ppm_plain"):
        return int(tiles[0].args[-1]) / _PGM_SCALE
    return None


def _jpeg2000_factor(image: Image.Image) -> float | None:
    """The same for a JPEG 2000 of fewer than 16 bits, which Pillow shifts to the upper ones."""
    file: Any = getattr(image, "fp", None)
    if image.format != "JPEG2000" or file is None:
        return None
    at = file.tell()
    file.seek(0)
    head: bytes = file.read(_HEAD)
    file.seek(at)
    size = head.find(_SIZE_MARKER)
    if size < 0 or size + _BITS_AT >= len(head):
        return None
    bits = (head[size + _BITS_AT] & 0x7F) + 1
    return 1 / (1 << (16 - bits)) if bits < 16 else None
