"""What a file says of itself without being decoded: its content hash, size in px, format."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PIL import Image

from .decode import FORMATS, UnreadableImageError, decode_image, reason_of

_EXIF_ORIENTATION = 0x0112
_TAIL = 4096  # an end marker may be followed by some padding
_END_MARKERS = {"JPEG": b"\xff\xd9", "MPO": b"\xff\xd9", "PNG": b"IEND"}


@dataclass(frozen=True, slots=True)
class Probe:
    """What :func:`probe_file` found. ``error`` is None for a readable image, else the reason for a person."""

    bytes: int = 0
    content_hash: str = ""
    width: int | None = None
    height: int | None = None
    format: str | None = None
    error: str | None = None


def probe_file(path: str | os.PathLike[str]) -> Probe:
    """Hash a file and read its header. Never raises for what is in the file.

    Pixels are decoded only where the end of the file is not what its format ends with: a file that was cut off has a
    whole header.
    """
    digest, size = "", 0
    try:
        with Path(path).open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
            size = file.tell()
            if size == 0:
                return Probe(0, digest, error="the file is empty")
            file.seek(0)
            width, height, kind = _read_header(file)
            if not _has_end(file, kind, size):
                file.seek(0)
                decode_image(file)
            return Probe(size, digest, width, height, kind)
    except UnreadableImageError as error:
        return Probe(size, digest, error=str(error))
    except Exception as error:
        return Probe(size, digest, error=reason_of(error))


def _read_header(file: IO[bytes]) -> tuple[int, int, str]:
    with Image.open(file, formats=FORMATS) as image:
        width, height = image.size
        try:
            sideways = image.getexif().get(_EXIF_ORIENTATION, 1) in (5, 6, 7, 8)
        except Exception:  # damaged EXIF: shown as it lies
            sideways = False
        return (height, width, str(image.format)) if sideways else (width, height, str(image.format))


def _has_end(file: IO[bytes], kind: str, size: int) -> bool:
    marker = _END_MARKERS.get(kind)
    if marker is None:
        return True
    file.seek(max(0, size - _TAIL))
    return marker in file.read()
