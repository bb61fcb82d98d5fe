"""The button Open in static results: a widget that nobody sees listens for it, and makes the view of the result."""

from __future__ import annotations

import itertools
import logging
import sys
import uuid
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from .bundle import bundle
from .frames import cut
from .opened_as import can_be_opened, view_of
from .view import View

_log = logging.getLogger(__name__)
#: Results that can be opened, and how many of them are kept though nothing else holds them any more.
_KNOWN, _HELD = 500, 16
_LONGEST_ERROR = 300

_current: list[Opener] = []


def name_of(result: object) -> str:
    """A name under which a page can ask for the view of a result; empty where no kernel of a notebook could answer."""
    if not _in_kernel() or not can_be_opened(result):
        return ""
    if not _current or _current[0].comm is None:
        _current[:] = [Opener()]
    return _current[0].take(result)


def _in_kernel() -> bool:
    """Whether this is the kernel of a notebook: its front end hears of widgets."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


class Opener(anywidget.AnyWidget):
    """Makes views of the results of this kernel when a page asks for them. Shown by nothing."""

    _esm = bundle("opener.js")

    #: How the names of its results begin, so that a page leaves those of other kernels alone.
    prefix = traitlets.Unicode().tag(sync=True)

    def __init__(self) -> None:
        super().__init__(prefix=f"{uuid.uuid4().hex[:12]}-")
        self._numbers = itertools.count()
        self._results: OrderedDict[str, Callable[[], object | None]] = OrderedDict()
        self._held: deque[object] = deque(maxlen=_HELD)
        self._views: dict[str, View] = {}
        self.on_msg(self._receive)

    def take(self, result: object) -> str:
        """Make a result known; its name."""
        name = f"{self.prefix}{next(self._numbers)}"
        self._results[name] = weakref.ref(result)
        self._held.append(result)
        while len(self._results) > _KNOWN:
            self._results.popitem(last=False)
        return name

    def _receive(self, _: Any, content: Any, buffers: list[Any]) -> None:
        """Take one message. Whatever it holds, this does not raise."""
        if not isinstance(content, dict):
            return
        click, name, view = (content.get(field) for field in ("click", "name", "view"))
        if content.get("type") == "hello":  # a page that was saved with its widgets gets no answer, and has no buttons
            self.send({"type": "here"})
        elif content.get("type") == "close" and isinstance(view, str):
            if (shown := self._views.pop(view, None)) is not None:
                shown.close()
        elif content.get("type") == "open" and isinstance(click, str) and isinstance(name, str):
            self.send({"click": click, **self._opened(name)})

    def _opened(self, name: str) -> dict[str, str]:
        known = self._results.get(name)
        result = None if known is None else known()
        if result is None:
            return {"type": "error", "message": "This result is no longer there: run the cell again."}
        try:
            view = view_of(result)
        except Exception as error:  # a page that waits is told, whatever it is
            _log.warning("nbcurate: a result could not be opened", exc_info=True)
            return {"type": "error", "message": cut(f"{type(error).__name__}: {error}", _LONGEST_ERROR)}
        self._views[view.model_id or ""] = view
        return {"type": "view", "view": view.model_id or ""}
