"""Curate image data sets inside the notebook: see them, find what is alike, pick, and go on with the ids.

>>> import nbcurate as nbc
>>> ds = nbc.Dataset.from_folder("photos/", store="photos.nbc")
>>> ds.embed("efficientnet-lite0")
>>> nbc.SimilarityGrid(ds)
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from .encoders import encoders  # at once, as the package that it lies in has its name
from .version import __version__ as __version__

if TYPE_CHECKING:
    from .dataset import Dataset
    from .encoders import Encoder, EncoderError, FunctionEncoder, load_encoder
    from .findings import Finding
    from .imaging import UnreadableImageError
    from .search import SearchResult
    from .selection import Selection
    from .sources.network import network
    from .store import StoreLockedError
    from .store.expression import ExpressionError
    from .store.items import UnknownItemError
    from .training.adapters.adapter import Adapter, fit_adapter
    from .training.fine_tuning.fine_tune import fine_tune
    from .training.fine_tuning.tuned_encoder import TunedEncoder
    from .training.heads.fit_head import fit_head
    from .training.heads.head import Head
    from .widgets import (
        ClassBalance,
        ClusterBrowser,
        ConfusionMatrix,
        Curator,
        EmbeddingMap,
        FindingsPanel,
        PrecisionRecall,
        ReportView,
        Scatter,
        SimilarityGrid,
    )

__all__ = [
    "Adapter",
    "ClassBalance",
    "ClusterBrowser",
    "ConfusionMatrix",
    "Curator",
    "Dataset",
    "EmbeddingMap",
    "Encoder",
    "EncoderError",
    "ExpressionError",
    "Finding",
    "FindingsPanel",
    "FunctionEncoder",
    "Head",
    "PrecisionRecall",
    "ReportView",
    "Scatter",
    "SearchResult",
    "Selection",
    "SimilarityGrid",
    "StoreLockedError",
    "TunedEncoder",
    "UnknownItemError",
    "UnreadableImageError",
    "encoders",
    "fine_tune",
    "fit_adapter",
    "fit_head",
    "load_encoder",
    "network",
]

#: Where each name is: it comes when it is first asked for.
_HOME = {
    "Dataset": "dataset",
    "ExpressionError": "store.expression",
    "Finding": "findings.finding",
    "SearchResult": "search.result",
    "Selection": "selection",
    "StoreLockedError": "store.writer_lock",
    "UnknownItemError": "store.items",
    "UnreadableImageError": "imaging.errors",
    "network": "sources.network",
    "Head": "training.heads.head",
    "fit_head": "training.heads.fit_head",
    "Adapter": "training.adapters.adapter",
    "fit_adapter": "training.adapters.adapter",
    "fine_tune": "training.fine_tuning.fine_tune",
    "TunedEncoder": "training.fine_tuning.tuned_encoder",
    **dict.fromkeys(["Encoder", "EncoderError", "FunctionEncoder", "load_encoder"], "encoders"),
    **dict.fromkeys(
        [
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
        ],
        "widgets",
    ),
}


def __getattr__(name: str) -> object:
    """The name, from where it is: a script that only reads a table of models loads no tables and no widgets."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .display.opening import open_with

    open_with(_name_of)
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def _name_of(result: object) -> str:
    """Under which name a page of a result can be opened as a view; empty where no kernel of a notebook runs."""
    if "ipykernel" not in sys.modules:
        return ""
    from .widgets.opener import name_of

    return name_of(result)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
