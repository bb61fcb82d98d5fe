"""The page of a split: its shares as one bar, a few pictures of each part, and what is on both sides of the cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...collection.pictured import album_of
from ...curate.copies import Relation
from ...display.bars import share_bar
from ...display.layout import Row, Tile, rows
from ...display.page import Page

if TYPE_CHECKING:
    from ..split import Split

_EACH, _LEAKS, _SIDE = 6, 3, 66


def split_page(split: Split) -> Page:
    """See the module."""
    page = Page(f"{split._column}: {split._verdict}", opens=split)
    sizes = split._sizes
    left = len(split.parts) - sum(sizes.values())
    page.add(share_bar([*sizes.items(), *([("in no part", left)] if left else [])]))
    page.line(split._tied)
    page.add(rows([_part(split, name, size) for name, size in sizes.items() if size]))
    if len(split._leaking):
        page.heading("on both sides of the cut")
        page.add(rows([_leak(split, at) for at in range(min(len(split._leaking), _LEAKS))]))
        if len(split._leaking) > _LEAKS:
            page.line(f"and {len(split._leaking) - _LEAKS:,} more pairs: .leaks_to_pandas() has them all")
    page.steps(("split.train", "split.leaks_to_pandas()", "ds.where(\"split = 'train'\")"))
    return page


def _part(split: Split, name: str, size: int) -> Row:
    """Some pictures of a part, from all over it."""
    inside = np.flatnonzero(split.parts == name)
    some = inside[np.linspace(0, len(inside) - 1, min(_EACH, len(inside))).astype(int)]
    labels = [split._labels[at] for at in some.tolist()]
    words = ["" if label is None else str(label) for label in labels]
    pictures = album_of(split._dataset).pictures(split._keys[some], _SIDE, words)
    return Row(name, [Tile(picture) for picture in pictures], (f"{size:,} items",), size - len(some))


def _leak(split: Split, at: int) -> Row:
    """Two items that should not be in two parts, and in which they are."""
    keys = split._leaking[at]
    places = [int(np.flatnonzero(split._keys == key)[0]) for key in keys]
    parts = [str(split.parts[place]) for place in places]
    pictures = album_of(split._dataset).pictures(keys, _SIDE, parts)
    tiles = [Tile(picture, picture.name, strong=part) for picture, part in zip(pictures, parts, strict=True)]
    return Row(Relation(int(split._leaking_kinds[at])).words, tiles)
