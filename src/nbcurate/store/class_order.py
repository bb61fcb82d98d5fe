"""The classes of columns in the order in which their source numbers them, with those that nothing is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .store import Store

_SETTING = "classes"


def class_order(store: Store) -> dict[str, list[str]]:
    """By column, of ``label`` and of the user's, the names of its classes: the place of each is its number.

    Columns whose source numbers no classes are not there. Classes that came later stand behind those of the source.
    """
    return store.setting(_SETTING) or {}


def keep_class_order(store: Store, given: Mapping[str, Sequence[str]]) -> None:
    """Keep the classes that a source gives columns; behind those that another one gave before."""
    before = class_order(store)
    after = {name: list(dict.fromkeys([*before.get(name, []), *classes])) for name, classes in given.items()}
    if {**before, **after} != before:
        store.keep_setting(_SETTING, {**before, **after})


def forget_class_order(store: Store, column: str) -> None:
    """Keep none of a column any more: it was dropped, or holds something else now."""
    before = class_order(store)
    if column in before:
        store.keep_setting(_SETTING, {name: classes for name, classes in before.items() if name != column})
