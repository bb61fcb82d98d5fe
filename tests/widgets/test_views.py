"""What a view takes from Python, and what it refuses with a word on what was meant."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pytest
import traitlets
from PIL import Image

import nbcurate as nbc
import nbcurate.widgets
from nbcurate.widgets.session import Session

from ..conftest import colour_layout


@pytest.mark.parametrize("widget", ["ClassBalance", "EmbeddingMap", "SimilarityGrid"])
def test_every_view_shares_the_selection_of_the_data_set(dataset: nbc.Dataset, widget: str) -> None:
    view = getattr(nbc, widget)(dataset, height=300)
    view.selected = dataset.ids[2:4]
    assert dataset.selection.ids == view.selected == dataset.ids[2:4]
    assert view.session is Session.of(dataset)
    with pytest.raises(TypeError, match=r"no argument 'heigth'\. Did you mean 'height'"):
        getattr(nbc, widget)(dataset, heigth=300)


def test_a_column_that_is_not_there_is_refused_and_the_nearest_named(dataset: nbc.Dataset) -> None:
    with pytest.raises(traitlets.TraitError, match=r"no column 'lable' to show\. Did you mean 'label'"):
        nbc.EmbeddingMap(dataset, color="lable")
    balance = nbc.ClassBalance(dataset)
    with pytest.raises(traitlets.TraitError, match="Did you mean 'width'"):
        balance.by = "widht"
    assert balance.by == "label"
    with pytest.raises(traitlets.TraitError, match="Did you mean 'brightness'"):
        nbc.SimilarityGrid(dataset, sort_by="brightnes")
    with pytest.raises(traitlets.TraitError, match="'id'"):
        nbc.SimilarityGrid(dataset, group_by="id")


def test_a_view_shows_the_columns_that_it_brings(dataset: nbc.Dataset) -> None:
    order = list(range(24))
    view = nbc.EmbeddingMap(dataset, color="order", columns={"order": order})
    assert view.color == "order"
    assert nbc.ClassBalance(dataset, by="order").by == "order"


def other_layout(images: list[Image.Image]) -> np.ndarray:
    return -colour_layout(images)


def test_a_second_map_is_of_other_embeddings_than_the_first(dataset: nbc.Dataset) -> None:
    dataset.embed(other_layout)
    view = nbc.EmbeddingMap(dataset, beside="other_layout", method="pca")
    assert (view.encoder, view.beside) == ("colour_layout", "other_layout")
    assert nbc.EmbeddingMap(dataset, encoder=other_layout).encoder == "other_layout"
    with pytest.raises(traitlets.TraitError, match="beside: There are no embeddings of 'tuned'"):
        view.beside = "tuned"
    with pytest.raises(TypeError, match="expected the name of embeddings"):
        nbc.EmbeddingMap(dataset, encoder=3)  # pyright: ignore[reportArgumentType]


def test_quotas_are_shares(dataset: nbc.Dataset) -> None:
    balance = nbc.ClassBalance(dataset, quotas={"animals": 0.5, "food": 0.5})
    assert balance.quotas == {"animals": 0.5, "food": 0.5}
    for wrong in ({"animals": -1}, {"animals": "half"}, {3: 0.5}, [0.5]):
        with pytest.raises(traitlets.TraitError):
            balance.quotas = wrong
    assert balance.quotas == {"animals": 0.5, "food": 0.5}


def test_views_of_the_same_items_say_so(dataset: nbc.Dataset) -> None:
    grid, bars = nbc.SimilarityGrid(dataset), nbc.ClassBalance(dataset)
    part = nbc.SimilarityGrid(dataset.where("label = 'food'"))
    assert grid.items == bars.items == grid.view
    assert part.items == part.view != grid.items
    with pytest.raises(TypeError, match="no argument 'items'"):
        nbc.SimilarityGrid(dataset, items=3)


@pytest.mark.parametrize("widget", nbcurate.widgets.__all__)
def test_what_is_no_data_set_is_refused_with_the_call_that_was_meant(dataset: nbc.Dataset, widget: str) -> None:
    view = getattr(nbc, widget)
    picked = dataset.diverse(5)
    given = {
        "got Report. Write nbc.ReportView(ds, ids, report=report)": picked.report,
        "got Clusters. Write nbc.C": dataset.clusters(2, "kmeans"),
        "got Picks. Write nbc.": picked,
        "Write nbc.{}(ds.where(found.ids))": dataset.search(dataset.ids[0]),
        "Write nbc.{}(nbc.Dataset.open(path))": "photos.nbc",
        "got NoneType. Write nbc.{}(ds)": None,
    }
    for message, wrong in given.items():
        with pytest.raises(TypeError, match=f"^{widget}: the first argument.*" + re.escape(message.format(widget))):
            view(wrong)
    with pytest.raises(TypeError, match="first argument"):
        view(dataset=picked.report)
    assert "dataset" in inspect.signature(view).parameters


def test_a_finding_goes_where_a_view_takes_it(dataset: nbc.Dataset) -> None:
    rare = dataset.rare(3)
    for widget, call in (("FindingsPanel", "(ds, finding)"), ("SimilarityGrid", "(ds, finding=finding)")):
        with pytest.raises(TypeError, match=re.escape(f"Write nbc.{widget}{call}")):
            getattr(nbc, widget)(rare)
