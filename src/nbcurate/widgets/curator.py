"""Curator: all views of a data set on one page, linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import traitlets

from ..dataset import Dataset
from ..display.page import Pieces
from ..findings.finding import Finding
from ..findings.review import Review
from .bundle import bundle
from .findings_panel import named_findings
from .similarity_grid import SimilarityGrid

if TYPE_CHECKING:
    from ..dataset.cluster_arrangement import ClusterArrangement
    from ..findings.clusters import Clusters


class Curator(SimilarityGrid):
    """The grid with all other views around it: clusters, class balance, map and findings.

    A filter set in one holds in all and is shown once, as chips; what is under the pointer in one is shown in the
    others; the selection is one. The bar on top saves the selection as a slice, combines it with others, and tags it.
    Narrow, the views are tabs; wide, they stand side by side; the button at the right fills the screen.

    Parameters
    ----------
    dataset : Dataset
    clusters : Clusters, optional
        What ``ds.clusters()`` found; by default the column ``cluster`` as it was left, or ``ds.clusters()`` once the
        clusters are looked at.
    findings : Finding, sequence of Finding or mapping of str to Finding, optional
        What is to be reviewed.
    thumbnail_size : int, default 112
        Side of a thumbnail in px, 48 to 384.
    color : str or None, default "label"
        Column that colours the map.
    method : str, default "umap"
        How the map is laid out, see :meth:`Dataset.project`; "pca" takes a second.
    by : str, default "label"
        Column whose balance is shown.
    quotas : dict of str to float, default {}
        Share of a balanced subset that each class is to have, 0 to 1; set by dragging.
    height : int, default 720
        Height of the widget in px.
    k, sort_by, group_by, caption, descending
        Of the grid: see :class:`SimilarityGrid`.
    linked : bool, default True
        Whether it shares its filter with the other views of the data set.
    columns : DataFrame, or mapping of str to array-like [n] or Finding, optional
        Values of your own to sort, group, colour and filter by.

    Examples
    --------
    >>> curator = nbc.Curator(ds, findings=[ds.duplicates(), ds.rare(n=50)])
    >>> curator                                    # look, filter, pick
    >>> curator.selected                           # in the next cell
    >>> curator.observe(lambda change: print(len(change.new), "kept"), names="selected")
    """

    _esm = bundle("curator.js")

    #: Height in px.
    height = traitlets.Int(720, min=320, max=4000).tag(sync=True)
    #: Side of a thumbnail in px.
    thumbnail_size = traitlets.Int(112, min=48, max=384).tag(sync=True)
    #: Column that colours the map, "selection", or None.
    color = traitlets.Unicode("label", allow_none=True).tag(sync=True)
    #: How the map is laid out.
    method = traitlets.Unicode("umap").tag(sync=True)
    #: Column whose balance is shown.
    by = traitlets.Unicode("label").tag(sync=True)
    #: Share that each class is to have; empty: none are set.
    quotas = traitlets.Dict(key_trait=traitlets.Unicode(), value_trait=traitlets.Float(min=0)).tag(sync=True)

    def __init__(
        self,
        dataset: Dataset,
        clusters: Clusters | None = None,
        *,
        findings: Finding | Sequence[Finding] | Mapping[str, Finding] = (),
        **options: Any,
    ) -> None:
        named = named_findings(findings)
        super().__init__(dataset, **options)
        keep = self._session.keep_column
        #: The decisions by name of the finding.
        self.reviews = {name: Review(dataset, finding, name, keep=keep) for name, finding in named.items()}
        self._session.reviews.show(self.view, self.reviews)

        def arranged() -> ClusterArrangement:
            from ..dataset.cluster_arrangement import ClusterArrangement

            return ClusterArrangement(dataset, clusters, keep=keep)

        self._session.clusters.show(self.view, arranged)  # may take minutes: not before someone looks at them

    def _facts(self) -> Pieces:
        """The map, where one is kept."""
        from .drawn_points import drawn_map

        return drawn_map(self._session, self._dataset, self.method, None, self.color)

    @traitlets.validate("color")
    def _check_color(self, proposal: Any) -> str | None:
        name = proposal["value"]
        return name if name in (None, "selection") else self._known_column(name)

    @traitlets.validate("by")
    def _check_by(self, proposal: Any) -> str:
        return self._known_column(proposal["value"])
