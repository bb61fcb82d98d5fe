"""What is drawn of predictions, as traits of the views that draw them: one threshold and one choice for all views."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import traitlets
from traitlets.utils.bunch import Bunch

from .drawn_predictions import OUTCOMES

if TYPE_CHECKING:
    from .view import View

#: What is drawn where nobody has chosen: everything.
ALL: dict[str, Any] = {"score": 0.0, "classes": [], "outcomes": []}


class DrawnTrait(traitlets.TraitType[Any, Any]):
    """A choice that all views of the same predictions share; it holds nothing itself, the session does.

    The view says in ``drawn_name`` which predictions these are; None: the labels alone.
    """

    def __init__(self, check: Callable[[Any], Any], info_text: str) -> None:
        super().__init__()
        self._check = check
        self.info_text = info_text

    def get(self, obj: Any, cls: Any = None) -> Any:
        return drawn_of(obj)[_KEYS[str(self.name)]]

    def set(self, obj: Any, value: Any) -> None:
        try:
            checked = self._check(value)
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(f"{self.name}: expected {self.info_text}, got {value!r:.80}.") from error
        obj._session.choose_drawn(obj.drawn_name, **{_KEYS[str(self.name)]: checked})


_KEYS = {"score": "score", "drawn_classes": "classes", "drawn_outcomes": "outcomes"}


def score_trait() -> DrawnTrait:
    """The lowest score of predictions that are drawn, 0 to 1."""
    return DrawnTrait(_score, "a number from 0 to 1")


def classes_trait() -> DrawnTrait:
    """Names of the classes that are drawn; empty: all."""
    return DrawnTrait(_texts, "a list of names of classes")


def outcomes_trait() -> DrawnTrait:
    """Which outcomes are drawn; empty: all."""
    return DrawnTrait(_outcomes, f"a list of {', '.join(map(repr, OUTCOMES))}")


def drawn_of(view: Any) -> dict[str, Any]:
    """What is drawn of a view's predictions: ``score``, ``classes``, ``outcomes``."""
    return {**ALL, **view._session.drawn.get(view.drawn_name or "", {})}


def tell_of_drawn(view: View) -> Callable[[Any], None]:
    """Tell the observers of a view's drawn traits of each change, as long as it is there; what observes the session."""
    reference = weakref.ref(view)
    session: Any = view._session
    before = drawn_of(view)

    def tell(_: Any) -> None:
        nonlocal before
        alive = reference()
        if alive is None:
            session.unobserve(tell, "drawn")
            return
        old, before = before, drawn_of(alive)
        for name, key in _KEYS.items():
            if old[key] != before[key] and name in alive._trait_notifiers:
                news = Bunch(name=name, old=old[key], new=before[key], owner=alive, type="change")
                alive.notify_change(news)

    session.observe(tell, "drawn")
    return tell


def _score(value: Any) -> float:
    number = float(value)
    if not 0 <= number <= 1:
        raise ValueError
    return number


def _texts(value: Any) -> list[str]:
    names = [value] if isinstance(value, str) else list(value)
    if not all(isinstance(name, str) for name in names):
        raise TypeError
    return names


def _outcomes(value: Any) -> list[str]:
    names = _texts(value)
    if not set(names) <= set(OUTCOMES):
        raise ValueError
    return names
