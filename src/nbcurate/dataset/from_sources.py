"""The ways to make a data set: a folder, a table, annotations, a Hugging Face data set, vectors."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Self

from numpy.typing import ArrayLike

from ..sources import (
    SourceReport,
    add_coco_images,
    add_coco_objects,
    add_folder,
    add_huggingface,
    add_table,
    add_vectors,
)
from ..sources.relocate import move_root
from ..sources.vectors import as_vectors
from ..store import Store
from .pick_set import PickSet


class FromSources(PickSet):
    """Items that come from somewhere. Base class of :class:`Dataset`.

    Each method takes an existing store, too: it adds what is new since, takes up what has changed, and costs nothing of
    what was there.
    """

    @classmethod
    def from_folder(
        cls,
        path: str | os.PathLike[str],
        *,
        store: str | os.PathLike[str] | None = None,
        label: Literal["folder"] | None = "folder",
    ) -> Self:
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
    ) -> Self:
        """A data set of the images that a table names. Its other columns become columns of the data set.

        A column ``tags``, of lists of texts or of such lists as JSON, gives new items their tags. A table that
        :meth:`export` or :meth:`to_pandas` wrote brings ids, labels and splits without being asked for them.

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
    def from_coco(
        cls,
        annotations: str | os.PathLike[str] | dict[str, Any],
        *,
        images: str | os.PathLike[str],
        objects: bool = True,
        store: str | os.PathLike[str],
    ) -> Self:
        """A data set of COCO annotations.

        Parameters
        ----------
        annotations : path or dict
            The JSON file.
        images : path or URL
            Folder of the images.
        objects : bool
            True: each box is an item with its category as the label, embedded as it is cut out of its image. False:
            each image is an item; the columns ``objects`` and ``boxes`` say what is on it.
        store : path
            Folder of the store.

        Raises
        ------
        ValueError
            If the file holds no COCO annotations.
        """
        add = add_coco_objects if objects else add_coco_images
        opened = Store.open(store, create=True)
        return cls._taken_up(opened, add(opened, annotations, images))

    @classmethod
    def from_huggingface(
        cls,
        data: Any,
        *,
        image: str = "image",
        label: str | None = "label",
        id: str | None = None,
        store: str | os.PathLike[str],
    ) -> Self:
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
    ) -> Self:
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
    def _taken_up(cls, store: Store, *reports: SourceReport) -> Self:
        for report in reports:
            _warn_of(report)
        store.announce()
        return cls(store)

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
