"""One item of a data set, with what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..collection.vector_set import VectorSet
from ..display.shown import Shown

if TYPE_CHECKING:
    from PIL import Image

    from ..display.page import Page
    from ..search import SearchResult

#: Columns that are told apart from the properties, or say no more than they do.
_APART = ("id", "label")
_SIDE, _FACTS, _NEIGHBOURS, _SMALL = 224, 10, 6, 84


class Item(Shown):
    """One item: its picture, its label, its properties, what it is like. ``ds["cat/1.jpg"]`` gives it.

    It reads what is there when it is asked, so it tells of later changes, too.

    Parameters
    ----------
    dataset : VectorSet
        What it is an item of: neighbours are those in there.
    key : int

    Attributes
    ----------
    id : str

    Examples
    --------
    >>> item = ds[ds.ids[0]]
    >>> item.picture.size, item.label
    >>> item.properties["width"]
    >>> item.neighbours(k=5).ids
    """

    def __init__(self, dataset: VectorSet, key: int) -> None:
        self._dataset = dataset
        self._key = np.array([key], np.uint64)
        self.id: str = dataset.store.items.ids_of_keys(self._key)[0]

    @property
    def picture(self) -> Image.Image:
        """The picture, RGB, upright, full size; of a box what is in it.

        Raises
        ------
        UnreadableImageError
            If its file is gone or damaged, or the item has no picture.
        """
        return self._dataset.image(self.id)

    @property
    def label(self) -> str | list[str] | None:
        """Its label: a text, a list where items have several, None where it has none."""
        return self._values(["label"])["label"]

    @property
    def properties(self) -> dict[str, Any]:
        """Its values in all other columns, given and measured, by their names; None where one is not known."""
        return self._values([name for name in self._dataset.column_names if name not in _APART])

    def neighbours(self, k: int = 10, *, encoder: str | None = None) -> SearchResult:
        """The ``k`` items that are most like it, the nearest first; exact copies of it are among them.

        Parameters
        ----------
        k : int
        encoder : str, optional
            Which embeddings; the default ones if none are named.

        Raises
        ------
        ValueError
            If nothing was embedded.
        """
        return self._dataset.search(self.id, k, encoder=encoder)

    def _values(self, names: list[str]) -> dict[str, Any]:
        items = self._dataset.store.items
        rows = items.rows_of_keys(self._key)
        return {name: self._dataset._column(items, rows, name)[0].as_py() for name in names}

    def __repr__(self) -> str:
        label = "" if self.label is None else f", label {self.label!r}"
        return f"Item({self.id!r}{label})"

    def _page(self) -> Page:
        from ..collection.pictured import album_of
        from ..display.layout import Row, Tile, rows, strip, table
        from ..display.markup import escaped
        from ..display.numbers import similarity_in_words
        from ..display.page import Page

        page, album = Page(self.id, opens=self), album_of(self._dataset)
        page.add(strip([Tile(album.pictures(self._key, _SIDE)[0])]))
        known = {"label": self.label, **self.properties}
        told = [(name, value) for name, value in known.items() if value not in (None, "", [])]
        facts = [(escaped(name, 60), escaped(_in_words(value), 200)) for name, value in told]
        page.add(table(("property", "value"), facts[:_FACTS]))
        page.line(f"and {len(facts) - _FACTS} more: .properties has them all" if len(facts) > _FACTS else "")
        if len(self._dataset.store.embeddings()) and len(self._dataset) > 1:
            near = self.neighbours(_NEIGHBOURS)
            pictures = album.pictures(self._dataset.keys_of(near.ids), _SMALL)
            said = [similarity_in_words(value) for value in near.similarity.tolist()]
            tiles = [Tile(picture, strong=words) for picture, words in zip(pictures, said, strict=True)]
            page.add(rows([Row("most like it", tiles)]))
        name = repr(self.id)
        page.steps((f"ds.search({name})", f"ds.relabel({{{name}: 'another'}})", f"ds[{name}].picture"))
        return page


def _in_words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:.3g}" if isinstance(value, float) else str(value)
