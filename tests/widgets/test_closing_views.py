"""A view that was closed is gone: nothing holds it, watches for it or waits for it."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import ipywidgets
import pytest
from ipywidgets.widgets import widget

import nbcurate as nbc
from nbcurate.widgets.bundle import STATIC, bundle
from nbcurate.widgets.session import Session

MAKE: dict[str, Callable[[nbc.Dataset], Any]] = {
    "SimilarityGrid": nbc.SimilarityGrid,
    "of a finding": lambda ds: nbc.SimilarityGrid(ds, finding=ds.rare(n=5)),
    "EmbeddingMap": nbc.EmbeddingMap,
    "ClassBalance": nbc.ClassBalance,
    "ClusterBrowser": lambda ds: nbc.ClusterBrowser(ds, ds.clusters(3, "kmeans")),
    "FindingsPanel": lambda ds: nbc.FindingsPanel(ds, ds.rare(n=5)),
    "ReportView": lambda ds: nbc.ReportView(ds, ds.ids[:5]),
    "ConfusionMatrix": lambda ds: nbc.ConfusionMatrix(ds, ds.labels),
    "Scatter": lambda ds: nbc.Scatter(ds, "width", "bytes"),
    "Curator": lambda ds: nbc.Curator(ds, findings=ds.rare(n=5)),
    "of a part": lambda ds: nbc.SimilarityGrid(ds.where(ds.ids[:5])),
}


@pytest.mark.parametrize("kind", MAKE)
def test_a_closed_view_is_freed(dataset: nbc.Dataset, kind: str) -> None:
    view = MAKE[kind](dataset)
    view.observe(lambda change: None, names="selected")
    view._repr_mimebundle_()
    dataset.selection.set(dataset.ids[:2])
    freed = weakref.ref(view)
    view.close()
    view.close()
    del view
    gc.collect()
    assert freed() is None


def test_showing_and_closing_all_day_leaves_nothing(dataset: nbc.Dataset) -> None:
    rare = dataset.rare(n=5)
    session = Session.of(dataset)

    def held() -> dict[str, int]:
        gc.collect()
        return {
            "observers": len(dataset.selection._observers),
            "listeners": len(dataset.store._listeners),
            "views": len(session._handlers._views),
            "clusters": len(session.clusters._arrangements),
            "findings": len(session.reviews._reviews),
            "widgets": len(widget._instances),
            # Those of the store come and go with what is tidied.
            "threads": sum("nbcurate" in thread.name for thread in threading.enumerate() if "store" not in thread.name),
        }

    def day(cycles: int) -> None:
        for cycle in range(cycles):
            made = (
                nbc.SimilarityGrid(dataset, finding=rare),
                nbc.ClusterBrowser(dataset),
                nbc.FindingsPanel(dataset, rare),
            )
            for view in made:
                view._repr_mimebundle_()
            dataset.selection.set(dataset.ids[cycle % 5 : cycle % 5 + 2])
            for view in made:
                view.close()

    day(2)
    before = held()
    day(8)
    after = held()
    assert after.pop("threads") <= before.pop("threads")  # one that an earlier test had begun may have ended
    assert after == before


def test_the_session_stays_and_shares_its_columns_with_the_next_view(dataset: nbc.Dataset) -> None:
    first = nbc.SimilarityGrid(dataset)
    session, items = first._session, first.items
    first.close()
    second = nbc.SimilarityGrid(dataset)
    assert second._session is session
    assert second.items == items, "the browser has these columns"
    assert session._handlers._views.dataset(items) is dataset


def test_a_session_that_was_closed_hears_nothing_more(dataset: nbc.Dataset) -> None:
    observers = len(dataset.selection._observers)
    session = Session.of(dataset)
    session.close()
    assert len(dataset.selection._observers) == observers
    dataset.selection.set(dataset.ids[:1])
    dataset.remove(dataset.ids[:1])
    assert Session.of(dataset) is not session


def test_a_layout_of_the_users_is_not_closed(dataset: nbc.Dataset) -> None:
    layout = ipywidgets.Layout(width="50%")
    nbc.SimilarityGrid(dataset, layout=layout).close()
    assert layout.comm is not None


@pytest.mark.parametrize("live", [True, False])
def test_the_bundle_is_watched_for_developers_only(live: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANYWIDGET_HMR", "1" if live else "0")
    given = bundle("grid.js")
    assert given == STATIC / "grid.js" if live else isinstance(given, str) and "export" in given
