"""The sets of vectors of a store: one an encoder, in the order in which they are used."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path
from typing import Any

from .checked_file import put_aside
from .embeddings import Embeddings, folder_name, is_named
from .remade_table import is_damage
from .seal import lost_list
from .store_file import StoreFile

_ORDER = "embeddings"


class EmbeddingSets:
    """All vectors of one store.

    A set that cannot be read is passed over, with a warning: the others are used, and it is made anew by who makes
    vectors with its encoder.

    Parameters
    ----------
    path : Path
        The store's folder.
    file : StoreFile
        Keeps their order, the newest at the end.
    """

    def __init__(self, path: Path, file: StoreFile) -> None:
        self._folder = path / "embeddings"
        self._derived = path / "derived"
        self._file = file
        self._opened: dict[str, Embeddings] = {}
        self._damaged: dict[str, str] = {}  # by folder, why

    def create(self, name: str, encoder_key: str, width: int, recipe: dict[str, Any]) -> Embeddings:
        """The set of vectors of one encoder, empty if it is new; damaged ones are moved aside, with a warning.

        What is not complete takes nobody's place: a new set is the last to be used where none is named, until
        :meth:`make_newest`.
        """
        folder = self._folder / folder_name(name, encoder_key)
        self._folder.mkdir(exist_ok=True)
        about: dict[str, Any] = {"name": name, "encoder_key": encoder_key, "width": width, "recipe": recipe}
        try:
            embeddings = self._readable(folder, about)
        except BaseException as error:
            if not is_damage(error):
                raise
            self._opened.pop(folder.name, None)
            aside = put_aside(folder)
            warnings.warn(
                f"The vectors of {name!r} were damaged ({error}): they were moved to {aside}, which may be deleted, "
                "and are made anew.",
                stacklevel=5,
            )
            embeddings = self._readable(folder, about)
        self._damaged.pop(folder.name, None)
        if folder.name not in self._order:
            self._file[_ORDER] = [folder.name, *self._order]
        return embeddings

    def _readable(self, folder: Path, about: dict[str, Any]) -> Embeddings:
        """The set in a folder, all of which was seen to be there."""
        if folder.name not in self._opened:  # two objects for one folder would each add its own vectors
            self._opened[folder.name] = Embeddings.create(folder, self._derived, **about)
        self._opened[folder.name].vectors()  # as search reads them
        return self._opened[folder.name]

    def make_newest(self, embeddings: Embeddings) -> None:
        """Let these, which are complete, be the ones that are used where none are named."""
        folder = folder_name(embeddings.name, embeddings.encoder_key)
        if self._order[-1:] != [folder]:
            self._file[_ORDER] = [*(f for f in self._order if f != folder), folder]

    def drop_if_empty(self, embeddings: Embeddings) -> None:
        """Forget a set that holds no vector."""
        folder = folder_name(embeddings.name, embeddings.encoder_key)
        if not len(embeddings):
            self._file[_ORDER] = [f for f in self._order if f != folder]
            self._opened.pop(folder, None)
            shutil.rmtree(self._folder / folder)

    def drop(self, name: str) -> None:
        """Delete all sets of vectors of that name, and what was made of them.

        They are off the list first: what a process that dies in between leaves is used again by who makes vectors with
        that encoder. No other folder is touched, on the list or not.
        """
        gone = [folder for folder, one in self._opened.items() if one.name == name]
        gone += [folder for folder in self._damaged if is_named(folder, name)]
        self._file[_ORDER] = [folder for folder in self._order if folder not in gone]
        for folder in gone:
            self._damaged.pop(folder, None)
            if folder in self._opened:
                self._opened.pop(folder).close()
            shutil.rmtree(self._derived / Path(folder).stem, ignore_errors=True)
            shutil.rmtree(self._folder / folder, ignore_errors=True)

    def all(self) -> list[Embeddings]:
        """All sets of vectors that can be read, the one that was completed last at the end.

        Warns
        -----
        UserWarning
            Of each that cannot, once.
        """
        for folder in self._order:
            if folder not in self._opened and folder not in self._damaged:
                self._open(folder)
        return [self._opened[folder] for folder in self._order if folder in self._opened]

    def named(self, name: str | None = None) -> Embeddings:
        """The vectors of the encoder ``name``, or those that were completed last; if none were, those that were begun.

        Raises
        ------
        ValueError
            If there are none; the message says how to make them.
        """
        there = self.all()
        there = [e for e in there if len(e)] or there
        named = [e for e in there if name is None or e.name == name]
        if named:
            return named[-1]
        call = "" if name is None else repr(name)
        damaged = [folder for folder in self._damaged if name is None or is_named(folder, name)]
        if damaged:
            raise ValueError(
                f"The vectors in {self._folder / damaged[-1]} are damaged ({self._damaged[damaged[-1]]}): run "
                f"ds.embed({call}) with the model that made them, which makes them anew."
            )
        if not there:
            raise ValueError(f"There are no embeddings yet: run ds.embed({call}) first.")
        names = ", ".join(repr(e.name) for e in there)
        raise ValueError(f"There are no embeddings of {name!r}: run ds.embed({name!r}), or use one of {names}.")

    def close(self) -> None:
        """Stop what works on the vectors behind the user's back."""
        for embeddings in self._opened.values():
            embeddings.close()

    def refresh(self) -> None:
        """See what another process has added."""
        self._damaged.clear()
        for embeddings in self._opened.values():
            embeddings.refresh()

    @property
    def _order(self) -> list[str]:
        return self._file.get(_ORDER, [])

    def _open(self, folder: str) -> None:
        try:
            self._opened[folder] = Embeddings(self._folder / folder, self._derived)
            if (gone := lost_list(self._folder / folder)) is not None:
                warnings.warn(f"{gone} is gone, and vectors with it: ds.embed makes these anew.", stacklevel=5)
        except BaseException as error:
            if not is_damage(error):
                raise
            self._damaged[folder] = str(error)
            warnings.warn(
                f"The vectors in {self._folder / folder} cannot be read ({error}) and are passed over: ds.embed with "
                "that model makes them anew. Other vectors are used as they are.",
                stacklevel=5,
            )
