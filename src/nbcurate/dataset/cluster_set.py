"""How the items of a data set fall into groups, and where they lie on a map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..arguments import require_count
from ..collection.missing_vectors import require_vectors
from ..collection.vector_set import VectorSet
from ..encoders import TextEncoder

if TYPE_CHECKING:
    import pandas as pd

    from ..collection.distinct import DistinctItems
    from ..collection.layout import ProjectionMethod
    from ..curate.clustering import ClusterMethod
    from ..curate.partition import Partition
    from ..findings.clusters import Clusters


class ClusterSet(VectorSet):
    """Items that can be divided into clusters and laid out on a map. Base class of :class:`Dataset`."""

    def clusters(
        self,
        k: int | Literal["auto"] = "auto",
        method: ClusterMethod = "communities",
        *,
        words: Sequence[str] | None = None,
        column: str | None = "cluster",
        encoder: str | None = None,
        seed: int = 0,
    ) -> Clusters:
        """Divide all items into clusters, and keep their names as a column.

        Exact copies are in one cluster and count once. Clusters are named by their commonest label; where there are no
        labels by the words that were given, or else by the measured property in which they stand out.

        Parameters
        ----------
        k : int or "auto"
            How many; "auto" takes as many as there are communities in the kNN graph.
        method : {"communities", "kmeans", "hierarchical", "density"}
            ``"communities"``: Leiden on the kNN graph, closest to people's classes on labelled photographs and quick.
            ``"kmeans"``: spherical k-means. ``"hierarchical"``: Ward's tree, which goes on below the clusters.
            ``"density"``: HDBSCAN on the kNN graph; what is in no dense region gets -1, and there is no ``k``.
        words : sequence of str, optional
            Candidates for names, for an encoder that knows text.
        column : str, optional
            Where to keep the name of each item's cluster, in place of what was there: the views colour, filter and
            arrange by it, and so does ``ds.where("cluster = 'dress 2'")``. None to keep nothing. Of a view, or of a
            store that is open for reading only, nothing is kept: the result alone has it.
        encoder : str, optional
            Which embeddings; those made last by default.
        seed : int

        Returns
        -------
        Clusters
            Over all items, in the order of :attr:`ids`: ``.labels``, ``.table``, ``.tree``. Scores are closeness to the
            centre of the cluster.

        Raises
        ------
        ValueError
            If nothing was embedded, ``k`` or ``method`` make no sense, or words are given to an encoder without text.

        Examples
        --------
        >>> found = ds.clusters()
        >>> found.table
        >>> ds.selection.set(found.members(0))
        >>> nbc.EmbeddingMap(ds, color="cluster")
        """
        from ..collection.distinct import distinct_items
        from ..curate.clustering import cluster
        from ..curate.hierarchy import Hierarchy
        from ..display.numbers import similarity_in_words
        from ..findings.clusters import Clusters
        from ..findings.recipe import make_recipe

        if isinstance(k, str) and k != "auto":
            raise ValueError(f"k={k!r}: give a number or 'auto'.")
        n_clusters = None if isinstance(k, str) else require_count("k", k)
        distinct = distinct_items(self, encoder)
        partition, tree = cluster(distinct.vectors, *distinct.graph, n_clusters=n_clusters, method=method, seed=seed)
        labels = partition.labels[distinct.inverse]
        table = self._cluster_table(partition, labels, distinct, words)
        names, representatives = table["name"].tolist(), table["representative"].tolist()
        sizes = table["size"].tolist()
        closeness = partition.similarity[distinct.inverse]
        of_item = pa.array(names, pa.string()).take(pa.array(labels, mask=labels < 0))
        if column is not None and self._only is None and not self._store.read_only:
            self.add_column(column, of_item)

        def reasons(positions: NDArray[np.intp]) -> list[str]:
            return [
                f"one of {sizes[labels[p]]:,} items in {names[labels[p]]!r}, of which {representatives[labels[p]]} is "
                f"the most typical; its similarity to the centre is {similarity_in_words(float(closeness[p]))}"
                if labels[p] >= 0
                else f"in no cluster, as few items are like it: its similarity to the nearest centre is "
                f"{similarity_in_words(float(closeness[p]))}"
                for p in positions
            ]

        parameters = {"k": k, "method": method, "words": words, "column": column, "encoder": encoder, "seed": seed}
        return Clusters(
            self, "clusters", self.keys, closeness, reasons,
            recipe=make_recipe("clusters", parameters, self.keys, distinct.embeddings),
            score_meaning="closeness to the centre of the cluster (cosine)",
            groups=labels,
            columns={"cluster": of_item.to_numpy(zero_copy_only=False)},
            table=table,
            tree=Hierarchy(tree.leaves[distinct.inverse], tree.linkage),
        )  # fmt: skip

    def project(
        self, method: ProjectionMethod = "umap", *, encoder: str | None = None, onto: str | None = None, seed: int = 0
    ) -> NDArray[np.float32]:
        """Where the items lie on a map where similar ones are near: float32 ``[n, 2]``, in the order of ids.

        Made of the distinct images of the whole data set and kept in the store, so that a view shows its part of the
        same map, and items that come later are placed into it. Exact copies lie on one point.

        Parameters
        ----------
        method : {"umap", "pca"}
            ``"umap"`` keeps neighbourhoods (a minute for 100,000 images); ``"pca"``, the principal components, takes a
            second.
        encoder : str, optional
            Which embeddings; those made last by default.
        onto : str, optional
            Embeddings whose map this one is turned and mirrored onto, so that the eye can follow from one to the other.
        seed : int

        Raises
        ------
        ImportError
            If umap-learn is not installed; the message says how.
        ValueError
            If the method is not known, nothing was embedded, or items were added since.
        """
        from ..collection.layout import open_layout, turned_onto

        embeddings, writable = self._store.embeddings_named(encoder), not self._store.read_only
        keys, plane = open_layout(embeddings, method, seed=seed, writable=writable)
        if onto is not None:
            other = open_layout(self._store.embeddings_named(onto), method, seed=seed, writable=writable)
            plane = turned_onto(keys, plane, *other)
        contents = self._store.items.contents[self._store.items.rows_of_keys(self.keys)]
        require_vectors(np.isin(contents, keys), embeddings)
        return plane[np.searchsorted(keys, contents)]

    def _cluster_table(
        self,
        partition: Partition,
        labels: NDArray[np.int32],
        distinct: DistinctItems,
        words: Sequence[str] | None,
    ) -> pd.DataFrame:
        """A row a cluster: see :attr:`Clusters.table`."""
        import pandas as pd

        from ..curate import naming

        k, given = partition.n_clusters, self.labels
        first = distinct.rows[partition.representatives()]
        commonest = naming.names_from_labels(given, labels, k)
        names = commonest
        if words is not None:
            names = naming.names_from_words(partition.centres, self._word_vectors(distinct, words), words)
        elif not any(commonest):
            names = naming.names_from_properties(self._measured_numbers(), labels, k)
        table = {
            "name": naming.make_unique(names),
            "size": np.bincount(labels[labels >= 0], minlength=k),
            "representative": self._store.items.ids_of_keys(self.keys[first]),
            "label": commonest,
            "purity": naming.purity(given, labels, k),
        }
        return pd.DataFrame(table, index=pd.RangeIndex(k, name="cluster"))

    def _word_vectors(self, distinct: DistinctItems, words: Sequence[str]) -> NDArray[np.float32]:
        model = self._encoder_of(distinct.embeddings)
        if not isinstance(model, TextEncoder):
            raise ValueError(f"words: {distinct.embeddings.name!r} knows no text; embed with a CLIP-like encoder.")
        return model.encode_texts(list(words))

    def _measured_numbers(self) -> dict[str, NDArray[np.floating]]:
        """The numeric columns of the items, by name; NaN where a value is not known."""
        columns = {name: self.column(name) for name in self.column_names}
        return {
            name: values.cast(pa.float64()).to_numpy(zero_copy_only=False)
            for name, values in columns.items()
            if pa.types.is_floating(values.type) or pa.types.is_integer(values.type)
        }
