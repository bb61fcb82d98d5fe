"""Decode any image file to 8-bit RGB, as a person would see it, without trusting the file."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import IO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

#: Formats that are decoded. Not all that Pillow knows: some of its plugins start other programs (EPS).
_WANTED = "JPEG PNG GIF WEBP AVIF TIFF BMP DIB JPEG2000 PPM PCX SGI TGA ICO ICNS PSD QOI"
Image.init()
FORMATS = tuple(name for name in _WANTED.split() if name in Image.OPEN)  # a Pillow may be built without some

#: Endings by which a folder's images are told from its other files.
EXTENSIONS = frozenset(
    """.jpg .jpeg .jpe .jfif .mpo .png .apng .gif .webp .avif .avifs .tif .tiff .bmp .dib .jp2 .j2k .jpx
    .ppm .pgm .pbm .pnm .pcx .sgi .tga .ico .icns .psd .qoi""".split()  # noqa: SIM905
)

#: Sixteen-bit and float images are stretched linearly between these percentiles of their values.
STRETCH_PERCENTILES = (0.5, 99.5)


class UnreadableImageError(ValueError):
    """A file that cannot be decoded as an image; the message is the reason, for a person."""


class UnreachableFileError(UnreadableImageError):
    """A file that could not even be opened: gone, or no permission. It may be another time."""


def decode_image(source: str | os.PathLike[str] | IO[bytes], *, at_least: int | None = None) -> Image.Image:
    """Decode to an RGB image with the EXIF rotation applied.

    Transparency is laid on white; CMYK and palettes are converted; of an animation or a stack of pages the first is
    taken; 16-bit and float greys are stretched between their 0.5th and 99.5th percentile.

    Parameters
    ----------
    source : path or binary file
    at_least : int, optional
        Shortest side in px that the caller needs. A JPEG is then decoded at the smallest of 1, 1/2, 1/4 or 1/8 of its
        size that still has twice as much: up to five times faster for camera photographs.

    Raises
    ------
    UnreadableImageError
        If it is no image, is cut off, or has more pixels than ``PIL.Image.MAX_IMAGE_PIXELS`` allows for safety.
    """
    try:
        with Image.open(source, formats=FORMATS) as image:
            if at_least is not None:
                image.draft("RGB", (2 * at_least, 2 * at_least))
            image.load()
            return _upright(to_rgb(image))
    except UnreadableImageError:
        raise
    except Exception as error:  # decoders raise what they like: struct.error, SyntaxError, IndexError, ...
        kind = UnreachableFileError if isinstance(error, FileNotFoundError | PermissionError) else UnreadableImageError
        raise kind(reason_of(error)) from error


def reason_of(error: Exception) -> str:
    """What a failed decoding means, in words for a person."""
    if isinstance(error, Image.DecompressionBombError):
        limit = (Image.MAX_IMAGE_PIXELS or 0) * 2 / 1e6
        return (
            f"too many pixels to decode safely: over {limit:.0f} megapixels (PIL.Image.MAX_IMAGE_PIXELS sets the limit)"
        )
    if isinstance(error, UnidentifiedImageError):
        return "not an image in a known format"
    if isinstance(error, FileNotFoundError):
        return "the file is gone" if error.errno else str(error) or "the file is gone"
    if isinstance(error, PermissionError):
        return "no permission to read the file"
    if isinstance(error, ImportError):
        return f"a driver is missing: {error}"
    if "truncated" in str(error).lower() or isinstance(error, EOFError):
        return f"the file is cut off: {error}"
    return f"damaged image: {error or type(error).__name__}"


def to_rgb(image: Image.Image) -> Image.Image:
    """``image`` of any mode as 8-bit RGB, in the way that :func:`decode_image` tells."""
    if image.mode.startswith(("I", "F")):
        return _stretch(image)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        flat = Image.new("RGB", image.size, "white")
        flat.paste(layer, mask=layer.getchannel("A"))
        flat.info.update(image.info)
        flat.info.pop("transparency", None)  # what was transparent is white now
        opaque = layer.getchannel("A").histogram()[255]
        flat.info["transparent_share"] = 1.0 - opaque / (layer.width * layer.height)
        return flat
    return image if image.mode == "RGB" else image.convert("RGB")


def _stretch(image: Image.Image) -> Image.Image:
    values = np.asarray(image, np.float32)
    finite = values[np.isfinite(values)]
    low, high = np.percentile(finite, STRETCH_PERCENTILES) if finite.size else (0.0, 1.0)
    scaled = np.nan_to_num((values - low) / max(float(high - low), 1e-12), nan=0.0, posinf=1.0, neginf=0.0)
    stretched = Image.fromarray((scaled.clip(0, 1) * 255).round().astype(np.uint8)).convert("RGB")
    stretched.info.update(image.info)
    return stretched


def _upright(image: Image.Image) -> Image.Image:
    with suppress(Exception):  # damaged EXIF costs the rotation, not the image
        return ImageOps.exif_transpose(image)
    return image
