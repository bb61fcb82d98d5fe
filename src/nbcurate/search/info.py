"""What may be said of the index that serves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What serves the searches of one set of embeddings, and how well.

    Attributes
    ----------
    kind : {"exact", "cells", "cells + HNSW"}
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
        What building it took.
    files : dict of str to int
        Files on disk beside the vectors of record, and their size in bytes.
    building : bool
        Whether a new index is being built in the background; the old one serves meanwhile.
    error : str or None
        Why the last attempt to build one failed.
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
    building: bool
    error: str | None

    def __repr__(self) -> str:
        parts = [f"{self.kind}: {self.vectors:,} vectors of {self.embeddings!r} ({self.width} wide)"]
        parts.append(f"recall@10 {self.recall:.3f}, {self.without_any:.1%} of queries without any true neighbour")
        parts.append(
            f"{self.compared:,.0f} vectors compared a query, {self.added_since:,} of them not in the index yet"
        )
        parts.append(f"{sum(self.files.values()) / 1e6:,.0f} MB on disk, built in {self.cpu_seconds:,.1f} CPU s")
        parts += ["a new index is being built"] if self.building else []
        parts += [f"building failed: {self.error}"] if self.error else []
        return "IndexInfo(" + "\n  ".join(parts) + ")"
