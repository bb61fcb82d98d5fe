"""The finding of ``ds.clusters()``: every item in its cluster, a table of the clusters, and the tree over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..curate.hierarchy import Hierarchy
from .finding import Finding

if TYPE_CHECKING:
    import pandas as pd


class Clusters(Finding):
    """All items of a data set, divided into clusters.

    Attributes
    ----------
    table : DataFrame
        A row a cluster by its number, the largest first: ``name``, ``size``, ``representative`` (id of the item nearest
        to the centre), ``label`` (the commonest, or two where none has half), ``purity`` (share of the commonest among
        the labelled; NaN where none is).
    tree : Hierarchy
        The clusters merged two by two; ``tree.cut(k)`` gives labels of ``k`` clusters, ``tree.children(node)``
        opens one.
    """

    _page_at = "findings.faces.clusters_page.clusters_page"

    def __init__(self, *arguments: Any, table: pd.DataFrame, tree: Hierarchy, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.table = table
        self.tree = tree

    @property
    def labels(self) -> NDArray[np.int32]:
        """Number of the cluster of each item, in the order of :attr:`ids`: int32 [n], -1 for those in none."""
        assert self.groups is not None
        return self.groups

    @property
    def names(self) -> list[str | None]:
        """Name of the cluster of each item, in the order of :attr:`ids`; None for those in none."""
        names = self.table["name"].tolist()
        return [names[label] if label >= 0 else None for label in self.labels]

    def members(self, cluster: int | str) -> list[str]:
        """Ids of the items of a cluster, named by its number or name, the most typical first.

        Parameters
        ----------
        cluster : int or str

        Raises
        ------
        KeyError
            If there is no such cluster.
        """
        names = self.table["name"].tolist()
        number = cluster
        if isinstance(cluster, str):
            number = names.index(cluster) if cluster in names else -1
        if number not in self.table.index:
            raise KeyError(f"There is no cluster {cluster!r}: clusters.table lists them.")
        rows = np.flatnonzero(self.labels == number)
        ids = self.ids
        return [ids[row] for row in rows[np.argsort(-self.scores[rows], kind="stable")]]

    def _summary(self) -> str:
        outside = int((self.labels < 0).sum())
        left = f", {outside:,} in none" if outside else ""
        return f"{self.kind}: {len(self):,} items in {len(self.table):,} clusters{left}"

    def __repr__(self) -> str:
        return f"{self._summary()}\n{self.table.head(20).to_string(float_format='%.2f')}"
