"""The built front end, as the widgets carry it."""

from __future__ import annotations

import os
from pathlib import Path

STATIC = Path(__file__).parent / "static"


def bundle(name: str) -> str | Path:
    """What a widget's ``_esm`` is: the text of a built file.

    With ``ANYWIDGET_HMR=1`` in the environment it is the path, which anywidget watches: a developer's notebook then
    shows what ``npm run dev`` has built, without being run again. Not otherwise, as a watched file holds every widget
    that was ever made of it.
    """
    file = STATIC / name
    # The new line makes it no name of a file: anywidget would take a text of one line for one.
    return file if os.environ.get("ANYWIDGET_HMR") == "1" else f"{file.read_text(encoding='utf-8')}\n"
