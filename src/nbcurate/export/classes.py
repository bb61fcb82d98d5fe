"""The classes of items, numbered: in the order of their source, or of their names, as torchvision and others do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: Behind all numbers of categories.
_LAST = 1 << 62
#: What an item is labelled with: a class, several (of which there may be none), or nothing known.
Label = str | list[str] | None


def class_names(labels: Iterable[Label], known: Sequence[str] = ()) -> list[str]:
    """Names of all classes: the place of each is its number.

    Parameters
    ----------
    labels : iterable of str, list of str or None
        Those of the items.
    known : sequence of str
        The classes that the source numbers, whether something is of them or not; others that occur stand behind them,
        sorted.
    """
    return [*known, *sorted({name for label in labels for name in classes_of(label)} - set(known))]


def classes_of(label: Label) -> list[str]:
    """The classes of one item."""
    return [] if label is None else [label] if isinstance(label, str) else list(label)


def in_order_of_categories(documents: Iterable[Sequence[Mapping[str, Any]]]) -> list[str]:
    """The names of the categories of annotation files, each file's by their numbers."""
    names: dict[str, None] = {}
    for categories in documents:
        numbered = sorted(categories, key=lambda one: one["id"] if isinstance(one.get("id"), int) else _LAST)
        names.update(dict.fromkeys(one["name"] for one in numbered if isinstance(one.get("name"), str)))
    return list(names)
