"""A whole curation in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from ..arguments import require_count
from .curated_set import CuratedSet

if TYPE_CHECKING:
    from ..findings.picks import Picks
    from .curation import Step


class CurateSet(CuratedSet):
    """Items that are curated in one go. Base class of :class:`Dataset`."""

    def curate(
        self,
        n: int,
        balance: str | None = "label",
        rare: float = 0.1,
        redundancy: float | Literal["auto"] | None = "auto",
        *,
        steps: Sequence[Step | str] | None = None,
        encoder: str | None = None,
        seed: int = 0,
    ) -> Picks:
        """All of it in one pass: drop the bad, collapse copies, keep the rare, balance, fill with the diverse.

        Fewer than ``n`` come back where there are no more that are worth having; a warning and the reasons tell.

        Parameters
        ----------
        n : int
        balance : str or None
            The column with the classes to balance; None, or a column without values, for no balance.
        rare : float
            Share of the picks that goes to the rarest items.
        redundancy : "auto", float or None
            What is one too many. "auto": copies and second shots of one scene, as the pictures tell
            (:meth:`duplicates` with ``scenes=True``), or the vectors of items without pictures. A float: those, and
            whatever is left within this cosine distance of another. None: nothing, copies are kept.
        steps : sequence of functions or names, optional
            The pipeline, to be reordered, shortened, extended: by default
            :func:`nbcurate.dataset.curation.curation_steps`.
        encoder : str, optional
            Which embeddings; those made last by default.
        seed : int

        Returns
        -------
        Picks
            With ``.report``, ``.shares`` and ``.dropped``; each reason names the step that picked or dropped the item.

        Raises
        ------
        ValueError
            If ``redundancy``, ``rare`` or a step is none of these.

        Examples
        --------
        >>> from nbcurate.dataset.curation import curation_steps, keep_rare
        >>> ds.curate(500, steps=[step for step in curation_steps() if step is not keep_rare])
        """
        from .curation import run_curation

        n = require_count("n", n)
        return run_curation(
            self, n, balance=balance, rare=rare, redundancy=redundancy, steps=steps, encoder=encoder, seed=seed
        )
