"""How vectors scatter inside classes, and in which directions classes lie apart: from labels, or from judged pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .class_labels import ClassLabels

if TYPE_CHECKING:
    import scipy.sparse as sp

#: Rows that are looked at, the same share of every class: more do not move the figures, and cost time.
MOST_ROWS = 100_000
_BLOCK = 16_384  # rows at once
_RIDGE = 1e-3  # items without effect, to each class: where two classes always come together
_MOST_APART = 1_000  # unlike pairs that are looked at


@dataclass(frozen=True, eq=False)
class Scatter:
    """What a projection is made from.

    Attributes
    ----------
    mean : float64 array [d]
        Of all vectors.
    total : float64 array [d, d]
        Covariance of all vectors.
    within : float64 array [d, d]
        Covariance around what is expected of the classes; of what is alike.
    apart : float64 array [k, d]
        Where classes lie around the mean, or how the items of unlike pairs differ.
    rows : int
        How many vectors beyond one a class, or pairs, ``within`` was seen on.
    chance : float
        How far, squared, ``apart`` reaches in a direction by chance, where ``within`` is 1 in it.
    """

    mean: NDArray[np.float64]
    total: NDArray[np.float64]
    within: NDArray[np.float64]
    apart: NDArray[np.float64]
    rows: int
    chance: float


def class_scatter(vectors: NDArray[np.float32], labels: ClassLabels, rows: NDArray[np.intp]) -> Scatter:
    """The scatter of labelled vectors.

    Of single classes this is what linear discriminant analysis looks at: the covariance around the means of the
    classes, and these means. Of several classes an item, what a linear regression on the classes says takes the place
    of the mean, and its coefficients, the effect of each class, that of the means.

    Parameters
    ----------
    vectors : float32 array [n, d]
        May be mapped from a file.
    labels : ClassLabels
        Of these n.
    rows : int array
        Those to look at, ascending.

    References
    ----------
    Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 1936.
    """
    rows = _some(rows, labels)
    held = labels.take(rows)
    members = held.members[:, np.flatnonzero(held.counts())].tocsr().astype(np.float64)
    mean, total = _moments(vectors, rows)
    sums = np.zeros((members.shape[1], vectors.shape[1]))
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        sums += members[block].T @ (vectors[rows[block]] - mean)
    together = members.T @ members  # of single classes their sizes, in the diagonal
    effects = _effects(together, sums)
    explained = effects.T @ sums
    within = total - (explained + explained.T - effects.T @ (together @ effects)) / len(rows)
    free = max(len(rows) - len(effects), 1)  # an item that is alone in its class tells nothing of what differs in one
    return Scatter(mean, total, within * (len(rows) / free), effects, free, len(effects) / len(rows))


def pair_scatter(vectors: NDArray[np.float32], pairs: NDArray[np.intp], alike: NDArray[np.bool_]) -> Scatter:
    """The scatter of judged pairs: what differs in those that are alike, and in those that are not.

    Parameters
    ----------
    vectors : float32 array [n, d]
        All that are there; the pairs are of some of them.
    pairs : int array [m, 2]
        Rows.
    alike : bool array [m]
        What was judged.

    References
    ----------
    Bar-Hillel, Hertz, Shental & Weinshall, "Learning a Mahalanobis metric from equivalence constraints", JMLR 2005.
    Köstinger, Hirzer, Wohlhart, Roth & Bischof, "Large scale metric learning from equivalence constraints", CVPR 2012.
    """
    mean, total = _moments(vectors, np.arange(0, len(vectors), -(-len(vectors) // MOST_ROWS)))
    difference = vectors[pairs[:, 0]].astype(np.float64) - vectors[pairs[:, 1]]
    same, other = difference[alike], difference[~alike]
    within = same.T @ same / (2 * max(len(same), 1))
    return Scatter(mean, total, within, other[:: -(-len(other) // _MOST_APART)], len(same), 2.0)


def _some(rows: NDArray[np.intp], labels: ClassLabels) -> NDArray[np.intp]:
    """At most so many of the rows, the same share of every first class."""
    step = -(-len(rows) // MOST_ROWS)
    if step == 1:
        return rows
    first = np.append(labels.codes, 0)[np.minimum(labels.starts[rows], len(labels.codes))]
    return np.sort(rows[np.argsort(first, kind="stable")[::step]])


def _moments(vectors: NDArray[np.float32], rows: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and covariance of these rows, a block at a time."""
    d = vectors.shape[1]
    total, products = np.zeros(d), np.zeros((d, d))
    for start in range(0, len(rows), _BLOCK):
        block = vectors[rows[start : start + _BLOCK]]
        total += block.sum(axis=0, dtype=np.float64)
        products += block.T @ block
    mean = total / max(len(rows), 1)
    return mean, products / max(len(rows), 1) - np.outer(mean, mean)


def _effects(together: sp.csr_array, sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each class adds to the mean, by a regression: of single classes their means. float64 [classes, d]."""
    sizes = together.diagonal()
    if together.nnz == len(sizes):
        return sums / sizes[:, None]
    return np.linalg.solve(together.toarray() + _RIDGE * np.diag(sizes), sums)
