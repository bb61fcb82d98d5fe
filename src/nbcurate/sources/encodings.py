"""The encoding of a text file, by the byte order mark that it begins with."""

from __future__ import annotations

import codecs

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip


def marked_encoding(content: bytes) -> str | None:
    """The encoding that a mark names, as Python calls it; None where there is no mark."""
    return next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)
