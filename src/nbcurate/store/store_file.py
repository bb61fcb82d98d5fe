"""``store.json``: what a store notes of itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from . import derived


class StoreFile:
    """The members of a JSON file. What is set is on disk at once, in one step.

    Parameters
    ----------
    path : Path
        The file, which is there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.refresh()

    def refresh(self) -> None:
        """See what another process has written."""
        self._members: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))

    def __getitem__(self, name: str) -> Any:
        return self._members[name]

    def get(self, name: str, default: Any) -> Any:
        """A member, or ``default`` if it was never set."""
        return self._members.get(name, default)

    def __setitem__(self, name: str, value: Any) -> None:
        self._members[name] = value
        derived.write_json(self._path, self._members)
