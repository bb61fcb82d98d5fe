"""The page of what a person has marked: the pictures that are kept, and those that are rejected."""

from __future__ import annotations

from collections.abc import Sequence

from ..store.items import Keys
from .album import Album
from .layout import Tile, mosaic
from .page import Page

_KEPT, _REJECTED, _COLUMNS, _SIDE = 16, 8, 8, 80


def marked_page(
    title: str, album: Album | None, kept: Keys, rejected: Keys, *, steps: Sequence[str], opens: object
) -> Page:
    """See the module; the first of each, in the order in which they were marked.

    Parameters
    ----------
    album : Album or None
        Without one no pictures are shown.
    """
    page = Page(title, opens=opens)
    if album is not None:
        for name, keys, most in (("kept", kept, _KEPT), ("rejected", rejected, _REJECTED)):
            if len(keys):
                page.heading(f"{name} ({len(keys):,})")
                page.add(mosaic([Tile(picture) for picture in album.pictures(keys[:most], _SIDE)], _COLUMNS))
                page.line(f"and {len(keys) - most:,} more" if len(keys) > most else "")
    page.steps(steps if len(kept) or len(rejected) else ())
    return page
