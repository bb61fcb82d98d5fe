"""What is seen: the Python half of each widget."""

from .class_balance import ClassBalance
from .cluster_browser import ClusterBrowser
from .confusion_matrix import ConfusionMatrix
from .curator import Curator
from .embedding_map import EmbeddingMap
from .findings_panel import FindingsPanel
from .precision_recall import PrecisionRecall
from .report_view import ReportView
from .scatter import Scatter
from .similarity_grid import SimilarityGrid

__all__ = [
    "ClassBalance",
    "ClusterBrowser",
    "ConfusionMatrix",
    "Curator",
    "EmbeddingMap",
    "FindingsPanel",
    "PrecisionRecall",
    "ReportView",
    "Scatter",
    "SimilarityGrid",
]
