"""The trait ``selected``: the ids that are kept, to read, assign, observe and link."""

from __future__ import annotations

import weakref
from typing import Any

import traitlets
from traitlets.utils.bunch import Bunch

from ..selection import Observer, Selection, SelectionChange


class SelectedIds(traitlets.TraitType[Any, Any]):
    """Reads and writes the selection of the view's data set; holds nothing itself.

    A list of a million ids is made when it is asked for, and for an observer, but not for every click.
    """

    info_text = "a list of ids of the data set"

    def get(self, obj: Any, cls: Any = None) -> list[str]:
        return obj.dataset.selection.ids

    def set(self, obj: Any, value: Any) -> None:
        obj.dataset.selection.set(value)


def tell_of_changes(view: traitlets.HasTraits, selection: Selection) -> Observer:
    """Tell the observers of a view's ``selected`` of every change of the selection, as long as the view is there.

    Returns what observes the selection.
    """
    reference = weakref.ref(view)

    def tell(change: SelectionChange) -> None:
        alive = reference()
        if alive is None:
            selection.unobserve(tell)
        elif "selected" in alive._trait_notifiers and change.old != change.new:
            news = Bunch(name="selected", old=change.old, new=change.new, owner=alive, type="change")
            alive.notify_change(news)

    selection.observe(tell)
    return tell
