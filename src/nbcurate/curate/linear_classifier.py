"""A linear classifier whose penalty is chosen by rows that it does not learn from, with stand-ins for its own rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from .class_scores import Array, Link
from .classifier import ENOUGH, Fitted, Rows, Trial, grouped_folds, judge
from .logistic import LinearHead, LogisticProblem, Solution
from .vector_rows import VectorRows

#: Penalties that are tried, in units of the vectors' spread, strongest first.
PENALTIES = tuple(10 ** (1.5 - 0.5 * step) for step in range(12))

_STEP = PENALTIES[0] / PENALTIES[1]
_MANY = 3  # times as many rows as were tried on: they call for a stronger penalty
_STRONGER = 4  # steps that a thousand times as many rows may call for
_TRIED_ON = 5_000  # rows that the penalties are tried on first
_ROWS_A_CLASS = 20  # but no fewer than these
_FINE = 3e-4  # where the search for what is kept ends


def fit_linear_classifier(
    vectors: Array,
    train: Rows,
    val: Rows,
    link: Link,
    groups: NDArray[np.integer],
    *,
    n_folds: int = 5,
    seed: int = 0,
) -> Fitted:
    """Logistic regression, with the penalty of the smallest loss on the validation rows.

    Penalties are tried from strong to weak until the loss rises, each search starting where the last one ended, on
    5,000 rows at the most; on all rows only stronger ones than the best of these are, as more rows call for no weaker
    one. Where there are fewer than 50 validation rows, the folds of the training rows serve instead. The loss judges,
    and not the share of right predictions: a dozen penalties differ in an item or two, and chance would choose.

    Parameters
    ----------
    vectors : float32 array [m, d]
        May be mapped from a file.
    train, val : Rows
    link : Link
        What scores mean, and how much classes count.
    groups : int array [t]
        Training rows of one group, such as copies of one another, are in one fold.

    Returns
    -------
    Fitted
        Its ``chosen`` has ``penalty`` (scikit-learn's 1 / C) and ``by``.

    Raises
    ------
    ValueError
        If a vector is not finite.

    Examples
    --------
    >>> rows = Rows(np.arange(len(vectors)), scipy.sparse.csr_array(np.eye(10, dtype="float32")[codes]))
    >>> fitted = fit_linear_classifier(vectors, rows, rows.take([]), OneClass(), np.arange(len(vectors)))
    >>> fitted.head.scores(vectors).argmax(axis=1)
    """
    folds = grouped_folds(train, groups, n_folds, seed)
    with threadpool_limits(1), tqdm(desc="head", unit="fit", delay=2, leave=False) as bar:
        fit = _Fit(vectors, train, val, link, folds, seed, bar)
        best, found = fit.try_some()
        if len(fit.some) < len(train):
            best, found = fit.try_stronger(best, found)
        return fit.finished(best, found)


class _Fit:
    """One fit on its way: penalties are judged by the validation rows, or by the fold that was left out."""

    def __init__(
        self, vectors: Array, train: Rows, val: Rows, link: Link, folds: NDArray[np.int8], seed: int, bar: tqdm
    ) -> None:
        most = max(_TRIED_ON, _ROWS_A_CLASS * train.targets.shape[1])
        self.some = np.sort(np.random.default_rng(seed).permutation(len(train))[:most])
        self._vectors, self._train, self._val, self._link, self._folds = vectors, train, val, link, folds
        self._by_folds = len(val) < ENOUGH
        self._rows_of_some = VectorRows(vectors, train.at[self.some])
        self._moments = self._rows_of_some.moments()
        self._trials: list[Trial] = []
        self._bar = bar

    def try_some(self) -> tuple[Trial, Solution]:
        """The best trial on some of the rows, and what was found by it."""
        train, folds = self._train.take(self.some), self._folds[self.some]
        problem = self._problem(self._rows_of_some, train, folds, apart=self._by_folds)
        found = [problem.start()]
        for penalty in (step * self._moments.spread for step in PENALTIES):
            found.append(problem.solve(penalty, found[-1]))
            self._judge(penalty, found[-1], train, folds)
            if len(self._trials) > 1 and self._trials[-1].loss > self._trials[-2].loss:
                break
        best = int(np.argmin([trial.loss for trial in self._trials]))
        return self._trials[best], found[1 + best]

    def try_stronger(self, best: Trial, found: Solution) -> tuple[Trial, Solution]:
        """The best trial on all rows, from the penalty that was best on some of them on, and what was found by it.

        Four times as many rows call for about one step more, on pictures of all kinds: so the walk begins there.
        """
        problem = self._problem(self._all_rows, self._train, self._folds, apart=self._by_folds)
        penalty = best.value * (_STEP if len(self._train) >= _MANY * len(self.some) else 1)
        found = problem.solve(penalty, found)
        best = self._judge(penalty, found, self._train, self._folds)
        for _ in range(_STRONGER):
            penalty = best.value * _STEP
            stronger = problem.solve(penalty, found)
            trial = self._judge(penalty, stronger, self._train, self._folds)
            if trial.loss >= best.loss:
                break
            best, found = trial, stronger
        return best, found

    def finished(self, best: Trial, found: Solution) -> Fitted:
        """What is kept."""
        whole = self._problem(self._all_rows, self._train, self._folds, apart=False)
        apart = partial(self._problem, self._all_rows, self._train, self._folds, apart=True)
        if self._by_folds:
            without = apart().solve(best.value, found, _FINE)
            head, make = whole.solve(best.value, without.mean(), _FINE), without.heads.copy
        else:
            head = whole.solve(best.value, found, _FINE)
            make = partial(_from_the_start, apart, best.value, head.curvature)
        chosen = {"penalty": best.value, "by": "cross-validation" if self._by_folds else "validation"}
        return Fitted(head.heads[0], self._folds, chosen, self._trials, make)

    @cached_property
    def _all_rows(self) -> VectorRows:
        if len(self.some) == len(self._train):
            return self._rows_of_some
        return VectorRows(self._vectors, self._train.at)

    def _problem(self, rows: VectorRows, train: Rows, folds: NDArray[np.int8], *, apart: bool) -> LogisticProblem:
        """The fit to all of these rows, or those to all but each fold."""
        inside = folds[:, None] != np.arange(self._folds.max() + 1) if apart else None
        return LogisticProblem(rows, train.targets, self._link, self._moments, inside)

    def _judge(self, penalty: float, found: Solution, train: Rows, folds: NDArray[np.int8]) -> Trial:
        asked = [(found.heads[0], self._val)]
        if self._by_folds:
            asked = [(head, train.take(folds == fold)) for fold, head in enumerate(found.heads)]
        trial = judge(penalty, self._vectors, asked, self._link)
        self._trials.append(trial)
        self._bar.update()
        return trial


def _from_the_start(problem: Callable[[], LogisticProblem], penalty: float, curvature: float) -> list[LinearHead]:
    """The heads of a problem, from ones that know nothing: what begins with what all rows say remembers it."""
    apart = problem()
    return apart.solve(penalty, apart.start(curvature), _FINE).heads
