"""What an image was called before a tool made a copy of it."""

from __future__ import annotations

import re

#: Roboflow calls its copy of ``cat 1.jpg`` ``cat-1_jpg.rf.<hash>.jpg``.
_ROBOFLOW = re.compile(r"^(?P<stem>.+)_(?P<ending>jpe?g|png|webp|bmp|tiff?|gif)\.rf\.[0-9A-Za-z]+\.\w+$", re.IGNORECASE)
#: Label Studio puts eight digits before the name of a file that is uploaded.
_UPLOADED = re.compile(r"^[0-9a-f]{8}-(?=.)")


def without_upload_mark(name: str) -> str:
    """A file name as it was before it was uploaded to Label Studio."""
    return _UPLOADED.sub("", name)


def possible_names(name: str, original: object = None) -> list[str]:
    """What an image may be called: as the file has it, as it says that it was called, as its name tells."""
    last = name.rpartition("/")[2]
    copied = _ROBOFLOW.match(last)
    guess = f"{copied['stem']}.{copied['ending']}" if copied else None
    uploaded = None if last == (plain := without_upload_mark(last)) else plain
    return [found for found in (name, original, guess, uploaded) if isinstance(found, str) and found]
