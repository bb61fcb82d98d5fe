"""What taking edits from a file did: counts, and what did not go, in words."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

from ..display.layout import table
from ..display.markup import escaped
from ..display.page import Page
from ..display.shown import Shown

#: Examples of each kind in the text, and on the page.
_SHOWN, _LISTED = 5, 40


@dataclass(frozen=True, slots=True)
class EditReport(Shown):
    """What was taken from a file of edits. Shows itself as a list of counts and examples.

    Attributes
    ----------
    source : str
        What it was taken from.
    changed, added, removed : int
        Items that were changed (each once, whatever was changed of it), that are new, that were taken out.
    unchanged : int
        Items of the file that were so already.
    not_found : list of str
        What the file names and the data set has not.
    conflicts : list of str
        What was left as it is, as the data set says something else than the file expects, each in words.
    problems : list of str
        What of the file was passed over or taken otherwise than it stands there.
    notes : list of str
        What else was done.
    """

    source: str
    changed: int = 0
    added: int = 0
    removed: int = 0
    unchanged: int = 0
    not_found: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        counts = ", ".join(f"{count:,} {name}" for name, count in self._counts.items())
        lines = [f"{self.source}: {counts}"]
        for title, texts in self._lists.items():
            lines += [f"  {title}: {text}" for text in texts[:_SHOWN]]
            lines += [f"  {title}: … and {len(texts) - _SHOWN:,} more"] if len(texts) > _SHOWN else []
        return "\n".join(lines)

    def _page(self) -> Page:
        page = Page(self.source)
        page.add(table([*self._counts], [[f"{count:,}" for count in self._counts.values()]]))
        for title, texts in self._lists.items():
            said = [f"<li>{escaped(text, 200)}</li>" for text in texts[:_LISTED]]
            more = f"<li>and {len(texts) - _LISTED:,} more</li>" if len(texts) > _LISTED else ""
            if texts:
                page.add(
                    [f"<details><summary>{title}: {len(texts):,}</summary><ul>{''.join(said)}{more}</ul></details>"]
                )
        return page

    def warn(self, stacklevel: int) -> None:
        """Say what did not go, so that it is seen where the report is not looked at.

        Parameters
        ----------
        stacklevel : int
            How many calls above this one the warning points at.
        """
        for title, texts in self._lists.items():
            if texts and title != "note":
                more = f" (and {len(texts) - 1:,} more: see the report)" if len(texts) > 1 else ""
                warnings.warn(f"{self.source}: {title}: {texts[0]}{more}", stacklevel=stacklevel + 1)

    @property
    def _counts(self) -> dict[str, int]:
        return {
            "changed": self.changed, "added": self.added, "removed": self.removed, "unchanged": self.unchanged,
            "not found": len(self.not_found), "conflicts": len(self.conflicts),
        }  # fmt: skip

    @property
    def _lists(self) -> dict[str, list[str]]:
        return {
            "not found": self.not_found, "conflict": self.conflicts, "problem": self.problems, "note": self.notes,
        }  # fmt: skip
