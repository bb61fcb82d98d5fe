"""What is seen: the Python half of each widget."""

from .class_balance import ClassBalance
from .embedding_map import EmbeddingMap
from .similarity_grid import SimilarityGrid

__all__ = ["ClassBalance", "EmbeddingMap", "SimilarityGrid"]
