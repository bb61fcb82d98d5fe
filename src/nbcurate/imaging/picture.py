"""A picture whose header was read: what it is, and how to get at its pixels. All that decodes goes through here."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import IO, Any

from PIL import Image, UnidentifiedImageError

from . import heif
from .deep_pixels import deep_mode, read_numbers
from .errors import MissingDriverError, UnreadableImageError
from .exif import Exif, read_exif
from .exotic_tiff import read_exotic, require_readable
from .formats import FORMATS
from .jpeg2000 import reduce_jpeg2000
from .kinds import RAW_PHOTOGRAPH
from .large_webp import read_webp
from .levels import Numbers
from .reduction import LARGE, reduction
from .signature import HEAD, other_kind, picture_format
from .tiff import Layout, layout_of, read_tags, set_right, tiff_exif

#: Modes of Pillow whose numbers have 8 bits or fewer.
_EIGHT_BITS = frozenset("1 L P RGB RGBA RGBX LA PA La RGBa CMYK YCbCr LAB HSV".split())  # noqa: SIM905
#: Pillow would show the small preview that such a file begins with.
_RAW = f"unsupported pixel type: {RAW_PHOTOGRAPH}"
#: Bytes a pixel that decoders take beside the picture in colours: measured.
_CONVERTED = 8.0
_JPEG, _PROGRESSIVE_JPEG, _DEEP = 0.5, 6.5, 8.0
_DECODERS = {"WEBP": 8.0, "JPEG2000": 16.0, "AVIF": 12.0, "HEIF": 10.0}
_PSD_MODES = {0: "bitmap", 1: "grey", 2: "palette", 3: "RGB", 4: "CMYK", 7: "multichannel", 8: "duotone", 9: "Lab"}


@dataclass(frozen=True, slots=True)
class Picture:
    """An opened picture.

    Attributes
    ----------
    format : str
        As Pillow names it.
    mode : str
        Pixel format: as Pillow names it, or what it has no name for: ``RGB;16``, ``float64``, ``5 x uint8``.
    stored_size : tuple of int
        Width and height in px as in the file, before it is turned.
    pixels : callable
        Decodes it to an image of Pillow's of 8 bits, or to :class:`Numbers`. Takes the shortest side in px that is
        needed, or None.
    exif : callable
        Reads what the camera noted.
    bytes_a_pixel : float
        Memory that decoding takes, for each pixel of the file.
    """

    format: str
    mode: str
    stored_size: tuple[int, int]
    pixels: Callable[[int | None], Image.Image | Numbers]
    exif: Callable[[], Exif]
    bytes_a_pixel: float = 4.0

    def memory(self, at_least: int | None) -> int:
        """Bytes that decoding it takes at most, where its shortest side is to have so many px."""
        pixels = self.stored_size[0] * self.stored_size[1]
        converted = pixels / reduction(self.stored_size, at_least) ** 2
        return round(pixels * self.bytes_a_pixel + converted * _CONVERTED)


def takes_window(mode: str | None) -> bool:
    """Whether black and white are a matter of choice in pictures of this :attr:`Picture.mode`."""
    return mode is not None and mode not in _EIGHT_BITS and not mode.endswith(" uint8")


def open_picture(file: IO[bytes]) -> Picture:
    """Read the header of a picture in a file that can be sought in, and stays open until its pixels are read.

    Raises
    ------
    UnreadableImageError
        If it is no picture, or its pixels are of a type that is not supported.
    Exception
        What Pillow's plugins raise for a damaged header.
    """
    file.seek(0)
    head = file.read(HEAD)
    if other_kind(head) is RAW_PHOTOGRAPH:
        raise UnreadableImageError(_RAW)
    if heif.is_heif(head):
        heif.register()
    try:
        image = _open(file)
    except UnidentifiedImageError:
        return _open_unidentified(file, head)
    if image.format == "TIFF":
        return _open_tiff(file, image)
    return _of_pillow(file, image)


def _open(file: IO[bytes]) -> Image.Image:
    file.seek(0)
    formats = (*FORMATS, heif.FORMAT) if heif.FORMAT in Image.OPEN else FORMATS
    return Image.open(file, formats=formats)


def _of_pillow(file: IO[bytes], image: Image.Image) -> Picture:
    deep, size = deep_mode(image), image.size
    pixels = partial(_deep_pixels, file, image) if deep else partial(_eight_bits, file, image)
    return Picture(str(image.format), deep or image.mode, size, pixels, partial(read_exif, image), _cost(image, deep))


def _cost(image: Image.Image, deep: str | None) -> float:
    """Bytes a pixel that decoding takes."""
    if image.format in ("JPEG", "MPO"):
        return _PROGRESSIVE_JPEG if "progressive" in image.info else _JPEG
    return _DECODERS.get(str(image.format), 0.0) or (_DEEP if deep else 4.0)


def _eight_bits(file: IO[bytes], image: Image.Image, at_least: int | None) -> Image.Image:
    if at_least is not None:
        image.draft("RGB", (2 * at_least, 2 * at_least))  # JPEG
        reduce_jpeg2000(image, reduction(image.size, at_least))
    if image.format == "WEBP" and image.width * image.height > LARGE and getattr(image, "n_frames", 1) == 1:
        exif, image_info = image.getexif(), image.info
        image = read_webp(file, image.size, image.mode)
        image.info.update(image_info)
        image.getexif().update(exif)
        return image
    image.load()
    return image


def _deep_pixels(file: IO[bytes], image: Image.Image, at_least: int | None) -> Numbers:
    factor = reduction(image.size, at_least)
    return read_numbers(image, partial(_open, file), factor)


def _open_tiff(file: IO[bytes], image: Image.Image) -> Picture:
    tags: Mapping[int, Any] = dict(image.tag_v2)  # pyright: ignore[reportAttributeAccessIssue]
    try:
        layout = layout_of(tags)
    except ValueError:  # Pillow makes sense of it nevertheless
        return _of_pillow(file, image)
    if layout.raw_photograph:
        raise UnreadableImageError(_RAW)
    if layout.is_misread_by_pillow:
        return _exotic(file, layout, tags)
    set_right(image)
    mode = deep_mode(image) or ("int8" if layout.kind == "int" and layout.bits == 8 else None)
    pixels = partial(_tiff_numbers, file, image, layout) if mode else partial(_eight_bits, file, image)
    exif = partial(read_exif, image)
    return Picture("TIFF", mode or image.mode, layout.size, pixels, exif, _cost(image, mode))


def _tiff_numbers(file: IO[bytes], image: Image.Image, layout: Layout, at_least: int | None) -> Numbers:
    """The pixels that Pillow read, upright, as the numbers that they are in the file."""
    factor = reduction(layout.size, at_least)
    # Pillow has no mode for these, and gives others of as many bits.
    kind = f"{layout.kind}{layout.bits}" if (layout.kind, layout.bits) in (("int", 8), ("uint", 32)) else None
    found = read_numbers(image, partial(_open, file), factor, kind=kind, nothing=layout.nothing)
    return replace(found, white_is_zero=layout.white_is_zero)


def _exotic(file: IO[bytes], layout: Layout, tags: Mapping[int, Any]) -> Picture:
    require_readable(layout)
    exif = tiff_exif(tags)

    def pixels(at_least: int | None) -> Numbers:
        return read_exotic(file, layout, exif.orientation).reduced(reduction(layout.size, at_least))

    cost = 3.0 * max(1, layout.bits // 8) * layout.samples  # the planes, one copy of them, and what they were in
    return Picture("TIFF", layout.pixel_type, layout.size, pixels, lambda: exif, cost)


def _open_unidentified(file: IO[bytes], head: bytes) -> Picture:
    """A picture that Pillow does not know; or the reason why it is none."""
    form = picture_format(head)
    if form == "TIFF":
        tags = read_tags(file)
        try:
            layout = layout_of(tags)
        except ValueError as error:
            raise UnreadableImageError(f"unsupported pixel type, or a damaged header (TIFF): {error}") from None
        return _exotic(file, layout, tags)
    if form == "AVIF" and form not in FORMATS:
        raise MissingDriverError("an AVIF picture: this Pillow was built without AVIF; pip install -U pillow")
    if form == "PSD" and len(head) >= 26:
        channels, _, _, bits, mode = struct.unpack(">HIIHH", head[12:26])
        what = f"{channels} x {bits} bits, {_PSD_MODES.get(mode, mode)} (PSD)"
        raise UnreadableImageError(f"unsupported pixel type: {what}; save it as PNG or TIFF")
    if form is not None:
        raise UnreadableImageError(f"unsupported pixel type, or a damaged header ({form})")
    kind = other_kind(head)
    raise UnreadableImageError("not an image in a known format" + (f": {kind}" if kind else ""))
