"""Dataset: what a user holds. It joins the rooms of the house and computes nothing itself."""

from __future__ import annotations

import operator
import os
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from numpy.typing import ArrayLike

from . import export as exporting
from .finding import Recipe
from .pick_set import PickSet
from .sources import SourceReport, add_folder, add_huggingface, add_table, add_vectors
from .sources.reader import originals
from .sources.relocate import move_root
from .sources.vectors import as_vectors
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
        return cls._taken_up(opened, add_folder(opened, root, label=label))

    @classmethod
    def from_table(
        cls,
        table: Any,
        *,
        image: str = "path",
        label: str | None = None,
        id: str | None = None,
        split: str | None = None,
        root: str | os.PathLike[str] | None = None,
        store: str | os.PathLike[str],
    ) -> Dataset:
        """A data set of the images that a table names. Its other columns become columns of the data set.

        Run again with a longer table, it adds what is new; with other values, it takes up those of the other columns.

        Parameters
        ----------
        table : pandas or polars DataFrame, pyarrow.Table, or path of a CSV or Parquet file
        image : str
            Column of the paths or URLs (``s3://``, ``https://``, … where fsspec has the driver installed).
        label, id, split : str, optional
            Columns of the class, of the item's name (the path by default) and of the split.
        root : path or URL, optional
            What the paths are relative to: the folder of the table's file, or the working folder, by default.
        store : path
            Folder of the store; an existing one gets these images in addition to its own.

        Raises
        ------
        KeyError, ValueError
            If a column is not in the table, or an id is there twice.
        """
        opened = Store.open(store, create=True)
        report = add_table(opened, table, image=image, label=label, id=id, split=split, root=root)
        return cls._taken_up(opened, report)

    @classmethod
    def from_huggingface(
        cls,
        data: Any,
        *,
        image: str = "image",
        label: str | None = "label",
        id: str | None = None,
        store: str | os.PathLike[str],
    ) -> Dataset:
        """A data set of the pictures inside a Hugging Face data set, which stay there: nothing is copied.

        Parameters
        ----------
        data : datasets.Dataset or datasets.DatasetDict
            Of a DatasetDict, each part's name is its items' split.
        image, label, id : str, optional
            Columns. Ids are row numbers unless a column is named.
        store : path
            Folder of the store.
        """
        opened = Store.open(store, create=True)
        return cls._taken_up(opened, *add_huggingface(opened, data, image=image, label=label, id=id))

    @classmethod
    def from_embeddings(
        cls,
        ids: Sequence[str],
        vectors: ArrayLike,
        *,
        images: Sequence[str | os.PathLike[str] | None] | None = None,
        labels: Sequence[str | None] | None = None,
        root: str | os.PathLike[str] | None = None,
        name: str = "given",
        store: str | os.PathLike[str],
    ) -> Dataset:
        """A data set of your own vectors, with or without pictures.

        Vectors that are zero or not finite are listed in :attr:`errors`. The others are scaled to unit length.

        Parameters
        ----------
        ids : sequence of str
        vectors : array_like [n, d]
        images : sequence of paths or URLs, optional
            None for an item without a picture.
        labels : sequence of str, optional
        root : path or URL, optional
            What the paths of the images are relative to.
        name : str
            What the vectors are called among the embeddings of the data set.
        store : path
            Folder of the store.

        Raises
        ------
        ValueError
            If the lengths differ, an id is there twice, or the vectors are no table of numbers.
        """
        names = [str(item_id) for item_id in ids]
        rows = as_vectors(vectors, names, images=images, labels=labels)
        opened = Store.open(store, create=True)
        return cls._taken_up(
            opened, add_vectors(opened, names, rows, images=images, labels=labels, root=root, name=name)
        )

    @classmethod
    def _taken_up(cls, store: Store, *reports: SourceReport) -> Dataset:
        for report in reports:
            _warn_of(report)
        store.announce()
        return cls(store)

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

    def reroot(self, new: str | os.PathLike[str], old: str | os.PathLike[str] | None = None) -> None:
        """Tell where the images have moved: paths that began at ``old`` begin at ``new`` from now on.

        Parameters
        ----------
        new, old : path or URL
            ``old`` may be left out where all images come from one place.

        Raises
        ------
        ValueError
            If ``old`` is not where any items come from, or is left out and there are several places.
        """
        move_root(self._store, new, old)
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
                return exporting.copy_images(frame, originals(self._store, keys), to)
        raise ValueError(f"format={format!r}: use 'csv', 'parquet' or 'folder'.")

    def __repr__(self) -> str:
        labels = set(self.labels) - {None}
        parts = [f"{len(self):,} items", f"{len(labels)} labels" if labels else "no labels"]
        parts += [f"embedded with {e.name}" for e in self._store.embeddings()]
        bad = int(self._store.items.has_status("unreadable").sum())
        parts += [f"{bad} unreadable"] if bad else []
        return f"Dataset({str(self._store.path)!r}: {', '.join(parts)})"


_COMBINATIONS = {"or": operator.or_, "and": operator.and_, "minus": operator.sub}


def _warn_of(report: SourceReport) -> None:
    """Say what did not go as a user would expect."""
    if report.unreadable:
        warnings.warn(f"{len(report.unreadable)} items could not be read: ds.errors lists them.", stacklevel=4)
    if report.missing:
        warnings.warn(
            f"{len(report.missing)} items are in the store but their file is gone, such as {report.missing[0]!r}. "
            "They stay, marked 'missing' in ds.errors; ds.remove(ids) takes them out.",
            stacklevel=4,
        )
    for problem in report.problems:
        warnings.warn(problem, stacklevel=4)
