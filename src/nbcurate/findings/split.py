"""Splits of a data set: made so that nothing leaks, or looked through for leaks."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..collection.vector_set import VectorSet
from ..curate.copies import Relation
from ..curate.iterative_split import iterative_split
from ..curate.split import connected_groups, grouped_split
from ..display.shown import Shown
from ..store.edits import Change
from ..store.items import Keys
from .copies import ItemCopies, copies_of_items
from .one_image import images_of_items, pairs_of_one_image
from .rarity import coarse_clusters
from .recipe import Recipe, make_recipe, of_view
from .sequences import frames_in_sequence
from .strata import read_groups, read_strata

if TYPE_CHECKING:
    import pandas as pd


PARTS = ("train", "val", "test")
#: Difference to the asked share of which one is warned; share of the items in one group of which one is, too.
_FAR_OFF, _GIANT = 0.05, 0.1
_FEW_ITEMS = 10  # a group is no giant of which so many can be counted on the fingers


class Split(Shown):
    """Which part each item is in, and what is on both sides that should not be.

    Attributes
    ----------
    parts : object array [n]
        Name of the part of each item, in the order of the data set's ids; None for none.
    ties : dict of str to int
        How many pairs of each relation hold items together: ``{"edited copy": 12, "same scene": 40}``.
    recipe : dict
    """

    _page_at = "findings.faces.split_page.split_page"

    def __init__(
        self, dataset: VectorSet, parts: NDArray[np.object_], copies: ItemCopies, recipe: Recipe, column: str = "split"
    ) -> None:
        self.parts = parts
        self.recipe = of_view(recipe, dataset)
        self._dataset = dataset
        self._keys = dataset.keys
        self._labels = dataset.labels
        pairs, kinds = _tied_pairs(dataset, copies)
        self.ties = _counts_of_kinds(kinds)
        across = _across(parts, pairs)
        self._leaking, self._leaking_kinds = self._keys[pairs[across]].reshape(-1, 2), kinds[across]
        self._column = column

    def ids_of(self, part: str) -> list[str]:
        """The ids in a part of that name.

        Parameters
        ----------
        part : str
        """
        return self._dataset.store.items.ids_of_keys(self._keys[self.parts == part])

    @property
    def train(self) -> list[str]:
        """The ids in the part ``train``."""
        return self.ids_of("train")

    @property
    def val(self) -> list[str]:
        """The ids in the part ``val``."""
        return self.ids_of("val")

    @property
    def test(self) -> list[str]:
        """The ids in the part ``test``."""
        return self.ids_of("test")

    @property
    def leaks(self) -> list[tuple[str, str]]:
        """Pairs of copies, shots of one scene, or boxes on one image, that are in different parts."""
        ids = self._dataset.store.items.ids_of_keys(self._leaking.ravel())
        return list(zip(ids[::2], ids[1::2], strict=True))

    def leaks_to_pandas(self) -> pd.DataFrame:
        """A row a pair of :attr:`leaks`: ``a``, ``b``, ``relation``."""
        import pandas as pd

        relation = [Relation(kind).words for kind in self._leaking_kinds.tolist()]
        return pd.DataFrame(self.leaks, columns=["a", "b"]).assign(relation=relation)

    def to_pandas(self) -> pd.DataFrame:
        """A row an item: ``id``, ``label``, ``split``, and ``leaks``: whether a copy of it is in another part."""
        import pandas as pd

        ids = self._dataset.store.items.ids_of_keys(self._keys)
        return pd.DataFrame(
            {"id": ids, "label": self._labels, "split": self.parts, "leaks": np.isin(self._keys, self._leaking)}
        )

    @property
    def _sizes(self) -> dict[str, int]:
        """Number of items of each part."""
        names = [name for name in dict.fromkeys([*PARTS, *self.parts.tolist()]) if name is not None]
        return {str(name): int((self.parts == name).sum()) for name in names}

    @property
    def _verdict(self) -> str:
        return f"{_in_words(_counts_of_kinds(self._leaking_kinds)) or 'no copies'} across the cut"

    @property
    def _tied(self) -> str:
        return f"kept together: {_in_words(self.ties) or 'nothing'}"

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name} {size:,}" for name, size in self._sizes.items())
        return f"Split({self._column}: {sizes}; {self._verdict}; {self._tied})"


def split_items(
    dataset: VectorSet,
    *,
    shares: dict[str, float],
    stratify: str | None,
    groups: Any,
    threshold: float | Literal["auto"],
    pixels: bool,
    scenes: bool,
    encoder: str | None,
    seed: int,
) -> Split:
    """See :meth:`Dataset.split`."""
    _require_shares(shares)
    strata = read_strata(dataset, stratify)
    given, groups = read_groups(dataset, groups)
    keys = dataset.keys
    copies = copies_of_items(dataset, threshold=threshold, pixels=pixels, scenes=scenes, encoder=encoder)
    distinct = copies.distinct
    if groups is None:
        _tell_of_frames(dataset, copies)
    # Groups and strata of the user's count items; copies join their contents, and a content joins its items.
    tied = connected_groups(len(keys), distinct.rows[copies.pairs.rows], distinct.inverse)
    joined = connected_groups(len(keys), np.empty((0, 2), np.intp), tied, given, images_of_items(dataset))
    clusters = coarse_clusters(distinct.vectors, seed)[distinct.inverse]
    wanted = [shares[name] for name in PARTS]
    if strata.several:
        numbers = iterative_split(joined, strata, clusters, wanted, seed=seed)
    else:
        numbers = grouped_split(joined, strata.single, clusters, wanted, seed=seed)
    parts = np.array(PARTS, object)[numbers]
    _keep(dataset, keys, parts)
    parameters = {
        **shares, "stratify": stratify, "groups": groups, "threshold": threshold, "pixels": pixels, "scenes": scenes,
        "encoder": encoder, "seed": seed,
    }  # fmt: skip
    made = Split(dataset, parts, copies, make_recipe("split", parameters, keys, distinct.embeddings))
    _warn_of_sizes(shares, parts, joined, tied, made.ties)
    return made


def _require_shares(shares: dict[str, float]) -> None:
    for name, share in shares.items():
        if isinstance(share, bool) or not isinstance(share, int | float | np.number):
            raise TypeError(f"{name}={share!r}: give a share of the items, from 0 to 1.")
    if any(not share >= 0 for share in shares.values()) or abs(sum(shares.values()) - 1) > 1e-6:
        raise ValueError(f"The shares must be 0 or more and sum to 1: {shares}.")


def _warn_of_sizes(
    shares: dict[str, float],
    parts: NDArray[np.object_],
    joined: NDArray[np.int32],
    tied: NDArray[np.int32],
    ties: dict[str, int],
) -> None:
    """Warn of parts that are empty or far from their share, and of a giant group of copies and scenes.

    ``joined`` are the groups that were kept together, ``tied`` those without the user's own, which may be of any size.
    """
    n, largest, giant = len(parts), int(np.bincount(joined).max(initial=0)), int(np.bincount(tied).max(initial=0))
    sizes = {name: int((parts == name).sum()) for name in shares}
    far = [
        f"{name} {f'has {size / n:.0%} of the items' if size else 'is empty'}, where {shares[name]:.0%} was asked for"
        for name, size in sizes.items()
        if n and (abs(size - shares[name] * n) > max(_FAR_OFF * n, 1) or (shares[name] > 0 and not size))
    ]
    by = f" ({_in_words(ties)})" if ties else ""
    loose = " scenes=False lets shots of one scene go." if ties.get(Relation.SAME_SCENE.words) else ""
    if far:
        together = f"of the {n:,} items, {largest:,} are tied together, by groups= or as copies{by}"
        why = f"there are too few items, {n:,}, for so many parts" if largest < 2 else together
        warnings.warn(f"{'; '.join(far)}: {why}.{loose}", stacklevel=4)
    elif giant > max(_GIANT * n, _FEW_ITEMS):
        warnings.warn(
            f"One group is {giant / n:.0%} of the {n:,} items, tied together as copies{by}.{loose}", stacklevel=4
        )


def _tell_of_frames(dataset: VectorSet, copies: ItemCopies) -> None:
    """Say that groups= may be wanted where ids look like the frames of sequences."""
    distinct = copies.distinct
    ids = dataset.store.items.ids_of_keys(distinct.keys)
    frames = frames_in_sequence(ids, distinct.graph[0])
    if frames:
        warnings.warn(
            f"The ids look like frames of sequences, such as {frames[0]!r} and {frames[1]!r}: those of one sequence "
            "may be in different parts. groups= keeps them together: a column, or values, naming the sequence of each.",
            stacklevel=4,
        )


def _keep(dataset: VectorSet, keys: Keys, parts: NDArray[np.object_]) -> None:
    """Write the property ``split``, where it can be written: an edit, which ``ds.undo_edit`` takes back."""
    if dataset.store.read_only:
        warnings.warn(
            "The property 'split' was not kept, as the data set can only be read: the result alone has the parts.",
            stacklevel=4,
        )
    elif len(keys):
        with dataset.store.editing():
            items = dataset.store.items
            there = items.table.column("split").take(pa.array(items.rows_of_keys(keys))).to_pylist()
            before = np.array(there, object)
            differ = np.flatnonzero(before != parts)
            dataset.store.edit([Change("split", keys[differ], before[differ].tolist(), parts[differ].tolist())])


def check_split_of(
    dataset: VectorSet,
    column: str,
    *,
    threshold: float | Literal["auto"],
    pixels: bool,
    scenes: bool,
    encoder: str | None,
) -> Split:
    """See :meth:`Dataset.check_split`."""
    parts = np.array(dataset.column(column).to_pylist(), object)
    if len(parts) and all(part is None for part in parts):
        raise ValueError(f"The column {column!r} holds no split: run ds.split(), or name the column that does.")
    copies = copies_of_items(dataset, threshold=threshold, pixels=pixels, scenes=scenes, encoder=encoder)
    parameters = {"column": column, "threshold": threshold, "pixels": pixels, "scenes": scenes, "encoder": encoder}
    recipe = make_recipe("check_split", parameters, dataset.keys, copies.distinct.embeddings)
    return Split(dataset, parts, copies, recipe, column)


def _tied_pairs(dataset: VectorSet, copies: ItemCopies) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """Positions ``[m, 2]`` of items that belong together, exact copies with the first of their content, and why."""
    distinct = copies.distinct
    same = np.stack([distinct.rows[distinct.inverse], np.arange(len(dataset.keys))], axis=1)
    same = same[same[:, 0] != same[:, 1]]
    beside = pairs_of_one_image(images_of_items(dataset), distinct.inverse)
    pairs = distinct.rows[copies.pairs.rows].reshape(-1, 2)
    numbers = [
        np.full(len(same), Relation.SAME_FILE, np.uint8), copies.pairs.relation,
        np.full(len(beside), Relation.SAME_IMAGE, np.uint8),
    ]  # fmt: skip
    return np.concatenate([same, pairs, beside]), np.concatenate(numbers)


def _across(parts: NDArray[np.object_], pairs: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which pairs are in two different parts."""
    a, b = parts[pairs[:, 0]], parts[pairs[:, 1]]
    return np.array([x is not None and y is not None and x != y for x, y in zip(a, b, strict=True)], bool)


def _counts_of_kinds(kinds: NDArray[np.uint8]) -> dict[str, int]:
    """Number of pairs of each relation, the most frequent first."""
    names, counts = np.unique(kinds, return_counts=True)
    return {Relation(int(names[at])).words: int(counts[at]) for at in np.argsort(-counts, kind="stable")}


def _in_words(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {'pair' if count == 1 else 'pairs'} ({name})" for name, count in counts.items())
