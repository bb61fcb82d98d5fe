"""Views of predictions and of columns: what they take, what they share, and what Python reads from them."""

from __future__ import annotations

import base64
import gc
import io
import re
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets
from PIL import Image

import nbcurate as nbc
from nbcurate.widgets.session import Session

from .detections import PLACES, SIDE, detection_set
from .test_wire import Browser, request


@pytest.fixture
def detections(stamps: Path, tmp_path: Path) -> Iterator[nbc.Dataset]:
    """Twelve pictures with three objects each, and the predictions ``yolo8``."""
    ds = detection_set(stamps, tmp_path)
    yield ds
    Session.of(ds).close()


# -- the wire ------------------------------------------------------------------------------------------------------


def test_predictions_come_with_their_boxes_scores_and_what_they_come_to(
    detections: nbc.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(Session.of(detections), monkeypatch)
    (hello,), _ = browser.ask("hello")
    assert hello["predictions"] == ["yolo8"]
    (answer,), _ = browser.ask("predicted", {"predictions": "yolo8"}, detections.keys[:2])
    first, _ = answer["items"]
    said = detections.predictions["yolo8"].of(detections.keys[:1])
    assert (first["width"], first["height"], first["key"]) == (320, 240, int(detections.keys[0]))
    assert first["scores"] == sorted(said.exact_scores.tolist(), reverse=True)
    assert sorted(first["names"]) == sorted(said.labels.tolist())
    assert "outcomes" not in first

    evaluation = detections.evaluate("yolo8")
    view = nbc.SimilarityGrid(detections, predictions=evaluation)
    assert any(content.get("event") == "predictions" for content, _ in browser.sent)
    (answer,), _ = browser.ask("predicted", {"predictions": "yolo8"}, detections.keys[:1])
    (first,) = answer["items"]
    surest = np.argsort(-said.exact_scores, kind="stable")
    names = ["right", "confused", "badly placed", "double", "false positive", "missed", "ignored"]
    assert [names[code] for code in first["outcomes"]] == evaluation.outcomes[: len(said)][surest].tolist()
    assert first["matches"] == [0, 1, 2, 1, -1] or sorted(first["matches"]) == [-1, 0, 1, 1, 2]
    (facts,), _ = browser.ask("drawn", {"predictions": "yolo8"})
    assert facts["outcomes"]["missed"] == int(evaluation.table["missed"].sum())
    assert {one["name"]: one["labels"] for one in facts["classes"]} == {"animals": 12, "food": 12, "vehicles": 12}
    view.close()
    (answer,), _ = browser.ask("predicted", {"predictions": "yolo8"}, detections.keys[:1])
    assert "outcomes" not in answer["items"][0]


def test_curves_and_pairs_are_those_of_the_evaluation(detections: nbc.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluation = detections.evaluate("yolo8")
    view = nbc.ConfusionMatrix(detections, evaluation)
    browser = Browser(Session.of(detections), monkeypatch)
    (answer,), buffers = browser.ask("curves", {"predictions": "yolo8"})
    assert [one["name"] for one in answer["curves"]] == [None, *evaluation.table.index]
    scores, precision, recall = np.frombuffer(buffers[0], "<f8").reshape(3, -1)
    at = np.flatnonzero(scores >= evaluation.score)[-1]
    right, said = evaluation.table["right"].sum(), evaluation.table["predicted"].sum()
    assert (precision[at], recall[at]) == (right / said, right / 36)

    parts, buffers = browser.ask("pairs", {"view": view.view, "predictions": "yolo8"})
    names = parts[0]["names"]
    given, predicted = (np.frombuffer(buffer, "<i4") for buffer in buffers[2:4])
    low, high = (np.frombuffer(buffer, "<f8") for buffer in buffers[4:6])
    for score in (0.0, 0.31, evaluation.score, 0.95):
        counts = np.zeros((len(names), len(names)), int)
        np.add.at(counts, (given[here := (low < score) & (score <= high)], predicted[here]), 1)
        wanted = detections.evaluate("yolo8", score=score).confusion
        assert counts.tolist() == wanted.loc[names, names].to_numpy().tolist()
    assert set(np.frombuffer(buffers[1], "<u4").tolist()) <= set(detections.keys.tolist())


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (("predicted", {"predictions": "yolo9"}), "unknown-predictions"),
        (("drawn", {"predictions": "yolo9"}), "unknown-predictions"),
        (("curves", {"predictions": "yolo8"}), "unknown-predictions"),  # nobody has evaluated them
        (("pairs", {"view": 7, "predictions": "yolo8"}), "unknown-predictions"),
        (("predicted", {"predictions": None}), "bad-request"),
        (("predicted", {"predictions": "yolo8", "view": 0}), "bad-request"),
        (("drawn", {"predictions": "\ud800"}), "bad-request"),
    ],
)
def test_what_is_not_there_is_refused(
    detections: nbc.Dataset, monkeypatch: pytest.MonkeyPatch, message: tuple[str, dict[str, Any]], code: str
) -> None:
    browser = Browser(Session.of(detections), monkeypatch)
    buffers = [detections.keys[:1].astype("<u4").tobytes()] if message[0] == "predicted" else []
    assert browser.refused(request(*message), buffers) == code


def test_items_that_are_not_there_are_refused(detections: nbc.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser(Session.of(detections), monkeypatch)
    strange = np.array([99], "<u4").tobytes()
    assert browser.refused(request("predicted", {"predictions": "yolo8"}), [strange]) == "unknown-keys"


# -- what is drawn ---------------------------------------------------------------------------------------------------


def test_the_score_is_one_for_all_views_of_the_predictions(detections: nbc.Dataset) -> None:
    evaluation = detections.evaluate("yolo8")
    grid, curves = nbc.SimilarityGrid(detections, predictions="yolo8"), nbc.PrecisionRecall(detections, evaluation)
    assert grid.score == curves.score == evaluation.score
    told: list[Any] = []
    grid.observe(lambda change: told.append((change.old, change.new)), names="score")
    curves.score = 0.5
    matrix = nbc.ConfusionMatrix(detections, evaluation)
    assert (grid.score, matrix.score, told) == (0.5, 0.5, [(evaluation.score, 0.5)])
    curves.close()
    other = nbc.PrecisionRecall(detections, evaluation, score=0.25)
    assert grid.score == other.score == 0.25


@pytest.mark.parametrize(
    "make",
    [
        lambda ds: nbc.SimilarityGrid(ds, predictions="yolo8"),
        lambda ds: nbc.PrecisionRecall(ds, "yolo8"),
        lambda ds: nbc.ConfusionMatrix(ds, "yolo8"),
    ],
)
def test_a_closed_view_of_predictions_is_freed(detections: nbc.Dataset, make: Callable[[nbc.Dataset], Any]) -> None:
    view = make(detections)
    view.observe(lambda change: None, names="score")
    view.score = 0.3
    freed = weakref.ref(view)
    view.close()
    del view
    gc.collect()
    assert freed() is None


def test_what_cannot_be_drawn_is_told(detections: nbc.Dataset) -> None:
    grid = nbc.SimilarityGrid(detections, predictions="yolo8")
    with pytest.raises(traitlets.TraitError, match="score: expected a number from 0 to 1"):
        grid.score = 1.5
    with pytest.raises(traitlets.TraitError, match="'badly placed'"):
        grid.drawn_outcomes = ["wrong"]
    with pytest.raises(traitlets.TraitError, match="did you mean 'yolo8'"):
        grid.predictions = "yolo"
    assert (grid.score, grid.predictions) == (0.0, "yolo8")
    with pytest.raises(KeyError, match="There are no predictions 'ssd'"):
        nbc.SimilarityGrid(detections, predictions="ssd")
    with pytest.raises(TypeError, match="got DataFrame"):
        nbc.SimilarityGrid(detections, predictions=detections.predictions["yolo8"].to_pandas())
    detections.add_predictions("clip", dict.fromkeys(detections.ids, "food"), classes=["food"])
    with pytest.raises(ValueError, match="classes of whole items"):
        nbc.SimilarityGrid(detections, predictions="clip")
    with pytest.raises(TypeError, match="got list"):
        nbc.PrecisionRecall(detections, [1])  # pyright: ignore[reportArgumentType]
    with pytest.raises(traitlets.TraitError, match="there is no class 'dog'"):
        nbc.PrecisionRecall(detections, "yolo8", of="dog")


def pictures_of(html: str) -> list[Image.Image]:
    return [Image.open(io.BytesIO(base64.b64decode(data))) for data in re.findall('base64,([^"]+)', html)]


def test_a_snapshot_draws_what_the_view_draws(detections: nbc.Dataset) -> None:
    (x, y), size = PLACES[0], 160
    edge = (round(x * size / 320), round((y + SIDE / 2) * size / 320))

    def drawn(**options: Any) -> int:
        """How far the left edge of the first object's label is from the ground beside it, 0 to 255."""
        sheet = nbc.SimilarityGrid(detections, **options).snapshot(n=1, size=size)
        (picture,) = pictures_of(sheet.html)
        pixels = np.asarray(picture.convert("RGB")).astype(int)
        return int(np.abs(pixels[edge[1], edge[0] - 1 : edge[0] + 2] - pixels[edge[1], 1]).max())

    assert drawn() < 30 < drawn(boxes=True)
    assert drawn(boxes=True, drawn_classes=["food"]) < 30
    # The first picture is all animals, of which none is missed.
    assert drawn(predictions=detections.evaluate("yolo8"), drawn_outcomes=["missed"], drawn_classes=[]) < 30


# -- cells and curves ------------------------------------------------------------------------------------------------


def test_a_matrix_of_objects_counts_as_the_evaluation_at_any_score(detections: nbc.Dataset) -> None:
    evaluation = detections.evaluate("yolo8")
    matrix = nbc.ConfusionMatrix(detections, "yolo8")
    assert matrix.table.equals(evaluation.confusion)
    matrix.score = 0.7
    assert matrix.table.equals(detections.evaluate("yolo8", score=0.7).confusion)
    of_objects = nbc.ConfusionMatrix(detections.objects, evaluation)
    missed = evaluation.errors.query("kind in ('missed', 'badly placed') and label == 'food'")
    assert sorted(of_objects.cell("food", "nothing")) == sorted(missed["object"])
    matrix.score = evaluation.score
    assert matrix.cell("food", "nothing") == sorted(set(missed["image"]))
    with pytest.raises(KeyError, match="There is no class 'dog'"):
        matrix.cell("dog", "food")
    assert "yolo8" in matrix.snapshot().html


def test_an_evaluation_of_classes_is_compared_with_the_labels(dataset: nbc.Dataset) -> None:
    guesses = dict(zip(dataset.ids, dataset.labels, strict=True)) | {dataset.ids[0]: "food"}
    evaluation = dataset.add_predictions("clip", guesses).evaluate("clip")
    matrix = nbc.ConfusionMatrix(dataset, evaluation)
    assert matrix.cell("animals", "food") == [dataset.ids[0]]
    assert nbc.ConfusionMatrix(dataset, "clip").cell("animals", "food") == [dataset.ids[0]]
    curves = nbc.PrecisionRecall(dataset, evaluation)
    assert curves.at(0).loc["all", "recall"] == pytest.approx(23 / 24)


def test_curves_tell_what_the_table_tells(detections: nbc.Dataset) -> None:
    evaluation = detections.evaluate("yolo8", score=0.6)
    curves = nbc.PrecisionRecall(detections, evaluation)
    here = curves.at()
    for name in evaluation.table.index:
        assert here.loc[name].tolist() == pytest.approx(
            evaluation.table.loc[name, ["precision", "recall", "f1"]].tolist()
        )
    assert np.isnan(curves.at(1).loc["all", "precision"])
    assert "all" in curves.snapshot().html


# -- scatter ---------------------------------------------------------------------------------------------------------


def test_a_scatter_takes_numbers_and_tells_their_units(dataset: nbc.Dataset) -> None:
    scores = dict.fromkeys(dataset.ids[:5], 0.5)
    view = nbc.Scatter(dataset, x="score", y="bytes", columns={"score": scores}, units={"score": "%"}, log_y=True)
    assert (view.units["bytes"], view.units["score"], view.log_y) == ("B", "%", True)
    view.x = "width"
    with pytest.raises(traitlets.TraitError, match="x: the column 'label' holds neither numbers nor dates"):
        view.x = "label"
    with pytest.raises(traitlets.TraitError, match="Did you mean 'height'"):
        nbc.Scatter(dataset, "width", "heigth")


def test_what_is_predicted_around_an_object_comes_with_its_image(
    detections: nbc.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = detections.objects
    nbc.SimilarityGrid(objects, predictions="yolo8")
    browser = Browser(Session.of(objects), monkeypatch)
    (answer,), _ = browser.ask("predicted", {"predictions": "yolo8"}, objects.keys[:2])
    said = detections.predictions["yolo8"].of(detections.keys[:1])
    for item, key in zip(answer["items"], objects.keys.tolist(), strict=False):
        assert (item["key"], item["whole"], item["width"], item["height"]) == (key, True, 320, 240)
        assert sorted(item["scores"]) == sorted(said.exact_scores.tolist())
    Session.of(objects).close()
