"""TIFF files: what Pillow misreads of them is set right, and what it does not know goes to tifffile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from PIL import Image, TiffImagePlugin

from .deep_pixels import raw_mode, set_raw_mode
from .exif import Exif, exif_of_tags

SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES, _PLANAR = 256, 257, 258, 259, 262, 277, 284
_TILE_WIDTH, _TILE_HEIGHT, _EXTRA, _SAMPLE_FORMAT, _SUBSAMPLING = 322, 323, 338, 339, 530
_DEPTH, _GDAL_NO_DATA, _DNG_VERSION = 32997, 42113, 50706
_SEPARATE = 2  # planes one after the other
_KINDS = {1: "uint", 2: "int", 3: "float", 5: "complex int", 6: "complex"}

#: libtiff gives numbers in the order of the machine, and Pillow takes it for that of the file: what to read instead.
_AS_DECODED = {"I;16BS": "I;16S", "I;32BS": "I;32S", "F;32BF": "F;32F"}
if not np.little_endian:
    _AS_DECODED = {theirs: ours for ours, theirs in _AS_DECODED.items()}


@dataclass(frozen=True, slots=True)
class Layout:
    """How the pixels of a TIFF file's first page lie in it, by its tags.

    Attributes
    ----------
    size : tuple of int
        Width and height in px, before it is turned.
    samples, bits, kind : int, int, str
        Numbers a pixel, bits of each, and what they are: ``uint``, ``int``, ``float``, …
    photometric : int
        0 for greys of which 0 is white, 1 for greys of which 0 is black, 2 for red, green and blue, …
    extra : tuple of int
        What the samples mean that come after the colours: 1 and 2 are how opaque a pixel is.
    tile : tuple of int
        Width and height of a tile; 0 where there are none.
    nothing : float or None
        The number that stands for none, as maps have it.
    """

    size: tuple[int, int]
    samples: int
    bits: int
    kind: str
    photometric: int
    separate: bool
    compression: int
    extra: tuple[int, ...]
    subsampled: bool
    tile: tuple[int, int]
    depth: int
    nothing: float | None
    raw_photograph: bool

    @property
    def pixel_type(self) -> str:
        """Such as ``float64`` or ``5 x uint16``."""
        return f"{self.samples} x {self.kind}{self.bits}" if self.samples > 1 else f"{self.kind}{self.bits}"

    @property
    def is_misread_by_pillow(self) -> bool:
        """Whether Pillow opens it, and gives other pixels than are in it."""
        several_planes = self.separate and self.samples > 1
        return (several_planes and (self.bits > 8 or self.samples == 2)) or (self.subsampled and self.compression == 1)

    @property
    def white_is_zero(self) -> bool:
        return self.photometric == 0


def read_tags(file: IO[bytes]) -> Mapping[int, Any]:
    """The tags of the first page, also of a file whose pixels Pillow does not know."""
    file.seek(0)
    header = file.read(8)
    if header[2] == 43 or header[3] == 43:  # BigTIFF
        header += file.read(8)
    tags = TiffImagePlugin.ImageFileDirectory_v2(header)
    file.seek(tags.next)
    tags.load(file)
    return dict(tags)


def layout_of(tags: Mapping[int, Any]) -> Layout:
    """How the pixels lie by the tags.

    Raises
    ------
    ValueError
        If the tags do not say, or contradict one another.
    """
    bits, kinds = _tuple(tags.get(_BITS, 1)), _tuple(tags.get(_SAMPLE_FORMAT, 1))
    width, height = tags.get(_WIDTH), tags.get(_HEIGHT)
    if not isinstance(width, int) or not isinstance(height, int) or min(width, height) < 1:
        raise ValueError("the file does not say how large the picture is")
    if len(set(bits)) > 1 or len(set(kinds)) > 1:
        raise ValueError(f"its channels have different numbers of bits, {bits}, or kinds")
    return Layout(
        size=(width, height),
        samples=int(tags.get(_SAMPLES, len(bits))),
        bits=int(bits[0]),
        kind=_KINDS.get(kinds[0], "unknown"),
        photometric=int(tags.get(_PHOTOMETRIC, 1)),
        separate=tags.get(_PLANAR, 1) == _SEPARATE,
        compression=int(tags.get(_COMPRESSION, 1)),
        extra=_tuple(tags.get(_EXTRA, ())),
        subsampled=tags.get(_PHOTOMETRIC) == 6 and set(_tuple(tags.get(_SUBSAMPLING, (2, 2)))) != {1},
        tile=(int(tags.get(_TILE_WIDTH, 0)), int(tags.get(_TILE_HEIGHT, 0))),
        depth=int(tags.get(_DEPTH, 1)),
        nothing=_number(tags.get(_GDAL_NO_DATA)),
        raw_photograph=_DNG_VERSION in tags,
    )


def tiff_exif(tags: Mapping[int, Any]) -> Exif:
    """What the tags say of the camera and of how the picture is to be turned."""
    return exif_of_tags(tags, {}, {})


def set_right(image: Image.Image) -> None:
    """Have Pillow read the numbers of an opened TIFF in the order in which its decoder gives them."""
    tiles: list[Any] = image.tile  # pyright: ignore[reportAttributeAccessIssue]
    if tiles and tiles[0].codec_name == "libtiff" and (raw := raw_mode(image)) in _AS_DECODED:
        set_raw_mode(image, _AS_DECODED[raw])


def _number(text: Any) -> float | None:
    try:
        return float(str(text).strip(" \0"))
    except ValueError:
        return None


def _tuple(value: Any) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,)
