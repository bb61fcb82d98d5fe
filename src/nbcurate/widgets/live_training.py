"""What a long training says while it runs: HTML in the cell, in one place; in a terminal a line now and then."""

from __future__ import annotations

import html
import sys
import time
from types import TracebackType
from typing import Any, Self

#: Seconds between two states that are shown: a message more is work for the page that nobody sees.
_INTERVAL = 0.25


def live_history(title: str) -> LiveHistory:
    """A place in the cell that is running for what :meth:`LiveHistory.show` is given.

    Parameters
    ----------
    title : str
        What is going on, in plain text.

    Examples
    --------
    >>> with live_history("efficientnet-lite0, 5 epochs") as live:
    ...     for epoch in range(5):
    ...         live.show(f"<table><tr><td>{epoch}</td></tr></table>")
    ...         live.line(f"epoch {epoch}: loss 1.23")
    """
    return LiveHistory(title)


class LiveHistory:
    """One output of a cell that is replaced in place, at most four times a second.

    It is an ordinary output of the notebook, no widget: any host that shows HTML shows it, and the saved file holds its
    last state. Used as a context it ends with what was given last, also where the cell is interrupted.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._in_notebook = _in_notebook()
        self._handle: Any = None
        self._waiting: str | None = None
        self._shown_at = float("-inf")

    def show(self, markup: str) -> None:
        """Put HTML in the place of what is there. Text from the data must be escaped already.

        What comes too soon after the last is held back, and shown by :meth:`finish` unless more comes before. Outside a
        notebook nothing is shown.
        """
        if not self._in_notebook:
            return
        self._waiting = markup
        if time.monotonic() - self._shown_at >= _INTERVAL:
            self.finish()

    def line(self, text: str) -> None:
        """Print a line where there is no notebook, as of an epoch; in one :meth:`show` says it."""
        if not self._in_notebook:
            print(text, file=sys.stderr, flush=True)

    def finish(self) -> None:
        """Show at once what was held back."""
        if self._waiting is None:
            return
        from IPython.display import display

        markup, self._waiting = self._waiting, None
        said = {"text/html": f"<p><b>{html.escape(self._title)}</b></p>{markup}", "text/plain": self._title}
        if self._handle is None:
            self._handle = display(said, raw=True, display_id=True)
        else:
            self._handle.update(said, raw=True)
        self._shown_at = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish()


def _in_notebook() -> bool:
    """Whether a kernel runs this, which shows HTML; a terminal with IPython has none."""
    ipython = sys.modules.get("IPython")  # a notebook has loaded it
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None
