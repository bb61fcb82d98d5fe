"""How often the label of one class stands on items of another, and how far the probes can be trusted, at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .probe import softmax

Array = NDArray[np.float32]

_ROWS = 10_000  # rows that the model is fitted on at the most: more do not change it
_BLOCK = 8_192  # rows that are worked on at once
_ROUNDS = 30
_PRIOR_MASS = 5.0  # items of each class that are taken to be mislabelled at the mean rate before any is seen
_JOINT_MASS = 0.1  # what the confident joint counts beside the items, see estimate_noise
_OFFSET_SPREAD = 1.0  # how far the logarithms of the classes' offsets are taken to lie from 0
_WEIGHT_SPREAD = 0.05  # how far the probes' weights are taken to lie from one another
_SURE_START = 4.0  # the weights start so much too sure: from too unsure, ambiguity would take the place of much noise
_STANDS_OUT = 1.3  # how far the noise must stand out from the doubts, see LabelNoise.trust
_STEP = 0.4  # furthest that one step of Newton's method may go: the first ones overshoot


@dataclass(frozen=True, slots=True, eq=False)
class LabelNoise:
    """A model of how labels came about: each probe sees the true class, which is written down as another now and then.

    Attributes
    ----------
    weights : float array [probes]
        What the logarithm of each probe's probabilities counts in :meth:`class_probabilities`.
    offsets : float32 array [classes]
        What is added for each class: a probe that learnt from wrong labels finds too few of the classes that lost some.
    mixing : float32 array [classes, classes]
        How often an item of a true class (column) has a label (row); columns sum to 1.
    trust : float
        In (0, 1]: what the odds of a label being wrong are multiplied by. Where the probes contradict a label, either
        may be wrong, and the likelihood cannot tell: it calls all that they are sure of noise. So the estimated rate
        counts only as far as it stands out, as a signal from the noise around it (the weight of a Wiener filter), from
        the share of labels that the probes contradict without being as sure of it as of others.
    """

    weights: NDArray[np.float64]
    offsets: Array
    mixing: Array
    trust: float

    def class_probabilities(self, evidence: Sequence[Array]) -> Array:
        """Probability of each class being the true one by what is seen alone: float32 [n, classes].

        Parameters
        ----------
        evidence : float32 arrays [n, classes]
            Logarithms of each probe's probabilities.
        """
        return softmax(_combined(evidence, self.weights) + self.offsets)

    def true_class_probabilities(self, seen: Array, codes: NDArray[np.integer]) -> NDArray[np.float64]:
        """The same, with the label taken into account: float64 [n, classes].

        Parameters
        ----------
        seen : float32 array [n, classes]
            From :meth:`class_probabilities`.
        codes : int array [n]
            The label, -1 for none.
        """
        product = seen.astype(np.float64)
        for start in range(0, len(product), _BLOCK):
            part, labels = product[start : start + _BLOCK], codes[start : start + _BLOCK]
            labelled = np.flatnonzero(labels >= 0)
            given = labels[labelled]
            part[labelled] *= self.trust * self.mixing[given]
            part[labelled, given] /= self.trust
            part /= part.sum(axis=1, keepdims=True).clip(min=1e-300)
        return product


def estimate_noise(evidence: Sequence[Array], codes: NDArray[np.integer]) -> LabelNoise:
    """Fit mix-ups, the weights of the probes and the offsets of the classes to the labels, by maximum likelihood.

    A probability of .7 may mean that the probe is unsure, or that 30 % of the labels that it learnt from are wrong.
    Where it is surest tells which: a label that contradicts it there is noise, and how sure it would be without noise
    follows. So both are estimated in turns (expectation maximisation). Where nearly half of a class has the label of
    one other, the likelihood knows of no difference: a probe that learnt from that is sure of nothing there. So the
    joint of given and confidently predicted labels, which sees mix-ups in every doubt, is the start, and counts for a
    part of the items. The weights of the probes against one another come first, with one rate for all mix-ups: with all
    of them free, a probe that is too sure would be believed, and the labels blamed.

    Parameters
    ----------
    evidence : float32 arrays [n, classes]
        Logarithms of out-of-fold probabilities, of one probe each.
    codes : int array [n]
        The label of each row, -1 for none.

    References
    ----------
    Dawid and Skene (1979), "Maximum likelihood estimation of observer error-rates using the EM algorithm": the mix-ups.
    Northcutt, Jiang and Chuang (2021), "Confident learning: estimating uncertainty in dataset labels": the joint.
    Guo et al. (2017), "On calibration of modern neural networks": weights and offsets of logarithms.
    """
    n_classes = evidence[0].shape[1]
    labelled = np.flatnonzero(codes >= 0)
    chosen = labelled[np.argsort(codes[labelled], kind="stable")][:: -(-len(labelled) // _ROWS) or 1]
    part, given = [np.asarray(probe[chosen], np.float32) for probe in evidence], codes[chosen]
    weights = _probe_weights(part, given)
    combined = [_combined(part, weights)]
    joint = confident_joint(softmax(combined[0]), given)
    counted = (_JOINT_MASS * len(given) * joint).astype(np.float32)
    start = joint + 0.1 / n_classes**2
    mixing, scale = (start / start.sum(axis=0)).astype(np.float32), np.full(1, _SURE_START)
    offsets = np.zeros(n_classes, np.float32)
    for _ in range(_ROUNDS):
        seen = softmax(combined[0] * np.float32(scale[0]) + offsets)
        believed = _normalised(seen * mixing[given])
        counts = _by_label(given, n_classes) @ believed
        counts += counted
        counts += _PRIOR_MASS * _even_mixing(1 - np.trace(counts) / counts.sum(), n_classes)
        mixing = (counts / counts.sum(axis=0)).astype(np.float32)
        scale, offsets = _newton_step(combined, believed, seen, scale, offsets)
    seen = softmax(combined[0] * np.float32(scale[0]) + offsets)
    own = _normalised(seen * mixing[given])[np.arange(len(given)), given]
    rate = float(np.mean(1 - own, dtype=np.float64))
    doubted = _STANDS_OUT * max(float((seen.argmax(axis=1) != given).mean()) - (1 - float(np.trace(joint))), 0.0)
    trust = (rate**2 + 1e-9) / (rate**2 + doubted**2 + 1e-9)
    return LabelNoise(weights * scale[0], offsets, mixing, trust)


def confident_joint(probabilities: Array, codes: NDArray[np.integer]) -> NDArray[np.float64]:
    """Joint distribution of the given (row) and the true class (column): float64 [classes, classes], sums to 1.

    A row counts for the most probable of those classes that it is at least as probable of as the items that have their
    label are on average; the sums of the rows are those of the labels.

    References
    ----------
    Northcutt, Jiang and Chuang (2021), "Confident learning: estimating uncertainty in dataset labels".
    """
    n, n_classes = probabilities.shape
    size = np.bincount(codes, minlength=n_classes)
    own = probabilities[np.arange(n), codes]
    typical = np.where(size > 0, np.bincount(codes, own, minlength=n_classes) / np.maximum(size, 1), np.inf)
    confident = np.where(probabilities >= typical, probabilities, -1.0)
    counted = confident.max(axis=1) >= 0
    joint = np.zeros((n_classes, n_classes))
    np.add.at(joint, (codes[counted], confident[counted].argmax(axis=1)), 1.0)
    joint[np.diag_indices(n_classes)] += joint.sum(axis=1) == 0
    joint *= (size / joint.sum(axis=1))[:, None]
    return joint / max(joint.sum(), 1.0)


def _probe_weights(evidence: Sequence[Array], given: NDArray[np.integer]) -> NDArray[np.float64]:
    """Weight of each probe, with labels that are wrong at one rate for all classes."""
    n_classes = evidence[0].shape[1]
    weights, offsets = np.full(len(evidence), 1 / len(evidence)), np.zeros(n_classes, np.float32)
    rate = 0.1
    for _ in range(_ROUNDS):
        seen = softmax(_combined(evidence, weights) + offsets)
        believed = _normalised(seen * _even_mixing(rate, n_classes)[given])
        rate = float(1 - believed[np.arange(len(given)), given].mean(dtype=np.float64))
        weights, offsets = _newton_step(evidence, believed, seen, weights, offsets)
    return weights


def _newton_step(
    evidence: Sequence[Array], believed: Array, seen: Array, weights: NDArray[np.float64], offsets: Array
) -> tuple[NDArray[np.float64], Array]:
    """Weights and offsets that bring what is seen nearer to what is believed; the spreads above are their priors."""
    n, m = len(seen), len(evidence)
    missing = believed - seen
    means = [(seen * probe).sum(axis=1) for probe in evidence]
    slope = np.array([float((missing * probe).sum(dtype=np.float64)) for probe in evidence])
    bend = np.empty((m, m))
    for i in range(m):
        for j in range(i + 1):
            product = float((seen * evidence[i] * evidence[j]).sum(dtype=np.float64))
            bend[i, j] = bend[j, i] = product - float((means[i] * means[j]).sum(dtype=np.float64))
    apart = (np.eye(m) - 1 / m) / _WEIGHT_SPREAD**2
    step = np.linalg.solve(bend + apart + (1e-3 * n + 1e-9) * np.eye(m), slope - apart @ weights)
    weights = np.clip(weights + step.clip(-_STEP, _STEP), 0.02, 10.0)
    pull = missing.sum(axis=0) - offsets / _OFFSET_SPREAD**2
    stiff = (seen * (1 - seen)).sum(axis=0) + 1 / _OFFSET_SPREAD**2
    return weights, (offsets + (pull / stiff).clip(-_STEP, _STEP)).astype(np.float32)


def _combined(evidence: Sequence[Array], weights: NDArray[np.float64]) -> Array:
    total = np.float32(weights[0]) * evidence[0]
    for weight, probe in zip(weights[1:], evidence[1:], strict=True):
        total += np.float32(weight) * probe
    return total


def _even_mixing(rate: float, n_classes: int) -> Array:
    """Mix-ups where this share of every class has another label, each as often as any other."""
    mixing = np.full((n_classes, n_classes), rate / max(n_classes - 1, 1), np.float32)
    mixing[np.diag_indices(n_classes)] = 1 - rate
    return mixing


def _by_label(given: NDArray[np.integer], n_classes: int) -> csr_array:
    n = len(given)
    return csr_array((np.ones(n, np.float32), (given, np.arange(n))), (n_classes, n))


def _normalised(values: Array) -> Array:
    return values / values.sum(axis=1, keepdims=True).clip(min=1e-30)
