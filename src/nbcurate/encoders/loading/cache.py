"""What is made once from a model and kept in the user's cache folder."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder(kind: str) -> Path:
    """Return where files of a kind are kept: ``$XDG_CACHE_HOME/nbcurate/<kind>``, or the same under ``~/.cache``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nbcurate" / kind
