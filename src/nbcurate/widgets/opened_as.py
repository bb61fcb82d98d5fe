"""As which view each kind of result is opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..collection.slices import Slice
from ..dataset import Dataset
from ..dataset.item import Item
from ..findings.clusters import Clusters
from ..findings.evaluation import Evaluation
from ..findings.evaluation_slices import WeakSlices
from ..findings.finding import Finding
from ..findings.picks import Picks
from ..findings.report import Report
from ..findings.split import Split
from ..search.result import SearchResult
from ..selection import Selection
from .cluster_browser import ClusterBrowser
from .confusion_matrix import ConfusionMatrix
from .findings_panel import FindingsPanel
from .report_view import ReportView
from .similarity_grid import SimilarityGrid
from .view import View

_SIMILARITY = "similarity to the query"


def view_of(result: object) -> View:
    """The view that shows a result.

    Raises
    ------
    TypeError
        If there is none for results of that kind.
    """
    for kind, make in _VIEWS.items():
        if isinstance(result, kind):
            return make(result)
    raise TypeError(f"A {type(result).__name__} cannot be opened as a view.")


def can_be_opened(result: object) -> bool:
    """Whether :func:`view_of` has a view for it."""
    if isinstance(result, SearchResult):
        return result.album is not None and len(result) > 0
    if isinstance(result, Selection):
        return result.album is not None and len(result) > 0
    if isinstance(result, Report):
        return result.of is not None
    if isinstance(result, Finding | Slice | WeakSlices | Dataset):
        return len(result) > 0
    return isinstance(result, tuple(_VIEWS))


def _set_of(items: Any) -> Dataset:
    """The data set that something was found in."""
    return items if isinstance(items, Dataset) else Dataset(items.store)


def _finding(found: Finding) -> View:
    return FindingsPanel(_set_of(found._items), found)


def _picks(found: Picks) -> View:
    return SimilarityGrid(_set_of(found._items), finding=found)


def _clusters(found: Clusters) -> View:
    return ClusterBrowser(_set_of(found._items), found)


def _evaluation(found: Evaluation) -> View:
    return ConfusionMatrix(_set_of(found.judged_in), found)


def _report(report: Report) -> View:
    assert report.of is not None
    items, ids = report.of
    return ReportView(_set_of(items), ids, report=report)


def _search(found: SearchResult) -> View:
    assert found.album is not None
    shown = Dataset(found.album.store).where(found.ids)
    similarity = dict(zip(found.ids, found.similarity.tolist(), strict=True))
    columns = {_SIMILARITY: [similarity[item] for item in shown.ids]}
    return SimilarityGrid(shown, columns=columns, sort_by=_SIMILARITY, descending=True, caption=_SIMILARITY)


def _split(split: Split) -> View:
    items = _set_of(split._dataset)
    return SimilarityGrid(items, group_by=split._column if split._column in items.column_names else "")


def _slice(kept: Slice) -> View:
    return SimilarityGrid(_set_of(kept._items).where(kept.ids))


def _selection(selection: Selection) -> View:
    assert selection.album is not None
    return SimilarityGrid(Dataset(selection.album.store).where(selection.ids))


def _weak_slices(slices: WeakSlices) -> View:
    return SimilarityGrid(_set_of(slices._items).where(slices.slice(str(slices.table["slice"].iloc[0]))))


def _item(item: Item) -> View:
    items = _set_of(item._dataset)
    grid = SimilarityGrid(items)
    if items.encoders:
        grid.show_similar([item.id])
    return grid


#: The first kind that a result is of counts.
_VIEWS: dict[type, Callable[[Any], View]] = {
    Clusters: _clusters,
    Picks: _picks,
    Evaluation: _evaluation,
    Finding: _finding,
    Report: _report,
    SearchResult: _search,
    Split: _split,
    Slice: _slice,
    Selection: _selection,
    WeakSlices: _weak_slices,
    Item: _item,
    Dataset: SimilarityGrid,
}
