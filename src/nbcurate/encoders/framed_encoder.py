"""A model that is shown objects in another frame: with what lies around them, or without what is not of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .derived_encoder import DerivedEncoder
from .encoder import JSON, Encoder, TextEncoder


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


class FramedEncoder(DerivedEncoder):
    """The base, under a name and a key of its own: its vectors are not those of the boxes as they are.

    The pictures are framed by whoever reads them: a picture that is given to search by is taken as it is.

    Parameters
    ----------
    base : Encoder
    framing : Framing
    """

    def __init__(self, base: Encoder, framing: Framing) -> None:
        super().__init__(base)
        self.framing = framing

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
    def recipe(self) -> dict[str, JSON]:
        """What makes the vectors: the base's recipe, and the framing."""
        return {**self.base.recipe, "framing": {"context": self.framing.context, "mask": self.framing.mask}}


class FramedTextEncoder(FramedEncoder):
    """One whose base has a text side."""

    base: TextEncoder

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Turn texts into vectors of unit length, as the base does."""
        return self.base.encode_texts(texts)


def framed(base: Encoder, framing: Framing) -> FramedEncoder:
    """The base for objects that are framed in this way."""
    return (FramedTextEncoder if isinstance(base, TextEncoder) else FramedEncoder)(base, framing)
