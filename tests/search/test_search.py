"""Search finds what is alike, in order, and never the query itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nbcurate as nbc
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


def test_a_list_is_a_vector_and_a_picture_may_be_an_array(dataset: nbc.Dataset) -> None:
    vector = dataset.embeddings()[0]
    by_vector = dataset.search(vector, k=5)
    assert dataset.search(vector.tolist(), k=5).ids == by_vector.ids
    assert dataset.search(np.asarray(dataset.image(dataset.ids[0])), k=5).ids == by_vector.ids


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
    for query in (text, tmp_path / "nowhere.jpg"):
        with pytest.raises(nbc.UnreadableImageError, match=query.name):
            dataset.search(query)


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
