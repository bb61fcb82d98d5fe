"""Search finds what is alike, in order, and never the query itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import nbcurate as nbc
from nbcurate.search import ExactIndex, open_index
from nbcurate.search.exact import top_k
from nbcurate.store.items import UnknownItemError


def reference(dataset: nbc.Dataset, vector: np.ndarray, without: list[str], k: int) -> list[str]:
    """Ids by descending cosine, ties in the order of the data set."""
    similarity = dataset.embeddings() @ (vector / np.linalg.norm(vector))
    ids = np.array(dataset.ids)
    order = [i for i in np.argsort(-similarity.round(5), kind="stable") if ids[i] not in without]
    return ids[order][:k].tolist()


def test_by_id(dataset: nbc.Dataset) -> None:
    for item_id in dataset.ids:
        found = dataset.search(item_id, k=5)
        assert found.ids == reference(dataset, dataset.embeddings()[dataset.ids.index(item_id)], [item_id], 5)
        assert found.similarity.dtype == np.float32
        assert (np.diff(found.similarity) <= 0).all()


def test_an_exact_copy_is_found_but_not_the_query(dataset: nbc.Dataset) -> None:
    copy = dataset.to_pandas().dropna(subset="copy_of").iloc[0]
    found = dataset.search(copy["id"], k=1)
    assert found.ids == [copy["copy_of"]]
    assert found.similarity[0] == pytest.approx(1.0, abs=1e-5)


def test_by_several_with_negatives(dataset: nbc.Dataset) -> None:
    vectors = dict(zip(dataset.ids, dataset.embeddings(), strict=True))
    a, b, c = dataset.ids[0], dataset.ids[3], dataset.ids[-1]
    found = dataset.search([a, b], k=4, negatives=[c])
    expected = reference(dataset, (vectors[a] + vectors[b]) / 2 - 0.5 * vectors[c], [a, b, c], 4)
    assert found.ids == expected


def test_by_path_image_and_vector_alike(dataset: nbc.Dataset) -> None:
    item_id = dataset.ids[-1]
    path = dataset.to_pandas(ids=[item_id])["path"].iloc[0]
    for query in (path, Path(path), dataset.image(item_id), dataset.embeddings()[-1] * 3):
        found = dataset.search(query, k=3)
        assert found.ids[0] == item_id
        assert found.similarity[0] > 0.999


def test_more_than_there_are(dataset: nbc.Dataset) -> None:
    found = dataset.search(dataset.ids[0], k=10_000)
    assert sorted(found.ids) == sorted(dataset.ids[1:])


def test_to_pandas(dataset: nbc.Dataset) -> None:
    frame = dataset.search(dataset.ids[0], k=3).to_pandas()
    assert frame.columns.tolist() == ["id", "similarity"]
    assert len(frame) == 3


def test_wrong_queries_say_what_to_do(dataset: nbc.Dataset, tmp_path: Path) -> None:
    with pytest.raises(UnknownItemError, match="does not know text"):
        dataset.search("a cat on a sofa")
    with pytest.raises(UnknownItemError, match="nearest id"):
        dataset.search(dataset.ids[0] + "x")
    with pytest.raises(ValueError, match="length 192"):
        dataset.search(np.ones(7))
    with pytest.raises(ValueError, match="zero or"):
        dataset.search(np.zeros(192))
    with pytest.raises(ValueError, match="at least one"):
        dataset.search([])
    with pytest.raises(TypeError, match="Cannot search"):
        dataset.search(3.5)
    text = tmp_path / "text.jpg"
    text.write_text("no image")
    with pytest.raises(nbc.UnreadableImageError):
        dataset.search(text)


def test_without_embeddings(folder: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "bare.nbc")
    with pytest.raises(ValueError, match=r"run ds\.embed\(\)"):
        ds.search(ds.ids[0])


def test_removed_items_are_not_found_and_their_copies_are(dataset: nbc.Dataset) -> None:
    copy = dataset.to_pandas().dropna(subset="copy_of").iloc[0]
    dataset.remove([copy["copy_of"]])
    found = dataset.search(dataset.ids[-1], k=100)
    assert copy["id"] in found.ids
    assert copy["copy_of"] not in found.ids
    assert len(dataset.embeddings()) == len(dataset) == 23


def test_expanding_takes_the_nearest_to_any_and_nothing_rejected(dataset: nbc.Dataset) -> None:
    picked, rejected = [dataset.ids[0], dataset.ids[-1]], [dataset.ids[5]]
    dataset.selection.set(picked)
    dataset.selection.reject(rejected)
    vectors = dataset.embeddings()
    best = (vectors @ vectors[[0, -1]].T).max(1)
    order = [dataset.ids[i] for i in np.argsort(-best, kind="stable")]
    expected = [i for i in order if i not in picked + rejected][:6]
    assert dataset.expand(k=6).ids == expected


@pytest.mark.parametrize("width", [1, 3, 50])
def test_top_k_breaks_ties_by_position(width: int) -> None:
    scores = np.random.default_rng(0).integers(0, 4, (20, width)).astype(np.float32) / 4
    for k in (1, 2, width):
        columns, values = top_k(scores, min(k, width))
        expected = np.argsort(-scores, axis=1, kind="stable")[:, : min(k, width)]
        assert (columns == expected).all()
        assert (values == np.take_along_axis(scores, expected, 1)).all()


# -- the index on disk ------------------------------------------------------------------------------------------------


@pytest.fixture
def clustered() -> np.ndarray:
    """3,000 vectors in 40 clusters, L2-normalised."""
    rng = np.random.default_rng(7)
    centres = rng.normal(size=(40, 64))
    vectors = centres[rng.integers(0, 40, 3000)] + 0.4 * rng.normal(size=(3000, 64))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def embeddings(tmp_path: Path, clustered: np.ndarray):
    from nbcurate.store import Store

    store = Store.open(tmp_path / "vectors.nbc", create=True)
    made = store.create_embeddings("made", "abc", 64, {})
    made.append(np.arange(0, 6000, 2, dtype=np.uint64), clustered)
    yield made
    store.close()


def test_the_index_agrees_with_exact_search(embeddings, clustered: np.ndarray) -> None:
    exact, fast = open_index(embeddings), open_index(embeddings, exact_limit=100)
    assert isinstance(exact, ExactIndex)
    assert not isinstance(fast, ExactIndex)
    true_keys, true_similarity = exact.search(clustered[:300], 10)
    keys, similarity = fast.search(clustered[:300], 10)
    hits = [len(set(a) & set(b)) / 10 for a, b in zip(true_keys, keys, strict=True)]
    assert np.mean(hits) > 0.99
    assert min(hits) > 0
    assert np.abs(similarity[:, 0] - true_similarity[:, 0]).max() < 1e-5


@pytest.mark.parametrize("damage", ["gone", "cut", "flipped", "no sidecar"])
def test_a_damaged_index_is_built_again(embeddings, clustered: np.ndarray, damage: str) -> None:
    open_index(embeddings, exact_limit=100)
    path = embeddings.path_of("index.usearch")
    whole = path.read_bytes()
    match damage:
        case "gone":
            path.unlink()
        case "cut":
            path.write_bytes(whole[:-5000])
        case "flipped":
            path.write_bytes(whole[:9000] + bytes(b ^ 0xFF for b in whole[9000:9400]) + whole[9400:])
        case "no sidecar":
            path.with_name(path.name + ".json").unlink()
    keys, _ = open_index(embeddings, exact_limit=100).search(clustered[:50], 1)
    assert keys[:, 0].tolist() == list(range(0, 100, 2))


def test_an_index_of_other_vectors_is_built_again(embeddings, clustered: np.ndarray) -> None:
    old = open_index(embeddings, exact_limit=100)
    extra = np.eye(64, dtype=np.float32)[:1]
    embeddings.append(np.array([7001], np.uint64), extra)
    assert open_index(embeddings, exact_limit=100).search(extra, 1)[0][0, 0] == 7001
    assert len(old.search(clustered[:1], 5)[0][0]) == 5  # a view that is open goes on


def test_search_through_the_index_speaks_of_items(
    dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> None:
    exact = {i: dataset.search(i, k=6).ids for i in dataset.ids}
    monkeypatch.setattr("nbcurate.search.index.EXACT_LIMIT", 5)
    indexed = reopen(dataset)
    assert {i: indexed.search(i, k=6).ids for i in indexed.ids} == exact
