"""One arrangement of points turned and mirrored onto another, so that an eye finds its way from one to the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def rotation_onto(points: NDArray[np.floating], onto: NDArray[np.floating]) -> NDArray[np.float64]:
    """The rotation or reflection that brings points nearest to where they lie in another arrangement.

    Both are taken about their means. How large they are does not matter: the answer is the same for any scale.

    Parameters
    ----------
    points, onto : float array [n, d]
        The same n things in both.

    Returns
    -------
    float64 array [d, d]
        Orthogonal: ``(points - points.mean(axis=0)) @ rotation`` lies as ``onto`` does. The identity where there is
        nothing to go by.

    References
    ----------
    Schönemann, "A generalized solution of the orthogonal Procrustes problem", Psychometrika 1966.
    """
    here, there = (np.asarray(given, np.float64) for given in (points, onto))
    here, there = (given - given.mean(axis=0) if len(given) else given for given in (here, there))
    product = here.T @ there
    if not product.any():
        return np.eye(product.shape[0])
    left, _, right = np.linalg.svd(product)
    return left @ right
