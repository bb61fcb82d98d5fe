"""What may be said of the index that serves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What serves the searches of one set of embeddings, and how well.

    Attributes
    ----------
    kind : {"exact", "cells", "usearch", "usearch + cells"}
    embeddings : str
        Name of the encoder.
    vectors : int
        Distinct images that are searched.
    width : int
        Length of a vector.
    recall : float
        Share of the ten true neighbours that are found, measured on 500 images after the index was built.
    without_any : float
        Share of those images for which none of the ten was found.
    compared : float
        Vectors that a query is compared with, on average.
    added_since : int
        Vectors that came after the index was built, which are compared one and all.
    cpu_seconds : float
        What building it took, and what else this process did meanwhile.
    files : dict of str to int
        Files on disk beside the vectors of record, and their size in bytes.
    building : {"cells", "graph"} or None
        What is being built in the background; what is there serves meanwhile.
    progress : float
        How much of that is done, from 0 to 1.
    error : str or None
        Why none is built that is wanted, or why the last attempt failed.
    dtype : str or None
        Of the vectors in the usearch graph; the best candidates are ordered by their exact similarity.
    connectivity, expansion_add, expansion_search : int or None
        What the graph was built with, and is searched with: chosen by measuring on these vectors.
    """

    kind: str
    embeddings: str
    vectors: int
    width: int
    recall: float
    without_any: float
    compared: float
    added_since: int
    cpu_seconds: float
    files: dict[str, int]
    building: str | None
    progress: float
    error: str | None
    dtype: str | None = None
    connectivity: int | None = None
    expansion_add: int | None = None
    expansion_search: int | None = None

    def __repr__(self) -> str:
        parts = [f"{self.kind}: {self.vectors:,} vectors of {self.embeddings!r} ({self.width} wide)"]
        parts.append(f"recall@10 {self.recall:.3f}, {self.without_any:.1%} of queries without any true neighbour")
        waiting = f", {self.added_since:,} of them not in the index yet" if self.added_since else ""
        parts.append(f"{self.compared:,.0f} vectors compared a query{waiting}")
        built = "" if self.kind == "exact" else f", built in {self.cpu_seconds:,.1f} CPU s"
        parts.append(f"{sum(self.files.values()) / 1e6:,.0f} MB on disk{built}")
        if self.dtype is not None:
            parts.append(
                f"graph of {self.dtype}, connectivity {self.connectivity}, expansion {self.expansion_add} to add, "
                f"{self.expansion_search} to search"
            )
        what = {"cells": "cells are", "graph": "a usearch index is"}
        parts += [f"{what[self.building]} being built: {self.progress:.0%}"] if self.building else []
        parts += [f"not built: {self.error}"] if self.error else []
        return "IndexInfo(" + "\n  ".join(parts) + ")"
