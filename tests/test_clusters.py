"""ds.clusters(): every item of a real data set in a cluster, and what is said of each cluster."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import normalized_mutual_info_score

import nbcurate as nbc


def test_clusters_of_real_pictures(stamp_set: nbc.Dataset) -> None:
    found = stamp_set.clusters(column=None)
    assert found.ids == stamp_set.ids
    assert found.labels.dtype == np.int32
    assert len(found.labels) == len(found.scores) == len(stamp_set)
    assert ((found.scores >= 0) & (found.scores <= 1)).all()
    assert normalized_mutual_info_score(stamp_set.labels, found.labels) > 0.4
    table = found.table
    assert table["size"].sum() == len(stamp_set)
    assert table["name"].is_unique
    assert table["purity"].between(0, 1).all()
    first = table["representative"].iloc[0]
    assert found.labels[found.ids.index(first)] == 0
    assert found.members(table["name"].iloc[0]) == found.members(0)
    assert set(found.members(0)) == {i for i, label in zip(found.ids, found.labels, strict=True) if label == 0}
    assert first in found.reasons[found.ids.index(first)]
    assert len(np.unique(found.tree.cut(3))) == 3
    frame = found.to_pandas()
    assert frame["cluster"].tolist() == found.names
    assert frame["group"].tolist() == found.labels.tolist()
    with pytest.raises(KeyError, match="no cluster 'xyz'"):
        found.members("xyz")
    assert table["name"].iloc[0] in found._repr_html_()


@pytest.mark.parametrize("method", ["communities", "kmeans", "hierarchical", "density"])
def test_the_recipe_makes_the_same_clusters_again(stamp_set: nbc.Dataset, method: str) -> None:
    found = stamp_set.clusters(method=method, column=None, seed=5)
    again = stamp_set.replay(json.loads(json.dumps(found.recipe)))
    np.testing.assert_array_equal(found.labels, again.labels)
    np.testing.assert_array_equal(found.scores, again.scores)


def test_copies_are_in_one_cluster_and_count_once(dataset: nbc.Dataset) -> None:
    first, second = (i for i, key in enumerate(dataset.store.items.contents) if key == dataset.store.items.contents[1])
    found = dataset.clusters(3, method="kmeans")
    assert found.labels[first] == found.labels[second]
    assert set(found.labels) == {0, 1, 2}


def test_words_need_an_encoder_that_knows_text(stamp_set: nbc.Dataset) -> None:
    with pytest.raises(ValueError, match="knows no text"):
        stamp_set.clusters(words=["bird", "ship"])
    with pytest.raises(ValueError, match="k='many'"):
        stamp_set.clusters("many")


def test_names_of_clusters_are_kept_as_a_column(
    dataset: nbc.Dataset, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> None:
    found = dataset.clusters(3, method="kmeans")
    assert dataset.column("cluster").to_pylist() == found.names
    name = found.table["name"].iloc[0]
    assert sorted(dataset.where(f"cluster = '{name}'").ids) == sorted(found.members(name))
    dataset.clusters(2, method="kmeans", column="halves")
    reopened = reopen(dataset)
    assert reopened.column("cluster").to_pylist() == found.names
    assert len(set(reopened.column("halves").to_pylist())) == 2


def test_a_view_and_a_store_open_for_reading_keep_no_column(dataset: nbc.Dataset) -> None:
    view = dataset.where("label = 'food'")
    assert view.clusters(2, method="kmeans").ids == view.ids
    assert "cluster" not in dataset.column_names
    dataset.close()
    reader = nbc.Dataset.open(dataset.store.path, read_only=True)
    assert reader.clusters().ids == reader.ids
    assert "cluster" not in reader.column_names
