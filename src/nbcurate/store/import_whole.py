"""Imports that an interrupt does not break off: a half-imported torch is of no use for the rest of the process."""

from __future__ import annotations

import sys
from importlib import import_module

from .uninterrupted import uninterrupted


def import_whole(*names: str) -> None:
    """Import modules. An interrupt meanwhile is raised at once, and the import goes on to its end.

    Raises
    ------
    ImportError
        If there is no such module.
    """
    missing = [name for name in names if name not in sys.modules]
    if missing:
        uninterrupted(lambda: [import_module(name) for name in missing])
