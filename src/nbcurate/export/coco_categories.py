"""The categories of an annotation file: those that were given, each under its id, and those that are new."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any

from ..store.coco_columns import as_key
from ..store.export_mark import COCO_ENTRY
from .coco_images import Document
from .coco_numbers import number_entries

#: The category of what has no label: COCO has no way to leave it out.
NO_LABEL = "unlabelled"


class Categories:
    """Categories by their names, with those of the annotation files that the items came from.

    Parameters
    ----------
    documents : mapping
        Of each source that was an annotation file what that says beside the annotations.
    """

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._entries: list[dict[str, Any]] = []
        #: Of each source: its categories by their ids there.
        self._given: dict[str, dict[str, dict[str, Any]]] = {}
        self._by_name: dict[str, dict[str, Any]] = {}
        self._no_label: dict[str, Any] | None = None
        for source, document in documents.items():
            self._given[source] = {
                as_key(entry.get("id")): self._merged(entry) for entry in document.says["categories"]
            }

    def of(self, label: str | None, source: str | None, given_id: Any) -> dict[str, Any]:
        """The category of an annotation: the one that it was given, where that is still its label."""
        given = self._given.get(source or "", {})
        entry = given.get(as_key(given_id))
        if entry is not None and entry.get("name") == label:
            return entry
        if label is None:
            return self._unlabelled()
        same = next((entry for entry in given.values() if entry.get("name") == label), None)
        if same is not None:
            return same
        return self._named(label)

    def add(self, names: Iterable[str], *, but: Container[str]) -> None:
        """Have categories of these names, in this order, whether something is of them or not."""
        for name in names:
            if name not in but:
                self._named(name)

    def numbered(self) -> list[dict[str, Any]]:
        """All of them, each with an id of its own. They are the very dicts that :meth:`of` gave."""
        number_entries(self._entries)
        return self._entries

    def _merged(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The entry for a category of a source; one that another source gave in the same words serves for both."""
        entry = dict(given)
        same = next((there for there in self._entries if there == entry), None)
        if same is None:
            self._entries.append(entry)
            same = entry
        self._by_name.setdefault(str(entry.get("name")), same)
        return same

    def _named(self, name: str) -> dict[str, Any]:
        """The first category of a name, or a new one."""
        if name not in self._by_name:
            self._by_name[name] = {"name": name}
            self._entries.append(self._by_name[name])
        return self._by_name[name]

    def _unlabelled(self) -> dict[str, Any]:
        if self._no_label is None:
            self._no_label = {"name": NO_LABEL, COCO_ENTRY: {"no_label": True}}
            self._entries.append(self._no_label)
        return self._no_label
