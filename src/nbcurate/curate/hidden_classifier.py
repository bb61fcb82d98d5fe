"""A classifier with one hidden layer, stopped where validation rows say so, with stand-ins for its own rows."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from .class_scores import Array, Link
from .classifier import ENOUGH, Fitted, Rows, Trial, grouped_folds, judge
from .vector_rows import NOT_FINITE, Moments, VectorRows

if TYPE_CHECKING:
    import torch

_EPOCHS, _PATIENCE = 40, 4  # at the most; and without a smaller loss
_RATE, _DECAY, _DROPOUT = 1e-3, 1e-2, 0.3
_SMALLEST_BATCH, _LARGEST_BATCH, _STEPS_AN_EPOCH = 32, 512, 40


@dataclass(frozen=True, eq=False)
class HiddenHead:
    """Scores of classes through one layer of rectified sums.

    Attributes
    ----------
    inner : float32 array [d, hidden]
    inner_offsets : float32 array [hidden]
    outer : float32 array [hidden, classes]
    outer_offsets : float32 array [classes]
    """

    inner: Array
    inner_offsets: Array
    outer: Array
    outer_offsets: Array

    def scores(self, vectors: Array) -> Array:
        """Scores of the classes: float32 [n, classes]."""
        return np.maximum(vectors @ self.inner + self.inner_offsets, 0) @ self.outer + self.outer_offsets


def fit_hidden_classifier(
    vectors: Array,
    train: Rows,
    val: Rows,
    link: Link,
    groups: NDArray[np.integer],
    *,
    hidden: int,
    n_folds: int = 5,
    seed: int = 0,
) -> Fitted:
    """A layer of ``hidden`` rectified sums and a linear one on it, by AdamW with dropout and early stopping.

    The epoch with the smallest loss on the validation rows is kept. Where there are fewer than 50, one fold of the
    training rows tells how many epochs there should be, and the head learns for so many from all of them. Vectors are
    read a batch at a time.

    Parameters
    ----------
    vectors, train, val, link, groups
        As for :func:`nbcurate.curate.linear_classifier.fit_linear_classifier`.
    hidden : int
        Width of the layer.

    Returns
    -------
    Fitted
        Its ``chosen`` has ``epochs`` and ``by``.

    Raises
    ------
    ValueError
        If a vector is not finite.

    References
    ----------
    Loshchilov and Hutter (2019), "Decoupled weight decay regularization".
    """
    folds = grouped_folds(train, groups, n_folds, seed)
    learn = partial(_learn, vectors, link, VectorRows(vectors, train.at).moments(), hidden, seed)
    by_val = len(val) >= ENOUGH
    learnt, asked = (train, val) if by_val else (train.take(folds != 0), train.take(folds == 0))
    head, trials = _stopped(learn(learnt), lambda head, epoch: judge(epoch, vectors, [(head, asked)], link))
    epochs = int(np.argmin([trial.loss for trial in trials])) + 1
    if not by_val:
        head = _after(learn(train), epochs)

    def stand_ins() -> list[HiddenHead]:
        every = tqdm(range(int(folds.max()) + 1), desc="stand-ins", unit="fold", delay=2, leave=False)
        return [_after(learn(train.take(folds != fold)), epochs) for fold in every]

    chosen = {"hidden": hidden, "epochs": epochs, "by": "validation" if by_val else "one fold"}
    return Fitted(head, folds, chosen, trials, stand_ins)


def _learn(vectors: Array, link: Link, moments: Moments, hidden: int, seed: int, rows: Rows) -> Iterator[HiddenHead]:
    """The head after each epoch, without end."""
    import torch

    mean, scale = moments.mean.astype(np.float32), np.float32(np.sqrt(moments.spread / len(moments.mean)))
    size = int(np.clip(len(rows) // _STEPS_AN_EPOCH, _SMALLEST_BATCH, _LARGEST_BATCH))
    shuffled = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = torch.nn.Sequential(
            torch.nn.Linear(vectors.shape[1], hidden),
            torch.nn.ReLU(),
            torch.nn.Dropout(_DROPOUT),
            torch.nn.Linear(hidden, rows.targets.shape[1]),
        )
        state = torch.get_rng_state()
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=_DECAY)
    while True:
        order = shuffled.permutation(len(rows))
        # Threads that share products this small mostly wait for one another.
        with (
            threadpool_limits(1),
            torch.random.fork_rng(devices=[]),
        ):  # whoever draws numbers between two epochs draws their own
            torch.set_rng_state(state)
            for start in range(0, len(order), size):
                batch = rows.take(np.sort(order[start : start + size]))
                scores = network(torch.from_numpy((vectors[batch.at] - mean) / scale))
                _, slopes, _ = link.losses(scores.detach().numpy(), batch.targets.toarray())
                if not np.isfinite(slopes).all():
                    raise ValueError(NOT_FINITE)
                optimizer.zero_grad()
                scores.backward(torch.from_numpy(np.ascontiguousarray(slopes / len(batch))))
                optimizer.step()
            state = torch.get_rng_state()
        yield _head(network, mean, scale)


def _head(network: torch.nn.Sequential, mean: Array, scale: np.float32) -> HiddenHead:
    """The network as it stands, for vectors as they are."""
    inner, inner_offsets, outer, outer_offsets = (p.detach().numpy().copy() for p in network.parameters())
    inner = np.ascontiguousarray(inner.T / scale, np.float32)
    return HiddenHead(
        inner, (inner_offsets - mean @ inner).astype(np.float32), np.ascontiguousarray(outer.T), outer_offsets
    )


def _stopped(
    epochs: Iterator[HiddenHead], judged: Callable[[HiddenHead, float], Trial]
) -> tuple[HiddenHead, list[Trial]]:
    """The head of the smallest loss, and the loss after each epoch, until there was none smaller for a while."""
    trials: list[Trial] = []
    best: HiddenHead | None = None
    for epoch in tqdm(range(1, _EPOCHS + 1), desc="head", unit="epoch", delay=2, leave=False):
        head = next(epochs)
        trials.append(judged(head, epoch))
        least = int(np.argmin([trial.loss for trial in trials])) + 1
        if least == epoch or best is None:
            best = head
        if epoch - least >= _PATIENCE:
            break
    assert best is not None
    return best, trials


def _after(epochs: Iterator[HiddenHead], count: int) -> HiddenHead:
    """The head after so many epochs."""
    return next(itertools.islice(epochs, count - 1, None))
