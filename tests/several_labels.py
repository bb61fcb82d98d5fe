"""Items of several classes each, that the tests know the truth of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CLASSES = ["boat", "cat", "dog", "house", "snow", "tree"]


def drawn(n: int = 400, seed: int = 0, noise: float = 0.3) -> tuple[NDArray[np.float32], list[list[str]]]:
    """Vectors that are sums of a direction a class, and the classes of each: *snow* mostly where there is a *tree*."""
    rng = np.random.default_rng(seed)
    members = rng.random((n, len(CLASSES))) < (0.08, 0.4, 0.4, 0.3, 0.02, 0.4)
    members[:, 4] |= members[:, 5] & (rng.random(n) < 0.3)
    directions = rng.standard_normal((len(CLASSES), 32))
    vectors = members @ directions + noise * rng.standard_normal((n, 32))
    held = [[name for name, has in zip(CLASSES, row, strict=True) if has] for row in members]
    return vectors.astype(np.float32), held
