"""The Python side of the views: ``selected`` as people know it from ipywidgets, findings, snapshots."""

from __future__ import annotations

import base64
import html
import io
import re
from pathlib import Path

import ipywidgets
import numpy as np
import pytest
import traitlets
from PIL import Image

import nbcurate as nbc


def test_selected_is_read_assigned_observed_and_linked(dataset: nbc.Dataset) -> None:
    grid, other = nbc.SimilarityGrid(dataset), ipywidgets.SelectMultiple(options=dataset.ids)
    heard: list[tuple[list[str], list[str]]] = []
    grid.observe(lambda change: heard.append((change.old, change.new)), names="selected")
    grid.selected = dataset.ids[:2]
    assert dataset.selection.ids == grid.selected == dataset.ids[:2]
    dataset.selection.reject(dataset.ids[5:6])
    dataset.selection.add(dataset.ids[2:3])
    assert heard == [([], dataset.ids[:2]), (dataset.ids[:2], dataset.ids[:3])]
    link = traitlets.link((grid, "selected"), (other, "value"), (tuple, list))
    other.value = (dataset.ids[7],)
    assert dataset.selection.ids == [dataset.ids[7]]
    dataset.selection.clear()
    assert other.value == ()
    link.unlink()
    with pytest.raises(nbc.UnknownItemError):
        grid.selected = ["no such"]


@pytest.mark.parametrize("view", [nbc.ClusterBrowser, nbc.Curator, nbc.SimilarityGrid])
def test_an_unknown_argument_is_an_error_with_a_suggestion(dataset: nbc.Dataset, view: type) -> None:
    with pytest.raises(TypeError, match="Did you mean 'height'"):
        view(dataset, heigth=300)


def test_what_is_no_finding_is_refused(dataset: nbc.Dataset) -> None:
    with pytest.raises(TypeError, match="A finding is what"):
        nbc.FindingsPanel(dataset, [["a", "b"]])
    with pytest.raises(ValueError, match="nothing to report"):
        nbc.ReportView(dataset)


def test_a_snapshot_is_a_page_that_needs_nothing_else(dataset: nbc.Dataset, tmp_path: Path) -> None:
    dataset.selection.set(dataset.ids[3:5])
    sheet = nbc.SimilarityGrid(dataset).snapshot(tmp_path / "sheet.html", n=10, size=64)
    page = (tmp_path / "sheet.html").read_text()
    assert sheet.html in page
    pictures = re.findall(r'<img alt="([^"]+)"[^>]* src="data:image/webp;base64,([^"]+)"', page)
    assert [name for name, _ in pictures][:2] == dataset.ids[3:5], "what is selected comes first"
    assert len(pictures) == 10
    assert all(base64.b64decode(data).startswith(b"RIFF") for _, data in pictures)
    assert "14 more are not shown" in page
    assert "http" not in re.sub(r"base64,[^\"]+", "", page)


def test_snapshots_of_the_other_views_say_what_they_show(dataset: nbc.Dataset) -> None:
    browser = nbc.ClusterBrowser(dataset, dataset.clusters(2, "kmeans"))
    browser.rename(browser.table.loc[0, "name"], "<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)" in browser.snapshot().html
    assert "<script" not in browser.snapshot().html
    copies = dataset.duplicates()
    reviewed = nbc.FindingsPanel(dataset, copies).snapshot().html
    assert copies.reasons[0] in reviewed
    first = [copies.to_pandas()["representative"].iloc[0], copies.ids[0]]
    assert re.findall(r'<img alt="([^"]+)"', reviewed)[:2] == first, "a copy beside the one that stays"
    assert "redundancy" in nbc.ReportView(dataset, dataset.ids[:6]).snapshot().html


def test_a_snapshot_has_the_order_the_groups_and_the_captions_of_the_grid(dataset: nbc.Dataset) -> None:
    first, second = dataset.ids[4:6]
    dataset.selection.set([first])
    dataset.selection.reject([second])
    found = dataset.rare(6)
    page = nbc.SimilarityGrid(dataset, finding=found).snapshot().html
    assert re.findall(r'<img alt="([^"]+)"', page) == found.ids
    assert all(html.escape(reason[:60]) in page for reason in found.reasons)
    grouped = nbc.SimilarityGrid(dataset, group_by="label", sort_by="width", descending=True)
    page = grouped.snapshot().html
    assert re.findall(r"<strong>(\w+) \(8\)</strong>", page) == ["animals", "food", "vehicles"]
    widths = dataset.to_pandas().set_index("id")["width"]
    shown = re.findall(r'<img alt="([^"]+)"', page)
    assert [widths[item] for item in shown[:8]] == sorted(widths[shown[:8]], reverse=True)
    assert page.count("<strong>kept</strong>") == page.count("<strong>rejected</strong>") == 1
    grouped.show_similar([first])
    near = dataset.search(first, k=20)
    assert re.findall(r'<img alt="([^"]+)"', grouped.snapshot().html) == [first, *near.ids]
    assert "<img" in nbc.ClassBalance(dataset).snapshot(n=0).html, "its bars"


def test_where_no_widget_can_be_shown_there_are_pictures(dataset: nbc.Dataset) -> None:
    for view in (nbc.SimilarityGrid(dataset), nbc.Curator(dataset)):
        bundle, _ = view._repr_mimebundle_() or ({}, {})
        assert "application/vnd.jupyter.widget-view+json" in bundle
        assert bundle["text/html"].count("<img") == 12
        assert len(bundle["text/html"]) < 100_000


def test_a_grid_of_a_finding_has_its_order_groups_and_reasons(dataset: nbc.Dataset) -> None:
    found = dataset.clusters(3, "kmeans").head(10)
    grid = nbc.SimilarityGrid(dataset, finding=found, caption="label")
    assert sorted(grid.dataset.ids) == sorted(found.ids)
    assert (grid.sort_by, grid.group_by, grid.caption) == ("clusters: order", "clusters: group", "label")
    columns = grid._session._handlers.columns
    order = columns.values(grid.dataset, "clusters: order").to_pylist()
    assert [item for _, item in sorted(zip(order, grid.dataset.ids, strict=True))] == found.ids
    why = dict(zip(grid.dataset.ids, columns.values(grid.dataset, "clusters: why").to_pylist(), strict=True))
    assert why[found.ids[0]] == f"{found.scores[0]:.3f}  {found.reasons[0]}"
    assert len(nbc.SimilarityGrid(dataset, finding=dataset.label_issues()).dataset) <= len(dataset)


def drawn_in(markup: str) -> Image.Image:
    """The first picture of a page that is a PNG: a plot."""
    data = markup.split("data:image/png;base64,")[1].split('"')[0]
    return Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA")


def colours_of(image: Image.Image) -> set[tuple[int, ...]]:
    pixels = np.asarray(image).reshape(-1, 4)
    return {tuple(colour) for colour in np.unique(pixels[pixels[:, 3] == 255], axis=0).tolist()}


@pytest.mark.parametrize("kind", ["map", "scatter", "curator"])
def test_the_snapshot_of_a_plot_draws_its_points_in_the_colours_of_its_classes(
    small_set: nbc.Dataset, kind: str
) -> None:
    small_set.project("pca")
    view = {
        "map": lambda: nbc.EmbeddingMap(small_set, method="pca"),
        "scatter": lambda: nbc.Scatter(small_set, "width", "height"),
        "curator": lambda: nbc.Curator(small_set, method="pca"),
    }[kind]()
    page = view.snapshot().html
    assert all(name in page for name in set(small_set.labels))
    assert len(colours_of(drawn_in(page))) >= 3, "a colour a class"


def test_the_snapshot_of_a_plot_has_rings_where_the_selection_is(small_set: nbc.Dataset) -> None:
    view = nbc.Scatter(small_set, "width", "bytes", color=None)
    small_set.selection.clear()
    without = colours_of(drawn_in(view.snapshot().html))
    small_set.selection.set(small_set.ids[:3])
    assert len(colours_of(drawn_in(view.snapshot().html)) - without) >= 1
    small_set.selection.clear()


def test_a_map_that_was_never_made_is_not_made_for_a_snapshot(dataset: nbc.Dataset) -> None:
    assert "image/png" not in nbc.EmbeddingMap(dataset, method="pca").snapshot().html


def test_the_axes_of_a_plot_are_text_whatever_they_are_called(dataset: nbc.Dataset) -> None:
    dataset.add_column("<b>a</b>", list(range(len(dataset))))
    page = nbc.Scatter(dataset, "<b>a</b>", "width", color="<b>a</b>").snapshot().html
    assert "<b>a</b>" not in page
    assert "&lt;b&gt;a&lt;/b&gt;" in page
