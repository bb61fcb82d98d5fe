"""The ways to make a data set: a folder, a table, annotations, a Hugging Face data set, vectors."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from numpy.typing import ArrayLike

from ..store import Store
from .sourced_set import SourcedSet

if TYPE_CHECKING:
    from ..sources.window import WindowChoice


class FromSources(SourcedSet):
    """Items that come from somewhere. Base class of :class:`Dataset`.

    Each method takes an existing store, too: it adds what is new since, takes up what has changed or was corrected, and
    costs nothing of what was there. :attr:`source_reports` says what it did.
    """

    @classmethod
    def from_folder(
        cls,
        path: str | os.PathLike[str],
        *,
        store: str | os.PathLike[str] | None = None,
        label: Literal["folder", "parent"] | str | re.Pattern[str] | Callable[[Any], Any] | None = "folder",
        levels: Sequence[str | None] | None = None,
        split: Literal["folder"] | None = "folder",
        window: WindowChoice = None,
    ) -> Self:
        """A data set of all images below a folder.

        Run again, it adds what is new since, takes up files that have changed, and reports those that are gone. Files
        that cannot be read are listed in :attr:`errors` and cost nothing else. The images stay where they are.

        Hidden files and folders and those of operating systems (``.ipynb_checkpoints``, ``__MACOSX``, ``@eaDir``, …)
        are passed over, unless ``path`` itself is one. So are files that are no pictures that can be read: videos, raw
        photographs and the like with a warning for each kind, texts and tables without; :attr:`source_reports` counts
        them all.

        A folder that :meth:`export` wrote brings ids, labels, splits, tags and columns from its table, unless
        ``label``, ``levels`` or ``split`` ask for something else; pictures that came to it since are read as those of
        any folder, which a warning tells. Where such a folder lies somewhere below ``path``, it holds copies: it is
        passed over, with a warning.

        Parameters
        ----------
        path : path
            The folder. An item's id is its path below it.
        store : path, optional
            Folder of the store, made if it is not there; ``<path>.nbc`` beside the images by default. An
            existing store gets these images in addition to its own.
        label : {"folder", "parent"}, callable, regular expression or None
            What names the class. ``"folder"``: the first folder below ``path``, or below the split; ``"parent"``: the
            folder that the file lies in; the name of one of the ``levels``: that folder. A function is given the path
            below ``path``, with ``/`` (a text that also has ``.stem``, ``.parts`` and whatever else paths of pathlib
            have), and returns a text, a list of texts for several labels, or None; where it fails, that item has no
            label. Of a regular expression, a text or compiled, which is searched for in that path, the group named
            ``label`` is the class, or the first one; other named groups become columns. None: no labels.
        levels : sequence of str or None, optional
            Names for the folders from the top, below the split: each becomes a column; None leaves one out. A level
            called ``label`` is the class, one called ``split`` the split.
        split : {"folder", None}
            ``"folder"``: where all folders at the top are called train, val, test or the like, they are splits, not
            classes; a warning says so. Among others, ``train`` is a class. What it was when ``path`` was read first, it
            stays. None: they are classes, whatever they are called.
        window : pair of numbers, pair of percentiles, "percentiles" or None
            What is black and what is white in pictures of more than 8 bits, such as 16-bit scans and floats. Two values
            in the files' own units, ``(0, 4095)``; or two percentiles of the values of all pictures,
            ``("1%", "99%")``, which are taken once; ``"percentiles"`` is ``("0.5%", "99.5%")``. Then pictures can be
            compared with one another. The store keeps it for all that is made of the pictures. None: as the store has
            it; in a new one each picture has a range of its own: see :func:`nbcurate.imaging.levels.as_picture`.

        Raises
        ------
        NotADirectoryError
            If ``path`` is no folder.
        TypeError, ValueError
            If ``label``, ``levels`` or ``window`` are not what is said above, a level has the name of a column that is
            nbcurate's own, or the store's pictures were seen through another window.
        StoreLockedError
            If another process is writing the store; the message names it.

        Examples
        --------
        >>> nbc.Dataset.from_folder("birds/", label="parent", levels=["order", "family"])
        >>> nbc.Dataset.from_folder("pets/", label=r"(?P<label>[A-Za-z_]+)_(?P<number>\\d+)\\.jpg$")
        >>> nbc.Dataset.from_folder("scans/", label=lambda path: path.stem.split("-")[0], window="percentiles")
        """
        from ..sources.exported_folder import add_exported_folder, is_exported_folder
        from ..sources.folder import add_folder
        from ..sources.folder_rule import FolderRule
        from ..sources.window import WindowSetting

        root = Path(path).expanduser().resolve()
        if not root.is_dir():
            raise NotADirectoryError(f"{root} is not a folder: give the folder that holds the images.")
        if split not in ("folder", None):
            raise ValueError(f"split={split!r}: use 'folder' (folders called train, val or test) or None.")
        rule = FolderRule(label, levels)
        opened = Store.open(store if store is not None else root.with_name(f"{root.name}.nbc"), create=True)
        seen_through = WindowSetting(opened, window)
        if (label, split) == ("folder", "folder") and not levels and is_exported_folder(root):
            return cls._taken_up(opened, *add_exported_folder(opened, root), window=seen_through)
        return cls._taken_up(opened, add_folder(opened, root, rule, split=split), window=seen_through)

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
        trust_paths: bool = False,
        window: WindowChoice = None,
        store: str | os.PathLike[str],
    ) -> Self:
        """A data set of the images that a table names. Its other columns become columns of the data set.

        A column ``tags``, of lists of texts or of such lists as JSON, gives the items their tags. A table that
        :meth:`export` or :meth:`to_pandas` wrote brings ids, labels and splits without being asked for them. Of any
        other CSV file ids and labels are the texts as they stand there, and a column is numbers only where no text
        would be lost by it: ``007``, ``1e5`` and ``true`` stay as they are.

        Run again with a longer table, it adds what is new; with other values, it takes up those that were corrected,
        but for labels, splits and tags that were changed in this data set since.

        Parameters
        ----------
        table : pandas or polars DataFrame, pyarrow.Table, or path of a CSV or Parquet file
        image : str
            Column of the paths or URLs (``s3://``, ``https://``, … where fsspec has the driver installed); or of the
            pictures themselves: bytes of a file, ``{"bytes": …, "path": …}``, Pillow images or arrays of 8 bits. These
            are kept in the store.
        label, id, split : str, optional
            Columns of the class, of the item's name (the path by default) and of the split. Lists are several labels.
        root : path or URL, optional
            What the paths are relative to: the folder of the table's file, or the working folder, by default. Paths of
            another computer are looked for below it without their first folders.
        trust_paths : bool
            Whether paths may lead out of ``root``, where one is given: by ``../``, as absolute ones, by
            links. By default what does is not read, item by item, as the file may come from anybody.
        window : pair of numbers, pair of percentiles, "percentiles" or None
            See :meth:`from_folder`.
        store : path
            Folder of the store; an existing one gets these images in addition to its own.

        Raises
        ------
        KeyError, TypeError, ValueError
            If a column is not in the table or there twice, an id is there twice, or what is in the column of images is
            neither a path nor a picture.
        """
        from ..sources.table import add_table
        from ..sources.window import WindowSetting

        opened = Store.open(store, create=True)
        seen_through = WindowSetting(opened, window)
        report = add_table(
            opened, table, image=image, label=label, id=id, split=split, root=root, trust_paths=trust_paths
        )
        return cls._taken_up(opened, report, window=seen_through)

    @classmethod
    def from_huggingface(
        cls,
        data: Any,
        *,
        image: str = "image",
        label: str | None = "label",
        id: str | None = None,
        objects: str | None = "objects",
        box_format: Literal["xywh", "xyxy"] = "xywh",
        window: WindowChoice = None,
        store: str | os.PathLike[str],
    ) -> Self:
        """A data set of the pictures inside a Hugging Face data set, which stay there: nothing is copied.

        Parameters
        ----------
        data : datasets.Dataset or datasets.DatasetDict
            Of a DatasetDict, each part's name is its items' split.
        image, label, id : str, optional
            Columns. Ids are row numbers unless a column is named. Classes have their names, and lists of them are
            several labels.
        objects : str, optional
            Column of what is on each picture, ``{"bbox": […], "category": […], …}`` as detection sets on the hub have
            it: it becomes the columns of :meth:`from_coco`, and :attr:`objects` gives an item a box.
        box_format : {"xywh", "xyxy"}
            Whether a box is a corner and a size, or two corners; px.
        window : pair of numbers, pair of percentiles, "percentiles" or None
            See :meth:`from_folder`.
        store : path
            Folder of the store.
        """
        from ..sources.huggingface import add_huggingface
        from ..sources.window import WindowSetting

        opened = Store.open(store, create=True)
        seen_through = WindowSetting(opened, window)
        reports = add_huggingface(opened, data, image=image, label=label, id=id, objects=objects, box_format=box_format)
        return cls._taken_up(opened, *reports, window=seen_through)

    @classmethod
    def from_embeddings(
        cls,
        ids: Sequence[str],
        vectors: ArrayLike,
        *,
        images: Sequence[str | os.PathLike[str] | None] | None = None,
        labels: Sequence[str | Sequence[str] | None] | None = None,
        root: str | os.PathLike[str] | None = None,
        trust_paths: bool = False,
        name: str = "given",
        window: WindowChoice = None,
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
        labels : sequence of str, or of lists of str, optional
        root : path or URL, optional
            What the paths of the images are relative to.
        trust_paths : bool
            Whether paths may lead out of ``root``, where one is given: by ``../``, as absolute ones, by
            links. By default what does is not read, item by item, as the file may come from anybody.
        name : str
            What the vectors are called among the embeddings of the data set.
        window : pair of numbers, pair of percentiles, "percentiles" or None
            See :meth:`from_folder`.
        store : path
            Folder of the store.

        Raises
        ------
        ValueError
            If the lengths differ, an id is there twice, or the vectors are no table of numbers. A row without an id, or
            with something else than a vector, is passed over with a warning.
        """
        from ..sources.given_vectors import as_given
        from ..sources.vectors import add_vectors
        from ..sources.window import WindowSetting

        given = as_given(ids, vectors, images, labels)
        opened = Store.open(store, create=True)
        seen_through = WindowSetting(opened, window)
        report = add_vectors(
            opened, given.ids, given.vectors, images=given.images, labels=given.labels, root=root, name=name,
            trust_paths=trust_paths,
        )  # fmt: skip
        report = replace(report, problems=[*given.problems, *report.problems])
        return cls._taken_up(opened, report, window=seen_through)

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
        from ..sources.relocate import move_root

        move_root(self._store, new, old)
        self._store.announce()
