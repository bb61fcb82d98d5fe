"""Copies across the cut and class shares: nbcurate beside train_test_split and StratifiedGroupKFold.

    python benchmarks/quality/split.py [development]

400 pictures with 15 copies planted by each edit, or as many as there are. StratifiedGroupKFold gets what a user has:
groups of exact copies.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from ground_truth import DEVELOPMENT_SEEDS, FINAL_SEEDS, photographs, plant_copies
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, train_test_split

import nbcurate as nbc

SEEDS = DEVELOPMENT_SEEDS if "development" in sys.argv else FINAL_SEEDS


def main() -> None:
    pictures = photographs()
    figures: dict[str, list[tuple[float, float]]] = {}
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            copies = plant_copies(pictures, Path(folder) / "pictures", seed, n=400, per_edit=15)
            dataset = nbc.Dataset.from_folder(copies.folder, store=Path(folder) / "pictures.nbc")
            dataset.embed("efficientnet-lite0")
            labels, rows = np.array(dataset.labels), np.arange(len(dataset))
            made = dataset.split(train=0.8, val=0.2, seed=seed)
            _, by_chance = train_test_split(rows, test_size=0.2, stratify=labels, random_state=seed)
            contents = dataset.store.items.contents
            folds = StratifiedGroupKFold(5, shuffle=True, random_state=seed).split(rows, labels, contents)
            sides = {
                "nbcurate": np.array(made.parts == "val"),
                "train_test_split": np.isin(rows, by_chance),
                "StratifiedGroupKFold": np.isin(rows, next(iter(folds))[1]),
            }
            row = {item: at for at, item in enumerate(dataset.ids)}
            truth = [[row[item] for item in pair] for pair in copies.truth()]
            for name, val in sides.items():
                leaks = float(np.mean([val[a] != val[b] for a, b in truth]))
                figures.setdefault(name, []).append((leaks, _worst_share(labels, val)))
    print(f"\n{pictures.folder.name}, planted copies, seeds {SEEDS}\n")
    print("| split | copies across the cut | worst class share off by, points |\n| --- | ---: | ---: |")
    for name, values in figures.items():
        mean, spread = np.mean(values, axis=0), np.std(values, axis=0)
        print(f"| {name} | {mean[0]:.3f} ± {spread[0]:.3f} | {100 * mean[1]:.2f} ± {100 * spread[1]:.2f} |")


def _worst_share(labels: NDArray[np.str_], val: NDArray[np.bool_]) -> float:
    """Largest difference between a class's share of the validation part and of the whole."""
    return max(abs(float((labels[val] == name).mean() - (labels == name).mean())) for name in np.unique(labels))


if __name__ == "__main__":
    main()
