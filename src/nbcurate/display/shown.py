"""What a notebook asks of a result that it shows."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

from .page import Page


class Shown:
    """A result that shows itself as a page, with its text beside it.

    Its class says where the function is that makes the page, by name: the page knows the class, and comes only when a
    result is shown. Or it makes the page itself.
    """

    __slots__ = ()

    #: Module and function below the package, such as ``"findings.faces.copies_page.copies_page"``.
    _page_at: ClassVar[str]

    def _page(self) -> Page:
        """What is shown of it."""
        module, _, function = self._page_at.rpartition(".")
        return getattr(import_module(f"..{module}", __package__), function)(self)

    def _repr_html_(self) -> str:
        return self._page().html

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The page, and the text for where none can be shown."""
        return {"text/plain": repr(self), "text/html": self._repr_html_()}
