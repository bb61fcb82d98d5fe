"""File names as text that can be stored, whatever bytes they are made of."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

#: Before the percent-encoded bytes of a name that is not UTF-8.
MARK = "bytes:"


def encode_path(path: str | os.PathLike[str]) -> str:
    """``path`` as valid UTF-8 text, different for different paths.

    A name that is not UTF-8 becomes ``bytes:`` and its bytes, percent-encoded; so does, to keep the two apart, one
    that begins with ``bytes:``.
    """
    text = os.fspath(path)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return MARK + quote_from_bytes(_as_bytes(text))
    return MARK + quote_from_bytes(os.fsencode(text)) if text.startswith(MARK) else text


def _as_bytes(text: str) -> bytes:
    """The bytes of a name that is not UTF-8; half a character, which is in no file's name, as what names no file."""
    try:
        return os.fsencode(text)
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def decode_path(text: str) -> Path:
    """The path that :func:`encode_path` made ``text`` of."""
    if text.startswith(MARK):
        return Path(os.fsdecode(unquote_to_bytes(text[len(MARK) :])))
    return Path(text)
