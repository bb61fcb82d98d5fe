"""Splits of a data set: made so that nothing leaks, or looked through for leaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..collection.vector_set import VectorSet
from ..curate.split import connected_groups, grouped_split
from ..store.items import Keys
from .duplicates import ItemCopies, copies_of_items
from .finding import Recipe
from .labels import label_codes
from .rarity import coarse_clusters
from .recipe import make_recipe

if TYPE_CHECKING:
    import pandas as pd

PARTS = ("train", "val", "test")


class Split:
    """Which part each item is in, and the copies that are on both sides.

    Attributes
    ----------
    parts : object array [n]
        Name of the part of each item, in the order of the data set's ids; None for none.
    recipe : dict
    """

    def __init__(
        self, dataset: VectorSet, parts: NDArray[np.object_], leaking: Keys, recipe: Recipe, column: str = "split"
    ) -> None:
        self.parts = parts
        self.recipe = recipe
        self._dataset = dataset
        self._keys = dataset.keys
        self._labels = dataset.labels
        self._leaking = leaking
        self._column = column

    def ids_of(self, part: str) -> list[str]:
        """The ids in a part of that name."""
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
        """Pairs of copies that are in different parts."""
        ids = self._dataset.store.items.ids_of_keys(self._leaking.ravel())
        return list(zip(ids[::2], ids[1::2], strict=True))

    def to_pandas(self) -> pd.DataFrame:
        """A row an item: ``id``, ``label``, ``split``, and ``leaks``: whether a copy of it is in another part."""
        import pandas as pd

        ids = self._dataset.store.items.ids_of_keys(self._keys)
        return pd.DataFrame(
            {"id": ids, "label": self._labels, "split": self.parts, "leaks": np.isin(self._keys, self._leaking)}
        )

    def __repr__(self) -> str:
        names = [name for name in dict.fromkeys([*PARTS, *self.parts.tolist()]) if name is not None]
        sizes = ", ".join(f"{name} {int((self.parts == name).sum()):,}" for name in names)
        leaks = f"{len(self._leaking):,} pairs of copies" if len(self._leaking) else "no copies"
        return f"Split({self._column}: {sizes}; {leaks} across the cut)"


def split_items(
    dataset: VectorSet,
    *,
    shares: dict[str, float],
    stratify: str | None,
    groups: str | Sequence[Any] | None,
    threshold: float | Literal["auto"],
    pixels: bool,
    encoder: str | None,
    seed: int,
) -> Split:
    """See :meth:`Dataset.split`."""
    if any(share < 0 for share in shares.values()) or abs(sum(shares.values()) - 1) > 1e-6:
        raise ValueError(f"The shares must be 0 or more and sum to 1: {shares}.")
    keys = dataset.keys
    copies = copies_of_items(dataset, threshold=threshold, pixels=pixels, encoder=encoder)
    distinct = copies.distinct
    # Groups and strata of the user's count items; copies join their contents, and a content joins its items.
    joined = connected_groups(
        len(keys), distinct.rows[copies.pairs.rows], distinct.inverse, _given_groups(dataset, groups)
    )
    strata = np.zeros(len(keys), np.int32) if stratify is None else _codes_of(dataset.column(stratify).to_pylist())
    clusters = coarse_clusters(distinct.vectors, seed)[distinct.inverse]
    numbers = grouped_split(joined, strata, clusters, [shares[name] for name in PARTS], seed=seed)
    parts = np.array(PARTS, object)[numbers]
    if not dataset.store.read_only and len(keys):
        dataset.store.update_items(pa.table({"key": keys, "split": pa.array(parts.tolist(), pa.string())}))
        dataset.store.announce()
    parameters = {
        **shares, "stratify": stratify, "groups": groups, "threshold": threshold, "pixels": pixels, "encoder": encoder,
        "seed": seed,
    }  # fmt: skip
    recipe = make_recipe("split", parameters, keys, distinct.embeddings)
    return Split(dataset, parts, _leaks(keys, parts, copies), recipe)


def check_split_of(
    dataset: VectorSet, column: str, threshold: float | Literal["auto"], pixels: bool, encoder: str | None
) -> Split:
    """See :meth:`Dataset.check_split`."""
    parts = np.array(dataset.column(column).to_pylist(), object)
    if len(parts) and all(part is None for part in parts):
        raise ValueError(f"The column {column!r} holds no split: run ds.split(), or name the column that does.")
    copies = copies_of_items(dataset, threshold=threshold, pixels=pixels, encoder=encoder)
    parameters = {"column": column, "threshold": threshold, "pixels": pixels, "encoder": encoder}
    recipe = make_recipe("check_split", parameters, dataset.keys, copies.distinct.embeddings)
    return Split(dataset, parts, _leaks(dataset.keys, parts, copies), recipe, column)


def _leaks(keys: Keys, parts: NDArray[np.object_], copies: ItemCopies) -> Keys:
    """Keys ``[m, 2]`` of copies in different parts: exact ones against the first of their content, then near ones."""
    distinct = copies.distinct
    same = np.stack([distinct.rows[distinct.inverse], np.arange(len(keys))], axis=1)
    near = distinct.rows[copies.pairs.rows].reshape(-1, 2)
    pairs = np.concatenate([same[same[:, 0] != same[:, 1]], near])
    a, b = parts[pairs[:, 0]], parts[pairs[:, 1]]
    across = np.array([x is not None and y is not None and x != y for x, y in zip(a, b, strict=True)], bool)
    return keys[pairs[across]].reshape(-1, 2)


def _given_groups(dataset: VectorSet, groups: str | Sequence[Any] | None) -> NDArray[np.int32]:
    """Code of the user's group of each item, -1 for none."""
    if groups is None:
        return np.full(len(dataset), -1, np.int32)
    values = dataset.column(groups).to_pylist() if isinstance(groups, str) else list(groups)
    if len(values) != len(dataset):
        raise ValueError(f"groups= has {len(values):,} values for {len(dataset):,} items: one for each of ds.ids.")
    return _codes_of(values)


def _codes_of(values: Sequence[Any]) -> NDArray[np.int32]:
    return label_codes([None if value is None or value != value else str(value) for value in values])[0]
