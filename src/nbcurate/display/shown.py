"""What a notebook asks of a result that it shows."""

from __future__ import annotations

from typing import Any

from .page import Page


class Shown:
    """A result that shows itself as a page, with its text beside it. Its class says what is on the page."""

    __slots__ = ()

    def _page(self) -> Page:
        """What is shown of it."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return self._page().html

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The page, and the text for where none can be shown."""
        return {"text/plain": repr(self), "text/html": self._repr_html_()}
