"""The sets of vectors of a data set: which there are, which is used, and how one goes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc


@pytest.fixture
def ds(folder: Path, tmp_path: Path) -> nbc.Dataset:
    """Real pictures that nothing was made of yet."""
    return nbc.Dataset.from_folder(folder, store=tmp_path / "pictures.nbc")


def dark(images: Sequence[Image.Image]) -> np.ndarray:
    """Tells apart how dark the four quarters are."""
    return np.stack([np.asarray(i.convert("L").resize((2, 2)), np.float32).ravel() for i in images])


def wide(images: Sequence[Image.Image]) -> np.ndarray:
    return np.array([[i.width, i.height, 1] for i in images], np.float32)


@pytest.fixture
def two(ds: nbc.Dataset) -> nbc.Dataset:
    return ds.embed(nbc.FunctionEncoder(dark, name="dark")).embed(nbc.FunctionEncoder(wide, name="wide"))


def test_they_are_listed_the_default_first(two: nbc.Dataset) -> None:
    assert two.encoders == ["wide", "dark"]


def test_before_anything_is_embedded_there_are_none(ds: nbc.Dataset) -> None:
    assert ds.encoders == []


def test_what_is_used_is_the_default_from_then_on(two: nbc.Dataset) -> None:
    assert two.use("dark") is two
    assert two.encoders == ["dark", "wide"]
    assert two.embeddings().shape == (len(two), 4)
    assert two.search(two.ids[0], k=3).ids == two.search(two.ids[0], k=3, encoder="dark").ids


def test_the_default_is_the_same_in_the_next_kernel(two: nbc.Dataset) -> None:
    two.use("dark")
    path = two.store.path
    two.close()
    assert nbc.Dataset.open(path).encoders == ["dark", "wide"]


def test_dropped_vectors_are_gone_from_the_disk_and_the_others_stay(two: nbc.Dataset) -> None:
    two.knn_graph(3)
    kept = two.embeddings("dark")
    assert two.drop_embeddings("wide") is two
    assert two.encoders == ["dark"]
    assert not list(Path(two.store.path).rglob("*wide*"))
    np.testing.assert_array_equal(two.embeddings(), kept)
    with pytest.raises(ValueError, match="no embeddings of 'wide'"):
        two.search(two.ids[0], encoder="wide")


def test_dropped_vectors_are_made_anew_by_embedding(two: nbc.Dataset) -> None:
    before = two.embeddings("wide")
    two.drop_embeddings("wide").embed(nbc.FunctionEncoder(wide, name="wide"))
    np.testing.assert_array_equal(two.embeddings(), before)


def test_the_last_ones_can_go_too(two: nbc.Dataset) -> None:
    two.drop_embeddings("wide").drop_embeddings("dark")
    assert two.encoders == []
    with pytest.raises(ValueError, match="no embeddings yet"):
        two.search(two.ids[0])


def test_a_name_that_is_like_another_takes_none_along(ds: nbc.Dataset) -> None:
    ds.embed(nbc.FunctionEncoder(dark, name="a/b")).embed(nbc.FunctionEncoder(wide, name="a_b"))
    assert ds.drop_embeddings("a/b").encoders == ["a_b"]


@pytest.mark.parametrize("method", ["use", "drop_embeddings"])
def test_unknown_vectors_are_answered_with_those_that_there_are(two: nbc.Dataset, method: str) -> None:
    with pytest.raises(ValueError, match="use one of 'dark', 'wide'"):
        getattr(two, method)("dinov2-small")
    with pytest.raises(TypeError, match="name of vectors"):
        getattr(two, method)(None)


@pytest.mark.parametrize("method", ["use", "drop_embeddings"])
def test_a_store_that_can_only_be_read_keeps_its_vectors(two: nbc.Dataset, method: str) -> None:
    path = two.store.path
    two.close()
    reader = nbc.Dataset.open(path, read_only=True)
    with pytest.raises(PermissionError):
        getattr(reader, method)("dark")
    assert reader.encoders == ["wide", "dark"]


def test_vectors_that_the_store_does_not_list_are_not_taken_along(two: nbc.Dataset) -> None:
    """As after the settings came back from an older copy: what nobody asked to be deleted stays."""
    folder = two.store.path / "embeddings" / "others@0123456789ab.lance"
    folder.mkdir()
    two.drop_embeddings("wide")
    assert folder.is_dir()
