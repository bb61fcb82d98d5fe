"""Planted rare groups: how many are in the first 2 % of the ranking, by nbcurate, LOF and isolation forest.

    python benchmarks/quality/rarity.py [development]

All of one class but a tight group of a few of its pictures is taken out; those are the rare ones.
"""

from __future__ import annotations

import sys

import numpy as np
from ground_truth import DEVELOPMENT_SEEDS, FINAL_SEEDS, embedded, photographs, plant_rare
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor

from nbcurate.curate.rarity import find_rare
from nbcurate.search.graph import build_graph

SEEDS = DEVELOPMENT_SEEDS if "development" in sys.argv else FINAL_SEEDS
SIZES = (3, 5, 8)
TOP = 0.02


def main() -> None:
    pictures = photographs()
    vectors = embedded(pictures)
    print(f"\n{pictures.folder.name}, every class in turn, seeds {SEEDS}; recall in the first {TOP:.0%}\n")
    print("| group of | nbcurate | LOF | isolation forest |\n| --- | ---: | ---: | ---: |")
    for size in SIZES:
        recalls: dict[str, list[list[float]]] = {}
        for seed in SEEDS:
            found: dict[str, list[float]] = {}
            for rows, rare in plant_rare(vectors, pictures.labels, size, seed):
                part = vectors[rows]
                graph = build_graph(part)
                scores = {
                    "nbcurate": find_rare(graph.rows, graph.similarity).score,
                    "LOF": -LocalOutlierFactor(20, metric="cosine").fit(part).negative_outlier_factor_,
                    "isolation forest": -IsolationForest(random_state=seed).fit(part).score_samples(part),
                }
                top = max(int(TOP * len(part)), size)
                for name, score in scores.items():
                    found.setdefault(name, []).append(float(rare[np.argsort(-score)[:top]].sum() / size))
            for name, values in found.items():
                recalls.setdefault(name, []).append([float(np.mean(values))])
        cells = [f"{np.mean(values):.3f} ± {np.std(values):.3f}" for values in recalls.values()]
        print(f"| {size} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
