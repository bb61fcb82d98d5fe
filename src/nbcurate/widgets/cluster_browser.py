"""ClusterBrowser: the clusters of a data set as cards, to look into and to arrange by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import traitlets

from ..dataset import Dataset
from ..dataset.grouping import Grouping
from .bundle import bundle
from .contact_sheet import Section
from .session import Session
from .view import View

if TYPE_CHECKING:
    import pandas as pd

    from ..findings.clusters import Clusters


class ClusterBrowser(View):
    """Clusters as cards: their most typical pictures, size, purity and name.

    A click on a name filters every linked view of the data set to the cluster. Clusters can be shown coarser or finer,
    opened, split, merged and renamed, kept whole or by one item each; ctrl+Z takes back what was done last. In which
    cluster an item is, is the column ``cluster`` of the data set, at any moment.

    Parameters
    ----------
    dataset : Dataset
        Embedded: ``ds.embed()`` was run.
    clusters : Clusters, optional
        What ``ds.clusters()`` found; by default the column ``cluster`` as it was left, or ``ds.clusters()``.
    order : {"size", "purity", "name"}, default "size"
        Order of the cards: the largest, the least pure, or the first by name comes first.
    height : int, default 480
        Height of the widget in px.
    linked : bool, default True
        Whether it shares its filter with the other views of the data set.
    columns : DataFrame, or mapping of str to array-like [n] or Finding, optional
        Values of your own to filter by.

    Examples
    --------
    >>> browser = nbc.ClusterBrowser(ds, ds.clusters())
    >>> browser                        # merge two, rename one
    >>> browser.table
    >>> browser.rename("cat 2", "night cats")
    >>> ds.where("cluster = 'night cats'").ids
    """

    _esm = bundle("clusters.js")

    #: Which card comes first.
    order = traitlets.Enum(["size", "purity", "name"], "size").tag(sync=True)

    def __init__(self, dataset: Dataset, clusters: Clusters | None = None, **options: Any) -> None:
        from ..dataset.cluster_arrangement import ClusterArrangement

        super().__init__(dataset, **options)
        keep = Session.of(dataset).keep_column
        self._arrangement = ClusterArrangement(dataset, clusters, keep=keep)
        self._session.clusters.show(self.view, self._arrangement)

    @property
    def table(self) -> pd.DataFrame:
        """A row a cluster, the largest first: ``name``, ``size``, ``label`` (the commonest), ``purity`` (its share)."""
        return self._arrangement.table

    def members(self, name: str) -> list[str]:
        """Ids of the items of a cluster, the most typical first.

        Parameters
        ----------
        name : str
        """
        return self.dataset.store.items.ids_of_keys(self._arrangement.members(name))

    def set_level(self, k: int) -> None:
        """Show the hierarchy cut into ``k`` clusters. What was arranged by hand comes back with undo.

        Parameters
        ----------
        k : int
        """
        self._change(self._arrangement.cut(k))

    def rename(self, name: str, new: str) -> None:
        """Give a cluster another name.

        Parameters
        ----------
        name : str
        new : str
        """
        self._change(self._arrangement.renamed(name, new))

    def merge(self, names: Sequence[str]) -> None:
        """Make one cluster of several; it goes by the name of the largest.

        Parameters
        ----------
        names : sequence of str
        """
        self._change(self._arrangement.merged(names))

    def split(self, name: str, parts: int = 2) -> None:
        """Divide a cluster into ``parts``.

        Parameters
        ----------
        name : str
        parts : int
        """
        self._change(self._arrangement.split(name, parts))

    def _sections(self) -> Iterable[Section]:
        state = self._arrangement.state
        typical = self._arrangement.representatives(state, 9)
        for number in state.numbers:
            yield Section(f"{state.names[number]}: {state.sizes[number]:,} items, the most typical", typical[number])

    def _change(self, after: Grouping) -> None:
        self._session.clusters.change(self._arrangement, after)
