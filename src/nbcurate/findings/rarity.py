"""Rare, common and in-between items of a data set."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ..arguments import require_count
from ..collection.distinct import N_NEIGHBORS, DistinctItems, distinct_items
from ..collection.item_labels import labels_of
from ..collection.vector_set import VectorSet
from ..curate.duplicates import reference_distance
from ..curate.rarity import find_between, find_common, find_rare
from ..display.numbers import similarity_in_words
from .finding import Finding, Reasons
from .recipe import make_recipe

#: Neighbours that ``rare`` looks at, at the most: groups up to that size are found. In a small data set a tenth of the
#: items, but no fewer than all of curation looks at.
_FAR = 30
#: Neighbours of a second group to one of the first from which an item is called one between them.
_BETWEEN = 0.75
#: Radius within which one item stands for another, as a part of the data's reference distance.
_STANDS_FOR = 0.5
_CLUSTER_SIZE = 50
_LEARNT_FROM = 20_000  # items that the centres of coarse clusters are fitted on


class Ranking(Finding):
    """All items in an order, with those flagged that stand out.

    Attributes
    ----------
    note : str
        Why nothing is flagged; empty where something is.
    """

    note: str = ""

    def _summary(self) -> str:
        return f"{super()._summary()}{self.note and f': {self.note}'}"


def find_rare_items(dataset: VectorSet, n: int | None, encoder: str | None) -> Ranking:
    """See :meth:`Dataset.rare`."""
    n = None if n is None else require_count("n", n)
    distinct = distinct_items(dataset, encoder)
    graph = distinct.nearest(int(np.clip(len(distinct) // 10, N_NEIGHBORS, _FAR)))
    rarity = find_rare(*graph)
    note = (
        ""
        if rarity.rare.any()
        else "nothing is rare: no item is less like the others than is to be expected of so many"
    )
    order = _ranked(dataset, distinct, rarity.score)
    rows = distinct.inverse[order]

    def reasons(at: NDArray[np.intp]) -> list[str]:
        k = graph[0].shape[1]
        there = rows[at]
        facts = zip(
            rarity.company[there].tolist(), rarity.nearest[there], rarity.reach[there], rarity.rare[there], strict=True
        )
        return [_rare_reason(company, nearest, reach, k, rare) for company, nearest, reach, rare in facts]

    columns = {"nearest": rarity.nearest[rows], "company": rarity.company[rows]}
    return _ranking(
        "rare", dataset, distinct, order[:n], rarity.score, reasons, columns, rarity.rare[rows],
        "share of the items that are less rare", {"n": n, "encoder": encoder}, note,
    )  # fmt: skip


def _rare_reason(company: int, nearest: float, reach: float, k: int, rare: bool) -> str:
    if k == 0:
        return "alone: there is no other distinct item"
    likeness = (
        f"the item most like it has a similarity of {similarity_in_words(1 - nearest)}, "
        f"the {k}th {similarity_in_words(1 - reach)}, where 1 is the same"
    )
    if not rare:
        return f"unusual, but no more than in a data set of this spread is to be expected: {likeness}"
    return (
        f"nothing is like it: {likeness}"
        if company == 0
        else f"one of about {company + 1} that are like nothing else: {likeness}"
    )


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
            f"many are like it: its nearest have a similarity of {similarity_in_words(1 - float(distance))} on average"
            + (f"; {name}, one of them, can stand for it" if name else "")
            for distance, name in facts
        ]

    return _ranking(
        "common", dataset, distinct, order[:n], redundancy.score, reasons, {"stands_for_it": names}, can_go,
        "share of the items that have fewer like them", {"n": n, "encoder": encoder},
    )  # fmt: skip


def find_edge_cases(dataset: VectorSet, n: int | None, encoder: str | None, seed: int) -> Ranking:
    """See :meth:`Dataset.edge_cases`."""
    n = None if n is None else require_count("n", n)
    distinct = distinct_items(dataset, encoder)
    labels = labels_of(dataset)
    if labels.several or len(labels.names) < 2:  # an item of two classes is none between them
        groups = coarse_clusters(distinct.vectors, seed)
        names = [f"cluster {number}" for number in range(groups.max(initial=-1) + 1)]
    else:
        groups, names = labels.single[distinct.rows], labels.names
    between = find_between(distinct.graph[0], groups)
    shuffled = find_between(distinct.graph[0], np.random.default_rng(seed).permutation(groups))
    flagged, note = _stand_between(between.score, shuffled.score)
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
        "edge_cases", dataset, distinct, order[:n], between.score, reasons, columns, flagged[rows],
        "how evenly the items most like it are of two groups; 1 is half and half",
        {"n": n, "encoder": encoder, "seed": seed}, note,
    )  # fmt: skip


def _stand_between(score: NDArray[np.float32], shuffled: NDArray[np.float32]) -> tuple[NDArray[np.bool_], str]:
    """Which rows lie between two groups, and why none does.

    Where there are more than half as many as with the groups shuffled, it is the groups that are none.
    """
    flagged = score >= _BETWEEN
    if not flagged.any():
        return flagged, "nothing lies between two groups"
    if 2 * flagged.sum() > (shuffled >= _BETWEEN).sum():
        return np.zeros_like(flagged), "the groups run into one another, so that nothing lies between them"
    return flagged, ""


def _between_reason(first: str, second: str, most: int, fewer: int, counted: int) -> str:
    if not counted:
        return "it has no neighbours of a known group"
    if not fewer:
        return f"of the {counted} items most like it {most} are {first}"
    return (
        f"between {first} and {second}: of the {counted} items most like it {most} are {first} and {fewer} are {second}"
    )


def coarse_clusters(vectors: NDArray[np.float32], seed: int) -> NDArray[np.int32]:
    """Clusters of some 50 items, at most 100 of them, by k-means, fitted on 20,000 of them."""
    from sklearn.cluster import MiniBatchKMeans

    n_clusters = int(np.clip(len(vectors) // _CLUSTER_SIZE, 1, 100))
    if len(vectors) <= n_clusters:
        return np.zeros(len(vectors), np.int32)
    starts: Any = 3  # typed as text in scikit-learn
    model = MiniBatchKMeans(n_clusters, random_state=seed, n_init=starts, batch_size=2_048)
    some = vectors
    if len(vectors) > _LEARNT_FROM:
        some = vectors[np.sort(np.random.default_rng(seed).choice(len(vectors), _LEARNT_FROM, replace=False))]
    with threadpool_limits(1):  # threads that share batches this small wait for one another, at full power
        model.fit(np.asarray(some, np.float32))
    labels = model.labels_ if some is vectors else model.predict(np.asarray(vectors, np.float32))
    return np.asarray(labels, np.int32)


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
    note: str = "",
) -> Ranking:
    """The first items of a ranking as a finding; ``columns`` and ``flagged`` are of all items, ranked."""
    m = len(order)
    finding = Ranking(
        dataset, function, dataset.keys[order], score[distinct.inverse[order]], reasons,
        recipe=make_recipe(function, parameters, dataset.keys, distinct.embeddings), score_meaning=meaning,
        columns={name: values[:m] for name, values in columns.items()}, flagged=flagged[:m],
    )  # fmt: skip
    finding.note = note
    return finding
