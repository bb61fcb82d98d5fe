"""Reading sources into a store, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from ..store import Store

P = ParamSpec("P")
T = TypeVar("T")


def one_at_a_time(read: Callable[Concatenate[Store, P], T]) -> Callable[Concatenate[Store, P], T]:
    """A function that brings items into a store, made to wait until another thread has done so.

    Two threads that read the same folder would each find all of it new.
    """

    @wraps(read)
    def waiting(store: Store, *args: P.args, **kwargs: P.kwargs) -> T:
        store.require_writable()
        with store.intake:
            return read(store, *args, **kwargs)

    return waiting
