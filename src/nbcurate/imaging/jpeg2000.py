"""JPEG 2000 holds a picture in several sizes: a small one is read without the large ones."""

from __future__ import annotations

from typing import Any

from PIL import Image

#: After the marker of how a codestream is coded come its length, its style, the order of its parts, layers, colours.
_CODING_MARKER, _LEVELS_AT, _HEAD = b"\xff\x52", 9, 1 << 16


def reduce_jpeg2000(image: Image.Image, factor: int) -> None:
    """Have an opened JPEG 2000 read at a half, a quarter, … of its size: the smallest above 1 / ``factor`` of it.

    Nothing is done to pictures of other formats.
    """
    if image.format != "JPEG2000" or factor < 2:
        return
    picture: Any = image
    most = min(factor.bit_length() - 1, _levels(picture.fp))
    picture.reduce = next((times for times in range(most, 0, -1) if _is_as_pillow_rounds(image.size, times)), 0)


def _is_as_pillow_rounds(size: tuple[int, int], times: int) -> bool:
    """Whether a side that is halved so often has the length that Pillow expects; the format rounds it up."""
    divisor = 1 << times
    return all((side + divisor // 2) // divisor == -(-side // divisor) for side in size)


def _levels(file: Any) -> int:
    """How often the picture can be halved, by its header; 0 if that does not say."""
    at = file.tell()
    file.seek(0)
    head: bytes = file.read(_HEAD)
    file.seek(at)
    marker = head.find(_CODING_MARKER)
    return head[marker + _LEVELS_AT] if 0 <= marker < len(head) - _LEVELS_AT else 0
