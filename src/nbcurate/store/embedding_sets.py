"""The sets of vectors of a store: one an encoder, in the order in which they are used."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from .embeddings import Embeddings, folder_name
from .store_file import StoreFile

_ORDER = "embeddings"


class EmbeddingSets:
    """All vectors of one store.

    Parameters
    ----------
    path : Path
        The store's folder.
    file : StoreFile
        Keeps their order, the newest at the end.
    """

    def __init__(self, path: Path, file: StoreFile) -> None:
        self._path = path
        self._file = file
        self._opened: dict[str, Embeddings] = {}

    def create(self, name: str, encoder_key: str, width: int, recipe: dict[str, Any]) -> Embeddings:
        """The set of vectors of one encoder, empty if it is new; it becomes the newest."""
        folder = self._path / "embeddings" / folder_name(name, encoder_key)
        folder.parent.mkdir(exist_ok=True)
        embeddings = Embeddings.create(
            folder, self._path / "derived", name=name, encoder_key=encoder_key, width=width, recipe=recipe
        )
        self._opened[folder.name] = embeddings
        self.make_newest(embeddings)
        return embeddings

    def make_newest(self, embeddings: Embeddings) -> None:
        """Let these be the ones that are used where none are named."""
        folder = folder_name(embeddings.name, embeddings.encoder_key)
        self._file[_ORDER] = [*(f for f in self._file.get(_ORDER, []) if f != folder), folder]

    def demote(self, embeddings: Embeddings) -> None:
        """Let these be the last that are used where none are named; if they hold no vector, drop them."""
        folder = folder_name(embeddings.name, embeddings.encoder_key)
        others = [f for f in self._file[_ORDER] if f != folder]
        self._file[_ORDER] = [folder, *others] if len(embeddings) else others
        if not len(embeddings):
            del self._opened[folder]
            shutil.rmtree(self._path / "embeddings" / folder)

    def all(self) -> list[Embeddings]:
        """All sets of vectors, the one that was embedded last at the end."""
        order = self._file.get(_ORDER, [])
        for folder in order:
            if folder not in self._opened:
                self._opened[folder] = Embeddings(self._path / "embeddings" / folder, self._path / "derived")
        return [self._opened[folder] for folder in order]

    def named(self, name: str | None = None) -> Embeddings:
        """The vectors of the encoder ``name``, or those that were made last.

        Raises
        ------
        ValueError
            If there are none; the message says how to make them.
        """
        there = self.all()
        named = [e for e in there if name is None or e.name == name]
        if named:
            return named[-1]
        if not there:
            call = "" if name is None else repr(name)
            raise ValueError(f"There are no embeddings yet: run ds.embed({call}) first.")
        names = ", ".join(repr(e.name) for e in there)
        raise ValueError(f"There are no embeddings of {name!r}: run ds.embed({name!r}), or use one of {names}.")

    def refresh(self) -> None:
        """See what another process has added."""
        for embeddings in self._opened.values():
            embeddings.refresh()
