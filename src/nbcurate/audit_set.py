"""What is wrong, repeated or unusual among the items of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from .auditing.duplicates import Duplicates, find_duplicates
from .vector_set import VectorSet


class AuditSet(VectorSet):
    """Items that can be looked through for copies, rare ones, wrong labels. Base class of :class:`Dataset`."""

    def duplicates(
        self,
        threshold: float | Literal["auto"] = "auto",
        *,
        pixels: bool = True,
        examples: Sequence[Sequence[Any]] | None = None,
        precision: float = 0.97,
        encoder: str | None = None,
    ) -> Duplicates:
        """Exact and near copies: those to drop, each with the one that is kept.

        Vectors propose pairs, pixels decide: re-encoded, resized, brightened, mirrored, cropped and overprinted
        pictures agree in most places with their original, another shot of the same thing does not. Around each kept
        item (the sharpest, then the largest) lie its own copies only, so a chain of likenesses does not become one
        group.

        Parameters
        ----------
        threshold : float or "auto"
            Cosine distance from which no pair is a copy. "auto" is relative to the data: 0.75 of the median distance to
            the tenth neighbour where pictures can be compared, 0.25 of it where not.
        pixels : bool
            Compare pictures. False: every pair within the threshold is a copy, which finds look-alikes, too.
        examples : list of (id, id, bool), optional
            Pairs that you have judged. Thresholds are fitted to them instead, on the pixels or, if that finds more
            of your copies, on the vectors alone.
        precision : float
            Share of the examples found that must be copies.
        encoder : str, optional
            Which embeddings; those made last by default.

        Returns
        -------
        Duplicates
            The items to drop, surest first; ``pairs()`` tells all pairs judged copies.

        Examples
        --------
        >>> copies = ds.duplicates()
        >>> copies.to_pandas()[["id", "representative", "score"]]
        >>> ds.remove(copies.ids)
        """
        return find_duplicates(
            self, threshold=threshold, pixels=pixels, examples=examples, precision=precision, encoder=encoder
        )
