"""Curate image data sets inside the notebook: see them, find what is alike, pick, and go on with the ids.

>>> import nbcurate as nbc
>>> ds = nbc.Dataset.from_folder("photos/", store="photos.nbc")
>>> ds.embed("efficientnet-lite0")
>>> nbc.SimilarityGrid(ds)
"""

from typing import TYPE_CHECKING

from .dataset import Dataset
from .encoders import Encoder, EncoderError, FunctionEncoder, encoders, load_encoder
from .findings import Finding
from .imaging import UnreadableImageError
from .search import SearchResult
from .selection import Selection
from .sources.network import network
from .store import StoreLockedError
from .store.expression import ExpressionError
from .store.items import UnknownItemError

if TYPE_CHECKING:
    from .widgets import ClassBalance, ClusterBrowser, Curator, EmbeddingMap, FindingsPanel, ReportView, SimilarityGrid

__version__ = "0.1.0"

__all__ = [
    "ClassBalance",
    "ClusterBrowser",
    "Curator",
    "Dataset",
    "EmbeddingMap",
    "Encoder",
    "EncoderError",
    "ExpressionError",
    "Finding",
    "FindingsPanel",
    "FunctionEncoder",
    "ReportView",
    "SearchResult",
    "Selection",
    "SimilarityGrid",
    "StoreLockedError",
    "UnknownItemError",
    "UnreadableImageError",
    "encoders",
    "load_encoder",
    "network",
]

_WIDGETS = frozenset(
    {"ClassBalance", "ClusterBrowser", "Curator", "EmbeddingMap", "FindingsPanel", "ReportView", "SimilarityGrid"}
)


def __getattr__(name: str) -> object:
    """The widgets come when they are asked for: a script that only computes need not load the notebook's half."""
    if name in _WIDGETS:
        from . import widgets

        return getattr(widgets, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
