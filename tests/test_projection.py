"""ds.project(): a map that stays where it is."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.manifold import trustworthiness

import nbcurate as nbc
from nbcurate.curate import projection

from .conftest import colour_layout


def test_umap_keeps_real_neighbourhoods_and_is_the_same_in_another_kernel(stamp_set: nbc.Dataset) -> None:
    plane = stamp_set.project()
    assert plane.shape == (len(stamp_set), 2)
    assert plane.dtype == np.float32
    vectors = stamp_set.embeddings()
    assert trustworthiness(vectors, plane, n_neighbors=10, metric="cosine") > 0.85
    np.testing.assert_array_equal(stamp_set.project(), plane)
    path = next(stamp_set.store.path.rglob("map-umap-0.npz"))
    path.unlink()
    np.testing.assert_array_equal(stamp_set.project(), plane)


def test_pca_is_the_plane_of_most_variance(stamp_set: nbc.Dataset) -> None:
    from sklearn.decomposition import PCA

    distinct = np.unique(stamp_set.embeddings(), axis=0)
    # Left to choose, it takes a randomised solver for vectors this wide: off by 1e-4, and another one each run.
    theirs = PCA(2, svd_solver="full").fit(distinct).transform(stamp_set.embeddings())
    ours = stamp_set.project("pca")
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), atol=1e-5)


def test_new_items_are_placed_into_the_map_that_is_there(
    folder: Path, stamps: Path, dataset: nbc.Dataset, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> None:
    before = dict(zip(dataset.ids, dataset.project("pca"), strict=True))
    shutil.copy(sorted((stamps / "animals" / "birds").rglob("*.png"))[10], folder / "animals" / "new.png")
    dataset.close()
    grown = nbc.Dataset.from_folder(folder, store=dataset.store.path)
    with pytest.raises(ValueError, match="have no vector"):
        grown.project("pca")
    after = dict(zip(grown.embed(colour_layout).ids, grown.project("pca"), strict=True))
    for item_id, point in before.items():
        np.testing.assert_array_equal(after[item_id], point)
    old = np.stack(list(before.values()))
    assert (old.min(axis=0) <= after["animals/new.png"]).all()
    assert (after["animals/new.png"] <= old.max(axis=0)).all()
    grown = reopen(grown)
    np.testing.assert_array_equal(grown.project("pca"), np.stack(list(after.values())))


def upside_down(images: list[Image.Image]) -> np.ndarray:
    """Another encoder, whose map is the other one's, turned by half a turn."""
    return -colour_layout(images)


def test_one_map_is_turned_onto_another_and_is_the_same_for_every_view(dataset: nbc.Dataset) -> None:
    first, second = dataset.project("pca"), dataset.embed(upside_down).project("pca")
    np.testing.assert_allclose(second, -first, atol=1e-5)
    laid = dataset.project("pca", encoder="upside_down", onto="colour_layout")
    np.testing.assert_allclose(laid, first, atol=1e-5)
    part = dataset.where(dataset.ids[3:9])
    np.testing.assert_array_equal(part.project("pca", encoder="upside_down", onto="colour_layout"), laid[3:9])


def test_exact_copies_lie_on_one_point(dataset: nbc.Dataset) -> None:
    copy, original = dataset.to_pandas().dropna(subset=["copy_of"])[["id", "copy_of"]].iloc[0]
    plane = dict(zip(dataset.ids, dataset.project("pca"), strict=True))
    np.testing.assert_array_equal(plane[copy], plane[original])


def test_above_its_limit_umap_lays_out_a_sample_and_places_the_rest(
    stamp_set: nbc.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projection, "UMAP_LIMIT", 400)
    monkeypatch.setattr(projection, "_LANDMARKS", 300)
    vectors = np.unique(stamp_set.embeddings(), axis=0)
    plane = projection.umap(vectors, np.zeros((len(vectors), 15), np.int32), np.ones((len(vectors), 15), np.float32))
    assert trustworthiness(vectors, plane, n_neighbors=10, metric="cosine") > 0.8


def test_without_umap_learn_the_message_says_what_to_install(
    dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(ImportError, match=r"nbcurate\[map\]"):
        dataset.project()
    assert dataset.project("pca").shape == (24, 2)
    with pytest.raises(ValueError, match="'umap' or 'pca'"):
        dataset.project("tsne")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_very_few_vectors(n: int) -> None:
    vectors = np.eye(8, dtype=np.float32)[:n]
    k = max(n - 1, 0)
    plane = projection.umap(vectors, np.zeros((n, k), np.int32), np.zeros((n, k), np.float32))
    assert plane.shape == (n, 2)
    assert np.isfinite(plane).all()
