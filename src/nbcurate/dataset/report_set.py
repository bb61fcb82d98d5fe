"""How good a subset of the items is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..arguments import require_count
from ..collection.vector_set import VectorSet
from ..store.ids import Ids

if TYPE_CHECKING:
    from ..findings.report import Report


class ReportSet(VectorSet):
    """Items of which a subset can be judged. Base class of :class:`Dataset`."""

    def report(self, ids: Ids, *, draws: int = 5, encoder: str | None = None, seed: int = 0) -> Report:
        """A subset against the whole, and against random draws of the same size.

        Parameters
        ----------
        ids : iterable of str, or an object with ``ids``
            The subset: ids, a finding, the selection.
        draws : int
            How many random draws, from 0 up.
        encoder : str, optional
            Which embeddings; those made last by default.
        seed : int
            Of the draws.

        Returns
        -------
        Report
            A row each for coverage (``mean_distance``, ``worst_distance``), ``redundancy``, class balance
            (``class_evenness``, ``imbalance_ratio`` and ``classes_missing``), ``within_class_evenness`` and diversity
            (``vendi_score``). What asks for labels is NaN where there are none; nothing is infinite. An item of several
            classes counts in each of them.
            Where comparing all items with all picks would take long, the distances are those of a random sample of
            the items, the same for the subset and the draws.

        Raises
        ------
        UnknownItemError
            If an id is not in the data set.
        ValueError
            If nothing was embedded, or an id is not in this view.
        """
        from ..findings.subset_measures import report_of

        draws = require_count("draws", draws, least=0)
        return report_of(self, self.keys_of(ids), draws, encoder, seed)
