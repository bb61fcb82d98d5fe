"""matplotlib, which is an extra: imported where something is drawn."""

from __future__ import annotations

from typing import Any


def pyplot() -> Any:
    """``matplotlib.pyplot``.

    Raises
    ------
    ImportError
        If matplotlib is not installed; the message says how to.
    """
    try:
        import matplotlib.pyplot  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise ImportError("Plots need matplotlib: pip install 'nbcurate[plot]'") from error
    return matplotlib.pyplot
