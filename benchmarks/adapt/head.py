"""``fit_head`` beside scikit-learn's logistic regression with its best C: accuracy on the test part, and time.

    python benchmarks/bench_adapt.py head
    NBCURATE_MILLION=1 python benchmarks/bench_adapt.py head

C is scikit-learn's best of nine on the validation part, from .01 to 100, and its time is told twice: of the one fit
with that C, which it takes a search to know, and of the search. Ours is all of `fit_head`, from the labels in the store
to the head; and, told apart, what it takes to speak out of fold of every training item, five fits more. What is timed
is CPU seconds, each the best of three; scikit-learn's on one core, where it takes the fewest. Photographs: those of
``NBCURATE_PHOTOS``, else the stamps, in three splits by who sent them; then crops of them, split by picture, some
20,000 to learn from; then vectors grown from real ones (`grown_vectors.py`), for time and memory alone.
"""

from __future__ import annotations

import os
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from ground_truth import FINAL_SEEDS, embedded, photographs  # pyright: ignore[reportMissingImports]
from grown_vectors import Grown
from measure import measured
from numpy.typing import NDArray
from real_vectors import COUNT, labelled_crops, narrowed, real_vectors
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

import nbcurate as nbc

PENALTIES = 10.0 ** np.arange(-2, 2.1, 0.5)
CROPS = 29_000  # some 20,000 of them in the training part
TIMED = 3
CLASSES = 20  # of grown vectors

Vectors = NDArray[np.float32]


def main() -> None:
    """Print a table of accuracy and time, and a line a size."""
    pictures = photographs()
    print("| vectors | items | accuracy | scikit-learn, best C | fit | + out of fold | one fit, best C | its search |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    vectors = embedded(pictures)
    for seed in FINAL_SEEDS:
        compare(f"photographs, split {seed}", vectors, pictures.labels, pictures.source, seed)
    crops, labels, picture = labelled_crops(pictures.folder, -(-CROPS // len(pictures.ids)))
    compare("crops of them", crops, labels, picture, FINAL_SEEDS[0])
    print()
    grow(100_000)
    if os.environ.get("NBCURATE_MILLION"):
        grow(1_000_000)


def compare(name: str, vectors: Vectors, labels: NDArray[np.str_], source: NDArray, seed: int) -> None:
    """Print a row: accuracy on the test part, and CPU seconds."""
    part = parts_by(source, seed)
    with data_set(vectors, labels, part) as ds:
        fits = [timed(lambda: nbc.fit_head(ds, split="part", seed=seed)) for _ in range(TIMED)]
        ours = min(seconds for _, seconds in fits)
        wholes = [ours + timed(lambda: head.accuracy)[1] for head, _ in fits]  # noqa: B023
        accuracy = fits[0][0].accuracy["test"]
    theirs, one, search = best_of_scikit_learn(vectors, labels, part)
    train = int((part == "train").sum())
    print(
        f"| {name} | {train:,} | {accuracy:.3f} | {theirs:.3f} ({accuracy - theirs:+.3f}) | {ours:.2f} s | "
        f"{min(wholes):.2f} s | {one:.2f} s (x {ours / one:.2f}) | {search:.1f} s (x {ours / search:.2f}) |",
        flush=True,
    )


def best_of_scikit_learn(vectors: Vectors, labels: NDArray, part: NDArray) -> tuple[float, float, float]:
    """Test accuracy at the C that does best on the validation part, seconds of that fit, and of all."""
    train, val, test = (np.flatnonzero(part == name) for name in ("train", "val", "test"))
    found: list[tuple[float, float, float]] = []
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for c in PENALTIES:
            model, seconds = timed(lambda: LogisticRegression(C=c, max_iter=1_000).fit(vectors[train], labels[train]))  # noqa: B023
            found.append((model.score(vectors[val], labels[val]), model.score(vectors[test], labels[test]), seconds))
    best = max(found)
    return best[1], best[2], sum(seconds for *_, seconds in found)


def grow(n: int) -> None:
    """Print time and memory of a fit to ``n`` grown vectors."""
    real = narrowed(real_vectors(COUNT), 384)
    vectors = Grown(real).first(n)
    rng = np.random.default_rng(0)
    noisy = vectors @ rng.normal(size=(384, CLASSES)) + rng.normal(0, 0.4, (n, CLASSES))
    labels = np.array([f"class {code:02}" for code in noisy.argmax(axis=1).tolist()])
    _, source = np.unique(vectors[:, :8], axis=0, return_inverse=True)  # a few real pictures are there twice
    with data_set(vectors, labels, parts_by(source, 0)) as ds:
        del vectors, noisy
        with measured() as fit:
            since = time.perf_counter()
            head = nbc.fit_head(ds, split="part")
            wall = time.perf_counter() - since
        with measured() as whole:
            accuracy = head.accuracy
    print(
        f"{n:,} x 384, {CLASSES} classes: fitted in {wall:.1f} s ({fit.cpu:.1f} s of CPU, {fit.peak_mb:,.0f} MB at the "
        f"peak, mapped vectors included); out of fold {whole.wall:.1f} s more ({whole.cpu:.1f} s of CPU); accuracy "
        + ", ".join(f"{name} {share:.3f}" for name, share in accuracy.items()),
        flush=True,
    )


def parts_by(source: NDArray, seed: int) -> NDArray[np.str_]:
    """A part for each row: what is of one source is in one part."""
    _, number = np.unique(source, return_inverse=True)
    parts = np.random.default_rng(seed).choice(["train", "val", "test"], number.max() + 1, p=[0.7, 0.15, 0.15])
    return parts[number]


@contextmanager
def data_set(vectors: Vectors, labels: NDArray[np.str_], part: NDArray[np.str_]) -> Iterator[nbc.Dataset]:
    """The vectors in a store, with the column ``part``."""
    ids = [f"{row:07}" for row in range(len(vectors))]
    with tempfile.TemporaryDirectory() as folder:
        ds = nbc.Dataset.from_embeddings(ids, vectors, labels=labels.tolist(), store=Path(folder) / "vectors.nbc")
        ds.add_column("part", part.tolist())
        yield ds
        ds.close()


def timed(function: Callable[[], object]) -> tuple:
    """What it returns, and its CPU seconds."""
    since = time.process_time()
    found = function()
    return found, time.process_time() - since
