"""Subsets: what a linear probe learns from a pick, against random picks of the same size, and against apricot.

    python benchmarks/quality/subsets.py

A third of the pictures is held out. The rest is the pool, once as it is and once long-tailed (each class, in random
order, has 0.6 times as many as the one before). Balanced accuracy on the held-out pictures, mean and standard deviation
over the final seeds; "wins": seeds in which the pick beats the mean of five random draws.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable

import numpy as np
from ground_truth import FINAL_SEEDS, embedded, photographs
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score

from nbcurate.curate import balance, diversity, labelling
from nbcurate.curate.clustering import cluster
from nbcurate.search.graph import build_graph

SEEDS = tuple(seed + 1000 * more for more in range(4) for seed in FINAL_SEEDS)
BUDGETS = (0.01, 0.02, 0.05)
_TAIL = 0.6

Pick = Callable[[int], np.ndarray]


def pool_and_test(labels: np.ndarray, seed: int, *, long_tailed: bool) -> tuple[np.ndarray, np.ndarray]:
    """Rows to pick from and rows to test on."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(labels))
    test, pool = order[: len(order) // 3], order[len(order) // 3 :]
    if long_tailed:
        classes = rng.permutation(np.unique(labels))
        kept = [pool[labels[pool] == name] for name in classes]
        pool = np.concatenate([rows[: max(3, round(len(rows) * _TAIL**place))] for place, rows in enumerate(kept)])
    return np.sort(pool), test


def pickers(vectors: np.ndarray, codes: np.ndarray, seed: int) -> dict[str, Pick]:
    """The functions to compare: from a budget to rows."""
    graph = build_graph(vectors, 15)
    weighted = diversity.similarity_graph(graph.rows, graph.similarity)
    looks = cluster(vectors, graph.rows, graph.similarity, seed=seed)[0].labels
    return {
        "diverse (facility location)": lambda n: diversity.facility_location(weighted, n).rows,
        "diverse (k-center)": lambda n: diversity.k_center(vectors, n, seed=seed).rows,
        "diverse (hierarchical)": lambda n: diversity.hierarchical_sample(vectors, n, seed=seed).rows,
        "balanced": lambda n: balance.balanced(weighted, codes, looks, n).rows,
        "select_for_labelling": lambda n: labelling.typical_first(weighted, graph.similarity, n).rows,
    }


def probe(vectors: np.ndarray, codes: np.ndarray, train: np.ndarray, test: np.ndarray) -> float:
    """Balanced accuracy of a linear probe."""
    if len(np.unique(codes[train])) < 2:
        return 1 / len(np.unique(codes))
    model = LogisticRegression(C=10, max_iter=300).fit(vectors[train], codes[train])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(balanced_accuracy_score(codes[test], model.predict(vectors[test])))


def probes(vectors: np.ndarray, codes: np.ndarray) -> None:
    """Print the tables of the probe."""
    for long_tailed in (False, True):
        results: dict[tuple[str, float], list[float]] = {}
        for seed in SEEDS:
            pool, test = pool_and_test(codes, seed, long_tailed=long_tailed)
            rng = np.random.default_rng(seed)
            for share in BUDGETS:
                n = max(2, round(share * len(pool)))
                draws = [probe(vectors, codes, rng.choice(pool, n, replace=False), test) for _ in range(5)]
                results.setdefault(("random", share), []).append(float(np.mean(draws)))
            for name, pick in pickers(vectors[pool], codes[pool], seed).items():
                for share in BUDGETS:
                    n = max(2, round(share * len(pool)))
                    results.setdefault((name, share), []).append(probe(vectors, codes, pool[pick(n)], test))
        print(f"\nlinear probe, {'long-tailed' if long_tailed else 'as it is'}, {len(SEEDS)} seeds")
        for name in dict.fromkeys(name for name, _ in results):
            cells = []
            for share in BUDGETS:
                ours, chance = np.array(results[name, share]), np.array(results["random", share])
                cells.append(f"{share:.0%}: {ours.mean():.3f} ± {ours.std():.3f}, wins {(ours > chance).sum():2d}")
            print(f"  {name:28s} " + "   ".join(cells))


def against_apricot(vectors: np.ndarray) -> None:
    """Print objective and time of facility location, on one graph and on all pairs."""
    from apricot import FacilityLocationSelection  # pyright: ignore[reportMissingImports]

    n = max(10, len(vectors) // 50)
    graph = build_graph(vectors, 15)
    weighted = diversity.similarity_graph(graph.rows, graph.similarity)
    everything = np.maximum(vectors @ vectors.T, 0)

    def timed(run: Callable[[], np.ndarray]) -> tuple[np.ndarray, float]:
        start = time.perf_counter()
        return run(), time.perf_counter() - start

    ours, took = timed(lambda: diversity.facility_location(weighted, n).rows)
    print(f"\nfacility location, {n} of {len(vectors):,}")
    for name, matrix in (("kNN graph", weighted), ("all pairs", everything)):

        def theirs(matrix: object = matrix) -> np.ndarray:
            model = FacilityLocationSelection(n, metric="precomputed", verbose=False)
            return np.asarray(model.fit(matrix).ranking)

        try:
            ranking, their_time = timed(theirs)
        except Exception as error:
            print(f"  apricot on {name}: does not run here ({type(error).__name__}: {error})")
            continue
        for kind, judge in (("kNN graph", weighted.toarray()), ("all pairs", everything)):
            ratio = judge[:, ours].max(axis=1).sum() / judge[:, ranking].max(axis=1).sum()
            print(
                f"  apricot on {name}: {their_time:7.2f} s, ours {took:.3f} s (x {took / their_time:.3f}); "
                f"objective over {kind}: ours {ratio:.4f} of theirs"
            )


def main() -> None:
    """Print the tables."""
    pictures = photographs()
    vectors = embedded(pictures)
    codes = np.unique(pictures.labels, return_inverse=True)[1]
    against_apricot(vectors)
    probes(vectors, codes)


if __name__ == "__main__":
    main()
