"""How pictures lie on a page: mosaics, cards with words beside them, rows that belong together. All are tables.

A page without styles, as GitHub shows it, keeps the order of rows and cells and the size of the pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .markup import escaped, name_in_short
from .page import Pieces
from .picture import Picture

_TABLE = '<table role="presentation" style="border-collapse:collapse;border:0;margin:4px 0 8px;font-size:12px">'
_ROW = '<tr style="background:none;border:0">'
_CELL = "border:0;background:none;text-align:left;vertical-align:top;padding:0 8px 8px 0"
_SMALL = "font-size:11px;line-height:1.3;overflow-wrap:anywhere;white-space:normal"


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """A picture and what stands below it. ``below`` is plain text, ``strong`` stands out among it."""

    picture: Picture
    below: str = ""
    strong: str = ""


def mosaic(tiles: Sequence[Tile], columns: int) -> Pieces:
    """Pictures in rows of so many, with what stands below each."""
    pieces: Pieces = [_TABLE]
    for start in range(0, len(tiles), columns):
        pieces.append(_ROW)
        for tile in tiles[start : start + columns]:
            pieces += tile_cell(tile)
        pieces.append("</tr>")
    return [*pieces, "</table>"] if tiles else []


def strip(tiles: Sequence[Tile]) -> Pieces:
    """Pictures in one row."""
    return mosaic(tiles, max(len(tiles), 1))


def cards(tiles: Sequence[Tile], columns: int = 2) -> Pieces:
    """Pictures with their words beside them, so many cards in a row."""
    pieces: Pieces = [_TABLE]
    for start in range(0, len(tiles), columns):
        pieces.append(_ROW)
        for tile in tiles[start : start + columns]:
            side = tile.picture.side
            pieces += [f'<td style="{_CELL};width:{side}px">', tile.picture, "</td>"]
            pieces.append(f'<td style="{_CELL};width:270px;overflow-wrap:anywhere">{_words(tile, 240)}</td>')
        pieces.append("</tr>")
    return [*pieces, "</table>"] if tiles else []


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Pictures that belong together: what they are, the pictures, and how many more there are."""

    title: str
    tiles: Sequence[Tile]
    facts: Sequence[str] = ()
    more: int = 0


def rows(groups: Sequence[Row]) -> Pieces:
    """A row a group: what it is called at its head, then its pictures."""
    pieces: Pieces = [_TABLE]
    for group in groups:
        facts = "".join(f"<br>{escaped(fact, 200)}" for fact in group.facts if fact)
        head = f"<strong>{name_in_short(group.title, 48)}</strong>{facts}"
        pieces.append(f'{_ROW}<td style="{_CELL};width:150px;overflow-wrap:anywhere">{head}</td>')
        for tile in group.tiles:
            pieces += tile_cell(tile)
        more = f"+ {group.more:,} more" if group.more > 0 else ""
        pieces.append(f'<td style="{_CELL};opacity:.8;vertical-align:middle">{more}</td></tr>' if more else "</tr>")
    return [*pieces, "</table>"] if groups else []


def tile_cell(tile: Tile) -> Pieces:
    """A cell of a table with a picture and what stands below it."""
    words = _words(tile, 110)
    below = f'<br><span style="{_SMALL}">{words}</span>' if words else ""
    width = max(tile.picture.side, 88 if tile.below else 48)
    return [f'<td style="{_CELL};width:{width}px;max-width:{width + 16}px">', tile.picture, f"{below}</td>"]


def _words(tile: Tile, most: int) -> str:
    strong = f"<strong>{name_in_short(tile.strong, 60)}</strong>" if tile.strong else ""
    return "<br>".join(filter(None, [strong, escaped(tile.below, most) if tile.below else ""]))


def table(head: Sequence[str], body: Sequence[Sequence[str]]) -> Pieces:
    """Values in rows below their names; the first of each row names it. Cells are markup already."""
    cell = (
        "border:0;border-bottom:1px solid rgba(128,128,128,.3);background:none;text-align:left;padding:2px 12px 2px 0"
    )
    number = f"{cell};font-variant-numeric:tabular-nums"
    names = "".join(f'<th scope="col" style="{cell};vertical-align:bottom">{name}</th>' for name in head)
    lines = "".join(
        f'{_ROW}<th scope="row" style="{cell};font-weight:500">{first}</th>'
        + "".join(f'<td style="{number}">{one}</td>' for one in rest)
        + "</tr>"
        for first, *rest in body
    )
    begun = _TABLE.replace(' role="presentation"', "")
    return [f"{begun}<thead>{_ROW}{names}</tr></thead><tbody>{lines}</tbody></table>"] if body else []
