"""Which pictures words are true of, by vectors of both in one space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: What is true of any picture: words that say something of one have to be nearer to it than these.
NEUTRAL = ("a photo", "a picture", "an image of something", "a photo of an object", "a thing")


def word_scores(
    vectors: NDArray[np.float32], words: Sequence[NDArray[np.float32]], neutral: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How much nearer each picture is to words than to words that say nothing.

    Pictures and texts of CLIP-like models lie in two cones (Liang et al., "Mind the gap", NeurIPS 2022), so a cosine
    alone tells little, and differs between models; the difference of two cosines of one picture does not.

    Parameters
    ----------
    vectors : float32 array [n, d]
        Of pictures, L2-normalised.
    words : sequence of float32 arrays [p, d]
        Of each tag its prompts, L2-normalised: their mean stands for the tag.
    neutral : float32 array [q, d]

    Returns
    -------
    scores : float32 array [n, t]
        In [0, 1]; 0.5 where words and neutral words are equally near, and 0.73 one spread of that difference above.
    cosine : float32 array [n, t]
        Of picture and tag.
    """
    nothing = vectors @ neutral.T
    means = np.stack([_unit(prompts.mean(axis=0)) for prompts in words])
    cosine = vectors @ means.T
    margin = cosine - nothing.max(axis=1, keepdims=True)
    spread = np.maximum(margin.std(axis=0), 1e-6)
    return (1 / (1 + np.exp(-margin / spread))).astype(np.float32), cosine.astype(np.float32)


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)
