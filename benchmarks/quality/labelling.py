"""What to label next: five rounds of labelling by nbcurate, at random, by entropy or margin, and by TypiClust.

    python benchmarks/quality/labelling.py [development]

The pools of ``subsets.py``. Each round a fiftieth of the pool is labelled, as many as there are classes at least; a
linear probe on all labels so far gives the accuracy, and the probabilities from which the next round's uncertainty
comes. Accuracy of the first round, in which nothing knows a label, the mean of the others, and that of the last.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from peers import typiclust
from pools import SEEDS, Pool, Rows, pool_of, print_table, sets

from nbcurate.curate.facility_location import representatives, similarity_graph
from nbcurate.curate.labelling import uncertain_and_different
from nbcurate.search.graph import build_graph

ROUNDS = 5
_SHARE = 0.02

#: What to label in a round, from the rows labelled so far, how many are wanted, and the probe's probabilities.
Next = Callable[[Rows, int, NDArray[np.float64] | None], Rows]


def strategies(pool: Pool, seed: int) -> dict[str, Next]:
    """The ways to choose, by name."""
    rng = np.random.default_rng(seed)

    def graph() -> sp.csr_matrix:
        found = build_graph(pool.vectors, 15)
        return similarity_graph(found.rows, found.similarity)

    def ours(labelled: Rows, n: int, sure: NDArray[np.float64] | None) -> Rows:
        if sure is None:
            return representatives(pool.vectors, n, graph=graph, keep=labelled).rows
        doubt = 1 - sure.max(axis=1)
        return uncertain_and_different(pool.vectors, doubt, n, graph=graph, labelled=labelled).rows

    def at_random(labelled: Rows, n: int, sure: NDArray[np.float64] | None) -> Rows:
        return rng.choice(np.setdiff1d(np.arange(len(pool.codes)), labelled), n, replace=False)

    def then(doubt_of: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Next:
        def chosen(labelled: Rows, n: int, sure: NDArray[np.float64] | None) -> Rows:
            if sure is None:
                return at_random(labelled, n, None)
            doubt = doubt_of(sure)
            doubt[labelled] = -np.inf
            return np.argsort(-doubt, kind="stable")[:n]

        return chosen

    return {
        "nbcurate": ours,
        "random": at_random,
        "random, then entropy": then(lambda sure: -(sure * np.log(sure + 1e-12)).sum(axis=1)),
        "random, then margin": then(lambda sure: -np.diff(np.sort(sure, axis=1)[:, -2:], axis=1)[:, 0]),
        "TypiClust": lambda labelled, n, sure: typiclust(pool.vectors, n, labelled),
    }


def accuracies(pool: Pool, choose: Next) -> list[float]:
    """Accuracy after each round."""
    n = max(round(_SHARE * len(pool.codes)), min(len(np.unique(pool.codes)), len(pool.codes) // (2 * ROUNDS)))
    labelled, sure, found = np.empty(0, np.intp), None, []
    for _ in range(ROUNDS):
        labelled = np.concatenate([labelled, choose(labelled, n, sure)])
        accuracy, model = pool.accuracy(labelled)
        found.append(accuracy)
        sure = None if model is None else np.asarray(model.predict_proba(pool.vectors))
    return found


def main() -> None:
    """Print the tables."""
    columns = ["round 1", f"rounds 2 to {ROUNDS}", f"round {ROUNDS}"]
    for name, vectors, codes in sets():
        for long_tailed in (False, True):
            results: dict[str, dict[str, list[float]]] = {}
            sizes = []
            for seed in SEEDS:
                pool = pool_of(vectors, codes, seed, long_tailed=long_tailed)
                sizes.append(len(pool.codes))
                for rule, choose in strategies(pool, seed).items():
                    found = accuracies(pool, choose)
                    for column, value in zip(columns, (found[0], np.mean(found[1:]), found[-1]), strict=True):
                        results.setdefault(rule, {}).setdefault(column, []).append(float(value))
            kind = "long-tailed" if long_tailed else "as it is"
            print_table(f"{name}, {kind}, {min(sizes)} to {max(sizes)} items, {len(SEEDS)} seeds", columns, results)


if __name__ == "__main__":
    main()
