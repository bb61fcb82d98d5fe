"""What a file is by its first bytes, whatever it is called."""

from __future__ import annotations

from . import heif
from .kinds import ARCHIVE, ARRAYS, DICOM, DRAWING, RAW_PHOTOGRAPH, VIDEO, VOLUME, Kind
from .tiff import SIGNATURES as TIFF_SIGNATURES

#: As many bytes as are needed to tell.
HEAD = 1024

#: Pictures that are read: Pillow's name of the format, and how such a file begins.
_PICTURES: tuple[tuple[str, tuple[bytes, ...]], ...] = (
    ("JPEG", (b"\xff\xd8\xff",)),
    ("PNG", (b"\x89PNG\r\n\x1a\n",)),
    ("GIF", (b"GIF87a", b"GIF89a")),
    ("TIFF", TIFF_SIGNATURES),
    ("JPEG2000", (b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  \r\n\x87\n")),
    ("PSD", (b"8BPS",)),
    ("QOI", (b"qoif",)),
    ("ICNS", (b"icns",)),
)
_TO_PNG = "convert to PNG or TIFF"
#: What is no picture, or none that is read, how it begins, and where that is.
_OTHERS: tuple[tuple[Kind, bytes, int], ...] = (
    (DICOM, b"DICM", 128),
    (VOLUME, b"n+1\0", 344),
    (Kind("FITS file", _TO_PNG), b"SIMPLE  =", 0),
    (Kind("OpenEXR picture", _TO_PNG), b"\x76\x2f\x31\x01", 0),
    (Kind("Radiance HDR picture", _TO_PNG), b"#?RADIANCE", 0),
    (Kind("JPEG XL picture", _TO_PNG), b"\xff\x0a", 0),
    (Kind("JPEG XL picture", _TO_PNG), b"\0\0\0\x0cJXL ", 0),
    (Kind("DDS texture", _TO_PNG), b"DDS ", 0),
    (Kind("Gimp file", "export as PNG"), b"gimp xcf", 0),
    (RAW_PHOTOGRAPH, b"\x10\0\0\0CR", 4),
    (RAW_PHOTOGRAPH, b"FUJIFILMCCD-RAW", 0),
    (RAW_PHOTOGRAPH, b"ftypcrx ", 4),
    (Kind("PDF document", is_picture=False), b"%PDF", 0),
    (Kind("PostScript file", "draw to PNG"), b"%!PS", 0),
    (ARCHIVE, b"PK\x03\x04", 0),
    (ARCHIVE, b"\x1f\x8b", 0),
    (ARRAYS, b"\x93NUMPY", 0),
    (ARRAYS, b"\x89HDF\r\n", 0),
    (VIDEO, b"\x1aE\xdf\xa3", 0),
    (VIDEO, b"AVI ", 8),
    (VIDEO, b"ftyp", 4),
    (Kind("pointer of Git LFS", "run `git lfs pull`"), b"version https://git-lfs", 0),
)
_WEB_PAGE = Kind("web page", is_picture=False)


def picture_format(head: bytes) -> str | None:
    """Pillow's name of the format of a file that begins with ``head``; None if it is no picture that can be read."""
    if heif.is_heif(head):
        return heif.FORMAT
    if head[4:8] == b"ftyp" and b"avi" in head[8:64]:
        return "AVIF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "BMP"
    return next((name for name, beginnings in _PICTURES if head.startswith(beginnings)), None)


def other_kind(head: bytes) -> Kind | None:
    """What else a file is that begins with ``head``; None if it is not known."""
    for kind, bytes_there, at in _OTHERS:
        if head[at : at + len(bytes_there)] == bytes_there:
            return kind
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return _WEB_PAGE
    if text.startswith(b"<") and b"<svg" in text:
        return DRAWING
    return None
