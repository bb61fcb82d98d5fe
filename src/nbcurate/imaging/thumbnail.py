"""Small JPEGs for the views."""

from __future__ import annotations

import io

from PIL import Image

#: Longest side, in px, of the thumbnails that a store keeps.
THUMBNAIL_SIZE = 192


def make_thumbnail(image: Image.Image, size: int = THUMBNAIL_SIZE, *, quality: int = 82) -> bytes:
    """``image`` (RGB) as a JPEG whose longest side is at most ``size`` px; a small image is not enlarged."""
    return encode_jpeg(reduce_image(image, size), quality)


def reduce_image(image: Image.Image, size: int = THUMBNAIL_SIZE) -> Image.Image:
    """``image`` with a longest side of at most ``size`` px; a small one as it is."""
    scale = size / max(image.size)
    if scale >= 1.0:
        return image
    shape = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(shape, Image.Resampling.HAMMING, reducing_gap=2.0)  # as sharp, in half the time


def encode_jpeg(image: Image.Image, quality: int) -> bytes:
    """``image`` (RGB) as JPEG bytes."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
