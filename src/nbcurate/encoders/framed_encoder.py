"""A model that is shown objects in another frame: with what lies around them, or without what is not of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .encoder import FULL_SIZE, JSON, Encoder, StagedEncoder, TextEncoder

_BATCH = 32  # images a call of a base that makes its own batches


@dataclass(frozen=True, slots=True)
class Framing:
    """How an object is cut out of its picture.

    Attributes
    ----------
    context : float
        What is added on each side, as a share of the box's width and height.
    mask : {"grey"} or None
        Cover with grey what is not of the object: outside of its mask, or of its box where it has none.
    """

    context: float = 0.0
    mask: Literal["grey"] | None = None

    @property
    def suffix(self) -> str:
        """What the vectors are called by, behind the name of the model."""
        parts = [f"context {self.context:g}"] if self.context else []
        return ", ".join([*parts, *([f"mask {self.mask}"] if self.mask else [])])


class FramedEncoder:
    """The base, under a name and a key of its own: its vectors are not those of the boxes as they are.

    The pictures are framed by whoever reads them: a picture that is given to search by is taken as it is.

    Parameters
    ----------
    base : Encoder
    framing : Framing
    """

    def __init__(self, base: Encoder, framing: Framing) -> None:
        self.base, self.framing = base, framing
        self._staged = base if isinstance(base, StagedEncoder) else None  # once: asking looks at every property

    @property
    def name(self) -> str:
        """Such as ``"dinov2-small:context 0.2"``."""
        return f"{self.base.name}:{self.framing.suffix}"

    @property
    def key(self) -> str:
        """Digest of the base's key and of the framing."""
        return hashlib.sha256(json.dumps(["framing", self.base.key, self.framing.suffix]).encode()).hexdigest()

    @property
    def width(self) -> int:
        """The length of a vector."""
        return self.base.width

    @property
    def image_size(self) -> int:
        """The shortest side, in pixels, that the base scales an image to."""
        return self.base.image_size

    @property
    def recipe(self) -> dict[str, JSON]:
        """What makes the vectors: the base's recipe, and the framing."""
        return {**self.base.recipe, "framing": {"context": self.framing.context, "mask": self.framing.mask}}

    @property
    def batch_size(self) -> int:
        """How many images a call of `encode_prepared` is best given."""
        return self._staged.batch_size if self._staged is not None else 4 if self.image_size == FULL_SIZE else _BATCH

    @property
    def workers(self) -> int:
        """How many threads may call `encode_prepared` at once, with gain."""
        return 1 if self._staged is None else self._staged.workers

    def tune(self, images: int) -> None:
        """Get ready for a run of so many images, as the base does."""
        if self._staged is not None:
            self._staged.tune(images)

    def prepare(self, image: Image.Image) -> Any:
        """Preprocess one image, as the base does. Called from several threads."""
        if self._staged is not None:
            return self._staged.prepare(image)
        return {"pixels": np.asarray(image.convert("RGB"))}

    def encode_prepared(self, prepared: Sequence[Any]) -> NDArray[np.float32]:
        """Turn what `prepare` returned into vectors, as `encode_images` would."""
        if self._staged is not None:
            return self._staged.encode_prepared(prepared)
        return self.encode_images([Image.fromarray(one["pixels"]) for one in prepared])

    def encode_images(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        """Turn images into vectors of unit length, as the base does."""
        return self.base.encode_images(images)


class FramedTextEncoder(FramedEncoder):
    """One whose base has a text side."""

    base: TextEncoder

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Turn texts into vectors of unit length, as the base does."""
        return self.base.encode_texts(texts)


def framed(base: Encoder, framing: Framing) -> FramedEncoder:
    """The base for objects that are framed in this way."""
    return (FramedTextEncoder if isinstance(base, TextEncoder) else FramedEncoder)(base, framing)
