"""How an operation goes when nothing disturbs it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass

from .fault import Change
from .jobs import Found
from .state import State


@dataclass
class Reference:
    """An operation that nothing disturbs.

    Attributes
    ----------
    before, after : State
        As another process finds it.
    seen : State
        What the process that did it shows at once.
    found : Found
        What comes of doing it a second time, among others.
    changes : list of Change
    """

    before: State
    after: State
    seen: State
    found: Found
    changes: list[Change]

    @property
    def outside(self) -> list[str]:
        """Files that it changes and that are none of its own, temporary ones left out."""
        passing = ("/dev/", "/proc/", "/memfd:", f"{tempfile.gettempdir()}/")
        return [change.path for change in self.changes if not change.inside and not change.path.startswith(passing)]
