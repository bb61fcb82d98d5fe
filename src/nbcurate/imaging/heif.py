"""HEIC and HEIF pictures, which phones take, by pillow-heif where it is installed."""

from __future__ import annotations

import importlib.util
from functools import cache

from .errors import MissingDriverError

FORMAT = "HEIF"
ADVICE = "pip install 'nbcurate[heif]'"
EXTENSIONS = frozenset({".heic", ".heif", ".hif", ".heics", ".heifs"})

_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def is_heif(head: bytes) -> bool:
    """Whether a file begins as one that pillow-heif reads; AVIF, which Pillow reads itself, may share a brand."""
    if head[4:8] != b"ftyp":
        return False
    brand, others = head[8:12], head[16:]
    return brand in _BRANDS and not (brand in (b"mif1", b"msf1") and b"avif" in others)


@cache
def is_installed() -> bool:
    return importlib.util.find_spec("pillow_heif") is not None


@cache
def register() -> None:
    """Let Pillow open these pictures. Pictures come out upright: the library turns them, and takes their EXIF tag off.

    Raises
    ------
    MissingDriverError
        If pillow-heif is not installed.
    """
    if not is_installed():
        raise MissingDriverError(f"a HEIC picture: {ADVICE} to read it")
    from pillow_heif import register_heif_opener  # pyright: ignore[reportMissingImports]

    register_heif_opener()
