"""Which items to take: diverse, balanced, worth labelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arguments import require_count
from ..collection.vector_set import VectorSet
from ..store.ids import Ids, as_ids
from ..store.items import Keys

if TYPE_CHECKING:
    import scipy.sparse as sp

    from ..collection.distinct import DistinctItems
    from ..collection.shares import By
    from ..curate.pick_order import PickOrder
    from ..findings.picks import Picks

DiverseMethod = Literal["facility_location", "k_center", "hierarchical"]
Within = Literal["typical", "even", "clusters"]


class PickSet(VectorSet):
    """Items of which subsets can be picked. Base class of :class:`Dataset`."""

    def diverse(
        self,
        n: int,
        keep: Ids | None = None,
        method: DiverseMethod = "facility_location",
        *,
        encoder: str | None = None,
        seed: int = 0,
    ) -> Picks:
        """An even subset with as little repetition as can be.

        Parameters
        ----------
        n : int
            How many; all there are if there are fewer. Exact copies of picks come last.
        keep : ids, optional
            Items of this view already chosen or labelled: what is like them counts as covered, and they are not among
            the picks.
        method : {"facility_location", "k_center", "hierarchical"}
            ``"facility_location"``: picks that stand for many, so that every item has a similar pick. ``"k_center"``:
            farthest first, so that no item is far from a pick; outliers come first. ``"hierarchical"``: even over
            clusters of clusters, as arXiv 2405.15613 does where a few classes have most of the items. Measured on such
            pools it does not help: a probe learns no more from it than from ``"facility_location"``, mostly less.
        encoder : str, optional
            Which embeddings; those made last by default.
        seed : int

        Returns
        -------
        Picks
            In the order in which they were picked: the first m are the picks for a budget of m. Scores are what each
            added, relative to the first.

        Raises
        ------
        ValueError
            If ``n`` is below 1, or ``method`` none of these.

        Examples
        --------
        >>> picks = ds.diverse(100)
        >>> picks.report
        """
        from ..collection.distinct import distinct_items
        from ..curate import diversity
        from ..curate.facility_location import representatives, similarity_graph
        from ..findings.picks import make_picks, warn_of_too_few

        n = require_count("n", n)
        keep = None if keep is None else as_ids(keep, "keep")
        distinct = distinct_items(self, encoder)
        kept = self._positions(distinct, keep, "keep")
        match method:
            case "facility_location":
                order = representatives(
                    distinct.vectors, n, graph=lambda: similarity_graph(*distinct.graph), keep=kept, seed=seed
                )
                meaning = "items it newly stands for"
            case "k_center":
                order = diversity.k_center(distinct.vectors, n, keep=kept, seed=seed)
                meaning = "distance to the picks before"
            case "hierarchical":
                order = diversity.hierarchical_sample(distinct.vectors, n, keep=kept, seed=seed)
                meaning = "how few of its cluster came before"
            case _:
                raise ValueError(f"method={method!r}: use 'facility_location', 'k_center' or 'hierarchical'.")
        parameters = {"n": n, "keep": keep, "method": method, "encoder": encoder, "seed": seed}
        keys = np.concatenate([distinct.keys[order.rows], self._copies(distinct, order, keep)[: n - len(order.rows)]])
        warn_of_too_few("diverse", len(keys), n, len(self), {"are those to keep": len(kept)})
        return make_picks(
            self, "diverse", parameters, distinct, keys, order, f"{meaning}, relative to the first pick",
        )  # fmt: skip

    def balanced(
        self,
        n: int,
        by: By = "label",
        shares: Mapping[str, float] | None = None,
        *,
        within: Within = "typical",
        encoder: str | None = None,
        seed: int = 0,
    ) -> Picks:
        """A subset with equal or given class shares, and inside each class what stands for the most of it.

        Where a class has too few, it gives all it has, the others fill up evenly, and ``.shares`` tells.

        Parameters
        ----------
        n : int
        by : str, Series, mapping, array_like or DataFrame
            The column with the class of each item, or with a list of classes; or such values, a Series read by its
            index, a mapping by its ids. Or counts, such as objects on an image: ``{id: {class: count}}``, or a
            DataFrame with ids as index and a column a class. Then it is the sums of the counts that are balanced. Items
            without any class are not picked, and of exact copies only the first.
        shares : mapping of str to float, optional
            How much of each class, in any unit; equal by default. Classes that are not named get none. Of a column of
            numbers by intervals, ``{"[0, 0.5)": 1, "[0.5, 1)": 2}``: what the quotas of a :class:`ClassBalance` are.
        within : {"typical", "even", "clusters"}
            What to take of a class. ``"typical"`` trains best: items that stand for many of their class, the usual
            looks of it more often than the odd ones, and last what lies among other classes. ``"even"`` shows best
            what there is: equal shares for every look (cluster) of a class, however rare, and diverse inside each.
            ``"clusters"``: inside each class evenly over its looks and, of objects on images, over their sizes and
            places, too; :attr:`Picks.report` measures that. Where items have counts, or several classes, it is the sums
            that are balanced, and none of these is asked for.
        encoder : str, optional
            Which embeddings; those made last by default.
        seed : int

        Returns
        -------
        Picks
            Classes take turns, so that a prefix is balanced, too.

        Raises
        ------
        ValueError
            If no item has a class, a share is of no known class, or ``within`` is none of these.
        TypeError
            If the classes are fractions, such as brightness; the message says how to divide them.
        """
        from ..collection.distinct import distinct_items
        from ..collection.shares import read_classes
        from ..curate import balance
        from ..curate.clustering import cluster
        from ..curate.even_spread import balanced_spread
        from ..curate.facility_location import similarity_graph
        from ..findings.object_factors import factors_of
        from ..findings.picks import make_picks, warn_of_too_few

        n = require_count("n", n)
        if within not in ("typical", "even", "clusters"):
            raise ValueError(f"within={within!r}: use 'typical', 'even' or 'clusters'.")
        distinct = distinct_items(self, encoder)
        classes = read_classes(self, by, distinct.rows, shares)
        wanted = classes.shares(shares)
        if classes.codes is None:
            order = balance.balanced_counts(classes.counts, *distinct.graph, n, shares=wanted, seed=seed)
        elif within == "even":
            clusters = cluster(distinct.vectors, *distinct.graph, seed=seed)[0].labels
            order = balance.balanced_even(similarity_graph(*distinct.graph), classes.codes, clusters, n, shares=wanted)
        elif within == "clusters":
            factors = factors_of(self, distinct, classes.codes, seed)
            order = balanced_spread(*distinct.graph, classes.codes, factors, n, shares=wanted, seed=seed)
        else:
            order = balance.balanced_typical(
                distinct.vectors, distinct.graph[0], classes.codes, n, shares=wanted, graph_of=_graph_of, seed=seed
            )
        known = classes.counts[distinct.inverse]
        with_class, asked_for = known.sum(axis=1) > 0, known @ (wanted > 0) > 0
        rest = {
            "have no class": int((~with_class).sum()),
            "are of classes without a share": int((with_class & ~asked_for).sum()),
            "are exact copies of others": int(asked_for.sum()) - len(order.rows),
        }
        warn_of_too_few("balanced", len(order.rows), n, len(self), rest)
        parameters = {"n": n, "by": classes.given, "shares": shares, "within": within, "encoder": encoder, "seed": seed}
        return make_picks(
            self, "balanced", parameters, distinct, distinct.keys[order.rows], order,
            "what it newly stands for in its class, relative to the most",
            classes=classes, wanted=wanted,
        )  # fmt: skip

    def select_for_labelling(
        self,
        n: int,
        labelled: Ids | None = None,
        uncertainty: Mapping[str, float] | ArrayLike | None = None,
        *,
        encoder: str | None = None,
    ) -> Picks:
        """What to label next.

        Without a model: items that stand for most of what is not labelled yet, which serves small budgets best
        (Hacohen et al. 2022, Bae et al. 2024). With its uncertainty: items that stand for much of it, and differ (Wei
        et al. 2015).

        Parameters
        ----------
        n : int
        labelled : ids, optional
            Items of this view that have a label; by default those whose ``label`` is set, where some are not.
        uncertainty : Series, mapping of id to float, array_like [n] in the order of ids, Evaluation or str, optional
            How unsure the model is of each, not negative: such as 1 - its highest probability. A Series is read by its
            index. Items that are not named count 0. Or what :meth:`evaluate` has judged: what the model fails on or is
            unsure of; or the name of predictions that are kept.
        encoder : str, optional
            Which embeddings; those made last by default.

        Returns
        -------
        Picks
            None of them labelled, the one to label first first.
        """
        from ..collection.distinct import distinct_items
        from ..curate import labelling
        from ..curate.facility_location import representatives, similarity_graph
        from ..findings.picks import make_picks, warn_of_too_few
        from ..findings.uncertainty import read_uncertainty

        n = require_count("n", n)
        if labelled is None:
            labels = self.labels
            known = [i for i, label in zip(self.ids, labels, strict=True) if label is not None]
            labelled = known if len(known) < len(labels) else []
        labelled = as_ids(labelled, "labelled")
        doubt = None if uncertainty is None else read_uncertainty(self, uncertainty)
        distinct = distinct_items(self, encoder)
        kept = self._positions(distinct, labelled, "labelled")

        def graph() -> sp.csr_matrix:
            return similarity_graph(*distinct.graph)

        if doubt is None:
            order = representatives(distinct.vectors, n, graph=graph, keep=kept)
            meaning = "how many items it newly stands for, relative to the first pick"
        else:
            order = labelling.uncertain_and_different(
                distinct.vectors, doubt[distinct.rows], n, graph=graph, labelled=kept
            )
            meaning = "how much uncertainty it newly stands for, relative to the first pick"
        by_id = None if doubt is None else dict(zip(self.ids, doubt.tolist(), strict=True))
        parameters = {"n": n, "labelled": labelled, "uncertainty": by_id, "encoder": encoder}
        keys = distinct.keys[order.rows]
        unlabelled = ~np.isin(self.ids, labelled) if len(labelled) else np.ones(len(self), bool)
        rest = {
            "are labelled": int((~unlabelled).sum()),
            "are exact copies of others": int(unlabelled.sum()) - len(keys),
        }
        warn_of_too_few("select_for_labelling", len(keys), n, len(self), rest)
        return make_picks(
            self, "select_for_labelling", parameters, distinct, keys, order, meaning,
        )  # fmt: skip

    # -- from rows to findings -----------------------------------------------------------------------------------

    def _positions(self, distinct: DistinctItems, ids: Sequence[str] | None, argument: str) -> NDArray[np.intp]:
        """Rows of these ids among the distinct items, each once."""
        return np.unique(distinct.positions(self.keys_of(ids or [], argument)))

    def _copies(self, distinct: DistinctItems, order: PickOrder, keep: Sequence[str] | None) -> Keys:
        """Exact copies of other items, without those to keep: what is left when all distinct ones are picked."""
        kept = self._store.items.keys_of_ids(keep or [])
        taken = np.concatenate([distinct.keys[order.rows], kept])
        keys = self.keys
        return keys[~np.isin(keys, taken)] if len(order.rows) + len(kept) >= len(distinct) else keys[:0]


def _graph_of(vectors: NDArray[np.float32]) -> sp.csr_matrix:
    """The graph of a class of its own: in that of all, an item among other classes has few neighbours of its class."""
    from ..collection.distinct import N_NEIGHBORS
    from ..curate.facility_location import similarity_graph
    from ..search.graph import build_graph

    graph = build_graph(vectors, min(N_NEIGHBORS, len(vectors) - 1))
    return similarity_graph(graph.rows, graph.similarity)
