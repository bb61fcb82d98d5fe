"""How strong a projection may be: as strong as helps where it was made, and harms no class that it never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from .class_labels import ClassLabels
from .metric_projection import UNCHANGED, ProjectionFamily, Strength
from .retrieval import retrieval_map
from .unseen_classes import Agreement, class_draws, one_class_each, without_classes

#: What is tried, the weakest first.
STRENGTHS = (Strength(0.25, 0.0), *(Strength(d, w) for w in (0.0, 0.1) for d in (0.35, 0.5)))
#: What is the most where too few classes are there to leave some out, so that nothing tells what others would suffer.
CAUTIOUS = (Strength(0.25, 0.0), Strength(0.35, 0.0))
_DRAWS = 16
#: What the mean over the draws may fall by in any case, and where chance explains it, as k-means jumps about.
_LITTLE_FALL, _MOST_FALL = 0.01, 0.02
#: Of retrieval mAP: less is chance, such as labels that mean nothing give.
_LEAST_GAIN = 0.005
_MOST_MEASURED = 2_000


@dataclass(frozen=True)
class Trial:
    """What one strength did.

    Attributes
    ----------
    strength : Strength
    known : float
        Retrieval mAP on items that it was not made from, of classes that it was.
    unseen : tuple of Agreement
        For each draw of classes that were left out, how it agrees with them; empty where none could be.
    """

    strength: Strength
    known: float
    unseen: tuple[Agreement, ...]


@threadpool_limits.wrap(limits=1)  # threads that share products this small mostly wait for one another
def choose_strength(
    vectors: NDArray[np.float32],
    labels: ClassLabels,
    family: ProjectionFamily,
    train: NDArray[np.intp],
    val: NDArray[np.intp],
    *,
    seed: int = 0,
) -> tuple[Strength, list[Trial]]:
    """The strength that helps most on items of known classes, of those that harm no class that was left out.

    Some classes are left out of what the projection is made from, several times, and it is measured on their items
    against the vectors as they are. A strength harms where clusters (NMI) or retrieval (mAP) of these items are worse
    in the mean over the draws, by more than .02, or by more than .01 and the standard error of that mean. Where all do,
    the one that harms least is taken, if that is not more than .02.

    Parameters
    ----------
    vectors : float32 array [n, d]
    labels : ClassLabels
        Of these n.
    family : ProjectionFamily
        Made from the rows ``train``.
    train, val : int array
        Rows; where ``val`` is empty, nothing but harm is asked after.
    seed : int

    Returns
    -------
    strength : Strength
        ``UNCHANGED`` where none helps by more than chance, or all harm.
    trials : list of Trial
        What was tried, the vectors as they are first.
    """
    codes = one_class_each(labels)
    judged = np.sort(np.random.default_rng(seed).permutation(val)[:_MOST_MEASURED])
    seen, truth = np.asarray(vectors[judged]), codes[judged]
    both = np.concatenate([train, val])
    draws = class_draws(labels, both, _DRAWS, seed)
    strengths = (UNCHANGED, *(STRENGTHS if draws else CAUTIOUS))
    without = without_classes(vectors, labels, train, both, draws, strengths, seed=seed)
    unseen = list(tqdm(without, total=len(draws), desc="left-out classes", unit="draw", delay=2, leave=False))
    trials = [
        Trial(strength, retrieval_map(family.at(strength).transform(seen), truth, seed=seed), tuple(of_draws))
        for strength, *of_draws in zip(strengths, *unseen, strict=True)
    ]
    return _best(trials), trials


def _best(trials: Sequence[Trial]) -> Strength:
    """The harmless one that helps most; where nothing tells who helps, the strongest of these.

    Where none is harmless, the one that harms least, if that is little.
    """
    frozen, *others = trials
    falls = {trial: _fall(trial, frozen) for trial in others}
    harmless = [trial for trial, (fall, chance) in falls.items() if fall <= min(max(_LITTLE_FALL, chance), _MOST_FALL)]
    if not harmless:
        harmless = [
            trial for trial in [min(others, key=lambda trial: falls[trial][0])] if falls[trial][0] <= _MOST_FALL
        ]
    if not np.isfinite(frozen.known):
        return harmless[-1].strength if harmless else UNCHANGED
    best = max(harmless, key=lambda trial: trial.known, default=frozen)
    return best.strength if best.known > frozen.known + _LEAST_GAIN else UNCHANGED


def _fall(trial: Trial, frozen: Trial) -> tuple[float, float]:
    """By how much clusters or retrieval of left-out classes are worse, whichever is more, and its standard error."""
    found = [(0.0, 0.0)]
    for measure in ("nmi", "retrieval_map"):
        now, was = ([getattr(agreement, measure) for agreement in of.unseen] for of in (trial, frozen))
        change = np.array(now) - np.array(was)
        change = change[np.isfinite(change)]
        if len(change):
            found.append((-float(change.mean()), float(change.std() / np.sqrt(len(change)))))
    return max(found)
