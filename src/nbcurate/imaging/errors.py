"""Why a picture could not be read, in words for a person."""

from __future__ import annotations

import errno
import os

from PIL import Image, UnidentifiedImageError

#: What the system says of a file that it cannot read now; of a damaged picture decoders raise others.
_OF_THE_SYSTEM = frozenset(
    getattr(errno, name)
    for name in "EIO ESTALE ELOOP ENAMETOOLONG ENOTDIR EMFILE ENFILE ETIMEDOUT ENXIO EAGAIN ENODEV".split()  # noqa: SIM905
    if hasattr(errno, name)
)


class UnreadableImageError(ValueError):
    """A file that cannot be decoded as an image; the message is the reason, for a person."""


class UnreachableFileError(UnreadableImageError):
    """A file that could not even be opened: gone, or no permission. It may be another time."""


class MissingDriverError(UnreachableFileError):
    """A picture that an optional package reads, which is not installed: the message says which."""


def is_unreachable(error: Exception) -> bool:
    """Whether a file could not even be read, whatever is in it."""
    if isinstance(error, FileNotFoundError | PermissionError | UnreachableFileError):
        return True
    return isinstance(error, OSError) and error.errno in _OF_THE_SYSTEM


def reason_of(error: Exception) -> str:
    """What a failed decoding means, in words for a person."""
    if isinstance(error, UnreadableImageError):
        return str(error)
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
    if isinstance(error, MemoryError):
        return "there is not enough memory to decode it"
    if isinstance(error, OSError) and error.errno is not None and error.errno in _OF_THE_SYSTEM:
        return f"the file cannot be read: {os.strerror(error.errno)}"
    if isinstance(error, ImportError):
        return f"a driver is missing: {error}"
    if "truncated" in str(error).lower() or isinstance(error, EOFError):
        return f"the file is cut off: {error}"
    if "decoder error" in str(error):  # libtiff tells no more
        return f"damaged image, or a compression that this Pillow cannot undo: {error}"
    return f"damaged image: {error or type(error).__name__}"
