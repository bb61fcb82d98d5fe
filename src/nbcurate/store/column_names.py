"""Names of columns: any text for people, and on disk names that the table format can hold and has no use for itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

#: Dots, back-ticks and stars are syntax to Lance, and who knows what else; a leading underscore marks columns that it
#: fills itself (``_rowid``).
_NOT_AS_IS = re.compile(r"^_|[\x00-\x1f!-,./:-@\[-^`{-\x7f]")
#: Columns that Lance fills itself, and its word for all of them. Older versions of ours could write such.
_RESERVED = {"_rowid", "_rowaddr", "_rowoffset", "_row_created_at_version", "_row_last_updated_at_version", "*"}
#: Between the name and the number of times that the column was written anew in another type.
_AGAIN = "~"


def encode_name(name: str, again: int = 0) -> str:
    """The name on disk of a column, written for the ``again``-th time in another type."""
    plain = _NOT_AS_IS.sub(lambda found: f"%{ord(found.group()):02X}", name)
    return f"{plain}{_AGAIN}{again}" if again else plain


def decode_name(stored: str) -> tuple[str, int]:
    """The column that :func:`encode_name` made ``stored`` of, and how many times it was written anew."""
    plain, mark, again = stored.rpartition(_AGAIN)
    if mark and again.isdigit():
        return unquote(plain), int(again)
    return unquote(stored), 0


def newest(stored: Sequence[str]) -> dict[str, str]:
    """The name on disk of each column: where it was written anew and the old one is not dropped yet, the new one."""
    found: dict[str, tuple[int, str]] = {}
    for name in stored:
        column, again = decode_name(name)
        if column not in found or again > found[column][0]:
            found[column] = (again, name)
    return {column: name for column, (_, name) in found.items()}


def reserved(stored: Sequence[str]) -> list[str]:
    """Names that the table format has a use of its own for: a table that has such a column cannot be read."""
    return sorted(_RESERVED & set(stored))
