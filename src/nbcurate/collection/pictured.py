"""The pictures of a data set's items, for the pages of what is found in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..display.album import Album
from ..sources.small_pictures import thumbnails_at_once

if TYPE_CHECKING:
    from .item_set import ItemSet


def album_of(items: ItemSet) -> Album:
    """Names and small pictures of the items of a data set, also of those that the store has no picture of yet."""
    return Album(items.store, partial(thumbnails_at_once, items.store))
