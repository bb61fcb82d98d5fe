"""Answers to what searches: by items, by words, by a picture that was handed over; and what grows the selection."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..collection.search_set import is_loaded, knows_words
from ..dataset import Dataset
from ..imaging import UnreadableImageError, decode_image, make_thumbnail, probe_stream
from ..store.items import Keys
from .answers import Answer, Methods, Part, known_keys, part, whole
from .interrupts import unbroken
from .protocol import Request, RequestError
from .remembered import Remembered
from .shown_views import ShownViews

#: Longest side of a picture to search by, px; a browser makes it smaller than that.
MOST_PX = 4_096
#: So many of the pictures that were handed over are there to be searched by again.
_MOST_PICTURES = 16


class SearchRequests:
    """``neighbours``, ``search``, ``picture`` and ``expand`` of ``docs/wire.md``."""

    def __init__(self, dataset: Dataset, views: ShownViews) -> None:
        self._store = dataset.store
        self._selection = dataset.selection
        self._views = views
        self._pictures: Remembered[Image.Image] = Remembered(_MOST_PICTURES)
        self.methods: Methods = {
            "neighbours": self._neighbours,
            "search": self._search,
            "picture": self._picture,
            "expand": self._expand,
        }

    def _neighbours(self, request: Request) -> Answer:
        from ..search import combine

        view = self._views.dataset(request.params["view"])
        positive, negative = (known_keys(self._store.items, keys) for keys in request.keys)
        if not len(positive):
            raise RequestError("bad-request", "neighbours: give at least one positive key.")
        embeddings, search = self._searcher(view)
        vectors, known = search.vectors_of(positive)
        if not known.any():
            raise RequestError("no-embeddings", "This item has no vector yet: run ds.embed() again.")
        unlike, unlike_known = search.vectors_of(negative)
        query = combine(vectors[known], unlike[unlike_known])
        found = search.nearest(query, request.params["k"], np.concatenate([positive, negative]))
        return [partial(_found, embeddings.name, *found)]

    def _search(self, request: Request) -> Answer:
        """The first part says whether the model has to be loaded, which takes a while; then that is done."""
        words, name = request.params["words"], request.params["picture"]
        view = self._views.dataset(request.params["view"])
        if (words is None) == (name is None):
            raise RequestError("bad-request", "search: give words or a picture.")
        embeddings, _ = self._searcher(view)
        shown: list[bytes] = []
        if words is not None:
            if not words.strip():
                raise RequestError("bad-request", "search: say in words what to look for.")
            if not knows_words(view):
                raise RequestError("bad-request", _NO_WORDS.format(embeddings.name))
            encode: Callable[[Any], NDArray[np.float32]] = partial(_encode_words, words=words.strip())
        else:
            picture = self._pictures.named(name)
            if picture is None:
                raise RequestError("bad-request", "This picture is not there any more: drop or paste it again.")
            encode = partial(_encode_picture, picture=picture)
            shown = [make_thumbnail(picture)]

        def result() -> Part:
            model = _model(view)
            try:
                query = encode(model)[0]
            except Exception as error:
                raise RequestError("internal", f"{embeddings.name} could not read this: {error}") from error
            _, search = self._searcher(view)
            return _found(embeddings.name, *search.nearest(query, request.params["k"], np.empty(0, np.uint64)), *shown)

        return [partial(part, {"loading": not is_loaded(view, embeddings)}), result]

    def _picture(self, request: Request) -> Answer:
        file = io.BytesIO(request.file)
        about = probe_stream(file)
        if about.width is None or about.height is None:
            raise RequestError("bad-request", f"This is no picture that can be read: {about.error}.")
        if max(about.width, about.height) > MOST_PX:
            raise RequestError("bad-request", f"A picture to search by has at most {MOST_PX:,} px a side.")
        file.seek(0)
        try:
            picture = decode_image(file)
        except UnreadableImageError as error:
            raise RequestError("bad-request", f"This is no picture that can be read: {error}.") from error
        return whole({"picture": self._pictures.keep(request.file, picture)})

    def _expand(self, request: Request) -> Answer:
        selection = self._selection
        _, search = self._searcher(self._views.dataset(request.params["view"]))
        while True:  # until what was found is by the marks that it joins
            marks = selection.marks
            keys, _ = search.nearest_to_any(marks.kept, request.params["k"], marks.rejected)
            with unbroken():
                if selection.apply("keep", keys, seen=marks):
                    break
        return whole({"added": len(keys), "revision": selection.revision})

    def _searcher(self, view: Dataset) -> Any:
        try:
            return view.searcher()
        except ValueError as error:
            raise RequestError("no-embeddings", str(error)) from error


_NO_WORDS = (
    "The model {!r} knows pictures and no words: embed with one that knows both, such as ds.embed('siglip2-base')."
)


def _model(view: Dataset) -> Any:
    """The model that made the vectors of a view, loaded where it is not there yet."""
    try:
        return view.encoder_of()
    except Exception as error:  # whatever a model's libraries raise: what is wrong is told, and nothing else is
        raise RequestError("bad-request", f"The model cannot be loaded: {error}") from error


def _encode_words(model: Any, *, words: str) -> NDArray[np.float32]:
    if not hasattr(model, "encode_texts"):
        raise ValueError(_NO_WORDS.format(model.name))
    return np.asarray(model.encode_texts([words]), np.float32)


def _encode_picture(model: Any, *, picture: Image.Image) -> NDArray[np.float32]:
    return np.asarray(model.encode_images([picture]), np.float32)


def _found(embeddings: str, keys: Keys, similarity: NDArray[np.float32], *shown: bytes) -> Part:
    result = {"count": len(keys), "embeddings": embeddings}
    return part(result, keys.astype("<u4").tobytes(), similarity.astype("<f4").tobytes(), *shown)
