"""What is seen: the Python half of each widget."""

from .class_balance import ClassBalance
from .cluster_browser import ClusterBrowser
from .embedding_map import EmbeddingMap
from .findings_panel import FindingsPanel
from .similarity_grid import SimilarityGrid

__all__ = ["ClassBalance", "ClusterBrowser", "EmbeddingMap", "FindingsPanel", "SimilarityGrid"]
