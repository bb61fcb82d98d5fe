"""Dataset: what a user holds. It joins the rooms of the house and computes nothing itself."""

from __future__ import annotations

import os
import threading
import warnings
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from . import export as exporting
from .encoders import Encoder, EncoderLike, load_encoder
from .encoders.pipeline import embed
from .search import ItemSearch, KnnGraph, SearchResult, combine, item_graph, open_content_graph, open_index
from .search.examples import ExampleReader
from .selection import Marks, Selection
from .sources import FolderReport, add_folder
from .sources.reader import image_paths, read_image
from .store import Store
from .store.embeddings import Embeddings
from .store.items import Items, Keys

if TYPE_CHECKING:
    import pandas as pd

#: The encoder that is used when none is named: real weights that need no model hub.
DEFAULT_ENCODER = "efficientnet-lite0"


class Dataset:
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

    def __init__(self, store: Store) -> None:
        self._store = store
        self._selection = _selection_of(store)
        self._encoders: dict[str, Encoder] = {}
        self._search: tuple[Any, ItemSearch] | None = None
        self._guard = threading.RLock()

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

    # -- items ---------------------------------------------------------------------------------------------------

    @property
    def store(self) -> Store:
        """What is on disk."""
        return self._store

    def __len__(self) -> int:
        return len(self._rows()[1])

    @property
    def ids(self) -> list[str]:
        """Ids of the items, in the order in which they came in."""
        items, rows = self._rows()
        return items.ids.take(pa.array(rows)).to_pylist()

    @property
    def keys(self) -> Keys:
        """Keys of the items (uint64 [n]), in the order of :attr:`ids`: numbers that never change nor are reused."""
        items, rows = self._rows()
        return items.keys[rows]

    @property
    def labels(self) -> list[str | None]:
        """Label of each item, in the order of :attr:`ids`."""
        items, rows = self._rows()
        return items.table.column("label").take(pa.array(rows)).to_pylist()

    @property
    def errors(self) -> pd.DataFrame:
        """What could not be read: columns ``id``, ``path``, ``status`` and ``error``, the reason.

        ``unreadable``: not an item of the data set. ``missing``: was read before and still is an item, with all that
        was made of it, but its file is gone.
        """
        items = self._store.items
        return self._frame(np.flatnonzero(items.has_status("unreadable", "missing")), ["id", "path", "status", "error"])

    def to_pandas(self, ids: Iterable[str] | None = None) -> pd.DataFrame:
        """A row an item, in the order of :attr:`ids` or of those given.

        Columns: ``id``, ``label``, ``split``, ``status``, ``path`` (absolute), ``bytes``, ``width`` and ``height`` (px,
        upright), ``format``, and ``copy_of``: the id of the first item with the very same bytes, None for that one.
        """
        items, rows = self._rows()
        if ids is not None:
            rows = items.rows_of_keys(items.keys_of_ids(ids))
        columns = ["id", "label", "split", "status", "path", "bytes", "width", "height", "format"]
        return self._frame(rows, columns).assign(copy_of=items.copies_of(rows))

    def image(self, item_id: str) -> Image.Image:
        """The picture of an item: RGB, upright, full size.

        Raises
        ------
        UnreadableImageError
            If its file is gone or damaged.
        """
        return read_image(self._store, int(self._store.items.keys_of_ids([item_id])[0]))

    def remove(self, ids: Iterable[str]) -> None:
        """Take items out of the data set. Their files are left alone."""
        keys = self._store.items.keys_of_ids(ids)
        removed = pa.array(["removed"] * len(keys), pa.string())
        self._store.update_items(pa.table({"key": keys, "status": removed}))
        self._selection.forget(keys)
        self._store.announce()

    # -- vectors -------------------------------------------------------------------------------------------------

    def embed(self, encoder: EncoderLike = DEFAULT_ENCODER, *, device: str = "auto") -> Dataset:
        """Give every item a vector.

        Works only on items that have none from this very encoder, so it goes on where an interrupted run stopped. Items
        that turn out to be unreadable move to :attr:`errors`.

        Parameters
        ----------
        encoder : str, path, Encoder or function
            An alias (:func:`nbcurate.encoders` lists them), a Hugging Face hub id, a local checkpoint folder, an
            :class:`nbcurate.Encoder`, or a function from PIL images to an array ``[n, d]``.
        device : str
            ``"auto"``, ``"cpu"``, ``"cuda"`` or ``"mps"``.

        Returns
        -------
        Dataset
            Itself.

        Raises
        ------
        EncoderError
            If the model cannot be loaded; the message says what to do.
        """
        model = load_encoder(encoder, device=device)
        self._encoders[model.key] = model
        report = embed(self._store, model, lambda key, size: read_image(self._store, key, size))
        if report.unreadable:
            self._selection.forget(self._store.items.keys[self._store.items.has_status("unreadable")])
            warnings.warn(f"{len(report.unreadable)} items could not be read: ds.errors lists them.", stacklevel=2)
        self._store.announce()
        return self

    def embeddings(self, encoder: str | None = None) -> NDArray[np.float32]:
        """Vectors of the items: float32 ``[n, d]``, L2-normalised, in the order of :attr:`ids`.

        Parameters
        ----------
        encoder : str, optional
            Name of the encoder; the one that was run last by default.

        Raises
        ------
        ValueError
            If nothing was embedded, or items were added since.
        """
        embeddings, search = self.searcher(encoder)
        vectors, known = search.vectors_of(self.keys)
        _require_vectors(known, embeddings)
        return vectors

    def knn_graph(self, k: int = 15, *, encoder: str | None = None, device: str = "cpu") -> KnnGraph:
        """The ``k`` nearest items of every item, in the order of :attr:`ids`.

        Made once per embeddings and kept in the store. Up to 20,000 distinct images every pair is compared; above, so
        many cells of similar images that 99 % of the true neighbours are found. Memory stays below 1 GB plus the vectors.

        Parameters
        ----------
        encoder : str, optional
            Which embeddings; those made last by default.
        device : str
            Where torch multiplies: ``"cpu"`` or ``"cuda"``.

        Raises
        ------
        ValueError
            If nothing was embedded, or items were added since.
        """
        embeddings, search = self.searcher(encoder)
        items, rows = self._rows()
        contents, graph = open_content_graph(embeddings, k, device=device, writable=not self._store.read_only)
        _require_vectors(np.isin(items.contents[rows], contents), embeddings)
        return item_graph(items, rows, contents, graph, k, search)

    def search(
        self, query: Any, k: int = 50, *, negatives: Any | None = None, encoder: str | None = None
    ) -> SearchResult:
        """The items that are most like the query.

        Parameters
        ----------
        query : str, path, image, array, or a list of these
            An id, a path, a PIL image, a vector, or words where the encoder knows text. Of several the mean is taken.
            Items in the query are not found; exact copies of them are.
        k : int
            How many; fewer come back only when there are no more.
        negatives : like query, optional
            What the results should be unlike. They are not found either.
        encoder : str, optional
            Which embeddings to search; those made last by default.

        Examples
        --------
        >>> ds.search("cat/1.jpg", k=10).ids
        >>> ds.search(["cat/1.jpg", "cat/2.jpg"], negatives="dog/7.jpg").to_pandas()
        """
        if k < 1:
            raise ValueError(f"k={k}: ask for at least one item.")
        embeddings, search = self.searcher(encoder)
        reader = ExampleReader(self._store.items, search, embeddings.width, lambda: self._encoder_of(embeddings))
        positive = reader.read(query)
        negative = reader.read(negatives) if negatives is not None and not _is_empty(negatives) else None
        vector = combine(positive.vectors, negative.vectors if negative else None)
        exclude = np.concatenate([positive.keys, negative.keys]) if negative else positive.keys
        keys, similarity = search.nearest(vector, k, exclude)
        return SearchResult(self._store.items.ids_of_keys(keys), similarity)

    def expand(self, ids: Iterable[str] | None = None, k: int = 10, *, encoder: str | None = None) -> SearchResult:
        """The ``k`` items that are nearest to any one of ``ids`` (the selection by default) and not among them.

        Rejected items are left out. ``ds.selection.add(ds.expand(k=10).ids)`` grows the selection by a step.
        """
        items = self._store.items
        keys = self._selection.marks.kept if ids is None else items.keys_of_ids(ids)
        found, similarity = self.searcher(encoder)[1].nearest_to_any(keys, k, self._selection.marks.rejected)
        return SearchResult(items.ids_of_keys(found), similarity)

    # -- selection and export ------------------------------------------------------------------------------------

    @property
    def selection(self) -> Selection:
        """What is kept and rejected: one for the data set, shown by every view of it."""
        return self._selection

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

    # -- behind it -----------------------------------------------------------------------------------------------

    def _rows(self) -> tuple[Items, NDArray[np.intp]]:
        items = self._store.items
        return items, np.flatnonzero(items.shown)

    def _frame(self, rows: NDArray[np.intp], columns: list[str]) -> pd.DataFrame:
        items = self._store.items
        frame = items.table.select(columns).take(pa.array(rows)).to_pandas()
        return frame.assign(path=[str(path) for path in image_paths(self._store, items.keys[rows])])

    def searcher(self, encoder: str | None = None) -> tuple[Embeddings, ItemSearch]:
        """The embeddings of that name and the search over them by key, made anew when items or vectors changed."""
        with self._guard:
            embeddings = self._store.embeddings_named(encoder)
            items, rows = self._rows()
            state = (items, embeddings, embeddings.source)
            if self._search is None or self._search[0] != state:
                index = open_index(embeddings, writable=not self._store.read_only)
                self._search = (state, ItemSearch(items, rows, index))
            return embeddings, self._search[1]

    def _encoder_of(self, embeddings: Embeddings) -> Encoder:
        """The encoder that made these embeddings, loaded again if this kernel has not used it."""
        with self._guard:
            if embeddings.encoder_key not in self._encoders:
                model = load_encoder(embeddings.recipe.get("model", embeddings.name))
                if model.key != embeddings.encoder_key:
                    raise ValueError(f"{embeddings.name!r} has changed since the images were embedded: embed again.")
                self._encoders[model.key] = model
            return self._encoders[embeddings.encoder_key]


def _require_vectors(known: NDArray[np.bool_], embeddings: Embeddings) -> None:
    if not known.all():
        raise ValueError(
            f"{int((~known).sum()):,} of {len(known):,} items have no vector of {embeddings.name!r} yet: "
            f"run ds.embed({embeddings.name!r})."
        )


def _is_empty(query: Any) -> bool:
    return isinstance(query, list | tuple | set) and not query


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


_SELECTIONS: weakref.WeakValueDictionary[Store, Selection] = weakref.WeakValueDictionary()


def _selection_of(store: Store) -> Selection:
    """The one selection of a store, as it was left: also when the cell that made the data set runs again."""
    selection = _SELECTIONS.get(store)
    if selection is None:
        kept, rejected = store.load_selection()
        items = store.items
        shown = items.keys[items.shown]
        marks = Marks(kept[np.isin(kept, shown)], rejected[np.isin(rejected, shown)])
        selection = Selection(
            lambda keys: store.items.ids_of_keys(keys), lambda ids: store.items.keys_of_ids(ids), marks
        )
        selection.observe(lambda change: store.save_selection(change.after.kept, change.after.rejected))
        _SELECTIONS[store] = selection
    return selection
