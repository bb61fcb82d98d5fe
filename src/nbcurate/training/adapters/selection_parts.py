"""What is kept and what is rejected, as two classes in three parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...curate.class_labels import ClassLabels, encode_labels
from ..parts import Parts

if TYPE_CHECKING:
    from ...dataset import Dataset

#: Items of each kind that are needed; and shares of the parts that choose and that judge.
_LEAST = 4
_VAL, _TEST = 0.15, 0.15


def selection_parts(dataset: Dataset, seed: int) -> tuple[ClassLabels, Parts]:
    """The classes ``kept`` and ``rejected``, and parts dealt at random: items with the same picture come in one.

    Raises
    ------
    ValueError
        If too few are kept, or rejected.
    """
    marks, keys = dataset.selection.marks, dataset.keys
    kept, rejected = np.isin(keys, marks.kept), np.isin(keys, marks.rejected)
    for these, what, call in ((kept, "kept", "add"), (rejected, "rejected", "reject")):
        if these.sum() < _LEAST:
            raise ValueError(
                f"learn_from='selection': {int(these.sum())} items are {what}, and {_LEAST} are the least to learn "
                f"from: ds.selection.{call}(ids) marks some."
            )
    labels = encode_labels(["kept" if k else "rejected" if r else None for k, r in zip(kept, rejected, strict=True)])
    items = dataset.store.items
    _, picture = np.unique(items.contents[items.rows_of_keys(keys)], return_inverse=True)
    dice = np.random.default_rng(seed)
    place = np.empty(len(keys))
    for these in (kept, rejected):  # each kind by itself, so that no part is left without one
        here = np.unique(picture[these])
        share = dict(zip(dice.permutation(here).tolist(), (np.arange(len(here)) + 0.5) / len(here), strict=True))
        place[these] = [share[one] for one in picture[these].tolist()]
    marked = kept | rejected
    parts = Parts(
        train=np.flatnonzero(marked & (place <= 1 - _VAL - _TEST)),
        val=np.flatnonzero(marked & (place > 1 - _VAL - _TEST) & (place <= 1 - _TEST)),
        test=np.flatnonzero(marked & (place > 1 - _TEST)),
        column="selection",
    )
    return labels, parts
