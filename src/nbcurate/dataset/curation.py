"""ds.curate(): a pipeline of small steps, that drop items or pick some, to be read, reordered, extended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..collection.distinct import distinct_items
from ..collection.shares import read_classes
from ..curate import balance as balancing
from ..findings.picks import Picks
from ..findings.recipe import make_recipe
from ..store.items import Keys
from .pick_set import PickSet

#: An image whose shorter side is below this (px) shows too little.
_TINY = 32
#: Measured properties (0 to 1) below which an image shows nothing: black, or of one colour.
_DARK, _FLAT = 0.05, 0.02
#: Sharpness below this share of the data set's median is a blur.
_BLURRED = 0.05


@dataclass
class Curation:
    """A curation under way: what a step reads and changes.

    Attributes
    ----------
    dataset : PickSet
        What is curated.
    n : int
        How many items are wanted.
    balance, rare, redundancy, encoder, seed
        As they were given to :meth:`Dataset.curate`.
    candidates : uint64 array
        Keys of the items that may still be picked.
    picks : dict of key to str
        What was picked, in this order, and why: the name of the step, then its reason.
    dropped : dict of key to str
        What was dropped, and why: the name of the step, then its reason.
    """

    dataset: PickSet
    n: int
    balance: str | None = "label"
    rare: float = 0.1
    redundancy: float | str = "auto"
    encoder: str | None = None
    seed: int = 0
    candidates: Keys = field(default_factory=lambda: np.empty(0, np.uint64))
    picks: dict[int, str] = field(default_factory=dict)
    dropped: dict[int, str] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """How many are still to be picked."""
        return max(self.n - len(self.picks), 0)

    @property
    def pool(self) -> PickSet:
        """The candidates as a data set."""
        return PickSet(self.dataset.store, self.candidates)

    def drop(self, keys: Keys, reasons: Sequence[str]) -> None:
        """Take items out of the candidates."""
        self.dropped.update(zip(keys.tolist(), reasons, strict=True))
        self.candidates = self.candidates[~np.isin(self.candidates, keys)]

    def pick(self, keys: Keys, reasons: Sequence[str]) -> None:
        """Pick items, no more than are wanted."""
        keys, reasons = keys[: self.left], reasons[: self.left]
        self.picks.update(zip(keys.tolist(), reasons, strict=True))
        self.candidates = self.candidates[~np.isin(self.candidates, keys)]


#: A step of the pipeline: changes the curation, and is named for what it does.
Step = Callable[[Curation], None]


def drop_low_quality(curation: Curation) -> None:
    """Drop what is missing or too small to see, and where properties were measured what is black, flat or blurred."""
    pool = curation.pool
    _drop_where(curation, np.array(pool.column("status").to_pylist()) == "missing", "its file is gone")
    size = np.fmin(_numbers(curation.pool, "width"), _numbers(curation.pool, "height"))
    _drop_where(curation, size < _TINY, f"its shorter side is below {_TINY} px")
    _drop_where(curation, _numbers(curation.pool, "brightness") < _DARK, "black")
    _drop_where(curation, _numbers(curation.pool, "contrast") < _FLAT, "of one colour")
    sharpness = _numbers(curation.pool, "sharpness")
    known = sharpness[np.isfinite(sharpness)]
    if len(known):
        _drop_where(curation, sharpness < _BLURRED * np.median(known), "blurred")


def collapse_copies(curation: Curation) -> None:
    """Drop exact and near copies, but for the best of each group.

    Vectors alone decide, and no pixels are compared: whether two pictures that look the same are copies or not, one of
    them is enough.
    """
    found = curation.pool.duplicates(
        curation.redundancy,  # pyright: ignore[reportArgumentType] - what it may be is checked there
        pixels=False,
        encoder=curation.encoder,
    )
    curation.drop(found.keys, [f"copy: {why}" for why in found.reasons])


def keep_rare(curation: Curation) -> None:
    """Pick the rarest items, as :meth:`Dataset.rare` ranks them; of exact copies one."""
    wanted = min(round(curation.rare * curation.n), curation.left)
    if wanted:
        distinct = distinct_items(curation.pool, curation.encoder)
        found = PickSet(curation.dataset.store, distinct.keys).rare(wanted, encoder=curation.encoder)
        curation.pick(found.keys, [f"rare: {why}" for why in found.reasons])


def balance_classes(curation: Curation) -> None:
    """Pick so that all picks together have equal shares of the classes; diverse inside each."""
    pool = curation.pool
    if curation.balance is None or not curation.left or not len(pool):
        return
    try:
        classes = read_classes(pool, curation.balance, np.arange(len(pool)))
    except ValueError:  # no item has a class: nothing to balance
        return
    so_far = _classes_of_picks(curation, classes.names)
    capacity = classes.counts.sum(axis=0).astype(np.intp) + so_far
    need = np.maximum(balancing.water_fill(capacity, curation.n) - so_far, 0)
    need = balancing.water_fill(need, curation.left)
    if need.any():
        shares = dict(zip(classes.names, need.astype(float).tolist(), strict=True))
        found = pool.balanced(
            int(need.sum()), by=curation.balance, shares=shares, encoder=curation.encoder, seed=curation.seed
        )
        curation.pick(found.keys, [f"balance: {why}" for why in found.reasons])


def fill_with_diverse(curation: Curation) -> None:
    """Pick what is least like the picks so far, until there are as many as wanted."""
    if curation.left and len(curation.candidates):
        picked = np.fromiter(curation.picks, np.uint64, len(curation.picks))
        whole = PickSet(curation.dataset.store, np.union1d(curation.candidates, picked))
        keep = curation.dataset.store.items.ids_of_keys(picked)
        found = whole.diverse(curation.left, keep=keep, encoder=curation.encoder, seed=curation.seed)
        curation.pick(found.keys, [f"diverse: {why}" for why in found.reasons])


def curation_steps() -> list[Step]:
    """The pipeline of :meth:`Dataset.curate`, in order. A list of your own to change."""
    return [drop_low_quality, collapse_copies, keep_rare, balance_classes, fill_with_diverse]


def run_curation(
    dataset: PickSet,
    n: int,
    *,
    balance: str | None,
    rare: float,
    redundancy: float | str,
    steps: Sequence[Step | str] | None,
    encoder: str | None,
    seed: int,
) -> Picks:
    """Run the steps, and wrap what they picked: see :meth:`Dataset.curate`.

    Raises
    ------
    ValueError
        If a step is named that is none of :func:`curation_steps`, or ``rare`` is no share.
    KeyError
        If there is no column of that name to balance.
    """
    if balance is not None:
        dataset.column(balance)
    if not isinstance(rare, int | float | np.number) or not 0 <= rare <= 1:
        raise ValueError(f"rare={rare!r}: give the share of the picks, from 0 to 1.")
    known = {step.__name__: step for step in curation_steps()}
    unknown = [step for step in steps or () if isinstance(step, str) and step not in known]
    if unknown:
        raise ValueError(f"steps: there is no {unknown[0]!r}; name {', '.join(known)}, or give functions.")
    run = [known[step] if isinstance(step, str) else step for step in (steps if steps is not None else known)]
    curation = Curation(dataset, n, balance, rare, redundancy, encoder, seed, candidates=dataset.keys)
    for step in run:
        if len(curation.candidates):
            step(curation)
    parameters = {
        "n": n, "balance": balance, "rare": rare, "redundancy": redundancy,
        "steps": None if steps is None else [step.__name__ for step in run], "encoder": encoder, "seed": seed,
    }  # fmt: skip
    embeddings = dataset.store.embeddings_named(encoder)
    keys = np.fromiter(curation.picks, np.uint64, len(curation.picks))
    reasons = list(curation.picks.values())
    ids_of = dataset.store.items.ids_of_keys
    dropped = ids_of(np.fromiter(curation.dropped, np.uint64, len(curation.dropped)))
    return Picks(
        dataset, "curate", keys, 1 - np.arange(len(keys)) / max(len(keys), 1), reasons,
        recipe=make_recipe("curate", parameters, dataset.keys, embeddings),
        score_meaning="1 for the first pick, falling evenly to the last",
        columns={"step": np.array([why.split(":")[0] for why in reasons], object)},
        reporter=lambda: dataset.report(ids_of(keys), encoder=encoder),
        dropped=dict(zip(dropped, curation.dropped.values(), strict=True)),
    )  # fmt: skip


def _drop_where(curation: Curation, bad: NDArray[np.bool_], reason: str) -> None:
    keys = curation.candidates[bad]
    curation.drop(keys, [f"low quality: {reason}"] * len(keys))


def _numbers(items: PickSet, name: str) -> NDArray[np.float64]:
    """A numeric column; NaN where it is not known."""
    return items.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)


def _classes_of_picks(curation: Curation, names: list[str]) -> NDArray[np.intp]:
    """How many picks there are of each class."""
    picked = PickSet(curation.dataset.store, np.fromiter(curation.picks, np.uint64, len(curation.picks)))
    code = {name: number for number, name in enumerate(names)}
    counts = np.zeros(len(names), np.intp)
    for value in picked.column(str(curation.balance)).to_pylist():
        for name in value if isinstance(value, list) else [value]:
            if str(name) in code:
                counts[code[str(name)]] += 1
    return counts
