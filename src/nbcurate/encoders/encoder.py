"""What an encoder is: a model with its preprocessing and pooling, from images (or texts) to vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
"""What ``json.dumps`` takes."""

FULL_SIZE = 1 << 16
"""``Encoder.image_size`` of an encoder that must see every pixel: images are never reduced for it."""


@runtime_checkable
class Encoder(Protocol):
    """Turns images into vectors.

    Any object with these members is an encoder; nothing need be inherited.
    """

    @property
    def name(self) -> str:
        """A short name for people, such as ``"efficientnet-lite0"``."""
        ...

    @property
    def key(self) -> str:
        """A hex digest that changes whenever the vectors would: with the weights, the preprocessing, the pooling.

        Vectors of one data set may be compared, and a stopped run may go on, where the keys are equal.
        """
        ...

    @property
    def width(self) -> int:
        """The length of a vector."""
        ...

    @property
    def image_size(self) -> int:
        """The shortest side, in pixels, that the preprocessing scales an image to.

        Whoever decodes may hand over images already reduced to about twice that; closer to it, the vectors
        begin to differ. `FULL_SIZE` says that no reduction is known to be harmless.
        """
        ...

    @property
    def recipe(self) -> dict[str, JSON]:
        """What makes the vectors: model, revision, preprocessing, pooling, library versions."""
        ...

    def encode_images(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        """Turn images into vectors of unit length.

        The vector of an image does not depend on which images it is passed with, but for rounding (about 1e-6).
        Any number of images may be passed; the encoder makes its own batches.

        Parameters
        ----------
        images : sequence of PIL images
            In any mode; other than RGB are converted.

        Returns
        -------
        ndarray of shape (len(images), width), float32
            L2-normalised, so that a dot product is the cosine similarity. Where the model gave NaN or infinity the
            row is not finite, where it gave zeros the row is zero: judging these is left to the caller.

        Raises
        ------
        EncoderError
            If the model fails on these images as a whole.
        """
        ...


@runtime_checkable
class TextEncoder(Encoder, Protocol):
    """An encoder that also turns texts into vectors, in the space of its image vectors."""

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Turn texts into vectors of unit length.

        Parameters
        ----------
        texts : sequence of str
            Cut to the length that the model takes.

        Returns
        -------
        ndarray of shape (len(texts), width), float32
            L2-normalised; comparable with the vectors of `encode_images`.
        """
        ...


@runtime_checkable
class StagedEncoder(Encoder, Protocol):
    """An encoder that lets its preprocessing run beside its forward passes, which the pipeline makes use of."""

    @property
    def batch_size(self) -> int:
        """How many images a call of `encode_prepared` is best given."""
        ...

    @property
    def workers(self) -> int:
        """How many threads may call `encode_prepared` at once, with gain."""
        ...

    def tune(self, images: int) -> None:
        """Get ready for a run of so many images: what costs seconds and pays on many is done now."""
        ...

    def prepare(self, image: Image.Image) -> Any:
        """Preprocess one image. Called from several threads.

        Raises
        ------
        EncoderError
            If the image cannot be preprocessed.
        """
        ...

    def encode_prepared(self, prepared: Sequence[Any]) -> NDArray[np.float32]:
        """Turn what `prepare` returned into vectors, as `encode_images` would."""
        ...


def unit_vectors(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Scale every row to length 1.

    Parameters
    ----------
    vectors : ndarray of shape (n, width), floating

    Returns
    -------
    ndarray of shape (n, width), float32
        Zero rows stay zero, rows with NaN or infinity stay not finite.
    """
    # In float64 the squares of large float32 values do not overflow, which would turn the row into zeros.
    precise = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(precise, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    with np.errstate(invalid="ignore"):
        return (precise / lengths).astype(np.float32)
