"""A data set as plain Python: what the public edits of it mean, in the fewest words."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Item:
    """What is known of one item."""

    label: str | None
    split: str | None = None
    tags: list[str] = field(default_factory=list)
    columns: dict[str, Any] = field(default_factory=dict)
    removed: bool = False


#: Values before an edit, by item and name.
Edit = dict[tuple[str, str], Any]


@dataclass
class EditModel:
    """Items by id in the order in which they came, the log as values to bring back, marks and slices."""

    items: dict[str, Item] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    undo: list[tuple[list[str], list[str]]] = field(default_factory=list)
    slices: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        return [item_id for item_id, item in self.items.items() if not item.removed]

    def edit(self, changes: dict[str, Any], name: str) -> None:
        """Set one member of some items; what does not change is no edit."""
        before: Edit = {}
        for item_id, value in changes.items():
            old = getattr(self.items[item_id], name)
            if old != value:
                before[item_id, name] = copy.copy(old)
                setattr(self.items[item_id], name, value)
        if before:
            self.edits.append(before)
        self._leave()

    def undo_edit(self) -> bool:
        """Bring back what the last edit has changed."""
        if not self.edits:
            return False
        for (item_id, name), value in self.edits.pop().items():
            setattr(self.items[item_id], name, value)
        self._leave()
        return True

    def mark(self, kept: list[str], rejected: list[str]) -> None:
        """Keep and reject exactly these."""
        if (kept, rejected) != (self.kept, self.rejected):
            self.undo.append((self.kept, self.rejected))
            self.kept, self.rejected = kept, rejected

    def undo_mark(self) -> bool:
        """Bring back the marks before."""
        if not self.undo:
            return False
        self.kept, self.rejected = self.undo.pop()
        return True

    def _leave(self) -> None:
        """Marks of what was removed are forgotten, now and in what undo can bring back."""
        gone = {item_id for item_id, item in self.items.items() if item.removed}
        self.kept, self.rejected = ([i for i in ids if i not in gone] for ids in (self.kept, self.rejected))
        self.undo = [tuple([i for i in ids if i not in gone] for ids in marks) for marks in self.undo]  # pyright: ignore[reportAttributeAccessIssue]
