"""A page of a result: a title, facts, pictures and next steps, within a number of bytes that a notebook can carry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .markup import code, escaped
from .opening import open_here
from .picture import Picture

#: Bytes of a page, pictures and all: a notebook of twenty results stays under 1 MB.
ROOM = 45_000

#: Markup, and pictures among it that are made when it is known how much room there is.
Pieces = list[str | Picture]

_ROOT = "font:13px/1.45 var(--jp-ui-font-family,system-ui,sans-serif);color:inherit;max-width:880px"
_LINE = "margin:2px 0 4px"


class Page:
    """Collects what a result shows of itself, top to bottom.

    Parameters
    ----------
    title : str
        What it is, in a sentence.
    opens : object, optional
        What a button beside the title opens as a view, where a kernel is there to do so.
    room : int
        Bytes of the whole.

    Examples
    --------
    >>> page = Page("3 items")
    >>> page.line("the first of many")
    >>> page.html
    """

    def __init__(self, title: str, *, opens: object | None = None, room: int = ROOM) -> None:
        self._room = room
        self._pieces: Pieces = [f'<p style="{_LINE}"><strong>{escaped(title, 600)}</strong>{open_here(opens)}</p>']

    def line(self, *words: str) -> None:
        """Facts, one after the other; empty ones are left out."""
        said = " · ".join(escaped(one) for one in words if one)
        if said:
            self._pieces.append(f'<p style="{_LINE};opacity:.8">{said}</p>')

    def heading(self, words: str) -> None:
        """What the pictures below it are."""
        self._pieces.append(f'<p style="margin:8px 0 2px"><strong>{escaped(words)}</strong></p>')

    def add(self, pieces: Iterable[str | Picture]) -> None:
        """Pictures, bars and tables, as the functions beside this class make them."""
        self._pieces.extend(pieces)

    def steps(self, calls: Sequence[str]) -> None:
        """What one may do next, as calls."""
        if calls:
            said = " · ".join(code(call) for call in calls)
            self._pieces.append(f'<p style="{_LINE}">Next: {said}</p>')

    def made_by(self, call: str) -> None:
        """The call that makes this again."""
        self._pieces.append(f'<p style="{_LINE};opacity:.8">Made by {code(call, 160)}</p>')

    @property
    def html(self) -> str:
        """The whole page. What the text leaves of the room is shared by the pictures, each as much as it needs."""
        texts = sum(len(piece.encode()) for piece in self._pieces if isinstance(piece, str)) + len(_ROOT) + 60
        left, waiting = self._room - texts, sum(isinstance(piece, Picture) for piece in self._pieces)
        parts = []
        for piece in self._pieces:
            if isinstance(piece, Picture):
                piece = piece.markup(max(left, 0) // waiting)
                left, waiting = left - len(piece.encode()), waiting - 1
            parts.append(piece)
        return f'<div data-nbc-page style="{_ROOT}">{"".join(parts)}</div>'
