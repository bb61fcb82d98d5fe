"""What every source says of an item before its file is opened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """One image that a source found.

    Attributes
    ----------
    id : str
        What the source calls the item. The store calls it so, too, unless another item is called so already.
    path : str or None
        Relative to the root, as :func:`nbcurate.store.paths.encode_path` writes it; None without a picture.
    bytes, modified_ns : int or None
        Size and time of the file's last change; None where the file was not asked.
    label : str, list of str or None
        A list where the source gives items several labels.
    box : tuple of float or None
        x, y, width and height, in px of the upright image, of an object on it; None for the whole image.
    content_hash : str or None
        Of what makes the item, where the source knows it.
    """

    id: str
    path: str | None
    bytes: int | None = None
    modified_ns: int | None = None
    label: str | list[str] | None = None
    split: str | None = None
    tags: list[str] | None = None
    box: tuple[float, float, float, float] | None = None
    content_hash: str | None = None
