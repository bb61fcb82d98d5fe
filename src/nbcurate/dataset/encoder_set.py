"""The sets of vectors that a data set has, by the encoder that made them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..collection.vector_set import VectorSet
from ..encoders import EncoderLike

if TYPE_CHECKING:
    from ..collection.encoder_comparison import EncoderComparison


class EncoderSet(VectorSet):
    """Items with vectors of several encoders. Base class of :class:`Dataset`."""

    def compare_encoders(
        self, encoders: Sequence[EncoderLike], *, sample: int | None = 2_000, device: str = "auto", seed: int = 0
    ) -> EncoderComparison:
        """Which model suits this data: kNN accuracy, agreement of clusters with labels, speed, common neighbours.

        Parameters
        ----------
        encoders : sequence
            Whatever :meth:`embed` takes, and names of vectors that are there.
        sample : int, optional
            How many items are looked at, drawn at random; None for all. Their vectors stay in the store.
        seed : int
            Of the sample and of k-means.

        Examples
        --------
        >>> ds.compare_encoders(ds.encoders)
        """
        from ..collection.encoder_comparison import compare_encoders

        if isinstance(encoders, str) or not len(encoders):
            raise ValueError("encoders is a list: give the names of the models to compare.")
        keys = self.keys
        if sample is not None and sample < len(keys):
            keys = np.random.default_rng(seed).choice(keys, sample, replace=False)
        drawn = self._view(keys)
        # Their vectors are not those that are used where none are named: comparing changes nothing.
        return compare_encoders(
            drawn,
            encoders,
            lambda model: drawn._embed(model, drawn._contents_to_embed(model)[0]),
            device=device,
            seed=seed,
        )
