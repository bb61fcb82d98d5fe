"""What to label next, where a model is there to ask: items that stand for much that it is unsure of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .facility_location import MakeGraph, representatives
from .pick_order import PickOrder


def uncertain_and_different(
    vectors: NDArray[np.float32],
    uncertainty: NDArray[np.floating],
    n: int,
    *,
    graph: MakeGraph,
    labelled: NDArray[np.integer] | None = None,
) -> PickOrder:
    """Items that stand for much uncertainty not covered yet, so that picks do not crowd in one uncertain spot.

    Facility location in which an item counts by the square of its uncertainty. A model of few labels is unsure of
    nearly everything: counted as it is, its uncertainty hardly tells items apart, and large classes that it knows get
    what small ones need that it does not.

    Parameters
    ----------
    vectors : float32 array [n, d]
        L2-normalised.
    uncertainty : float array [n]
        Not negative; the higher the less sure is the model. Items at 0 are not among the first picks.
    n : int
    graph : callable
        As for :func:`nbcurate.curate.facility_location.representatives`.
    labelled : int array, optional
        Rows that have a label.

    Returns
    -------
    PickOrder
        Gains are the squared uncertainty covered, weighted by similarity.

    References
    ----------
    Wei, Iyer & Bilmes, "Submodularity in data subset selection and active learning", ICML 2015. Citovsky et al., "Batch
    active learning at scale", NeurIPS 2021.
    """
    return representatives(vectors, n, graph=graph, keep=labelled, weights=np.square(uncertainty))
