"""Names for clusters: from labels, from measured properties, or from words that an encoder knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .class_labels import Label, encode_labels
from .partition import unit

#: A cluster's mean is worth a name when it is this many standard deviations of all items away.
_TELLING = 0.75


def purity(labels: Sequence[Label], clusters: NDArray[np.int32], n_clusters: int) -> NDArray[np.float64]:
    """Share of the labelled members of each cluster that have its commonest label: float [k], NaN without any."""
    _, counts, total = _label_counts(labels, clusters, n_clusters)
    return np.divide(counts.max(axis=1, initial=0), total, out=np.full(n_clusters, np.nan), where=total > 0)


def names_from_labels(labels: Sequence[Label], clusters: NDArray[np.int32], n_clusters: int) -> list[str | None]:
    """The commonest label of each cluster, or the two commonest where none is on half; None where there is none."""
    names, counts, total = _label_counts(labels, clusters, n_clusters)
    found: list[str | None] = []
    for row, labelled in zip(counts, total.tolist(), strict=True):
        order = np.argsort(-row, kind="stable")
        if not row.sum():
            found.append(None)
        elif row[order[0]] >= labelled / 2 or row[order[1]] == 0:
            found.append(names[order[0]])
        else:
            found.append(f"{names[order[0]]} + {names[order[1]]}")
    return found


def names_from_properties(
    properties: Mapping[str, NDArray[np.floating]], clusters: NDArray[np.int32], n_clusters: int
) -> list[str | None]:
    """``high x`` or ``low x`` for the property in which a cluster differs most from the whole; None where in none much.

    Parameters
    ----------
    properties : mapping of str to float arrays [n]
        Measured numbers of each item; NaN where one is not known.
    """
    inside = clusters >= 0
    telling = np.zeros((len(properties), n_clusters))
    for place, values in enumerate(properties.values()):
        known = inside & np.isfinite(values)
        spread = values[known].std() if known.any() else 0.0
        if spread > 0:
            size = np.bincount(clusters[known], minlength=n_clusters)
            mean = np.bincount(clusters[known], values[known], n_clusters) / np.maximum(size, 1)
            telling[place] = np.where(size > 0, (mean - values[known].mean()) / spread, 0)
    if not len(telling):
        return [None] * n_clusters
    strongest = np.abs(telling).argmax(axis=0)
    return [
        f"{'high' if telling[place, c] > 0 else 'low'} {list(properties)[place]}"
        if abs(telling[place, c]) >= _TELLING
        else None
        for c, place in enumerate(strongest)
    ]


def names_from_words(
    centres: NDArray[np.float32], word_vectors: NDArray[np.float32], words: Sequence[str]
) -> list[str | None]:
    """For each cluster the word that fits it better than it fits the other clusters.

    Parameters
    ----------
    centres : float32 array [k, d]
    word_vectors : float32 array [w, d]
        Of the text half of the encoder that made the centres, L2-normalised.
    """
    if not len(centres) or not len(words):
        return [None] * len(centres)
    # Texts lie in a cone of their own and so do images: what can be compared is how one
    # differs from the mean of its kind.
    images = unit(centres - centres.mean(axis=0)) if len(centres) > 1 else centres
    texts = unit(word_vectors - word_vectors.mean(axis=0)) if len(words) > 1 else word_vectors
    return [str(words[best]) for best in (images @ texts.T).argmax(axis=1)]


def make_unique(names: Sequence[str | None]) -> list[str]:
    """The names with a number behind those that come again, and ``cluster i`` for None."""
    seen: Counter[str] = Counter()
    unique = []
    for place, name in enumerate(names):
        name = name or f"cluster {place}"
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return unique


def _label_counts(
    labels: Sequence[Label], clusters: NDArray[np.int32], n_clusters: int
) -> tuple[list[str], NDArray[np.intp], NDArray[np.intp]]:
    """The labels' names, how many members of each cluster have each (int [k, c]), and how many are labelled (int [k]).

    A member with several labels counts for each of them.
    """
    encoded = encode_labels(labels)
    of_code = clusters[encoded.items]
    inside = of_code >= 0
    counts = np.zeros((n_clusters, max(len(encoded.names), 1)), np.intp)
    np.add.at(counts, (of_code[inside], encoded.codes[inside]), 1)
    labelled = clusters[encoded.known & (clusters >= 0)]
    return encoded.names, counts, np.bincount(labelled, minlength=n_clusters)
