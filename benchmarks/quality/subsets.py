"""Subsets: what a linear probe learns from a pick, against what one would pick by instead, and against apricot.

    python benchmarks/quality/subsets.py [development]

Three sets; a third of each is held out. The rest is the pool, as it is and long-tailed (each class, in random order,
has 0.6 times as many as the one before). Balanced accuracy on the held-out items, mean and standard error over five
seeds; a star where a rule is within one standard error of the best of its column.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from peers import by_looks, medoids, on_graph, on_pairs, typiclust
from pools import SEEDS, Pool, Rows, pool_of, print_table, sets

from nbcurate.curate import diversity
from nbcurate.curate.balance import balanced_even, balanced_typical, water_fill
from nbcurate.curate.clustering import cluster
from nbcurate.curate.facility_location import (
    facility_location,
    facility_location_of_pairs,
    representatives,
    similarity_graph,
)
from nbcurate.search.graph import build_graph

BUDGETS = (0.01, 0.02, 0.05, 0.1)
_DRAWS = 5  # of a random rule, whose mean counts

Pick = Callable[[int], Rows]


def with_classes(pool: Pool, seed: int) -> dict[str, Pick]:
    """Rules that take as many of each class: from a budget to rows."""
    vectors, codes = pool.vectors, pool.codes
    graph = build_graph(vectors, 15)
    weighted = similarity_graph(graph.rows, graph.similarity)
    looks = cluster(vectors, graph.rows, graph.similarity, seed=seed)[0].labels
    rng = np.random.default_rng(seed)

    def in_each_class(pick: Callable[[Rows, int], Rows]) -> Pick:
        def picked(n: int) -> Rows:
            quota = water_fill(np.bincount(codes), n)
            members = {at: np.flatnonzero(codes == at) for at in np.flatnonzero(quota)}
            return np.concatenate([rows[pick(rows, int(quota[at]))] for at, rows in members.items()])

        return picked

    def graph_of(part: NDArray[np.float32]):
        of_class = build_graph(part, min(15, len(part) - 1))
        return similarity_graph(of_class.rows, of_class.similarity)

    return {
        'balanced, within="typical"': lambda n: balanced_typical(vectors, graph.rows, codes, n, graph_of=graph_of).rows,
        'balanced, within="even" (as it was)': lambda n: balanced_even(weighted, codes, looks, n).rows,
        "looks by their size": in_each_class(lambda rows, n: by_looks(vectors[rows], _numbered(looks[rows]), n)),
        "facility location, graph of the class": in_each_class(lambda rows, n: on_graph(vectors[rows], n)),
        "facility location, graph of all": in_each_class(
            lambda rows, n: facility_location(weighted[rows][:, rows], n).rows
        ),
        "facility location, all pairs": in_each_class(lambda rows, n: on_pairs(vectors[rows], n)),
        "k-means in each class": in_each_class(lambda rows, n: medoids(vectors[rows], n)),
        "random in each class": in_each_class(lambda rows, n: rng.choice(len(rows), n, replace=False)),
    }


def without_classes(pool: Pool, seed: int) -> dict[str, Pick]:
    """Rules that know of no classes: from a budget to rows."""
    vectors = pool.vectors
    rng = np.random.default_rng(seed)
    return {
        "diverse": lambda n: representatives(vectors, n, graph=lambda: _graph(vectors), seed=seed).rows,
        "diverse, k-center": lambda n: diversity.k_center(vectors, n, seed=seed).rows,
        "diverse, hierarchical": lambda n: diversity.hierarchical_sample(vectors, n, seed=seed).rows,
        "facility location, kNN graph (as it was)": lambda n: on_graph(vectors, n),
        "k-means medoids": lambda n: medoids(vectors, n),
        "TypiClust": lambda n: typiclust(vectors, n),
        "random": lambda n: rng.choice(len(vectors), n, replace=False),
    }


def probes() -> None:
    """Print the tables of the probe."""
    for name, vectors, codes in sets():
        for long_tailed in (False, True):
            pools = {seed: pool_of(vectors, codes, seed, long_tailed=long_tailed) for seed in SEEDS}
            sizes = sorted(len(pool.codes) for pool in pools.values())
            for told, rules in (("with classes", with_classes), ("without classes", without_classes)):
                results: dict[str, dict[str, list[float]]] = {}
                for seed, pool in pools.items():
                    for rule, pick in rules(pool, seed).items():
                        draws = _DRAWS if rule.startswith("random") else 1
                        for share in BUDGETS:
                            n = max(2, round(share * len(pool.codes)))
                            found = [pool.accuracy(pick(n))[0] for _ in range(draws)]
                            results.setdefault(rule, {}).setdefault(f"{share:.0%}", []).append(float(np.mean(found)))
                kind = "long-tailed" if long_tailed else "as it is"
                title = f"{name}, {kind}, {sizes[0]} to {sizes[-1]} items, {told}, {len(SEEDS)} seeds"
                print_table(title, [f"{share:.0%}" for share in BUDGETS], results)


def _graph(vectors: NDArray[np.float32]):
    graph = build_graph(vectors, min(15, len(vectors) - 1))
    return similarity_graph(graph.rows, graph.similarity)


def _numbered(values: NDArray[np.integer]) -> Rows:
    return np.unique(values, return_inverse=True)[1]


def against_apricot(vectors: np.ndarray) -> None:
    """Print objective and time of facility location, on one graph and on all pairs."""
    from apricot import FacilityLocationSelection  # pyright: ignore[reportMissingImports]

    n = max(10, len(vectors) // 50)
    weighted = _graph(vectors)
    everything = np.maximum(vectors @ vectors.T, 0)
    print(f"\nfacility location, {n} of {len(vectors):,}")
    ways: dict[str, tuple[object, Callable[[], Rows]]] = {
        "kNN graph": (weighted, lambda: facility_location(weighted, n).rows),
        "all pairs": (everything, lambda: facility_location_of_pairs(vectors, n).rows),
    }
    for name, (matrix, run) in ways.items():

        def theirs(matrix: object = matrix) -> Rows:
            model = FacilityLocationSelection(n, metric="precomputed", verbose=False)
            return np.asarray(model.fit(matrix).ranking)

        ours, took = _timed(run)
        try:
            ranking, their_time = _timed(theirs)
        except Exception as error:
            print(f"  apricot on {name}: does not run here ({type(error).__name__}: {error})")
            continue
        judge = weighted.toarray() if name == "kNN graph" else everything
        ratio = judge[:, ours].max(axis=1).sum() / judge[:, ranking].max(axis=1).sum()
        print(f"  {name}: apricot {their_time:.2f} s, ours {took:.2f} s; objective {ratio:.4f} of theirs")


def _timed(run: Callable[[], Rows]) -> tuple[Rows, float]:
    start = time.perf_counter()
    return run(), time.perf_counter() - start


def main() -> None:
    """Print the tables."""
    against_apricot(next(sets())[1])
    probes()


if __name__ == "__main__":
    main()
