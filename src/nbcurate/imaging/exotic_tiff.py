"""TIFFs of pixel types that Pillow does not know: 64- and 16-bit floats, colours as floats, many channels, planes.

They are read by tifffile, within bounds that are checked before it sees the file: what a file claims of itself may cost
no more memory than the largest picture that Pillow would decode.
"""

from __future__ import annotations

import importlib.util
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .errors import MissingDriverError, UnreadableImageError
from .levels import Numbers
from .tiff import Layout

#: Compressions that are safe to undo: their result is bounded, and they hold no picture format of their own.
_COMPRESSIONS = {
    1: "none", 5: "LZW", 8: "deflate", 32946: "deflate", 32773: "packbits", 34925: "LZMA", 50000: "zstd",
}  # fmt: skip
_GREY, _RGB = (0, 1), (2,)
_TILE = 4096 * 4096  # pixels of a tile that a small picture may lie in
_ALPHA, _PREMULTIPLIED_ALPHA = 2, 1


def require_readable(layout: Layout) -> None:
    """Check, by its tags alone, that a file can be read and costs no more than it may.

    Raises
    ------
    UnreadableImageError
        If its pixel type is not supported; the message names it.
    MissingDriverError
        If the packages that read it are not installed.
    PIL.Image.DecompressionBombError
        If it is too large to be decoded safely.
    """
    _require_bounds(layout)
    known = layout.kind in ("uint", "int", "float") and layout.photometric in _GREY + _RGB and layout.depth == 1
    if not known or (layout.photometric in _RGB and layout.samples < 3):
        raise UnreadableImageError(
            f"unsupported pixel type: {layout.pixel_type} of photometric interpretation {layout.photometric} (TIFF)"
        )
    if layout.compression not in _COMPRESSIONS:
        raise UnreadableImageError(
            f"unsupported pixel type: {layout.pixel_type} in compression {layout.compression} (TIFF)"
        )
    packed = layout.compression != 1 or layout.bits not in (8, 16, 32, 64)
    needed = ("tifffile", "imagecodecs") if packed else ("tifffile",)
    if any(importlib.util.find_spec(name) is None for name in needed):
        raise MissingDriverError(
            f"unsupported pixel type: {layout.pixel_type} (TIFF, {_COMPRESSIONS[layout.compression]}): "
            "pip install 'nbcurate[tiff]' to read it"
        )


def read_exotic(file: IO[bytes], layout: Layout, orientation: int) -> Numbers:
    """The pixels of a file that passed :func:`require_readable`, upright.

    Of several channels the first three are red, green and blue, and where there are fewer the first is grey, beside
    one that the file calls opacity.
    """
    import tifffile

    file.seek(0)
    with tifffile.TiffFile(file, name="picture.tif") as pages:
        page = pages.pages.first
        planes = np.asarray(page.asarray(squeeze=False, maxworkers=1))
    width, height = layout.size
    if planes.shape[1:4] != (1, height, width) or planes.dtype.kind not in "uif":
        raise UnreadableImageError(f"damaged image: its pixels are {planes.shape}, not those of {width} x {height} px")
    channels = turned(np.concatenate(list(planes[:, 0]), axis=-1) if len(planes) > 1 else planes[0, 0], orientation)
    return _numbers(channels, layout)


def turned(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """``pixels`` [height, width, …] as they are shown, by the number that EXIF has for how they lie."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels[:, ::-1] if orientation in (2, 3, 6, 7) else pixels


def _numbers(channels: NDArray[Any], layout: Layout) -> Numbers:
    count = channels.shape[-1]
    meanings = layout.extra[: count - 1]
    at = [count - len(meanings) + place for place, meaning in enumerate(meanings) if meaning in (1, 2)]
    alpha = channels[..., at[0]] if at else None
    colours = channels[..., [place for place in range(count) if place not in at]]
    values = colours[..., :3] if colours.shape[-1] >= 3 else colours[..., 0]
    if alpha is not None and meanings[at[0] - count + len(meanings)] == _PREMULTIPLIED_ALPHA:
        values = _divided(values, alpha)
    return Numbers(values, alpha, layout.white_is_zero, layout.nothing)


def _divided(values: NDArray[Any], alpha: NDArray[Any]) -> NDArray[Any]:
    """Colours that were multiplied by how opaque they are, as they were before."""
    most = alpha.max(initial=0)
    share = np.maximum(alpha, 1e-6 * max(most, 1)) / max(most, 1e-6)
    plain = values / (share[..., None] if values.ndim == 3 else share)
    return plain.clip(0, most).astype(values.dtype)


def _require_bounds(layout: Layout) -> None:
    limit = None if Image.MAX_IMAGE_PIXELS is None else 2 * Image.MAX_IMAGE_PIXELS
    pixels = layout.size[0] * layout.size[1]
    octets = max(1, layout.bits // 8) * max(1, layout.samples)
    if limit is not None and (pixels > limit or pixels * octets > 4 * limit):
        raise Image.DecompressionBombError
    if layout.tile[0] * layout.tile[1] > max(_TILE, 4 * pixels):
        raise UnreadableImageError(f"damaged image: tiles of {layout.tile[0]} x {layout.tile[1]} px")
    if layout.samples < 1 or layout.bits < 1 or layout.bits > 64:
        raise UnreadableImageError(f"damaged image: {layout.samples} channels of {layout.bits} bits")
