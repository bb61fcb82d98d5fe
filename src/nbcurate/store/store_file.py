"""``store.json``: what a store notes of itself."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from . import checked_file
from .checked_file import DamagedFileError

_NAME = "store.json"


class StoreFile:
    """The members of a JSON file. What is set is on disk at once, in one step; see :mod:`nbcurate.store.checked_file`.

    Parameters
    ----------
    folder : Path
        The folder of the store, which has such a file; see :meth:`make` and :meth:`is_in`.

    Raises
    ------
    DamagedFileError
        If it cannot be used, nor its copy; the message says what to do.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME
        self.refresh()

    @staticmethod
    def is_in(folder: Path) -> bool:
        """Whether a folder has one: whether it is a store."""
        return checked_file.is_there(folder / _NAME)

    @staticmethod
    def make(folder: Path, members: dict[str, Any]) -> None:
        """Write a new one."""
        checked_file.write_json(folder / _NAME, members)

    def refresh(self) -> None:
        """See what another process has written."""
        try:
            members = checked_file.read_json(self._path, _check)
        except DamagedFileError as error:
            raise DamagedFileError(
                f"{error} It says where the pictures lie and which vectors there are. Put it back from a backup of "
                f"{self._path.parent}, or make a new store, and keep this one: its tables can be read with Lance."
            ) from None
        if members is None:
            raise FileNotFoundError(f"There is no nbcurate store at {self._path.parent}.")
        self._members = members

    def keep_copy(self) -> None:
        """Write the file and its copy again, where one of them is missing or damaged, and there is room for it."""
        if not checked_file.is_sound(self._path):
            with contextlib.suppress(OSError):
                checked_file.write_json(self._path, self._members)

    def __getitem__(self, name: str) -> Any:
        return self._members[name]

    def get(self, name: str, default: Any) -> Any:
        """A member, or ``default`` if it was never set."""
        return self._members.get(name, default)

    def __setitem__(self, name: str, value: Any) -> None:
        members = {**self._members, name: value}
        checked_file.write_json(self._path, members)  # what is not on disk does not count
        self._members = members


def _check(members: dict[str, Any]) -> None:
    """Raise a ValueError or KeyError that names what is wrong in it."""
    if not isinstance(members["format_version"], int):
        raise ValueError("its format_version is no number")
    for name in ("roots", "embeddings"):
        texts = members["roots"] if name == "roots" else members.get(name, [])
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise ValueError(f"its {name} are no list of texts")
    if not isinstance(members.get("settings", {}), dict):
        raise ValueError("its settings are no object")
