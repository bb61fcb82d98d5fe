"""The pages of slices: one with its pictures, or all of them, a row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..display.layout import Row, Tile, rows
from ..display.marked import marked_page
from ..display.numbers import count_in_words
from ..display.page import Page
from .pictured import album_of

if TYPE_CHECKING:
    from .slices import Slice, Slices

_SHOWN, _EACH, _SIDE = 8, 5, 66


def slice_page(kept: Slice) -> Page:
    """The pictures of a slice."""
    marks, call = kept._standing, f"ds.slices[{kept.name!r}]"
    steps = (f"{call}.select()", f"ds.where({call})")
    return marked_page(repr(kept), album_of(kept._items), marks.kept, marks.rejected, steps=steps, opens=kept)


def slices_page(slices: Slices) -> Page:
    """A row a slice, with its first pictures."""
    page = Page(count_in_words(len(slices), "slice"))
    shown = [slices[name] for name in list(slices)[:_SHOWN]]
    page.add(rows([_row(one) for one in shown]))
    page.line(f"and {len(slices) - len(shown):,} more: list(ds.slices)" if len(slices) > len(shown) else "")
    page.steps((f"ds.slices[{shown[0].name!r}].select()",) if shown else ("ds.save_slice('name')",))
    return page


def _row(one: Slice) -> Row:
    marks = one._standing
    pictures = album_of(one._items).pictures(marks.kept[:_EACH], _SIDE)
    rejected = f"{len(marks.rejected):,} rejected" if len(marks.rejected) else ""
    facts = (f"{len(marks.kept):,} kept", rejected, f"saved {one.saved:%Y-%m-%d}")
    return Row(one.name, [Tile(picture) for picture in pictures], facts, len(marks.kept) - len(pictures))
