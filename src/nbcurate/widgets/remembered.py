"""What a browser hands over to find it again, also after the page was reloaded: named by its content, not too much."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """Values by name; of more than ``most`` those that nobody asked for the longest are forgotten. Thread-safe.

    Parameters
    ----------
    most : int
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[str, T] = OrderedDict()
        self._guard = threading.Lock()

    def keep(self, content: bytes, value: T) -> str:
        """The name under which the value is found from now on: the same content has the same."""
        name = hashlib.blake2b(content, digest_size=8).hexdigest()
        with self._guard:
            self._values[name] = value
            self._values.move_to_end(name)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return name

    def named(self, name: str) -> T | None:
        """The value of that name; None where there is none, or no longer."""
        with self._guard:
            if name in self._values:
                self._values.move_to_end(name)
            return self._values.get(name)
