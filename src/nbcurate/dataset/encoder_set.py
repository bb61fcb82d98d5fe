"""The sets of vectors that a data set has, by the encoder that made them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import numpy as np

from ..collection.vector_set import VectorSet
from ..encoders import EncoderLike
from ..store.embeddings import Embeddings

if TYPE_CHECKING:
    from ..collection.encoder_comparison import EncoderComparison


class EncoderSet(VectorSet):
    """Items with vectors of several encoders. Base class of :class:`Dataset`."""

    @property
    def encoders(self) -> list[str]:
        """The sets of vectors that there are, by the names of their encoders: the default first, then the newest.

        The default is what is used where no encoder is named: the one that was completed last, or that :meth:`use`
        chose. Every method that needs vectors takes another by ``encoder=``.

        Examples
        --------
        >>> ds.encoders
        >>> ds.use(ds.encoders[-1])
        """
        there = self._store.embeddings()
        return list(dict.fromkeys(one.name for one in reversed([e for e in there if len(e)] or there)))

    def use(self, encoder: str) -> Self:
        """Let these vectors be the ones that are used where none are named, in this kernel and in later ones.

        Parameters
        ----------
        encoder : str
            One of :attr:`encoders`.

        Raises
        ------
        ValueError
            If there are no vectors of that name; the message tells which there are.
        PermissionError
            If the store can only be read: name the encoder in each call, then.

        Examples
        --------
        >>> ds.use(ds.encoders[0])
        """
        self._store.require_writable()
        self._store.make_newest(self._named_vectors(encoder))
        self._store.announce()
        return self

    def drop_embeddings(self, encoder: str) -> Self:
        """Delete vectors, and the index, the graph and the map that were made of them. Nothing brings them back.

        :meth:`embed` makes them anew, which takes as long as it took; those that were given
        (:meth:`Dataset.from_embeddings`) have to be given again. Where they were the default, the ones that were used
        before are it again.

        Parameters
        ----------
        encoder : str
            One of :attr:`encoders`.

        Raises
        ------
        ValueError
            If there are no vectors of that name; the message tells which there are.
        PermissionError
            If the store can only be read.
        """
        self._store.require_writable()
        self._named_vectors(encoder)
        self._store.drop_embeddings(encoder)
        self._store.announce()
        return self

    def _named_vectors(self, encoder: str) -> Embeddings:
        if not isinstance(encoder, str):
            raise TypeError(f"encoder: expected the name of vectors that are there, got {encoder!r}.")
        return self._store.embeddings_named(encoder)

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
        device : str
            As in :meth:`embed`.

        Raises
        ------
        ValueError
            If there are no encoders or too few items to compare.

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
