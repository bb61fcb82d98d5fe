"""Planted rare groups: how many are in the first 2 % of the ranking, by nbcurate, LOF and isolation forest.

    python benchmarks/quality/rarity.py [development]

All of one class but a tight group of a few of its pictures is taken out; those are the rare ones. ``rare`` looks at the
30 nearest, or at 15 in a small data set; both are shown. The second table says what share is called rare: in these
pictures, in vectors of which none is, and in those with 20 that are.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from ground_truth import DEVELOPMENT_SEEDS, FINAL_SEEDS, embedded, photographs, plant_rare
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor

from nbcurate.curate.rarity import find_rare
from nbcurate.search.graph import build_graph

sys.path.insert(0, str(Path(__file__).parents[1]))
from generated import manifold, unit

SEEDS = DEVELOPMENT_SEEDS if "development" in sys.argv else FINAL_SEEDS
SIZES = (3, 5, 8, 16, 20)
TOP = 0.02


def main() -> None:
    pictures = photographs()
    vectors = embedded(pictures)
    print(f"\n{pictures.folder.name}, every class in turn, seeds {SEEDS}; recall in the first {TOP:.0%}\n")
    print("| group of | nbcurate, k = 30 | nbcurate, k = 15 | LOF | isolation forest |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for size in SIZES:
        recalls: dict[str, list[float]] = {}
        for seed in SEEDS:
            found: dict[str, list[float]] = {}
            for rows, rare in plant_rare(vectors, pictures.labels, size, seed):
                part = vectors[rows]
                graph = build_graph(part, 30)
                near = graph.first(15)
                scores = {
                    "k = 30": find_rare(graph.rows, graph.similarity).score,
                    "k = 15": find_rare(near.rows, near.similarity).score,
                    "LOF": -LocalOutlierFactor(20, metric="cosine").fit(part).negative_outlier_factor_,
                    "isolation forest": -IsolationForest(random_state=seed).fit(part).score_samples(part),
                }
                top = max(int(TOP * len(part)), size)
                for name, score in scores.items():
                    found.setdefault(name, []).append(float(rare[np.argsort(-score)[:top]].sum() / size))
            for name, values in found.items():
                recalls.setdefault(name, []).append(float(np.mean(values)))
        cells = [f"{np.mean(values):.3f} ± {np.std(values):.3f}" for values in recalls.values()]
        print(f"| {size} | " + " | ".join(cells or ["no class is large enough"]) + " |", flush=True)

    print("\n| called rare | of |\n| ---: | --- |")
    rng = np.random.default_rng(SEEDS[0])
    directions = 12 * np.eye(24)[:2]
    far = np.concatenate([directions[0] + rng.normal(size=(2_000, 24)), directions[1] + rng.normal(size=(20, 24)) / 3])
    sets = {
        pictures.folder.name: vectors,
        "one cloud in 64 dimensions": unit(rng.normal(size=(2_000, 64))),
        "one cloud in 8 dimensions": unit(rng.normal(size=(2_000, 8))),
        "a sheet": manifold(2_000, seed=SEEDS[0]),
        "a cloud and a group of 20": unit(far),
    }
    for name, of in sets.items():
        graph = build_graph(of, 30)
        print(f"| {find_rare(graph.rows, graph.similarity).rare.sum():,} | {len(of):,}, {name} |", flush=True)


if __name__ == "__main__":
    main()
