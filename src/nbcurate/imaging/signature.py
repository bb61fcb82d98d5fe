"""What a file is by its first bytes, whatever it is called."""

from __future__ import annotations

from . import heif
from .tiff import SIGNATURES as TIFF_SIGNATURES

#: As many bytes as are needed to tell.
HEAD = 1024

RAW_PHOTOGRAPH = "a camera's raw photograph: develop it to TIFF or JPEG"

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
#: What is no picture, or none that is read: what to call it, how it begins, and where that is.
_OTHERS: tuple[tuple[str, bytes, int], ...] = (
    ("a DICOM file: convert it to PNG or TIFF", b"DICM", 128),
    ("a NIfTI volume: save its slices as pictures", b"n+1\0", 344),
    ("a FITS file: convert it to TIFF", b"SIMPLE  =", 0),
    ("an OpenEXR picture: convert it to TIFF", b"\x76\x2f\x31\x01", 0),
    ("a Radiance HDR picture: convert it to TIFF", b"#?RADIANCE", 0),
    ("a JPEG XL picture: convert it to PNG", b"\xff\x0a", 0),
    ("a JPEG XL picture: convert it to PNG", b"\0\0\0\x0cJXL ", 0),
    ("a DDS texture: convert it to PNG", b"DDS ", 0),
    ("a Gimp file: export it as PNG", b"gimp xcf", 0),
    (RAW_PHOTOGRAPH, b"\x10\0\0\0CR", 4),
    (RAW_PHOTOGRAPH, b"FUJIFILMCCD-RAW", 0),
    (RAW_PHOTOGRAPH, b"ftypcrx ", 4),
    ("a PDF document", b"%PDF", 0),
    ("a PostScript file, which is not run", b"%!PS", 0),
    ("a zip archive: unpack it", b"PK\x03\x04", 0),
    ("a gzip archive: unpack it", b"\x1f\x8b", 0),
    ("an array of NumPy: save it as a picture", b"\x93NUMPY", 0),
    ("an HDF5 file", b"\x89HDF\r\n", 0),
    ("a video: save its frames as pictures", b"\x1aE\xdf\xa3", 0),
    ("a video: save its frames as pictures", b"AVI ", 8),
    ("a video: save its frames as pictures", b"ftyp", 4),
    ("a pointer of Git LFS: run `git lfs pull`", b"version https://git-lfs", 0),
)


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


def other_kind(head: bytes) -> str | None:
    """What else a file is that begins with ``head``, and what to do with it; None if it is not known."""
    for kind, bytes_there, at in _OTHERS:
        if head[at : at + len(bytes_there)] == bytes_there:
            return kind
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    if text.startswith(b"<") and b"<svg" in text:
        return "an SVG drawing: draw it to PNG"
    return None
