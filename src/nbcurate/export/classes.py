"""The classes of items, numbered in the order of their names, as torchvision and others do."""

from __future__ import annotations

from collections.abc import Iterable

#: What an item is labelled with: a class, several (of which there may be none), or nothing known.
Label = str | list[str] | None


def class_names(labels: Iterable[Label]) -> list[str]:
    """Names of all classes that occur, sorted: the place of each is its number."""
    return sorted({name for label in labels for name in classes_of(label)})


def classes_of(label: Label) -> list[str]:
    """The classes of one item."""
    return [] if label is None else [label] if isinstance(label, str) else list(label)
