"""Decode any image file to 8-bit RGB, as a person would see it, without trusting the file."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import IO

import numpy as np
from PIL import ExifTags, Image, ImageOps

from .errors import UnreachableFileError, UnreadableImageError, is_unreachable, reason_of
from .levels import Numbers, Window, as_picture, on_white
from .memory import decoding
from .picture import open_picture
from .reduction import reduced_picture, reduction
from .regular_file import open_regular


def decode_image(
    source: str | os.PathLike[str] | IO[bytes], *, at_least: int | None = None, window: Window | None = None
) -> Image.Image:
    """Decode to an RGB image, turned as its EXIF data say.

    Transparency is laid on white; CMYK and palettes are converted; of an animation or a stack of pages the first is
    taken, of more than four channels the first three; where white is zero, as in X-ray pictures, it is shown white.

    Parameters
    ----------
    source : path or binary file
    at_least : int, optional
        Shortest side in px that the caller needs. A JPEG is then decoded at the smallest of 1, 1/2, 1/4 or 1/8 of its
        size that still has twice as much: up to five times faster for camera photographs. Pictures of more than 16
        megapixels are reduced, whatever their format: to twice as much, and 16 megapixels at most.
    window : Window, optional
        Of pictures of more than 8 bits, the values that are black and white. By default each has a range of its own:
        see :func:`nbcurate.imaging.levels.as_picture`.

    Raises
    ------
    UnreadableImageError
        If it is no image, is cut off, has pixels of an unsupported type, or has more of them than
        ``PIL.Image.MAX_IMAGE_PIXELS`` allows for safety.
    """
    with _reasons(), _opened(source) as file:
        picture = open_picture(file)
        with decoding.taking(picture.memory(at_least)):
            pixels = picture.pixels(at_least)
            if isinstance(pixels, Numbers):
                return _upright(as_picture(pixels, window))
            factor = reduction(pixels.size, at_least)
            if factor > 1:
                return _upright(reduced_picture(pixels, factor, lambda band: to_rgb(band, window)))
            return _upright(to_rgb(pixels, window))


def read_numbers_of(source: str | os.PathLike[str] | IO[bytes]) -> Numbers | None:
    """The pixels of a picture of more than 8 bits as they are in the file, as they are shown; None for other pictures.

    Raises
    ------
    UnreadableImageError
        As :func:`decode_image`.
    """
    with _reasons(), _opened(source) as file:
        picture = open_picture(file)
        with decoding.taking(picture.memory(None)):
            pixels = picture.pixels(None)
        return pixels if isinstance(pixels, Numbers) and pixels.takes_window else None


def to_rgb(image: Image.Image, window: Window | None = None) -> Image.Image:
    """``image`` of any mode as 8-bit RGB, in the way that :func:`decode_image` tells."""
    if image.mode.startswith(("I", "F")):
        return as_picture(Numbers(np.asarray(image), info=image.info), window)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        return on_white(image.convert("RGBA"))
    return image if image.mode == "RGB" else image.convert("RGB")


@contextmanager
def _reasons() -> Generator[None]:
    """What decoders raise as an UnreadableImageError. They raise what they like: struct.error, SyntaxError, …"""
    try:
        yield
    except UnreadableImageError:
        raise
    except Exception as error:
        kind = UnreachableFileError if is_unreachable(error) else UnreadableImageError
        raise kind(reason_of(error)) from error


def _opened(source: str | os.PathLike[str] | IO[bytes]) -> AbstractContextManager[IO[bytes]]:
    # Pillow is never given a path: it would map the pixels of some TIFFs as if they lay the way they are shown.
    return open_regular(source) if isinstance(source, str | os.PathLike) else nullcontext(source)


def _upright(image: Image.Image) -> Image.Image:
    with suppress(Exception):  # damaged EXIF costs the rotation, not the image
        if image.getexif().get(ExifTags.Base.Orientation, 1) != 1:  # a picture that is upright is not copied
            return ImageOps.exif_transpose(image)
    return image
