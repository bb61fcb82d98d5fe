"""A source: what items came from, and what it says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["folder", "table", "coco", "huggingface", "vectors"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where items came from. Columns, labels and boxes belong to a source and what it calls the item.

    Attributes
    ----------
    kind : {"folder", "table", "coco", "huggingface", "vectors"}
    title : str
        What it is called in front of a person, and before the ids of items whose ids are taken.
    place : str or None
        What tells it from others of its kind: its file, or its folder. None for what is in memory only, such as a
        DataFrame: it is known again by the items that it names.
    says : set of str
        Which of label, split and tags it speaks of: those that it has a column for.
    by_position : bool
        Whether its items have no names but the numbers of their rows.
    rooted : bool
        Whether the user told what the paths are relative to. The root of what is in memory tells it from others then.
    whole : bool
        Whether it holds all that it ever held, so that what is not in it any more has gone.
    """

    kind: Kind
    title: str
    place: str | None = None
    says: frozenset[str] = frozenset()
    by_position: bool = False
    rooted: bool = True
    whole: bool = False

    def named(self, place: str) -> str:
        """How the store notes the source, ``place`` being what tells it from others."""
        return f"{self.kind}:{place}"

    @property
    def gone(self) -> str:
        """What is said of an item that it has no more."""
        return "the file is gone" if self.kind == "folder" else f"it is not in {self.title} any more"

    @property
    def gone_several(self) -> str:
        """As :attr:`gone`, of several items."""
        return "their file is gone" if self.kind == "folder" else f"not in {self.title} any more"
