"""Items that are searched by their vectors, and what they are searched through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..arguments import require_count
from ..encoders import Encoder, TextEncoder, load_encoder
from ..store import Store
from ..store.embeddings import Embeddings
from ..store.items import Keys
from ..store.kept_models import kept_model
from ..store.process_lock import ProcessLock
from .missing_vectors import require_model, require_vectors, warn_where_partial
from .property_set import PropertySet
from .text_side import may_know_text

if TYPE_CHECKING:
    from usearch.index import Index as UsearchIndex

    from ..search import Index, IndexInfo, ItemSearch, SearchResult

#: The setting that names the vectors for which no graph is built.
CELLS_ALONE = "searched_by_cells"


class SearchSet(PropertySet):
    """Items that can be searched by their vectors. Base class of :class:`Dataset`."""

    def __init__(self, store: Store, only: Keys | None = None, conditions: Sequence[str | Keys] = ()) -> None:
        super().__init__(store, only, conditions)
        self._encoders: dict[str, Encoder] = {}
        self._loading = ProcessLock()
        self._search: tuple[Any, ItemSearch] | None = None

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
        require_vectors(known, embeddings)
        return vectors

    def search(
        self, query: Any, k: int = 50, *, negatives: Any | None = None, encoder: str | None = None
    ) -> SearchResult:
        """The items that are most like the query.

        Parameters
        ----------
        query : str, path, image, array, or a list of these
            An id, a path, a PIL image or one as uint8 array ``[h, w, 3]``, a vector, or words where the encoder knows
            text. Of several the mean is taken. Items in the query are not found; exact copies of them are.
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
        from ..search import SearchResult, combine
        from ..search.examples import ExampleReader
        from ..sources.reader import window_of
        from .pictured import album_of

        k = require_count("k", k)
        embeddings, search = self.searcher(encoder)
        reader = ExampleReader(
            self._store.items,
            search,
            embeddings.width,
            embeddings.name,
            lambda: self._encoder_of(embeddings),
            window_of(self._store),
        )
        positive = reader.read(query)
        negative = reader.read(negatives) if negatives is not None and not _is_empty(negatives) else None
        vector = combine(positive.vectors, negative.vectors if negative else None)
        exclude = np.concatenate([positive.keys, negative.keys]) if negative else positive.keys
        keys, similarity = search.nearest(vector, k, exclude)
        ids = self._store.items.ids_of_keys(keys)
        return SearchResult(ids, similarity, album_of(self), positive, negative)

    def expand(self, ids: Iterable[str] | None = None, k: int = 10, *, encoder: str | None = None) -> SearchResult:
        """The ``k`` items that are nearest to any one of ``ids`` (the selection by default) and not among them.

        Rejected items are left out. ``ds.selection.add(ds.expand(k=10).ids)`` grows the selection by a step.

        Parameters
        ----------
        ids : ids, optional
            What to grow from; what is kept in :attr:`selection` by default.
        k : int
            How many.
        encoder : str, optional
            Which embeddings; those made last by default.

        Returns
        -------
        SearchResult
            ``similarity`` is that to the nearest of ``ids``.
        """
        from ..search import SearchResult
        from .pictured import album_of

        k = require_count("k", k)
        items = self._store.items
        keys = self._selection.marks.kept if ids is None else items.keys_of_ids(ids)
        found, similarity = self.searcher(encoder)[1].nearest_to_any(keys, k, self._selection.marks.rejected)
        return SearchResult(items.ids_of_keys(found), similarity, album_of(self))

    def index_info(self, encoder: str | None = None) -> IndexInfo:
        """What serves :meth:`search`: exact comparison or an index, its measured recall, its size, and its state.

        While vectors are few in bytes (100 MB: 20,000 of width 1,280) all are compared. Above, a usearch index is built
        in the background by :meth:`embed`, or when search is first used; cells of similar images, which are built in a
        tenth of the time, serve until it is there.

        Parameters
        ----------
        encoder : str, optional
            Which embeddings; those made last by default.
        """
        from ..search import index_info

        with self._guard:
            embeddings, _ = self.searcher(encoder)
            return index_info(embeddings, self._index_of(embeddings))

    def index(self, encoder: str | None = None) -> UsearchIndex:
        """The usearch index of the vectors, to be used without us: a view of the file that this store searches.

        Built here and now, with a bar, where it is not there yet or not all vectors are in it. It is a view: add to a
        copy of it (``index.copy()``), or to the file that :meth:`export` writes.

        Parameters
        ----------
        encoder : str, optional
            Which embeddings; those made last by default.

        Returns
        -------
        usearch.index.Index
            Of cosine distances. Its keys are those of :attr:`keys`; exact copies have one entry, under the key of the
            first of them. All items of the store are in it, also where this is a view of some; items that were removed
            stay until many were.

        Raises
        ------
        PermissionError
            If it is not there and the store can only be read.

        Examples
        --------
        >>> matches = ds.index().search(ds.embeddings()[0], 10)
        >>> matches.keys, 1 - matches.distances
        """
        from ..search import usearch_view

        embeddings = self._store.embeddings_named(encoder)
        present = self._store.items.contents_present
        return usearch_view(embeddings, writable=not self._store.read_only, present=present)

    def searcher(self, encoder: str | None = None) -> tuple[Embeddings, ItemSearch]:
        """The embeddings of that name and the search over them by key, made anew when items or vectors changed.

        Parameters
        ----------
        encoder : str, optional
            Which embeddings; those made last by default.
        """
        from ..search import ItemSearch

        with self._guard:
            embeddings = self._store.embeddings_named(encoder)
            items, rows = self._rows()
            state = (items, self._index_of(embeddings))
            if self._search is None or self._search[0] != state:
                self._search = (state, ItemSearch(items, rows, state[1]))
                if not embeddings.recipe.get("given"):
                    pictured = items.table.column("path").is_valid().to_numpy(zero_copy_only=False)[rows]
                    warn_where_partial(self._search[1].having(items.keys[rows[pictured]]), embeddings)
            return embeddings, self._search[1]

    def _index_of(self, embeddings: Embeddings, *, bar: bool = False) -> Index:
        """The index of these vectors as it is now; what is missing is built in the background."""
        from ..search import open_index

        return open_index(
            embeddings,
            writable=not self._store.read_only,
            graph=embeddings.origin["embeddings"] not in (self._store.setting(CELLS_ALONE) or ()),
            present=self._store.items.contents_present,
            bar=bar,
        )

    def encoder_of(self, encoder: str | None = None) -> Encoder:
        """The model that made the vectors of that name, to be used without us: ``.encode_images([image])``.

        Parameters
        ----------
        encoder : str, optional
            Which embeddings; those made last by default.

        Raises
        ------
        ValueError
            If there are none of that name, or they come from no model that can be loaded.
        EncoderError
            If the model cannot be loaded.
        """
        return self._encoder_of(self._store.embeddings_named(encoder))

    def _encoder_of(self, embeddings: Embeddings) -> Encoder:
        """The encoder that made these embeddings, loaded again if this kernel has not used it."""
        with self._loading:  # which takes long, and keeps nobody from searching who needs no model
            if embeddings.encoder_key not in self._encoders:
                require_model(embeddings)
                recipe = embeddings.recipe
                model = load_encoder(
                    kept_model(self._store, recipe.get("model", embeddings.name)), pooling=recipe.get("pooling")
                )
                if framing := recipe.get("framing"):
                    from ..encoders.framed_encoder import Framing, framed

                    model = framed(model, Framing(**framing))
                if model.key != embeddings.encoder_key:
                    raise ValueError(f"{embeddings.name!r} has changed since the images were embedded: embed again.")
                self._encoders[model.key] = model
            return self._encoders[embeddings.encoder_key]


def knows_words(items: SearchSet, encoder: str | None = None) -> bool:
    """Whether these items can be searched by words, as far as that can be told without loading the model.

    Of a model from a hub that has no short name here, that is not known before, and the answer is yes: a search says.

    Parameters
    ----------
    encoder : str, optional
        Name of the embeddings; those made last by default.
    """
    if not (there := items.store.embeddings()):
        return False
    embeddings = there[-1] if encoder is None else items.store.embeddings_named(encoder)
    if (model := items._encoders.get(embeddings.encoder_key)) is not None:
        return isinstance(model, TextEncoder)
    recipe = embeddings.recipe
    if recipe.get("given") or "function" in recipe:
        return False
    return may_know_text(kept_model(items.store, recipe.get("model", embeddings.name)))


def is_loaded(items: SearchSet, embeddings: Embeddings) -> bool:
    """Whether the model that made these vectors is there, so that a search by words or a picture need not wait."""
    return embeddings.encoder_key in items._encoders


def _is_empty(query: Any) -> bool:
    return isinstance(query, list | tuple | set) and not query
