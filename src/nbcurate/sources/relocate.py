"""The images have moved: let the paths begin somewhere else."""

from __future__ import annotations

import os

import numpy as np

from ..store import Store
from .reader import originals
from .reconcile import set_status
from .root import FolderRoot, root_of


def move_root(store: Store, new: str | os.PathLike[str], old: str | os.PathLike[str] | None = None) -> None:
    """Replace a root of the store; items that were missing and are found there are back.

    Raises
    ------
    ValueError
        If ``old`` is no root of the store, or is needed to tell which one is meant.
    """
    roots = store.roots
    if old is None and len(roots) != 1:
        raise ValueError(f"The images come from several places: name old=, one of {', '.join(roots)}.")
    text = roots[0] if old is None else root_of(old).text
    if text not in roots:
        raise ValueError(f"No image comes from {text!r}: old= is one of {', '.join(roots)}.")
    store.replace_root(text, root_of(new).text)
    items = store.items
    keys = items.keys[np.flatnonzero(items.has_status("missing"))]
    there = [
        int(key)
        for key, original in zip(keys, originals(store, keys), strict=True)
        if isinstance(original.root, FolderRoot) and original.root.path_of(original.path).exists()
    ]
    set_status(store, there, "ok", None)
