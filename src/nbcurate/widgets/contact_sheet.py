"""A page of thumbnails as plain HTML: what is seen where no widget can be, in a report, on GitHub, after nbconvert."""

from __future__ import annotations

import base64
import html
import io
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ..imaging import encode_jpeg
from ..store import Store
from ..store.items import Keys
from .pictures import Pictures

_QUALITY = 70


@dataclass(frozen=True)
class Section:
    """Some pictures under a heading. ``captions`` are one a picture, or none."""

    title: str
    keys: Keys
    captions: Sequence[str] = ()


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
    store: Store, title: str, sections: Iterable[Section], *, n: int = 120, size: int = 96, draw: Draws | None = None
) -> ContactSheet:
    """The first ``n`` pictures of some sections, each at most ``size`` px wide and high, and what is drawn on them."""
    parts, left = [], n
    for section in sections:
        shown = section.keys[: max(left, 0)]
        left -= len(shown)
        heading = f"{section.title} ({len(section.keys):,})" if section.title else f"{len(section.keys):,} items"
        parts.append(f'<p style="margin:8px 0 4px"><b>{html.escape(heading)}</b></p>')
        parts.append('<div style="display:flex;flex-wrap:wrap;gap:6px">')
        parts += _figures(store, shown, section.captions, size, draw)
        parts.append("</div>")
        if len(section.keys) > len(shown):
            parts.append(f"<p>{len(section.keys) - len(shown):,} more are not shown.</p>")
        if left <= 0:
            break
    style = "font:12px/1.3 system-ui,sans-serif"
    return ContactSheet(f'<div style="{style}"><p><b>{html.escape(title)}</b></p>{"".join(parts)}</div>')


def _figures(store: Store, keys: Keys, captions: Sequence[str], size: int, draw: Draws | None) -> list[str]:
    if not len(keys):
        return []
    with closing(Pictures(store)) as pictures:
        jpegs = pictures.thumbnails(keys, 192)
    small = [_smaller(jpeg, size) if jpeg else None for jpeg in jpegs]
    shown = draw(keys, small) if draw else small
    ids = store.items.ids_of_keys(keys)
    figures = []
    for place, (item_id, image) in enumerate(zip(ids, shown, strict=True)):
        name = html.escape(item_id, quote=True)
        caption = html.escape(captions[place] if place < len(captions) else "")
        picture = f'<span style="display:block;height:{size}px">no picture</span>'
        if image:
            data = base64.b64encode(encode_jpeg(image, _QUALITY)).decode("ascii")
            picture = f'<img alt="{name}" src="data:image/jpeg;base64,{data}">'
        below = f'<figcaption style="overflow-wrap:anywhere">{caption}</figcaption>' if caption else ""
        figures.append(f'<figure title="{name}" style="width:{size}px;margin:0">{picture}{below}</figure>')
    return figures


def _smaller(jpeg: bytes, size: int) -> Image.Image:
    image = Image.open(io.BytesIO(jpeg))
    image.thumbnail((size, size))
    return image.convert("RGB")
