"""A page of thumbnails as plain HTML: what is seen where no widget can be, in a report, on GitHub, after nbconvert."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ..display.album import Album
from ..display.layout import Tile, mosaic
from ..display.page import Page
from ..display.picture import Picture
from ..imaging import THUMBNAIL_SIZE, reduce_image
from ..store import Store
from ..store.items import Keys
from .pictures import Pictures

#: Bytes of a page: its text, and at least so many a picture.
_TEXT_BYTES, _PICTURE_BYTES = 20_000, 3_000
_WIDTH = 860


@dataclass(frozen=True)
class Section:
    """Some pictures under a heading. ``captions`` and ``marks``, which stand out, are one a picture, or none."""

    title: str
    keys: Keys
    captions: Sequence[str] = ()
    marks: Sequence[str] = ()


class ContactSheet:
    """Thumbnails under headings, in HTML that needs nothing else. Text from the data stays text.

    Attributes
    ----------
    html : str
    """

    def __init__(self, markup: str) -> None:
        self.html = markup

    def save(self, to: str | os.PathLike[str]) -> Path:
        """Write it as a page of its own, whole or not at all, in the place of one that is there; the file.

        Parameters
        ----------
        to : path

        Raises
        ------
        FileExistsError
            If there is a picture: no page takes its place.
        IsADirectoryError, NotADirectoryError, PermissionError
            If it cannot be written there.
        """
        from ..export.target import new_file

        head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>nbcurate</title>'
        with new_file(to, overwrite=True) as page:
            page.write_text(f"{head}<body>{self.html}</body></html>", encoding="utf-8")
        return Path(to)

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return f"ContactSheet({len(self.html):,} characters)"


#: What draws on the pictures of some items: their keys, and the picture of each.
Draws = Callable[[Keys, list[Image.Image | None]], list[Image.Image | None]]


def contact_sheet(
    store: Store,
    title: str,
    sections: Iterable[Section],
    *,
    n: int = 120,
    size: int = 96,
    draw: Draws | None = None,
    facts: Sequence[str | Picture] = (),
) -> ContactSheet:
    """The first ``n`` pictures of some sections, each at most ``size`` px wide and high, and what is drawn on them.

    Parameters
    ----------
    facts : sequence of markup and pictures
        What stands before the pictures.
    """
    page = Page(title, room=_TEXT_BYTES + n * max(_PICTURE_BYTES, size * size // 2))
    page.add(facts)
    left = n
    for section in sections:
        shown = section.keys[: max(left, 0)]
        left -= len(shown)
        page.heading(f"{section.title} ({len(section.keys):,})" if section.title else f"{len(section.keys):,} items")
        page.add(mosaic(_tiles(store, section, shown, size, draw), max(1, _WIDTH // (max(size, 88) + 8))))
        if len(section.keys) > len(shown):
            page.line(f"{len(section.keys) - len(shown):,} more are not shown.")
        if left <= 0:
            break
    return ContactSheet(page.html)


def _tiles(store: Store, section: Section, shown: Keys, size: int, draw: Draws | None) -> list[Tile]:
    if not len(shown):
        return []
    with closing(Pictures(store)) as pictures:
        whole = Album(store, lambda keys: pictures.thumbnails(keys, THUMBNAIL_SIZE)).images(shown)
    small = [image and reduce_image(image, size) for image in whole]
    drawn = draw(shown, small) if draw else small
    said = [*section.captions[: len(shown)], *[""] * (len(shown) - len(section.captions))]
    marks = [*section.marks[: len(shown)], *[""] * (len(shown) - len(section.marks))]
    names = store.items.ids_of_keys(shown)
    facts = zip(names, drawn, said, marks, strict=True)
    return [Tile(Picture(image, size, name, words), words, strong=mark) for name, image, words, mark in facts]
