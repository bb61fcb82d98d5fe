"""Rare, common and in-between items of a data set."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arguments import require_count
from ..collection.distinct import DistinctItems, distinct_items
from ..collection.vector_set import VectorSet
from ..curate.duplicates import reference_distance
from ..curate.rarity import find_between, find_common, find_rare
from .finding import Finding, Reasons
from .labels import label_codes
from .recipe import make_recipe

#: Share of the items that ``rare`` and ``edge_cases`` flag.
_FLAGGED = 0.02
#: Radius within which one item stands for another, as a part of the data's reference distance.
_STANDS_FOR = 0.5
_CLUSTER_SIZE = 50


def find_rare_items(dataset: VectorSet, n: int | None, encoder: str | None) -> Finding:
    """See :meth:`Dataset.rare`."""
    n = None if n is None else require_count("n", n)
    distinct = distinct_items(dataset, encoder)
    rarity = find_rare(*distinct.graph)
    order = _ranked(dataset, distinct, rarity.score)
    rows = distinct.inverse[order]

    def reasons(at: NDArray[np.intp]) -> list[str]:
        k = distinct.graph[0].shape[1]
        facts = zip(rarity.company[rows[at]].tolist(), rarity.nearest[rows[at]], rarity.reach[rows[at]], strict=True)
        return [_rare_reason(company, nearest, reach, k) for company, nearest, reach in facts]

    columns = {"nearest": rarity.nearest[rows], "company": rarity.company[rows]}
    flagged = rarity.score[rows] > 1 - _FLAGGED
    return _ranking(
        "rare", dataset, distinct, order[:n], rarity.score, reasons, columns, flagged,
        "share of the items that are less rare", {"n": n, "encoder": encoder},
    )  # fmt: skip


def _rare_reason(company: int, nearest: float, reach: float, k: int) -> str:
    if k == 0:
        return "alone: there is no other distinct item"
    if company == 0:
        return f"alone: the nearest item is at {nearest:.3f}, the {k}th at {reach:.3f}"
    return f"one of some {company + 1} alike: the nearest item is at {nearest:.3f}, the {k}th at {reach:.3f}"


def find_common_items(dataset: VectorSet, n: int | None, encoder: str | None) -> Finding:
    """See :meth:`Dataset.common`."""
    n = None if n is None else require_count("n", n)
    distinct = distinct_items(dataset, encoder)
    radius = _STANDS_FOR * reference_distance(distinct.graph[1])
    redundancy = find_common(*distinct.graph, radius)
    order = _ranked(dataset, distinct, redundancy.score)
    rows = distinct.inverse[order]
    keys = dataset.keys
    stand_in = distinct.keys[redundancy.stands_for[rows]]
    can_go = stand_in != keys[order]  # of exact copies only the first may stay
    names = np.array(dataset.store.items.ids_of_keys(stand_in), object)
    names[~can_go] = None

    def reasons(at: NDArray[np.intp]) -> list[str]:
        facts = zip(redundancy.distance[rows[at]], names[at], strict=True)
        if not distinct.graph[0].shape[1]:
            return ["there is no other distinct item"] * len(at)
        return [
            f"its neighbours are at {distance:.3f} on average" + (f"; {name} can stand for it" if name else "")
            for distance, name in facts
        ]

    return _ranking(
        "common", dataset, distinct, order[:n], redundancy.score, reasons, {"stands_for_it": names}, can_go,
        "share of the items with thinner surroundings", {"n": n, "encoder": encoder},
    )  # fmt: skip


def find_edge_cases(dataset: VectorSet, n: int | None, encoder: str | None, seed: int) -> Finding:
    """See :meth:`Dataset.edge_cases`."""
    n = None if n is None else require_count("n", n)
    distinct = distinct_items(dataset, encoder)
    codes, names = label_codes(dataset.labels)
    groups = codes[distinct.rows]
    if len(names) < 2:
        groups = coarse_clusters(distinct.vectors, seed)
        names = [f"cluster {number}" for number in range(groups.max(initial=-1) + 1)]
    between = find_between(distinct.graph[0], groups)
    order = _ranked(dataset, distinct, between.score)
    rows = distinct.inverse[order]
    called = np.array([*names, "none"], object)

    def reasons(at: NDArray[np.intp]) -> list[str]:
        there = rows[at]
        first, second = called[between.first[there]], called[between.second[there]]
        votes = between.votes[there].tolist()
        return [_between_reason(a, b, *counts) for counts, a, b in zip(votes, first, second, strict=True)]

    columns = {"first": called[between.first[rows]], "second": called[between.second[rows]]}
    return _ranking(
        "edge_cases", dataset, distinct, order[:n], between.score, reasons, columns, between.score[rows] >= 0.75,
        "neighbours of a second group to each one of the first", {"n": n, "encoder": encoder, "seed": seed},
    )  # fmt: skip


def _between_reason(first: str, second: str, most: int, fewer: int, counted: int) -> str:
    if not counted:
        return "it has no neighbours of a known group"
    return f"{most} of {counted} neighbours are {first}" + (f", {fewer} are {second}" if fewer else "")


def coarse_clusters(vectors: NDArray[np.float32], seed: int) -> NDArray[np.int32]:
    """Clusters of some 50 items, at most 100 of them, by k-means."""
    from sklearn.cluster import MiniBatchKMeans

    n_clusters = int(np.clip(len(vectors) // _CLUSTER_SIZE, 1, 100))
    if len(vectors) <= n_clusters:
        return np.zeros(len(vectors), np.int32)
    starts: Any = 3  # typed as text in scikit-learn
    model = MiniBatchKMeans(n_clusters, random_state=seed, n_init=starts, batch_size=2_048)
    return model.fit_predict(np.asarray(vectors, np.float32)).astype(np.int32)


def _ranked(dataset: VectorSet, distinct: DistinctItems, score: NDArray[np.float32]) -> NDArray[np.intp]:
    """Positions of all items by the score of their content, highest first."""
    return np.lexsort((dataset.keys, -score[distinct.inverse]))


def _ranking(
    function: str,
    dataset: VectorSet,
    distinct: DistinctItems,
    order: NDArray[np.intp],
    score: NDArray[np.float32],
    reasons: Reasons,
    columns: dict[str, NDArray[Any]],
    flagged: NDArray[np.bool_],
    meaning: str,
    parameters: dict[str, Any],
) -> Finding:
    """The first items of a ranking as a finding; ``columns`` and ``flagged`` are of all items, ranked."""
    m = len(order)
    return Finding(
        dataset, function, dataset.keys[order], score[distinct.inverse[order]], reasons,
        recipe=make_recipe(function, parameters, dataset.keys, distinct.embeddings), score_meaning=meaning,
        columns={name: values[:m] for name, values in columns.items()}, flagged=flagged[:m],
    )  # fmt: skip
