"""``fit_adapter`` beside the frozen vectors and beside what scikit-learn learns of them: known and unseen classes.

    python benchmarks/bench_adapt.py adapter

Photographs: those of ``NBCURATE_PHOTOS``, else the stamps, in three splits by who sent them. *Known*: kNN accuracy
(leave-one-out), NMI of k-means clusters and retrieval mAP among the items of the test part. *Unseen*: two classes are
left out of everything, also of the choice of the strength, and NMI and mAP are measured on all their items; the mean
over draws, and the worst draw, as differences to the frozen vectors. scikit-learn's discriminant analysis has its
automatic shrinkage; its neighbourhood components analysis starts from principal components. metric-learn's LMNN is
measured where that is installed.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable, Iterator

import numpy as np
from adapt.head import data_set, parts_by, timed  # pyright: ignore[reportMissingImports]
from ground_truth import FINAL_SEEDS, embedded, photographs  # pyright: ignore[reportMissingImports]
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import normalized_mutual_info_score
from sklearn.neighbors import NearestNeighbors, NeighborhoodComponentsAnalysis

import nbcurate as nbc
from nbcurate.curate.retrieval import retrieval_map

Vectors = NDArray[np.float32]
#: Learns from vectors, labels and parts; gives what projects others.
Learn = Callable[[Vectors, NDArray, NDArray, int], Callable[[Vectors], Vectors]]

PAIRS = 5  # draws of two classes a split
_LEAST = 20  # items of a class that is left out
_COMPONENTS, _ROUNDS = 64, 40


def main() -> None:
    """Print a row a method: means over three splits, and over all draws of left-out classes."""
    pictures = photographs()
    vectors = embedded(pictures)
    print("| method | kNN | NMI | mAP | seconds | unseen NMI (worst) | unseen mAP (worst) |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    base = [list(row) for row in _judge(_frozen, vectors, pictures.labels, pictures.source)]
    for name, learn in methods().items():
        known, unseen, seconds = base if name == "frozen" else _judge(learn, vectors, pictures.labels, pictures.source)
        gains = np.array(unseen) - np.array(base[1])
        said = [f"{value:.3f}" for value in np.mean(known, axis=0)] + [f"{np.mean(seconds):.1f}"]
        if name == "frozen":
            said += [f"{value:.3f}" for value in np.mean(unseen, axis=0)]
        else:
            said += [f"{gain:+.3f} ({worst:+.3f})" for gain, worst in zip(gains.mean(0), gains.min(0), strict=True)]
        print(f"| {name} | {' | '.join(said)} |", flush=True)


def methods() -> dict[str, Learn]:
    """What is compared, by name."""
    found: dict[str, Learn] = {"frozen": _frozen, "fit_adapter": _adapter, "LDA": _lda, "NCA": _nca}
    if importlib.util.find_spec("metric_learn"):
        found["LMNN"] = _lmnn
    return found


def _judge(
    learn: Learn, vectors: Vectors, labels: NDArray, source: NDArray
) -> tuple[list[tuple[float, ...]], list[tuple[float, float]], list[float]]:
    """Measures on known classes by split, on unseen ones by draw, and seconds of CPU of each fit to all classes."""
    known, unseen, seconds = [], [], []
    for seed in FINAL_SEEDS:
        part = parts_by(source, seed)
        turn, took = timed(lambda: learn(vectors, labels, part, seed))  # noqa: B023
        seconds.append(took)
        test = part == "test"
        seen = turn(vectors[test])
        known.append((_knn(seen, labels[test]), *_agreement(seen, labels[test])))
        for pair in _pairs(labels, seed):
            out = np.isin(labels, pair)
            turn = learn(vectors[~out], labels[~out], part[~out], seed)
            unseen.append(_agreement(turn(vectors[out]), labels[out]))
    return known, unseen, seconds


def _pairs(labels: NDArray, seed: int) -> Iterator[NDArray]:
    names, counts = np.unique(labels, return_counts=True)
    dice = np.random.default_rng(seed)
    for _ in range(PAIRS):
        yield dice.choice(names[counts >= _LEAST], 2, replace=False)


def _frozen(vectors: Vectors, labels: NDArray, part: NDArray, seed: int) -> Callable[[Vectors], Vectors]:
    return lambda others: others


def _adapter(vectors: Vectors, labels: NDArray, part: NDArray, seed: int) -> Callable[[Vectors], Vectors]:
    with data_set(vectors, labels, part) as ds:
        return nbc.fit_adapter(ds, split="part", seed=seed).project


def _lda(vectors: Vectors, labels: NDArray, part: NDArray, seed: int) -> Callable[[Vectors], Vectors]:
    train = part == "train"
    model = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto").fit(vectors[train], labels[train])
    return lambda others: _unit(model.transform(others))


def _nca(vectors: Vectors, labels: NDArray, part: NDArray, seed: int) -> Callable[[Vectors], Vectors]:
    train = part == "train"
    model = NeighborhoodComponentsAnalysis(_COMPONENTS, init="pca", max_iter=_ROUNDS, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(vectors[train], labels[train])
    return lambda others: _unit(model.transform(others))


def _lmnn(vectors: Vectors, labels: NDArray, part: NDArray, seed: int) -> Callable[[Vectors], Vectors]:
    from metric_learn import LMNN  # pyright: ignore[reportMissingImports]

    train = part == "train"
    model = LMNN(n_components=_COMPONENTS, init="pca", max_iter=_ROUNDS, random_state=seed)
    model.fit(vectors[train], labels[train])
    return lambda others: _unit(model.transform(others))


def _unit(vectors: NDArray) -> Vectors:
    return (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)).astype(np.float32)


def _knn(vectors: Vectors, labels: NDArray, k: int = 10) -> float:
    """Leave-one-out accuracy; of classes with equally many votes that of the nearest voter counts."""
    near = NearestNeighbors(n_neighbors=k + 1, metric="cosine").fit(vectors).kneighbors(vectors, return_distance=False)
    right = 0
    for row, found in enumerate(near):
        votes = labels[[other for other in found if other != row][:k]].tolist()
        right += max(votes, key=lambda name: (votes.count(name), -votes.index(name))) == labels[row]
    return right / len(labels)


def _agreement(vectors: Vectors, labels: NDArray) -> tuple[float, float]:
    """NMI of k-means clusters, and retrieval mAP."""
    names, codes = np.unique(labels, return_inverse=True)
    clusters = KMeans(len(names), n_init=10, random_state=0).fit_predict(vectors)  # pyright: ignore[reportArgumentType]
    return float(normalized_mutual_info_score(codes, clusters)), retrieval_map(vectors, codes)
