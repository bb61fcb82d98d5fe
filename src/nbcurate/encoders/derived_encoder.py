"""An encoder that stands on another: its pictures go through that one, prepared as that prepares them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .encoder import FULL_SIZE, Encoder, StagedEncoder

#: Images a batch where the base makes its own; of a base that wants every pixel, whose images are large.
_BATCH, _LARGE_BATCH = 32, 4


class DerivedEncoder:
    """What is the base's of an encoder that makes something else of its vectors, or is shown something else.

    Parameters
    ----------
    base : Encoder
    """

    def __init__(self, base: Encoder) -> None:
        self.base = base
        # Once: asking whether an object is one looks at every property of it.
        self._staged = base if isinstance(base, StagedEncoder) else None

    @property
    def image_size(self) -> int:
        """The shortest side, in pixels, that the base scales an image to."""
        return self.base.image_size

    @property
    def batch_size(self) -> int:
        """How many images a call of `encode_prepared` is best given."""
        if self._staged is not None:
            return self._staged.batch_size
        return _LARGE_BATCH if self.image_size == FULL_SIZE else _BATCH

    @property
    def workers(self) -> int:
        """How many threads may call `encode_prepared` at once, with gain."""
        return 1 if self._staged is None else self._staged.workers

    def tune(self, images: int) -> None:
        """Get ready for a run of so many images, as the base does.

        Parameters
        ----------
        images : int
            How many there will be.
        """
        if self._staged is not None:
            self._staged.tune(images)

    def prepare(self, image: Image.Image) -> Any:
        """Preprocess one image, as the base does. Called from several threads.

        Parameters
        ----------
        image : PIL image
        """
        if self._staged is not None:
            return self._staged.prepare(image)
        return {"pixels": np.asarray(image.convert("RGB"))}

    def encode_prepared(self, prepared: Sequence[Any]) -> NDArray[np.float32]:
        """Turn what `prepare` returned into vectors, as `encode_images` would.

        Parameters
        ----------
        prepared : sequence
            What :meth:`prepare` returned, one an image.

        Returns
        -------
        float32 array [m, width]
        """
        if self._staged is not None:
            return self.project(self._staged.encode_prepared(prepared))
        return self.encode_images([Image.fromarray(one["pixels"]) for one in prepared])

    def encode_images(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        """Turn images into vectors of unit length: float32 [len(images), width].

        Parameters
        ----------
        images : sequence of PIL images

        Raises
        ------
        EncoderError
            If the base fails.
        """
        return self.project(self.base.encode_images(images))

    def project(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """What this encoder makes of an image that the base gives such a vector: the same, unless it says otherwise."""
        return vectors
