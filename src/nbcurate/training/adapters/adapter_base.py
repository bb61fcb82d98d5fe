"""The encoder that an adapter stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...encoders import Encoder
from ...encoders.given_vectors import GivenVectors
from ...store.embeddings import Embeddings

if TYPE_CHECKING:
    from ...dataset import Dataset


def base_encoder(dataset: Dataset, embeddings: Embeddings) -> Encoder:
    """What made these vectors, or what stands for it where they were given.

    Raises
    ------
    ValueError, EncoderError
        If it cannot be loaded; the message says what to do.
    """
    if embeddings.recipe.get("given"):
        return GivenVectors(embeddings.name, embeddings.encoder_key, embeddings.width)
    return dataset.encoder_of(embeddings.name)
