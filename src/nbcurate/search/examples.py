"""What a person may search with, turned into vectors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..imaging import decode_image, to_rgb
from ..store.items import Items, Keys
from .item_search import ItemSearch


class ImageEncoder(Protocol):
    """As much of an encoder as a query needs; one with a text side also has ``encode_texts``."""

    @property
    def name(self) -> str: ...

    @property
    def image_size(self) -> int: ...

    def encode_images(self, images: Sequence[Image.Image]) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Vectors ``[e, d]`` to search with, and the keys of those that are items themselves."""

    vectors: NDArray[np.float32]
    keys: Keys


@dataclass(frozen=True, slots=True)
class ExampleReader:
    """Reads a query: an id, ids, a path, a PIL image, a vector, vectors, or text where the model knows text.

    Parameters
    ----------
    items : Items
    search : ItemSearch
        Has the vectors of the items.
    width : int
        Length of a vector.
    encoder : callable
        Gives the encoder that made the vectors; called only when something must be encoded.
    """

    items: Items
    search: ItemSearch
    width: int
    encoder: Callable[[], ImageEncoder]

    def read(self, query: Any) -> Examples:
        """The examples that ``query`` stands for.

        Raises
        ------
        UnknownItemError
            For text that is no id and no file, where the model knows no text.
        UnreadableImageError
            For a file that is no image.
        ValueError, TypeError
            For anything that is no query.
        """
        if isinstance(query, str):
            return self._read_text(query)
        if isinstance(query, os.PathLike):
            return self._encoded(decode_image(Path(query).expanduser(), at_least=self.encoder().image_size))
        if isinstance(query, Image.Image):
            return self._encoded(to_rgb(query))
        if isinstance(query, np.ndarray) and query.dtype.kind in "fiu":
            return self._given(query)
        ids = getattr(query, "ids", query)  # a search result, a selection, a data set
        if isinstance(ids, Iterable):
            parts = [self.read(part) for part in ids]
            if not parts:
                raise ValueError("The query is empty: give at least one id, path, image or vector.")
            return Examples(np.concatenate([p.vectors for p in parts]), np.concatenate([p.keys for p in parts]))
        raise TypeError(
            f"Cannot search with {type(query).__name__}: give an id, a list of ids, a path, a PIL image or a vector."
        )

    def _read_text(self, text: str) -> Examples:
        if text in self.items:
            keys = self.items.keys_of_ids([text])
            vectors, known = self.search.vectors_of(keys)
            if not known.all():
                raise ValueError(f"{text!r} has no vector yet: run ds.embed({self.encoder().name!r}) again.")
            return Examples(vectors, keys)
        if _is_file(text):
            return self.read(Path(text))
        encoder = self.encoder()
        encode_texts = getattr(encoder, "encode_texts", None)
        if encode_texts is not None:
            return Examples(np.asarray(encode_texts([text]), np.float32), np.empty(0, np.uint64))
        try:
            self.items.keys_of_ids([text])
        except KeyError as error:
            raise type(error)(
                f"{error} It is no file either, and {encoder.name!r} does not know text: embed with a model that has "
                "a text encoder, such as CLIP or SigLIP, to search by words."
            ) from None
        raise AssertionError("unreachable")  # pragma: no cover

    def _encoded(self, image: Image.Image) -> Examples:
        return Examples(np.asarray(self.encoder().encode_images([image]), np.float32), np.empty(0, np.uint64))

    def _given(self, vectors: NDArray[Any]) -> Examples:
        rows = np.atleast_2d(np.asarray(vectors, np.float32))
        if rows.ndim != 2 or rows.shape[1] != self.width:
            raise ValueError(
                f"A vector of these embeddings has length {self.width}; the query has shape {vectors.shape}."
            )
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        if not np.isfinite(norms).all() or (norms == 0).any():
            raise ValueError("The query vector is zero or has entries that are not finite.")
        return Examples(rows / norms, np.empty(0, np.uint64))


def _is_file(text: str) -> bool:
    try:
        return Path(text).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):  # too long for a name, a zero byte, an unknown home
        return False
