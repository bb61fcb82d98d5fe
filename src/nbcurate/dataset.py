"""Dataset: what a user holds. It joins the rooms of the house and computes nothing itself."""

from __future__ import annotations

import operator
import os
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from . import export as exporting
from .finding import Recipe
from .pick_set import PickSet
from .sources import FolderReport, add_folder
from .sources.reader import image_paths
from .store import Store


class Dataset(PickSet):
    """A set of images on disk with labels, vectors and one selection.

    Made by :meth:`from_folder` or :meth:`open`. Items are named by their ``id``: every method that takes or returns
    items speaks of ids.

    Examples
    --------
    >>> import nbcurate as nbc
    >>> ds = nbc.Dataset.from_folder("photos/", store="photos.nbc")
    >>> ds.embed("efficientnet-lite0")
    >>> ds.search(ds.ids[0], k=5).to_pandas()
    >>> nbc.SimilarityGrid(ds)
    """

    # -- opening -------------------------------------------------------------------------------------------------

    @classmethod
    def from_folder(
        cls,
        path: str | os.PathLike[str],
        *,
        store: str | os.PathLike[str] | None = None,
        label: Literal["folder"] | None = "folder",
    ) -> Dataset:
        """A data set of all images below a folder.

        Run again, it adds what is new since, takes up files that have changed, and reports those that are gone. Files
        that cannot be read are listed in :attr:`errors` and cost nothing else. The images stay where they are.

        Parameters
        ----------
        path : path
            The folder. An item's id is its path below it.
        store : path, optional
            Folder of the store, made if it is not there; ``<path>.nbc`` beside the images by default. An
            existing store gets these images in addition to its own.
        label : {"folder", None}
            ``"folder"``: the first folder below ``path`` names the class (folders called train, val or test name the
            split, and the next one the class). None: no labels.

        Raises
        ------
        NotADirectoryError
            If ``path`` is no folder.
        StoreLockedError
            If another process is writing the store; the message names it.
        """
        root = Path(path).expanduser().resolve()
        if not root.is_dir():
            raise NotADirectoryError(f"{root} is not a folder: give the folder that holds the images.")
        if label not in ("folder", None):
            raise ValueError(f"label={label!r}: use 'folder' (labels from folder names) or None (no labels).")
        opened = Store.open(store if store is not None else root.with_name(f"{root.name}.nbc"), create=True)
        _warn_of(add_folder(opened, root, label=label), root)
        opened.announce()
        return cls(opened)

    @classmethod
    def open(cls, store: str | os.PathLike[str], *, read_only: bool = False) -> Dataset:
        """The data set in an existing store.

        Parameters
        ----------
        store : path
            The store's folder.
        read_only : bool
            Open it beside a process that writes it; :meth:`refresh` shows what that one has added.

        Raises
        ------
        FileNotFoundError
            If there is no store.
        StoreLockedError
            If ``read_only`` is false and another process has it open for writing; the message names it.
        """
        return cls(Store.open(store, read_only=read_only))

    def close(self) -> None:
        """Write what waits and let another process write the store. This one can only read it from then on."""
        self._store.close()

    def refresh(self) -> None:
        """See what another process has added to the store."""
        self._store.refresh()

    # -- findings ------------------------------------------------------------------------------------------------

    def replay(self, recipe: Recipe) -> Any:
        """Make a finding again from its recipe.

        Parameters
        ----------
        recipe : dict
            ``finding.recipe``, from this or another kernel.

        Raises
        ------
        ValueError
            If it names no function of a data set, or the combination of findings that it tells of cannot be made.
        """
        operation = _COMBINATIONS.get(recipe["function"])
        if operation is not None:
            left, right = (self.replay(part) for part in recipe["of"])
            return operation(left, right)
        if recipe["function"] == "given":
            return recipe["parameters"]["ids"]
        function = getattr(self, str(recipe["function"]), None)
        if recipe["function"].startswith("_") or not callable(function):
            raise ValueError(f"A data set has no function {recipe['function']!r}: this recipe cannot be replayed.")
        return function(**recipe["parameters"])

    # -- items ---------------------------------------------------------------------------------------------------

    def remove(self, ids: Iterable[str]) -> None:
        """Take items out of the data set. Their files are left alone."""
        keys = self._store.items.keys_of_ids(ids)
        removed = pa.array(["removed"] * len(keys), pa.string())
        self._store.update_items(pa.table({"key": keys, "status": removed}))
        self._selection.forget(keys)
        self._store.announce()

    # -- export --------------------------------------------------------------------------------------------------

    def export(
        self,
        format: Literal["csv", "folder", "parquet"],
        *,
        to: str | os.PathLike[str],
        ids: Iterable[str] | None = None,
    ) -> Path:
        """Write items to ``to``.

        Parameters
        ----------
        format : {"csv", "parquet", "folder"}
            A table like :meth:`to_pandas`, or the original files in a folder a class with that table beside them.
        to : path
            File or folder to write. A folder must be new or empty.
        ids : iterable of str, optional
            Which items, in this order; all by default.

        Returns
        -------
        Path
            What was written.
        """
        frame = self.to_pandas(ids)
        match format:
            case "csv":
                return exporting.write_csv(frame, to)
            case "parquet":
                return exporting.write_parquet(frame, to)
            case "folder":
                keys = self._store.items.keys_of_ids(frame["id"])
                return exporting.copy_images(frame, image_paths(self._store, keys), to)
        raise ValueError(f"format={format!r}: use 'csv', 'parquet' or 'folder'.")

    def __repr__(self) -> str:
        labels = set(self.labels) - {None}
        parts = [f"{len(self):,} items", f"{len(labels)} labels" if labels else "no labels"]
        parts += [f"embedded with {e.name}" for e in self._store.embeddings()]
        bad = int(self._store.items.has_status("unreadable").sum())
        parts += [f"{bad} unreadable"] if bad else []
        return f"Dataset({str(self._store.path)!r}: {', '.join(parts)})"


_COMBINATIONS = {"or": operator.or_, "and": operator.and_, "minus": operator.sub}


def _warn_of(report: FolderReport, root: Path) -> None:
    """Say what did not go as a user would expect."""
    if report.unreadable:
        warnings.warn(f"{len(report.unreadable)} files could not be read: ds.errors lists them.", stacklevel=3)
    if report.missing:
        warnings.warn(
            f"{len(report.missing)} items are in the store but no longer in {root}, such as {report.missing[0]!r}. "
            "They stay, marked 'missing' in ds.errors; ds.remove(ids) takes them out.",
            stacklevel=3,
        )
    for problem in report.problems:
        warnings.warn(f"A folder could not be read: {problem}", stacklevel=3)
