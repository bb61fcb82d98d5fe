"""The page of copies: a row a group, the picture that is kept first, then what is a copy of it and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...collection.pictured import album_of
from ...display.layout import Row, Tile, rows
from ...display.page import Page
from .finding_page import begun, ended

if TYPE_CHECKING:
    from ..duplicates import Duplicates

_GROUPS, _COPIES, _PICTURES = 6, 5, 22
_SIDE = 80


def copies_page(found: Duplicates) -> Page:
    """See the module; the surest copies first."""
    page = begun(found)
    groups = _first_groups(found)
    page.add(rows([_row(found, positions, size) for positions, size in groups]))
    shown = sum(len(positions) for positions, _ in groups)
    return ended(page, found, shown, ("ds.remove(copies)", "nbc.FindingsPanel(ds, copies)", "copies.pairs_to_pandas()"))


def _first_groups(found: Duplicates) -> list[tuple[NDArray[np.intp], int]]:
    """Positions of the copies that are shown of each group, and how many there are; the surest groups first."""
    if not len(found):
        return []
    assert found.groups is not None
    sizes = np.bincount(found.groups)
    _, first = np.unique(found.groups, return_index=True)
    groups, left = [], _PICTURES
    for group in found.groups[np.sort(first)[:_GROUPS]].tolist():
        positions = np.flatnonzero(found.groups == group)[: min(_COPIES, left - 1)]
        if left < 2:
            break
        groups.append((positions, int(sizes[group])))
        left -= 1 + len(positions)
    return groups


def _row(found: Duplicates, positions: NDArray[np.intp], size: int) -> Row:
    album, items = album_of(found._items), found._items.store.items
    name = str(found.columns["representative"][positions[0]])
    kept = items.keys_of_ids([name])
    pictures = album.pictures(
        np.concatenate([kept, found.keys[positions]]), _SIDE, ["kept", *found.reasons_at(positions)]
    )
    words = zip(found.columns["relation"][positions].tolist(), found.reasons_at(positions), strict=True)
    copies = [
        Tile(picture, _what_was_done(why, name), strong=relation)
        for picture, (relation, why) in zip(pictures[1:], words, strict=True)
    ]
    said = f"{size + 1:,} pictures, one is kept"
    return Row(name, [Tile(pictures[0], strong="kept"), *copies], facts=[said], more=size - len(positions))


def _what_was_done(reason: str, kept: str) -> str:
    """Of a reason what follows the name of the kept picture, without how that is known: ``cropped to 62%``."""
    return reason.partition(kept)[2].partition(" (")[0].lstrip(" ,:;")
