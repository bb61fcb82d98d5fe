"""What every source says of an item before its file is opened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """One image that a source found.

    Attributes
    ----------
    id : str
        The item's name for people.
    path : str
        Relative to the root, as :func:`nbcurate.store.paths.encode_path` writes it.
    bytes, modified_ns : int or None
        Size and time of the file's last change; None where the file cannot be asked.
    replaces : int or None
        Key of the item with this id whose file was another then.
    """

    id: str
    path: str
    bytes: int | None
    modified_ns: int | None
    label: str | None = None
    split: str | None = None
    replaces: int | None = None
