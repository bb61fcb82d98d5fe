"""What the benchmarks of picks share: sets to pick from, their parts, and the probe that judges a pick."""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ground_truth import DEVELOPMENT_SEEDS, FINAL_SEEDS, embedded, photographs
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score

import nbcurate as nbc

_STAMPS = Path(__file__).parents[2] / ".demo" / "stamps"
#: In a long tail each class has this share of the one before; of more than twenty classes so much over ten of them.
_TAIL = 0.6
SEEDS = tuple(
    seed + 1000 * more
    for more in range(2)
    for seed in (DEVELOPMENT_SEEDS if "development" in sys.argv else FINAL_SEEDS)
)[:5]

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Pool:
    """Items to pick from, and others to judge the picks by.

    Attributes
    ----------
    vectors : float32 array [n, d]
    codes : int array [n]
        Class of each.
    test_vectors, test_codes
        Of the held-out third.
    """

    vectors: NDArray[np.float32]
    codes: Rows
    test_vectors: NDArray[np.float32]
    test_codes: Rows

    def accuracy(self, picks: Rows) -> tuple[float, LogisticRegression | None]:
        """Balanced accuracy on the held-out items of a linear probe that learnt from these picks, and the probe."""
        if len(np.unique(self.codes[picks])) < 2:
            return 1 / len(np.unique(self.test_codes)), None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = LogisticRegression(C=10, max_iter=200).fit(self.vectors[picks], self.codes[picks])
            return float(balanced_accuracy_score(self.test_codes, model.predict(self.test_vectors))), model


def pool_of(vectors: NDArray[np.float32], codes: Rows, seed: int, *, long_tailed: bool) -> Pool:
    """Two thirds of a set to pick from, with a long tail if asked for, and the other third."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(codes))
    test, rows = order[: len(order) // 3], order[len(order) // 3 :]
    if long_tailed:
        classes = rng.permutation(np.unique(codes))
        share = _TAIL ** min(1, 10 / len(classes))
        of_class = [rows[codes[rows] == name] for name in classes]
        rows = np.concatenate([part[: max(3, round(len(part) * share**at))] for at, part in enumerate(of_class)])
    rows = np.sort(rows)
    return Pool(np.ascontiguousarray(vectors[rows]), codes[rows], vectors[test], codes[test])


def sets() -> Iterator[tuple[str, NDArray[np.float32], Rows]]:
    """Name, vectors and classes: the pictures of ``NBCURATE_PHOTOS`` if there are, the stamps, and digits as pixels."""
    if "NBCURATE_PHOTOS" in os.environ:
        pictures = photographs()
        yield pictures.folder.name, embedded(pictures), np.unique(pictures.labels, return_inverse=True)[1]
    store = Path(tempfile.gettempdir()) / "nbcurate-benchmark-stamps.nbc"
    dataset = nbc.Dataset.from_folder(_STAMPS, store=store).embed("efficientnet-lite0")
    labels = np.array(dataset.labels, str)
    yield "stamps", dataset.embeddings(), np.unique(labels, return_inverse=True)[1]
    dataset.close()
    pixels, digits = load_digits(return_X_y=True)
    lengths = np.linalg.norm(pixels, axis=1, keepdims=True)
    yield "digits (8 × 8 pixels)", (pixels / lengths).astype(np.float32), np.asarray(digits)


def mean_and_error(values: list[float]) -> tuple[float, float]:
    """The mean, and its standard error."""
    return float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values)))


def print_table(title: str, columns: list[str], results: dict[str, dict[str, list[float]]]) -> None:
    """Print means and standard errors, a row a rule; a star where it is within one standard error of the best."""
    print(f"\n{title}\n\n| | {' | '.join(columns)} |\n| --- |{' ---: |' * len(columns)}")
    found = {rule: [mean_and_error(of[column]) for column in columns] for rule, of in results.items()}
    best = [max((row[at] for row in found.values()), key=lambda cell: cell[0]) for at in range(len(columns))]
    for rule, row in found.items():
        cells = [
            f"{mean:.3f} ± {error:.3f}{' *' if mean >= top - max(error, spread) else ''}"
            for (mean, error), (top, spread) in zip(row, best, strict=True)
        ]
        print(f"| {rule} | {' | '.join(cells)} |", flush=True)
