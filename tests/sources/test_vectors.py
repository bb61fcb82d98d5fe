"""A user's own vectors, with and without pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc

from ..conftest import colour_layout


@pytest.fixture
def vectors() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(30, 16)).astype(np.float32) * 3


IDS = [f"v{n}" for n in range(30)]


def test_vectors_alone_are_a_data_set(
    vectors: np.ndarray, tmp_path: Path, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> None:
    ds = nbc.Dataset.from_embeddings(IDS, vectors, labels=["a", "b"] * 15, store=tmp_path / "v.nbc")
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for again in (ds, reopen(ds)):
        assert again.ids == IDS
        np.testing.assert_allclose(again.embeddings(), unit, atol=1e-6)
        expected = [IDS[row] for row in np.argsort(-(unit @ unit[4])) if row != 4][:5]
        assert again.search("v4", k=5).ids == expected
        assert again.search(vectors[4], k=1).ids == ["v4"]
    with pytest.raises(nbc.UnreadableImageError, match="no picture"):
        reopen(ds).image("v0")


def test_bad_vectors_are_named_and_cost_nothing_else(vectors: np.ndarray, tmp_path: Path) -> None:
    vectors[3] = np.nan
    vectors[7] = 0
    with pytest.warns(UserWarning, match="2 items"):
        ds = nbc.Dataset.from_embeddings(IDS, vectors, store=tmp_path / "v.nbc")
    assert len(ds) == 28
    errors = dict(zip(ds.errors["id"], ds.errors["error"], strict=True))
    assert "not finite" in errors["v3"]
    assert "zero" in errors["v7"]
    assert np.isfinite(ds.embeddings()).all()


def test_what_needs_a_picture_or_a_model_says_so(vectors: np.ndarray, stamps: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_embeddings(IDS, vectors, store=tmp_path / "v.nbc")
    for run in (lambda: ds.embed(colour_layout), lambda: ds.compare_encoders([colour_layout])):
        with pytest.raises(ValueError, match="No item has a picture"):
            run()
    for query in ("a cat on a sofa", Image.new("RGB", (8, 8))):
        with pytest.raises(ValueError, match="were given, and no model is known"):
            ds.search(query)
    assert len(ds) == 30


def test_items_without_a_picture_stay_when_the_others_are_embedded(
    vectors: np.ndarray, stamps: Path, tmp_path: Path
) -> None:
    pictures = [*sorted(stamps.rglob("*.png"))[:4], None]
    ds = nbc.Dataset.from_embeddings(IDS[:5], vectors[:5], images=pictures, store=tmp_path / "v.nbc")
    with pytest.warns(UserWarning, match="1 items have no picture, and so no vector of 'colour_layout'"):
        ds.embed(colour_layout)
    assert ds.ids == IDS[:5]
    assert ds.embeddings("given").shape == (5, 16)
    assert len(ds.where("path is not null").embeddings("colour_layout")) == 4


def test_equal_vectors_are_copies(vectors: np.ndarray, tmp_path: Path) -> None:
    vectors[5] = vectors[2]
    ds = nbc.Dataset.from_embeddings(IDS, vectors, store=tmp_path / "v.nbc")
    assert ds.search("v2", k=1).ids == ["v5"]
    assert ds.to_pandas().set_index("id")["copy_of"]["v5"] == "v2"


def test_a_changed_vector_is_taken_up(vectors: np.ndarray, tmp_path: Path) -> None:
    nbc.Dataset.from_embeddings(IDS[:20], vectors[:20], store=tmp_path / "v.nbc")
    vectors[2] = -vectors[2]
    ds = nbc.Dataset.from_embeddings(IDS, vectors, store=tmp_path / "v.nbc")
    assert sorted(ds.ids) == sorted(IDS)
    assert ds.search(vectors[2], k=1).ids == ["v2"]


def test_with_pictures(folder: Path, tmp_path: Path, vectors: np.ndarray) -> None:
    images = sorted(folder.rglob("*.png"))[:20]
    given: list[Path | None] = [*images, *[None] * 10]
    ds = nbc.Dataset.from_embeddings(IDS, vectors, images=given, store=tmp_path / "v.nbc")
    assert ds.image("v0").width > 0
    assert len(ds) == 30
    with pytest.raises(nbc.UnreadableImageError):
        ds.image("v25")


@pytest.mark.parametrize(
    ("ids", "shape", "message"),
    [(IDS, (30,), "shape"), (IDS[:5], (30, 4), "5 entries for 30"), (["a"] * 3, (3, 4), "'a' is there twice")],
)
def test_what_does_not_fit_is_said(ids: list[str], shape: tuple[int, ...], message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        nbc.Dataset.from_embeddings(ids, np.ones(shape), store=tmp_path / "v.nbc")
    assert not (tmp_path / "v.nbc").exists()
