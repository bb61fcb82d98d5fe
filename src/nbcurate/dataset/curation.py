"""ds.curate(): a pipeline of small steps, that drop items or pick some, to be read, reordered, extended."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..collection.distinct import distinct_items
from ..curate.balance import water_fill
from ..curate.quality import shows_too_little
from ..findings.picks import Picks, warn_of_too_few
from ..findings.recipe import make_recipe
from ..store.items import Keys
from .class_shares import first_with_room, room_of_classes, share_table
from .curated_set import CuratedSet

#: Where a picture shows next to nothing: its shorter side in px, below which little can be made out; the standard
#: deviation of its luma (0 to 0.5), of one colour but for noise; its sharpness, of which rounding to 256 levels alone
#: makes some .005.
_TINY, _FLAT, _SMOOTH = 32, 0.02, 0.006
#: A rule of quality that drops more than this share says so: it may be that the data set is like that.
_SMALL_SHARE = 0.02


@dataclass
class Curation:
    """A curation under way: what a step reads and changes.

    Attributes
    ----------
    dataset : CuratedSet
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

    dataset: CuratedSet
    n: int
    balance: str | None = "label"
    rare: float = 0.1
    redundancy: float | str | None = "auto"
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
    def pool(self) -> CuratedSet:
        """The candidates as a data set."""
        return CuratedSet(self.dataset.store, self.candidates)

    @property
    def picked(self) -> Keys:
        """Keys of the picks, in their order."""
        return np.fromiter(self.picks, np.uint64, len(self.picks))

    @property
    def room(self) -> dict[str, int]:
        """How many more of each class equal shares allow; empty where nothing is to be balanced."""
        return room_of_classes(self.pool, CuratedSet(self.dataset.store, self.picked), self.balance, self.n)

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
    """Drop what is missing, and what shows next to nothing while the rest of the data set does not.

    A picture is tiny, of one colour or blurred only beside the others, the last two where properties were measured: see
    :func:`nbcurate.curate.quality.shows_too_little`. Where such a rule drops more than 2 %, a warning tells.
    """
    gone = np.array(curation.pool.column("status").to_pylist()) == "missing"
    curation.drop(curation.candidates[gone], ["low quality: its file is gone"] * int(gone.sum()))
    _drop_outliers(curation, _shorter_side, _TINY, f"its shorter side is below {_TINY} px")
    _drop_outliers(curation, partial(_numbers, name="contrast"), _FLAT, "of one colour")
    _drop_outliers(curation, partial(_numbers, name="sharpness"), _SMOOTH, "blurred")


def collapse_copies(curation: Curation) -> None:
    """Drop copies and second shots of the same scene, but for the best of each group.

    Pictures are compared, as :meth:`Dataset.duplicates` does with ``scenes=True``; vectors decide about items without
    pictures. Where ``redundancy`` is a distance, what is left within it is one too many, too, whatever the pictures
    say; where it is None, copies stay.
    """
    if curation.redundancy is None:
        return
    found = curation.pool.duplicates(scenes=True, encoder=curation.encoder)
    scene = found.columns["relation"] == "same scene"
    kinds = np.where(scene, "same scene", "copy").tolist()
    curation.drop(found.keys, [f"{kind}: {why}" for kind, why in zip(kinds, found.reasons, strict=True)])
    if not isinstance(curation.redundancy, str) and len(curation.candidates):
        found = curation.pool.duplicates(curation.redundancy, pixels=False, encoder=curation.encoder)
        curation.drop(found.keys, [f"redundant: {why}" for why in found.reasons])


def keep_rare(curation: Curation) -> None:
    """Pick the rarest items, as :meth:`Dataset.rare` ranks them, no more of a class than its share; of copies one."""
    wanted = min(round(curation.rare * curation.n), curation.left)
    if not wanted:
        return
    distinct = CuratedSet(curation.dataset.store, distinct_items(curation.pool, curation.encoder).keys)
    found = distinct.rare(encoder=curation.encoder)
    rows = first_with_room(distinct, found.keys, curation.room, curation.balance, wanted)
    curation.pick(found.keys[rows], [f"rare: {why}" for why in found.reasons_at(rows)])


def balance_classes(curation: Curation) -> None:
    """Pick so that all picks together have equal shares of the classes; of each what is typical of it."""
    room = curation.room
    need = water_fill(np.array(list(room.values()), np.intp), curation.left)
    if need.any():
        shares = dict(zip(room, need.astype(float).tolist(), strict=True))
        found = curation.pool.balanced(
            int(need.sum()), by=str(curation.balance), shares=shares, encoder=curation.encoder, seed=curation.seed
        )
        curation.pick(found.keys, [f"balance: {why}" for why in found.reasons])


def fill_with_diverse(curation: Curation) -> None:
    """Pick what is least like the picks so far, until there are as many as wanted."""
    if curation.left and len(curation.candidates):
        whole = CuratedSet(curation.dataset.store, np.union1d(curation.candidates, curation.picked))
        keep = curation.dataset.store.items.ids_of_keys(curation.picked)
        there = min(curation.left, len(curation.candidates))
        found = whole.diverse(there, keep=keep, encoder=curation.encoder, seed=curation.seed)
        curation.pick(found.keys, [f"diverse: {why}" for why in found.reasons])


def curation_steps() -> list[Step]:
    """The pipeline of :meth:`Dataset.curate`, in order. A list of your own to change."""
    return [drop_low_quality, collapse_copies, keep_rare, balance_classes, fill_with_diverse]


def run_curation(
    dataset: CuratedSet,
    n: int,
    *,
    balance: str | None,
    rare: float,
    redundancy: float | str | None,
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
    if not (redundancy is None or redundancy == "auto" or _is_distance(redundancy)):
        raise ValueError(f"redundancy={redundancy!r}: give 'auto', a cosine distance from 0 to 2, or None.")
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
    keys = curation.picked
    reasons = list(curation.picks.values())
    if len(keys) < n:
        _warn_of_too_few(curation, [step.__name__ for step in run])
        none_left = not len(curation.candidates)
        reasons[-1:] = [f"{reasons[-1]}{'; no other is left' if none_left else ''}"] if reasons else []
    dropped = np.fromiter(curation.dropped, np.uint64, len(curation.dropped))
    shares = share_table(dataset, n, balance, picked=keys, dropped=dropped, left=curation.candidates)
    ids_of = dataset.store.items.ids_of_keys
    return Picks(
        dataset, "curate", keys, 1 - np.arange(len(keys)) / max(len(keys), 1), reasons,
        recipe=make_recipe("curate", parameters, dataset.keys, embeddings),
        score_meaning="1 for the first pick, falling evenly to the last",
        columns={"step": np.array([why.split(":")[0] for why in reasons], object)},
        encoder=encoder,
        shares=shares,
        dropped=dict(zip(ids_of(dropped), curation.dropped.values(), strict=True)),
    )  # fmt: skip


def _is_distance(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and bool(0 <= value <= 2)


def _warn_of_too_few(curation: Curation, steps: Sequence[str]) -> None:
    """Say that there are fewer items than were asked for, what was dropped, and what none of the steps picks."""
    kinds = Counter(why.split(":")[0] for why in curation.dropped.values())
    rest = {f"were dropped as {kind}": count for kind, count in kinds.most_common()}
    rest[f"none of the steps picks ({', '.join(steps) or 'there are none'})"] = len(curation.candidates)
    hint = "redundancy=None keeps copies." if "copy" in kinds else ""
    warn_of_too_few("curate", len(curation.picks), curation.n, len(curation.dataset), rest, hint)


def _drop_outliers(
    curation: Curation, measure: Callable[[CuratedSet], NDArray[np.float64]], limit: float, reason: str
) -> None:
    """Drop candidates of which ``measure`` is too little beside the rest of the data set."""
    pool = curation.pool
    bad = shows_too_little(measure(pool), limit, among=measure(curation.dataset))
    if bad.mean() > _SMALL_SHARE:
        warnings.warn(
            f"curate drops {int(bad.sum()):,} of {len(bad):,} items as of low quality: {reason}. Where these are worth "
            "having, leave out the step 'drop_low_quality'.",
            stacklevel=2,
        )
    curation.drop(pool.keys[bad], [f"low quality: {reason}"] * int(bad.sum()))


def _shorter_side(items: CuratedSet) -> NDArray[np.float64]:
    return np.fmin(_numbers(items, "width"), _numbers(items, "height"))


def _numbers(items: CuratedSet, name: str) -> NDArray[np.float64]:
    """A numeric column; NaN where it is not known."""
    return items.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
