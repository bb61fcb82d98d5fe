"""What an image was called before a tool made a copy of it."""

from __future__ import annotations

import re

#: Roboflow calls its copy of ``cat 1.jpg`` ``cat-1_jpg.rf.<hash>.jpg``.
_ROBOFLOW = re.compile(r"^(?P<stem>.+)_(?P<ending>jpe?g|png|webp|bmp|tiff?|gif)\.rf\.[0-9A-Za-z]+\.\w+$", re.IGNORECASE)


def possible_names(name: str, original: object = None) -> list[str]:
    """What an image may be called: as the file has it, as it says that it was called, as its name tells."""
    copied = _ROBOFLOW.match(name.rpartition("/")[2])
    guess = f"{copied['stem']}.{copied['ending']}" if copied else None
    return [found for found in (name, original, guess) if isinstance(found, str) and found]
