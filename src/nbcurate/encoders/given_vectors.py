"""What stands for the model of vectors that were given: nobody knows it, so it makes no further ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from PIL import Image

from .encoder import FULL_SIZE, JSON
from .errors import EncoderError


@dataclass(frozen=True)
class GivenVectors:
    """An encoder in name alone, of vectors that came as an array.

    Attributes
    ----------
    name, key : str
    width : int
    """

    name: str
    key: str
    width: int

    @property
    def image_size(self) -> int:
        """Not known."""
        return FULL_SIZE

    @property
    def recipe(self) -> dict[str, JSON]:
        """That these vectors were given."""
        return {"given": True}

    def encode_images(self, images: Sequence[Image.Image]) -> NoReturn:
        """Raise an EncoderError."""
        raise EncoderError(
            f"The vectors {self.name!r} were given, and no model is known that makes such: a projection of them is one "
            "of the items that have one. Give the vectors of further items, too."
        )
