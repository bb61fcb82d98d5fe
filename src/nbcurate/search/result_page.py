"""The page of a search result: what was searched with, and what was found, the nearest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..display.album import Album
from ..display.layout import Tile, mosaic, strip
from ..display.numbers import count_in_words, similarity_in_words
from ..display.page import Page
from ..display.picture import Picture

if TYPE_CHECKING:
    from .examples import Examples
    from .result import SearchResult

_SHOWN, _COLUMNS, _SIDE = 16, 8, 84
_ASKED = 4


def result_page(result: SearchResult) -> Page:
    """See the module."""
    page = Page(f"{count_in_words(len(result), 'item')} found, the nearest first", opens=result)
    for asked, said in ((result.positive, "searched with"), (result.negative, "but unlike")):
        if asked is not None and result.album is not None:
            page.line(f"{said} {_in_words(asked)}")
            page.add(strip(_asked_tiles(asked, result.album)))
    shown, similarity = result.ids[:_SHOWN], result.similarity[:_SHOWN].tolist()
    page.add(mosaic(_found_tiles(result.album, shown, similarity), _COLUMNS))
    page.line("below each picture: its similarity to the query, a cosine; 1 is the same" if shown else "")
    if len(result) > len(shown):
        page.line(f"and {len(result) - len(shown):,} more: .to_pandas() has them all")
    if shown:
        page.steps(("ds.selection.set(result)", "ds.where(result)", "nbc.SimilarityGrid(ds.where(result))"))
    return page


def _in_words(asked: Examples) -> str:
    """``'a red hat'``, 2 pictures."""
    pictures = len(asked.keys) + len(asked.pictures)
    others = len(asked.vectors) - pictures - len(asked.words)
    parts = [", ".join(map(repr, asked.words[:_ASKED]))] if asked.words else []
    parts += [count_in_words(pictures, "picture")] if pictures else []
    parts += [count_in_words(others, "vector")] if others > 0 else []
    return ", ".join(parts)


def _asked_tiles(asked: Examples, album: Album) -> list[Tile]:
    pictures = album.pictures(asked.keys[:_ASKED], _SIDE)
    pictures += [Picture(image, _SIDE, "a picture that was searched with") for image in asked.pictures[:_ASKED]]
    return [Tile(picture) for picture in pictures]


def _found_tiles(album: Album | None, ids: list[str], similarity: list[float]) -> list[Tile]:
    said = [similarity_in_words(value) for value in similarity]
    if album is None:
        return [Tile(Picture(None, _SIDE, name), name, strong=value) for name, value in zip(ids, said, strict=True)]
    pictures = album.pictures(album.store.items.keys_of_ids(ids), _SIDE, said)
    return [Tile(picture, strong=value) for picture, value in zip(pictures, said, strict=True)]
