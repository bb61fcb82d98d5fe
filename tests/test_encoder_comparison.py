"""Which model for my data? The same items under several models."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc

from .conftest import colour_layout


def noise(images: Sequence[Image.Image]) -> np.ndarray:
    """Vectors that know nothing of what is on a picture, but are the same for the same picture."""
    return np.stack([np.random.default_rng(hash(image.tobytes()) % 2**32).normal(size=32) for image in images])


def test_the_better_model_comes_first(dataset: nbc.Dataset) -> None:
    compared = dataset.compare_encoders([noise, "efficientnet-lite0", colour_layout], sample=None)
    frame = compared.to_pandas()
    assert frame.index[0] == "efficientnet-lite0"
    accuracy, agreement = frame["knn_accuracy"].to_dict(), frame["nmi"].to_dict()
    assert accuracy["efficientnet-lite0"] > accuracy["noise"] + 0.2
    assert agreement["efficientnet-lite0"] > agreement["noise"]
    assert frame["width"].to_dict() == {"efficientnet-lite0": 1280, "colour_layout": 192, "noise": 32}
    assert (frame["images_per_second"] > 0).all()
    overlap = compared.overlap.to_numpy()
    assert np.allclose(np.diag(overlap), 1)
    assert (overlap[np.triu_indices(3, 1)] < 0.9).all()
    assert "efficientnet-lite0" in compared._repr_html_()


def test_comparing_leaves_the_default_embeddings_alone(dataset: nbc.Dataset) -> None:
    dataset.compare_encoders([noise], sample=10)
    assert dataset.store.embeddings_named().name == "colour_layout"
    with pytest.raises(ValueError, match="no vector of 'noise'"):
        dataset.embeddings("noise")


def test_without_labels_what_needs_them_is_left_open(dataset: nbc.Dataset) -> None:
    dataset.relabel(dataset.ids, None)
    frame = dataset.compare_encoders([colour_layout]).to_pandas()
    assert frame["knn_accuracy"].isna().all()
    assert frame["nmi"].isna().all()


def test_a_list_is_wanted(dataset: nbc.Dataset) -> None:
    with pytest.raises(ValueError, match="is a list"):
        dataset.compare_encoders("efficientnet-lite0")


def test_vectors_that_are_there_are_compared_by_their_name(
    dataset: nbc.Dataset, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> None:
    frame = reopen(dataset).compare_encoders(["colour_layout", noise]).to_pandas()
    assert frame["width"].to_dict() == {"colour_layout": 192, "noise": 32}
    assert frame["images_per_second"].isna().to_dict() == {"colour_layout": True, "noise": False}
