"""Where a page may be opened as a view: a mark in it that means nothing, until something in a live notebook sees it."""

from __future__ import annotations

from collections.abc import Callable

#: From a result to a name under which it can be opened as a view here and now; empty where none can be.
Opener = Callable[[object], str]

_openers: list[Opener] = []


def open_with(opener: Opener) -> None:
    """Let ``opener`` say from now on which results can be opened, and under which names."""
    _openers[:] = [opener]


def open_here(result: object | None) -> str:
    """The mark beside which a live notebook puts its button, as markup; nothing where there is none that could."""
    name = _openers[0](result) if _openers and result is not None else ""
    return f' <span data-nbc-open="{name}"></span>' if name else ""
