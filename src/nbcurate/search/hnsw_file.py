"""A usearch graph on disk, and what is known of it: which vectors are in it, how it is searched, and how well."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..store import derived
from ..store.embeddings import Embeddings
from . import hnsw
from .hnsw import Shape
from .recall import TARGET_RECALL, Measured

if TYPE_CHECKING:
    from usearch.index import Index as UsearchIndex

GRAPH_FILE = "index.graph.npz"
#: Expansions of the search that are tried, the least first.
EXPANSIONS = (32, 64, 96, 128, 192, 256, 384, 512)


@dataclass(frozen=True, slots=True)
class Setting:
    """How a graph is searched, and what was measured of that.

    Attributes
    ----------
    expansion_search : int
        Candidates that are kept while a query is answered.
    scanned : int
        Vectors in cells that a query is compared with beside: those in the cells nearest to it.
    measured : Measured
    """

    expansion_search: int
    scanned: int
    measured: Measured

    @property
    def meets_target(self) -> bool:
        """Whether it finds enough, and something for every query."""
        return self.measured.recall >= TARGET_RECALL and self.measured.without_any == 0


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph on disk and what is known of it.

    Attributes
    ----------
    path : Path
    covered : uint64 array [m]
        Ascending keys of the vectors in it.
    shape : Shape
    alone : Setting or None
        The least that meets the target, or the most there is; None for a graph that is not finished.
    beside : Setting or None
        The same with cells beside it, where it does not meet the target alone.
    """

    path: Path
    covered: NDArray[np.uint64]
    shape: Shape
    alone: Setting | None = None
    beside: Setting | None = None

    @property
    def serves_alone(self) -> bool:
        """Whether it finds enough without cells beside it."""
        return self.alone is not None and self.alone.meets_target

    def view(self, width: int, expansion_search: int | None = None) -> UsearchIndex:
        """A new view of the file, to be searched and never added to."""
        expansion = expansion_search or (self.alone.expansion_search if self.alone else EXPANSIONS[-1])
        return hnsw.view_graph(self.path, width, self.shape, expansion)


def open_graph(embeddings: Embeddings, keys: NDArray[np.uint64]) -> Graph | None:
    """The graph that :func:`build_graph` saved; None if there is none that is whole, of these vectors, and readable."""
    source = derived.source_of(embeddings.path_of(GRAPH_FILE))
    if source is None or {key: source.get(key) for key in embeddings.origin} != embeddings.origin:
        return None
    path = graph_path(embeddings, source)
    if not derived.is_fresh(path, source) or not hnsw.is_of_this_release(path):
        return None
    with np.load(embeddings.path_of(GRAPH_FILE)) as arrays:
        covered, about = arrays["keys"], json.loads(str(arrays["about"]))
    if not np.isin(covered, keys).all():
        return None
    return Graph(path, covered, Shape(**about["shape"]), _setting(about["alone"]), _setting(about["beside"]))


def graph_path(embeddings: Embeddings, source: derived.Source) -> Path:
    """Where the graph lies: each has its own file, and the one beside it says which is in use."""
    return embeddings.path_of(f"index-{source['written']}.usearch")


def keep_graph(embeddings: Embeddings, built: UsearchIndex, graph: Graph) -> Graph:
    """Put a graph on disk in the place of the one that is there; its path is given to it."""
    source = {**embeddings.origin, "vectors": len(graph.covered), "written": uuid.uuid4().hex[:12]}
    graph = replace(graph, path=graph_path(embeddings, source))
    derived.write(graph.path, source, partial(_save, built))
    note_graph(embeddings, source, graph)
    for old in graph.path.parent.glob("index-*.usearch*"):
        if source["written"] not in old.name:
            old.unlink(missing_ok=True)  # whoever has it mapped reads on
    return graph


def _save(built: UsearchIndex, file: Path) -> None:
    built.save(str(file))


def note_graph(embeddings: Embeddings, source: derived.Source, graph: Graph) -> None:
    """Write down what is known of a graph; from then on it is the one in use."""
    about = {name: value for name, value in asdict(graph).items() if name not in ("path", "covered")}

    def write(file: Path) -> None:
        with file.open("wb") as sink:
            np.savez(sink, keys=graph.covered, about=np.array(json.dumps(about)))

    derived.write(embeddings.path_of(GRAPH_FILE), source, write)


def _setting(said: dict[str, Any] | None) -> Setting | None:
    if said is None:
        return None
    return Setting(said["expansion_search"], said["scanned"], Measured(**said["measured"]))
