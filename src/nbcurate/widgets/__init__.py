"""What is seen: the Python half of each widget."""

from .similarity_grid import SimilarityGrid

__all__ = ["SimilarityGrid"]
