"""Vectors of pictures that are in no data set, from the encoder whose vectors a classifier reads."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...collection.vector_set import VectorSet
from ...encoders import Encoder, load_encoder
from ...imaging import UnreadableImageError, Window
from ...sources.reader import window_of
from ..given_picture import read_picture

_AT_ONCE = 64  # pictures that are held in memory


def encoder_of(about: dict[str, Any], dataset: VectorSet | None) -> Encoder:
    """The encoder that made some vectors, as a recipe names it: ``name``, ``key``, ``made_by``.

    Raises
    ------
    EncoderError
        If it cannot be loaded.
    ValueError
        If it has changed since, or is a function of the user's that this kernel has not run.
    """
    if dataset is not None and any(there.encoder_key == about["key"] for there in dataset.store.embeddings()):
        return dataset.encoder_of(about["name"])
    made_by = about["made_by"]
    if made_by.get("given") or "function" in made_by:
        raise ValueError(
            f"The vectors {about['name']!r} come from no model with a name: give the pictures as a data set that is "
            "embedded the same way, head.predict(ds)."
        )
    model = load_encoder(made_by.get("model", about["name"]), pooling=made_by.get("pooling"))
    if model.key != about["key"]:
        raise ValueError(f"{about['name']!r} has changed since the head was fitted: fit it again.")
    return model


def picture_vectors(
    pictures: Sequence[Any], encoder: Encoder, window: Window | None = None
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Vectors [n, d] of PIL images and files, and which of these could be read: the others' rows are zero.

    Warns
    -----
    UserWarning
        With the first reason, where some could not.
    """
    vectors = np.zeros((len(pictures), encoder.width), np.float32)
    reasons: list[str] = []
    for start in range(0, len(pictures), _AT_ONCE):
        read: dict[int, Image.Image] = {}
        for at, picture in enumerate(pictures[start : start + _AT_ONCE], start):
            try:
                read[at] = read_picture(picture, encoder.image_size, window)
            except UnreadableImageError as error:
                reasons.append(f"{os.fspath(picture) if isinstance(picture, str | os.PathLike) else at}: {error}")
        if read:
            vectors[list(read)] = encoder.encode_images(list(read.values()))
    if reasons:
        warnings.warn(
            f"{len(reasons):,} of {len(pictures):,} pictures could not be read and have no prediction: {reasons[0]}",
            stacklevel=3,
        )
    return vectors, np.asarray(np.isfinite(vectors).all(axis=1) & vectors.any(axis=1))


def window_for(dataset: VectorSet | None) -> Window | None:
    """What pictures of more than 8 bits are seen through, as those of the data set are."""
    return None if dataset is None else window_of(dataset.store)
