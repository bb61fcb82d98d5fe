"""A split of items of several classes each: every class has its share in every part, and no group is cut."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .class_labels import ClassLabels
from .split import fill_empty_parts

#: What a cluster counts for where a row is placed, beside a class or the size of the parts.
_CLUSTER = 0.05


def iterative_split(
    groups: NDArray[np.integer],
    labels: ClassLabels,
    substrata: NDArray[np.integer],
    shares: Sequence[float],
    *,
    seed: int = 0,
) -> NDArray[np.int32]:
    """Part of each row, such that no group is cut, each part has its share, and of each class, too.

    One group after the other goes to the part that is most in need of what it holds: that has fewer of its classes than
    its share of those placed so far. Large groups come first, then those of rare classes, as common ones can still be
    evened out later. What is without a class is one of its own.

    Parameters
    ----------
    groups : int array [n]
    labels : ClassLabels of n
        The classes of each row.
    substrata : int array [n]
        Cluster: shared out evenly, too, as far as that costs no evenness of the classes.
    shares : sequence of float
        Of each part; they sum to 1.

    Returns
    -------
    int32 array [n]
        Number of the part.

    References
    ----------
    Sechidis, Tsoumakas and Vlahavas (2011), "On the stratification of multi-label data": the rarest first, to the part
    in need of it. There the need is for a single class, and of all that is to come; here it is for all that the group
    holds, of what came so far, so that sizes and clusters come out even, too.
    """
    rng = np.random.default_rng(seed)
    shares_of = np.asarray(shares, np.float64)
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    held, n_classes = _held(group, len(sizes), labels, substrata)
    total = np.asarray(held.sum(axis=0)).ravel()
    weight = np.where(np.arange(len(total)) <= n_classes, 1.0, _CLUSTER) / np.maximum(total, 1)
    need = np.zeros((len(shares_of), len(total)))  # what each part should have of what is placed, and has not
    place = np.full(len(sizes), -1, np.int32)
    for unit in _rarest_first(held, sizes, total[:n_classes], rng).tolist():
        at = slice(held.indptr[unit], held.indptr[unit + 1])
        has, counts = held.indices[at], held.data[at]
        before = need[:, has] + shares_of[:, None] * counts
        gain = (((before - counts) ** 2 - before**2) * weight[has]).sum(axis=1)
        part = int(np.where(shares_of > 0, gain, np.inf).argmin())
        place[unit] = part
        need[:, has] = before
        need[part, has] -= counts
    part_of_row = place[group]
    fill_empty_parts(part_of_row, group, sizes, shares_of)
    return part_of_row


def _held(
    group: NDArray[np.integer], n_groups: int, labels: ClassLabels, substrata: NDArray[np.integer]
) -> tuple[sp.csr_array, int]:
    """How many rows of each class, how many at all, and of each cluster each group holds; and the number of classes."""
    n_classes = len(labels.names) + 1
    without = np.flatnonzero(labels.sizes == 0)
    clusters = np.unique(substrata, return_inverse=True)[1]
    rows = np.concatenate([group[labels.items], group[without], group, group])
    columns = np.concatenate(
        [labels.codes, np.full(len(without), n_classes - 1), np.full(len(group), n_classes), n_classes + 1 + clusters]
    )
    shape = (n_groups, n_classes + 2 + int(clusters.max(initial=-1)))
    held = sp.coo_array((np.ones(len(rows)), (rows, columns)), shape).tocsr()  # which adds up
    return held, n_classes


def _rarest_first(
    held: sp.csr_array, sizes: NDArray[np.integer], total: NDArray[np.floating], rng: np.random.Generator
) -> NDArray[np.intp]:
    """The groups in the order in which they are placed: the largest first, of one size that with the rarest class."""
    n_classes = len(total)
    inside = np.flatnonzero(held.indices < n_classes)
    rarest = np.full(len(sizes), np.inf)
    np.minimum.at(rarest, np.searchsorted(held.indptr, inside, side="right") - 1, total[held.indices[inside]])
    return np.lexsort((rng.random(len(sizes)), rarest, -sizes))
