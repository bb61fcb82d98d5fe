"""Nearest neighbours: exact while that is quick, through an index above that."""

from .exact import ExactIndex
from .index import EXACT_BYTES, index_info, is_compared_whole, open_index, usearch_copy, usearch_view
from .info import IndexInfo
from .item_search import ItemSearch
from .knn_graph import KnnGraph, item_graph, open_content_graph
from .query import combine, nearest_to_any
from .result import SearchResult
from .serving import Index

__all__ = [
    "EXACT_BYTES",
    "ExactIndex",
    "Index",
    "IndexInfo",
    "ItemSearch",
    "KnnGraph",
    "SearchResult",
    "combine",
    "index_info",
    "is_compared_whole",
    "item_graph",
    "nearest_to_any",
    "open_content_graph",
    "open_index",
    "usearch_copy",
    "usearch_view",
]
