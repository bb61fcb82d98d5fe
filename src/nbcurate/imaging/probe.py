"""What a file says of itself without being decoded: its content hash, size in px, format, camera, time and place."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import IO

from .decode import decode_image
from .errors import MissingDriverError, UnreadableImageError, reason_of
from .exif import NO_EXIF, Exif
from .picture import open_picture
from .regular_file import open_regular

_TAIL = 4096  # an end marker may be followed by some padding
_END_MARKERS = {"JPEG": b"\xff\xd9", "MPO": b"\xff\xd9", "PNG": b"IEND"}


@dataclass(frozen=True, slots=True)
class Probe:
    """What :func:`probe_file` found.

    Attributes
    ----------
    bytes : int
    content_hash : str
        Empty where the file could not be read this time, and may be another time.
    width, height : int or None
        In px, as the picture is shown.
    format, mode : str or None
        See :class:`nbcurate.imaging.picture.Picture`.
    exif : Exif
        Its ``orientation`` says how the picture was turned to be shown: ``sideways`` if width and height were
        exchanged.
    error : str or None
        None for a readable image, else the reason for a person.
    """

    bytes: int = 0
    content_hash: str = ""
    width: int | None = None
    height: int | None = None
    format: str | None = None
    mode: str | None = None
    exif: Exif = NO_EXIF
    error: str | None = None


def probe_file(path: str | os.PathLike[str]) -> Probe:
    """Hash a file and read its header. Never raises for what is in the file."""
    try:
        with open_regular(path) as file:
            return probe_stream(file)
    except (OSError, UnreadableImageError) as error:
        return Probe(error=reason_of(error))


def probe_stream(file: IO[bytes]) -> Probe:
    """As :func:`probe_file`, of an open file that can be sought in.

    Pixels are decoded only where the end of the file is not what its format ends with: a file that was cut off has a
    whole header.
    """
    digest, size = "", 0
    try:
        digest, size = _digest(file)
        if size == 0:
            return Probe(0, digest, error="the file is empty")
        picture = open_picture(file)
        exif = picture.exif()
        width, height = picture.stored_size[::-1] if exif.sideways else picture.stored_size
        found = Probe(size, digest, width, height, picture.format, picture.mode, exif)
        if not _has_end(file, picture.format, size):
            file.seek(0)
            decode_image(file)
        return found
    except MissingDriverError as error:
        return Probe(size, error=str(error))  # the driver may be there another time
    except Exception as error:
        return Probe(size, digest, error=reason_of(error))


def _digest(file: IO[bytes]) -> tuple[str, int]:
    """BLAKE2b-128 of the bytes, hexadecimal, and how many they are."""
    digest = hashlib.blake2b(digest_size=16)
    size = 0
    while block := file.read(1 << 20):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def _has_end(file: IO[bytes], kind: str, size: int) -> bool:
    marker = _END_MARKERS.get(kind)
    if marker is None:
        return True
    file.seek(max(0, size - _TAIL))
    return marker in file.read()
