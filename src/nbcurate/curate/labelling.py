"""What to label next: typical items where little is labelled, uncertain and different ones where a model is there."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .diversity import PickOrder, facility_location


def typical_first(
    graph: sp.csr_matrix, similarity: NDArray[np.float32], n: int, *, labelled: NDArray[np.integer] | None = None
) -> PickOrder:
    """Typical items of regions in which nothing is labelled yet: for small budgets, with no model.

    Facility location in which an item counts by its density: what is typical comes first, outliers last, and what is
    near a labelled item is covered.

    Parameters
    ----------
    graph : sparse matrix [n, n]
        :func:`nbcurate.curate.diversity.similarity_graph`.
    similarity : float32 array [n, k]
        Cosine to the nearest.
    n : int
    labelled : int array, optional
        Rows that have a label.

    Returns
    -------
    PickOrder
        Gains are the density-weighted similarity won.

    References
    ----------
    Hacohen, Dekel & Weinshall, "Active learning on a budget: opposite strategies suit high and low budgets", ICML 2022
    (typicality). Bae, Noh, et al., "Generalized coverage for more robust low-budget active learning", ECCV 2024
    (MaxHerding, of which this is the form on a kNN graph).
    """
    return facility_location(graph, n, keep=labelled, weights=typicality(similarity))


def typicality(similarity: NDArray[np.float32]) -> NDArray[np.float64]:
    """Density at each item, relative to the median: the inverse mean distance to its neighbours: float64 [n]."""
    if not similarity.size:
        return np.ones(len(similarity))
    distance = np.maximum((1 - similarity.astype(np.float64)).mean(axis=1), 1e-6)
    return np.minimum(np.median(distance) / distance, 4.0)


def uncertain_and_different(
    graph: sp.csr_matrix, uncertainty: NDArray[np.floating], n: int, *, labelled: NDArray[np.integer] | None = None
) -> PickOrder:
    """Items that stand for much uncertainty not covered yet: for budgets at which a model is there to ask.

    Facility location in which an item counts by its uncertainty, so that picks do not crowd in one uncertain spot.

    Parameters
    ----------
    graph : sparse matrix [n, n]
    uncertainty : float array [n]
        Not negative; the higher the less sure is the model.
    n : int
    labelled : int array, optional
        Rows that have a label.

    Returns
    -------
    PickOrder
        Gains are the uncertainty covered, weighted by similarity.

    References
    ----------
    Wei, Iyer & Bilmes, "Submodularity in data subset selection and active learning", ICML 2015. Citovsky et al., "Batch
    active learning at scale", NeurIPS 2021.
    """
    return facility_location(graph, n, keep=labelled, weights=np.asarray(uncertainty, np.float64))
