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
    path : str or None
        Relative to the root, as :func:`nbcurate.store.paths.encode_path` writes it; None without a picture.
    bytes, modified_ns : int or None
        Size and time of the file's last change; None where the file was not asked.
    box : tuple of float or None
        x, y, width and height, in px of the upright image, of an object on it; None for the whole image.
    content_hash : str or None
        Of what makes the item, where the source knows it.
    replaces : int or None
        Key of the item with this id whose file was another then.
    """

    id: str
    path: str | None
    bytes: int | None = None
    modified_ns: int | None = None
    label: str | None = None
    split: str | None = None
    tags: list[str] | None = None
    box: tuple[float, float, float, float] | None = None
    content_hash: str | None = None
    replaces: int | None = None
