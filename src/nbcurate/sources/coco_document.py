"""What a COCO file says beside its annotations: kept in the store, so that it can be written again as it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..store import Store
from ..store.derived import write_json
from ..store.json_text import plain
from ..store.paths import encode_path
from .reader import Original
from .root import open_root

_FOLDER = "coco"
#: In a document beside what the file says: the root of its images, and the names of those that nothing is on.
ROOT, WITHOUT = "root", "without"


def keep_document(store: Store, given_by: str, document: Mapping[str, Any], *, whole: bool) -> None:
    """Keep the document of a source.

    Parameters
    ----------
    given_by : str
        The source, as the items of the store note it.
    document : mapping
        ``categories``, ``images`` and what else the file says, without the annotations; ``root`` and ``without``.
    whole : bool
        Whether it is all that the source says. Otherwise it is added to what is there: of a source in memory, parts
        come one after the other.
    """
    store.require_writable()
    folder = store.path / _FOLDER
    folder.mkdir(exist_ok=True)
    name = hashlib.blake2b(given_by.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    before = {} if whole else read_documents(store).get(given_by, {})
    kept = _joined(before, plain(document)) if before else plain(document)
    write_json(folder / f"{name}.json", {"given_by": given_by, "document": kept})


def _joined(before: Mapping[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Two documents of one source; of an image that both have, the later one tells."""
    named = {image["file_name"] for image in now["images"]}
    images = [image for image in before["images"] if image["file_name"] not in named]
    categories = [category for category in before["categories"] if category not in now["categories"]]
    return {
        **before,
        **now,
        "images": [*images, *now["images"]],
        "categories": [*categories, *now["categories"]],
        WITHOUT: [*(name for name in before[WITHOUT] if name not in named), *now[WITHOUT]],
    }


def read_documents(store: Store) -> dict[str, dict[str, Any]]:
    """The documents of all sources that were COCO files, by the names of the sources."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((store.path / _FOLDER).glob("*.json")):
        kept = json.loads(path.read_text(encoding="utf-8"))
        found[kept["given_by"]] = kept["document"]
    return found


def empty_images(store: Store, documents: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, dict, Original]]:
    """The images that nothing is on: the source, what its file says of each, and the picture itself."""
    for source, document in documents.items():
        root = open_root(store.roots[document[ROOT]])
        without = set(document[WITHOUT])
        for image in document["images"]:
            if image["file_name"] in without:
                yield source, image, Original(root, encode_path(image["file_name"]))
