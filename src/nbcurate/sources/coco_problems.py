"""What is wrong in an annotation file, counted by kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_LONGEST_EXAMPLE = 160


@dataclass
class Problems:
    """Counts what is wrong, and keeps the first of each kind.

    Attributes
    ----------
    skipped : int
        How many annotations cannot be used.
    """

    skipped: int = 0
    _kinds: dict[str, list[Any]] = field(default_factory=dict)

    def note(self, kind: str, example: Any) -> None:
        """Something is wrong; ``kind`` is what follows on the number: "images are left out: …"."""
        counted = self._kinds.setdefault(kind, [0, example])
        counted[0] += 1

    def skip(self, why: str, annotation: Any) -> None:
        """An annotation cannot be used."""
        self.skipped += 1
        self.note(f"annotations are left out: {why}", annotation)

    def texts(self) -> list[str]:
        """A sentence for each kind."""
        return [f"{count:,} {kind}, such as {_shown(example)}" for kind, (count, example) in self._kinds.items()]


def _shown(example: Any) -> str:
    """An example in few words: of an annotation not its mask, of anything its beginning."""
    if isinstance(example, dict):
        example = {name: value for name, value in example.items() if name != "segmentation"}
    text = example if isinstance(example, str) else repr(example)
    return text if len(text) <= _LONGEST_EXAMPLE else f"{text[:_LONGEST_EXAMPLE]}…"
