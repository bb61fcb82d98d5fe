"""A user's own function as an encoder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from .encoder import FULL_SIZE, JSON, unit_vectors
from .errors import EncoderError

ImageFunction = Callable[[list[Image.Image]], ArrayLike]


class FunctionEncoder:
    """Makes an encoder of a function from a list of PIL images to an array.

    The key is made from ``name`` and the width: a function cannot be hashed. Give a function that has changed
    another name, or its new vectors will be taken for the old ones.

    Parameters
    ----------
    function : callable
        Takes a list of RGB images and returns an array of shape (n, width). It must not let one image's vector depend
        on the others. It is called once at construction, on one gray image, to learn the width.
    name : str, optional
        The function's own name unless given. Required for a lambda.
    image_size : int, optional
        The shortest side, in pixels, that the function needs. Images may then be decoded at a reduced size, which is
        faster; by default they come in full, but for those of more than 16 megapixels.

    Raises
    ------
    EncoderError
        If the function has no name, fails, or returns something else than such an array.
    """

    def __init__(self, function: ImageFunction, name: str | None = None, *, image_size: int = FULL_SIZE) -> None:
        name = name or getattr(function, "__name__", None)
        if not name or name == "<lambda>":
            raise EncoderError(
                "The function has no name to file its vectors under: nbcurate.FunctionEncoder(function, name=...)"
            )
        self._function, self._name, self._image_size = function, name, image_size
        side = 224 if image_size == FULL_SIZE else image_size
        self._width = self._call([Image.new("RGB", (side, side), "gray")]).shape[1]

    @property
    def name(self) -> str:
        """A short name for people."""
        return self._name

    @property
    def key(self) -> str:
        """Digest of the name and the width."""
        return hashlib.sha256(json.dumps(["function", self._name, self._width]).encode()).hexdigest()

    @property
    def width(self) -> int:
        """The length of a vector."""
        return self._width

    @property
    def image_size(self) -> int:
        """The shortest side, in pixels, that the function needs."""
        return self._image_size

    @property
    def recipe(self) -> dict[str, JSON]:
        """The function's names; what it does is not recorded."""
        qualified = getattr(self._function, "__qualname__", type(self._function).__qualname__)
        return {"model": self._name, "function": f"{self._function.__module__}.{qualified}", "normalised": True}

    def encode_images(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        """Turn images into vectors of unit length.

        Parameters
        ----------
        images : sequence of PIL images

        Returns
        -------
        ndarray of shape (len(images), width), float32
            What the function returned, L2-normalised.

        Raises
        ------
        EncoderError
            If the function raises, or returns an array of another shape.
        """
        if not images:
            return np.empty((0, self._width), np.float32)
        vectors = self._call([image.convert("RGB") for image in images])
        if vectors.shape[1] != self._width:
            raise EncoderError(f"{self._name} returned vectors of length {vectors.shape[1]}, before {self._width}.")
        return unit_vectors(vectors)

    def _call(self, images: list[Image.Image]) -> NDArray[np.floating]:
        try:
            vectors = np.asarray(self._function(images), dtype=np.float64)
        except Exception as error:
            raise EncoderError(f"{self._name} failed on {len(images)} images: {error!r}") from error
        if vectors.ndim != 2 or len(vectors) != len(images):
            raise EncoderError(
                f"{self._name} must return an array of shape (n, width): for {len(images)} images it returned "
                f"one of shape {vectors.shape}."
            )
        return vectors

    def __repr__(self) -> str:
        return f"FunctionEncoder({self._name!r}, width={self._width})"
