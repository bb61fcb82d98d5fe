"""What a projection does to classes that it never saw: some are left out of what it is made from, several times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .agreement import clustering_agreement
from .class_labels import ClassLabels
from .metric_projection import ProjectionFamily, Strength
from .retrieval import retrieval_map
from .scatter import class_scatter

#: Classes that a projection needs to be made from, and that are left out each time: a fifth of them within bounds.
_LEAST_LEFT, _LEAST_OUT, _MOST_OUT = 2, 2, 10
#: Rows that a trial is made from and measured on: more cost time and tell the same.
_MOST_LEARNT, _MOST_MEASURED = 6_000, 1_500
_MOST_ASKED = 1_000  # items that search
_LEAST_DRAWS = 4
_LEAST_MEASURED = 4  # items a class: fewer tell nothing of it


@dataclass(frozen=True)
class Agreement:
    """How vectors agree with the classes of the items.

    Attributes
    ----------
    nmi : float
        Normalised mutual information of k-means clusters and classes.
    retrieval_map : float
        Mean average precision of a search by each.
    """

    nmi: float
    retrieval_map: float


def agreement_of(vectors: NDArray[np.float32], codes: NDArray[np.integer], *, seed: int = 0) -> Agreement:
    """How vectors ``[n, d]`` agree with the classes ``[n]`` of the items; -1 is none."""
    nmi, _ = clustering_agreement(vectors, codes, seed=seed)
    return Agreement(nmi, retrieval_map(vectors, codes, most=_MOST_ASKED, seed=seed))


def class_draws(labels: ClassLabels, rows: NDArray[np.intp], n_draws: int, seed: int) -> list[NDArray[np.intp]]:
    """Sets of classes to leave out, no two the same; none where there are too few classes.

    Parameters
    ----------
    labels : ClassLabels
    rows : int array
        The items that there are.
    n_draws : int
        How many, where two classes are left out each time; fewer where there are more of them, which tell as much.
    """
    able = np.flatnonzero(labels.take(rows).counts() >= _LEAST_MEASURED)
    n_out = int(np.clip(len(able) // 5, _LEAST_OUT, _MOST_OUT))
    if len(able) < n_out + _LEAST_LEFT:
        return []
    n_draws = max(min(n_draws, _LEAST_DRAWS), n_draws * _LEAST_OUT // n_out)
    rng = np.random.default_rng(seed)
    drawn: dict[tuple[int, ...], NDArray[np.intp]] = {}
    for _ in range(20 * n_draws):
        classes = np.sort(rng.choice(able, n_out, replace=False))
        drawn.setdefault(tuple(classes.tolist()), classes)
        if len(drawn) == n_draws:
            break
    return list(drawn.values())


def without_classes(
    vectors: NDArray[np.float32],
    labels: ClassLabels,
    learnt: NDArray[np.intp],
    measured: NDArray[np.intp],
    draws: Sequence[NDArray[np.intp]],
    strengths: Sequence[Strength],
    *,
    seed: int = 0,
) -> Iterator[list[Agreement]]:
    """For each draw, what projections that never saw its classes make of their items: the agreement by strength.

    Parameters
    ----------
    vectors : float32 array [n, d]
    labels : ClassLabels
        Of these n.
    learnt, measured : int array
        Rows that a projection may be made from, and rows to measure on.
    draws : sequence of int arrays
        The classes that are left out, see :func:`class_draws`.
    strengths : sequence of Strength
    seed : int
        Of the rows that are looked at where there are many, and of k-means.
    """
    rng = np.random.default_rng(seed)
    learnt = rng.permutation(learnt)[:_MOST_LEARNT]
    for classes in draws:
        codes = one_class_each(labels, classes)
        has = codes >= 0
        family = ProjectionFamily(class_scatter(vectors, labels, np.sort(learnt[~has[learnt]])))
        rows = np.sort(rng.permutation(measured[has[measured]])[:_MOST_MEASURED])
        seen = np.asarray(vectors[rows])
        yield [agreement_of(family.at(strength).transform(seen), codes[rows], seed=seed) for strength in strengths]


def one_class_each(labels: ClassLabels, classes: NDArray[np.intp] | None = None) -> NDArray[np.int32]:
    """The class of each item among these, or all; of several the rarest, -1 for none: int32 [n]."""
    counts = labels.counts()
    asked = np.isin(labels.codes, np.arange(len(counts)) if classes is None else classes)
    held, items = labels.codes[asked], labels.items[asked]
    rarest_last = np.argsort(-counts[held], kind="stable")
    codes = np.full(len(labels), -1, np.int32)
    codes[items[rarest_last]] = held[rarest_last]
    return codes
