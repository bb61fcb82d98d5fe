"""What a COCO file says beside its annotations: kept in the store, so that it can be written again as it was."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..store import Store
from ..store.checked_file import DamagedFileError, read_json, write_json, written
from ..store.json_text import plain
from .reader import Original
from .root import Root, open_root

_FOLDER = "coco"


@dataclass(frozen=True, slots=True)
class CocoDocument:
    """What a COCO file says beside its annotations.

    Attributes
    ----------
    says : dict
        ``images``, ``categories``, and all else that is in it (``info``, ``licenses``, …).
    files : list of Original
        Of each of the images.
    without : set of str
        File names of the images that nothing is on, and that are no items.
    """

    says: dict[str, Any]
    files: list[Original]
    without: set[str]


def keep_document(
    store: Store,
    given_by: str,
    says: Mapping[str, Any],
    root: Root,
    paths: Mapping[str, str],
    without: list[str],
    *,
    whole: bool,
) -> None:
    """Keep the document of a source.

    Parameters
    ----------
    given_by : str
        The source, as the items of the store note it.
    says, without
        See :class:`CocoDocument`.
    paths : mapping
        Where each file name is found below the root.
    whole : bool
        Whether it is all that the source says. Otherwise it is added to what is there: of a source in memory, parts
        come one after the other.
    """
    store.require_writable()
    (store.path / _FOLDER).mkdir(exist_ok=True)
    found = [paths[image["file_name"]] for image in says["images"]]
    kept = {"says": plain(says), "root": store.root_index(root.text), "paths": found, "without": without}
    before = None if whole else _read(store).get(given_by)
    write_json(_file(store, given_by), {"given_by": given_by, **(_joined(before, kept) if before else kept)})


def _file(store: Store, given_by: str) -> Path:
    name = hashlib.blake2b(given_by.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return store.path / _FOLDER / f"{name}.json"


def copy_document(store: Store, given_by: str, other: Store, there: str) -> None:
    """Keep the document of a source of one store in another, as that of what that calls ``there``."""
    kept = _read(store).get(given_by)
    if kept is not None:
        other.require_writable()
        (other.path / _FOLDER).mkdir(exist_ok=True)
        root = other.root_index(store.roots[kept["root"]])
        write_json(_file(other, there), {**kept, "given_by": there, "root": root})


def read_documents(store: Store) -> dict[str, CocoDocument]:
    """The documents of all sources that were COCO files, by the names of the sources."""
    return {given_by: _opened(store, kept) for given_by, kept in _read(store).items()}


def _opened(store: Store, kept: Mapping[str, Any]) -> CocoDocument:
    root = open_root(store.roots[kept["root"]])
    return CocoDocument(kept["says"], [Original(root, path) for path in kept["paths"]], set(kept["without"]))


def _read(store: Store) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in written(store.path / _FOLDER, ".json"):
        try:
            kept = read_json(path, _check)
        except DamagedFileError as error:
            warnings.warn(
                f"{error} What that COCO file says beside its annotations is not exported: from_coco takes it again.",
                stacklevel=4,
            )
            continue
        if kept is not None:
            found[kept.pop("given_by")] = kept
    return found


def _check(kept: Mapping[str, Any]) -> None:
    """Raise a KeyError or ValueError where it is no such document."""
    wanted = {"given_by": str, "says": dict, "root": int, "paths": list, "without": list}
    for name, kind in wanted.items():
        if not isinstance(kept[name], kind):
            raise ValueError(f"its {name!r} is no {kind.__name__}")
    if not all(isinstance(kept["says"][name], list) for name in ("images", "categories")):
        raise ValueError("its images or categories are no list")


def _joined(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Two documents of one source; of an image that both have, the later one tells."""
    named = {image["file_name"] for image in now["says"]["images"]}
    old = [
        (image, path)
        for image, path in zip(before["says"]["images"], before["paths"], strict=True)
        if image["file_name"] not in named
    ]
    categories = [one for one in before["says"]["categories"] if one not in now["says"]["categories"]]
    return {
        **now,
        "says": {
            **before["says"],
            **now["says"],
            "images": [*(image for image, _ in old), *now["says"]["images"]],
            "categories": [*categories, *now["says"]["categories"]],
        },
        "paths": [*(path for _, path in old), *now["paths"]],
        "without": [*(name for name in before["without"] if name not in named), *now["without"]],
    }
