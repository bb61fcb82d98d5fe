"""The notebook that code runs in: a Jupyter kernel runs one, marimo one for each page, on threads of one process."""

from __future__ import annotations

import sys
import threading
from typing import Any


def in_marimo() -> bool:
    """Whether a cell of a marimo notebook is running."""
    marimo = sys.modules.get("marimo")
    return marimo is not None and marimo.running_in_notebook()


def running_notebook() -> threading.Thread:
    """What stands for the notebook whose cell is running: alive as long as that is."""
    return threading.current_thread() if in_marimo() else threading.main_thread()


def hold_open(comm: Any) -> None:
    """Have a widget's comm outlive the cell that made it; :func:`let_close` takes that back.

    marimo closes what a cell made when that cell runs again. What belongs to all cells must not go with the one that
    happened to need it first.
    """
    if in_marimo():
        comm.close = lambda *_, **__: None


def let_close(comm: Any) -> None:
    """Have ``comm.close`` close it, as it does unless :func:`hold_open` was called."""
    vars(comm).pop("close", None)
