"""One vector for all keypoints of a picture, so that pictures which share many lie near: a second way to find copies.

Vectors of a model say what a picture shows: they lose a copy that was turned, blurred or made grey. Its keypoints are
the same.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .keypoints import Keypoints
from .kmeans import kmeans

_DIRECTIONS = 8  # of the descriptors' bits that are kept
_WORDS = 64
_LEARNT_FROM = 20_000  # descriptors


class Vocabulary(NamedTuple):
    """What descriptors are described by.

    Attributes
    ----------
    mean : float32 array [256]
        Of each bit, as -1 or 1.
    directions : float32 array [256, 8]
        The principal components.
    words : float32 array [64, 8]
        The directions around which descriptors lie, L2-normalised.
    """

    mean: NDArray[np.float32]
    directions: NDArray[np.float32]
    words: NDArray[np.float32]

    @property
    def width(self) -> int:
        """Length of a code."""
        return self.words.size


def fit_vocabulary(descriptors: NDArray[np.uint8], *, seed: int = 0) -> Vocabulary:
    """The vocabulary of a data set, learnt from up to 20,000 descriptors ``[n, 32]`` of its pictures."""
    rng = np.random.default_rng(seed)
    bits = _bits(descriptors[rng.permutation(len(descriptors))[:_LEARNT_FROM]])
    mean = bits.mean(axis=0) if len(bits) else np.zeros(bits.shape[1], np.float32)
    centred = bits - mean
    directions = np.ascontiguousarray(np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :_DIRECTIONS])
    words = np.zeros((_WORDS, _DIRECTIONS), np.float32)
    if len(bits):
        centres = kmeans(_unit(centred @ directions), _WORDS, seed=seed, n_init=1).centres
        words[: len(centres)] = centres
    return Vocabulary(mean.astype(np.float32), directions.astype(np.float32), words.astype(np.float32))


def code_of(keypoints: Keypoints, vocabulary: Vocabulary) -> NDArray[np.float32]:
    """The code of a picture, the same for its mirror image: float32 [512], L2-normalised; zeros without keypoints.

    For each word the mean direction in which the descriptors near to it lie from it.

    References
    ----------
    Jégou, Douze, Schmid and Pérez (2010), "Aggregating local descriptors into a compact image representation" (VLAD).
    Delhumeau et al. (2013), "Revisiting the VLAD image representation": residuals and words count alike.
    """
    code = np.zeros(vocabulary.words.shape, np.float32)
    descriptors = np.concatenate([keypoints.descriptors, keypoints.mirrored])
    if not len(descriptors):
        return code.ravel()
    turned = _unit((_bits(descriptors) - vocabulary.mean) @ vocabulary.directions)
    word = (turned @ vocabulary.words.T).argmax(axis=1)
    np.add.at(code, word, _unit(turned - vocabulary.words[word]))
    flat = _unit(code).ravel()
    return np.asarray(flat / max(float(np.linalg.norm(flat)), 1e-6), np.float32)


def _bits(descriptors: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.unpackbits(descriptors, axis=1).astype(np.float32) * 2 - 1


def _unit(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6), np.float32)
