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

from ..imaging import UnreadableImageError, Window, decode_image, reduce_image, to_rgb
from ..store.items import Items, Keys
from .item_search import ItemSearch

#: Px of the pictures that are kept to be shown beside what is found.
_SHOWN_SIDE = 128


class ImageEncoder(Protocol):
    """As much of an encoder as a query needs; one with a text side also has ``encode_texts``."""

    @property
    def name(self) -> str: ...

    @property
    def image_size(self) -> int: ...

    def encode_images(self, images: Sequence[Image.Image]) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """What is searched with.

    Attributes
    ----------
    vectors : float32 array [e, d]
    keys : uint64 array
        Of those that are items themselves.
    words : sequence of str
        Of those that are words.
    pictures : sequence of PIL images
        Of those that are pictures of their own, small, to be shown beside what is found.
    """

    vectors: NDArray[np.float32]
    keys: Keys
    words: Sequence[str] = ()
    pictures: Sequence[Image.Image] = ()


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
    name : str
        The encoder's.
    encoder : callable
        Gives the encoder that made the vectors; called only when something must be encoded.
    window : Window, optional
        What pictures of more than 8 bits are seen through, as those of the items are.
    """

    items: Items
    search: ItemSearch
    width: int
    name: str
    encoder: Callable[[], ImageEncoder]
    window: Window | None = None

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
            return self._read_file(Path(query).expanduser())
        if isinstance(query, Image.Image):
            return self._encoded(to_rgb(query, self.window))
        if (numbers := _numbers(query)) is not None:
            return self._given(numbers)
        ids = getattr(query, "ids", query)  # a search result, a selection, a data set
        if isinstance(ids, Iterable):
            parts = [self.read(part) for part in ids]
            if not parts:
                raise ValueError("The query is empty: give at least one id, path, image or vector.")
            return Examples(
                np.concatenate([part.vectors for part in parts]),
                np.concatenate([part.keys for part in parts]),
                [word for part in parts for word in part.words],
                [picture for part in parts for picture in part.pictures],
            )
        raise TypeError(
            f"Cannot search with {type(query).__name__}: give an id, a list of ids, a path, a PIL image, "
            "an image as uint8 [height, width, 3], or a vector."
        )

    def _read_text(self, text: str) -> Examples:
        if text in self.items:
            keys = self.items.keys_of_ids([text])
            vectors, known = self.search.vectors_of(keys)
            if not known.all():
                raise ValueError(f"{text!r} has no vector of {self.name!r}: run ds.embed again.")
            return Examples(vectors, keys)
        if self.items.is_unreadable(text):
            raise ValueError(f"{text!r} could not be read, and so has no vector: ds.errors says why.")
        if _is_file(text):
            return self._read_file(Path(text).expanduser())
        encoder = self.encoder()
        encode_texts = getattr(encoder, "encode_texts", None)
        if encode_texts is not None:
            return Examples(np.asarray(encode_texts([text]), np.float32), np.empty(0, np.uint64), words=[text])
        try:
            self.items.keys_of_ids([text])
        except KeyError as error:
            raise type(error)(
                f"{error} It is no file either, and {encoder.name!r} does not know text: embed with a model that has "
                "a text encoder, such as CLIP or SigLIP, to search by words."
            ) from None
        raise AssertionError("unreachable")  # pragma: no cover

    def _read_file(self, path: Path) -> Examples:
        encoder = self.encoder()
        try:
            return self._encoded(decode_image(path, at_least=encoder.image_size, window=self.window))
        except UnreadableImageError as error:
            raise type(error)(f"{path}: {error}") from error

    def _encoded(self, image: Image.Image) -> Examples:
        vectors = np.asarray(self.encoder().encode_images([image]), np.float32)
        return Examples(vectors, np.empty(0, np.uint64), pictures=[reduce_image(image, _SHOWN_SIDE).copy()])

    def _given(self, vectors: NDArray[Any]) -> Examples:
        if vectors.dtype == np.uint8 and vectors.ndim == 3 and vectors.shape[2] in (3, 4):
            return self._encoded(to_rgb(Image.fromarray(vectors)))
        rows = np.atleast_2d(np.asarray(vectors, np.float32))
        if rows.ndim != 2 or rows.shape[1] != self.width:
            raise ValueError(
                f"A vector of these embeddings has length {self.width}; the query has shape {vectors.shape}. An image "
                "is given as uint8 [height, width, 3]."
            )
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        if not np.isfinite(norms).all() or (norms == 0).any():
            raise ValueError("The query vector is zero or has entries that are not finite.")
        return Examples(rows / norms, np.empty(0, np.uint64))


def _numbers(query: Any) -> NDArray[Any] | None:
    """An array, a tensor or a list as numbers; None if it is something else."""
    plain = isinstance(query, list | tuple) and len(query) > 0 and isinstance(query[0], int | float | list | np.number)
    if not plain and not hasattr(query, "__array__"):
        return None
    try:
        numbers = np.asarray(query)
    except ValueError:  # lists of different lengths
        return None
    return numbers if numbers.dtype.kind in "fiu" else None


def _is_file(text: str) -> bool:
    """Whether a text names something that is there and no folder; of a pipe or a device, reading it says so."""
    try:
        place = Path(text).expanduser()
        return place.exists() and not place.is_dir()
    except (OSError, ValueError, RuntimeError):  # too long for a name, a zero byte, an unknown home
        return False
