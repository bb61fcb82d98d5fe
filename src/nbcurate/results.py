"""The types of what the methods of a data set return, for annotations and ``isinstance``.

>>> from nbcurate.results import Duplicates
>>> isinstance(ds.duplicates(), Duplicates)
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .collection.edit_report import EditReport
    from .collection.encoder_comparison import EncoderComparison, EncoderScores
    from .collection.predictions import Predictions, PredictionSets
    from .collection.slices import Slice, Slices
    from .dataset.item import Item
    from .dataset.torch_images import TorchImages
    from .findings.apply_curation import ReplayReport
    from .findings.box_issues import BoxIssues
    from .findings.clusters import Clusters
    from .findings.duplicates import Duplicates
    from .findings.encoder_report import EncoderReport
    from .findings.evaluation import Evaluation
    from .findings.evaluation_of_items import ItemEvaluation
    from .findings.evaluation_of_objects import ObjectEvaluation
    from .findings.evaluation_slices import WeakSlices
    from .findings.label_finding import LabelIssues
    from .findings.picks import Picks
    from .findings.rarity import Ranking
    from .findings.report import Report
    from .findings.review import Review
    from .findings.split import Split
    from .findings.weak_spots import WeakSpots
    from .findings.word_tags import WordTags
    from .search.info import IndexInfo
    from .search.knn_graph import KnnGraph
    from .sources.report import SourceReport
    from .widgets.contact_sheet import ContactSheet

#: Where each is: it comes when it is first asked for.
_HOME = {
    "BoxIssues": "findings.box_issues",
    "Clusters": "findings.clusters",
    "ContactSheet": "widgets.contact_sheet",
    "Duplicates": "findings.duplicates",
    "EditReport": "collection.edit_report",
    "EncoderComparison": "collection.encoder_comparison",
    "EncoderReport": "findings.encoder_report",
    "EncoderScores": "collection.encoder_comparison",
    "Evaluation": "findings.evaluation",
    "IndexInfo": "search.info",
    "Item": "dataset.item",
    "ItemEvaluation": "findings.evaluation_of_items",
    "KnnGraph": "search.knn_graph",
    "LabelIssues": "findings.label_finding",
    "ObjectEvaluation": "findings.evaluation_of_objects",
    "Picks": "findings.picks",
    "PredictionSets": "collection.predictions",
    "Predictions": "collection.predictions",
    "Ranking": "findings.rarity",
    "ReplayReport": "findings.apply_curation",
    "Report": "findings.report",
    "Review": "findings.review",
    "Slice": "collection.slices",
    "Slices": "collection.slices",
    "SourceReport": "sources.report",
    "Split": "findings.split",
    "TorchImages": "dataset.torch_images",
    "WeakSlices": "findings.evaluation_slices",
    "WeakSpots": "findings.weak_spots",
    "WordTags": "findings.word_tags",
}

__all__ = [
    "BoxIssues",
    "Clusters",
    "ContactSheet",
    "Duplicates",
    "EditReport",
    "EncoderComparison",
    "EncoderReport",
    "EncoderScores",
    "Evaluation",
    "IndexInfo",
    "Item",
    "ItemEvaluation",
    "KnnGraph",
    "LabelIssues",
    "ObjectEvaluation",
    "Picks",
    "PredictionSets",
    "Predictions",
    "Ranking",
    "ReplayReport",
    "Report",
    "Review",
    "Slice",
    "Slices",
    "SourceReport",
    "Split",
    "TorchImages",
    "WeakSlices",
    "WeakSpots",
    "WordTags",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __package__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
