"""What an adapted encoder gained, as a table, in words and as a drawing."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest

from nbcurate.findings.encoder_report import MEASURES, EncoderReport

FROZEN = {"knn_accuracy": 0.776, "probe_accuracy": 0.834, "nmi": 0.527, "retrieval_map": 0.51, "seconds": 12.0}
TUNED = {"knn_accuracy": 0.888, "probe_accuracy": 0.897, "nmi": 0.791, "retrieval_map": 0.49, "seconds": 12.4}


def report(tuned: dict[str, float] = TUNED) -> EncoderReport:
    return EncoderReport(FROZEN, tuned, n_items=285, part="test")


def test_each_measure_is_a_row_and_each_encoder_a_column() -> None:
    frame = report().to_pandas()
    assert list(frame.index) == list(MEASURES)
    assert frame["frozen"].to_dict() == FROZEN
    assert frame["tuned"].to_dict() == TUNED


def test_it_says_where_the_tuned_encoder_is_better_and_where_it_is_worse() -> None:
    said = report().in_words()
    assert "285 items of the part 'test'" in said
    assert said.endswith("is better in kNN accuracy, linear probe, NMI of clusters and worse in retrieval mAP.")
    assert "better than frozen in every measure" in report({**TUNED, "retrieval_map": 0.7}).in_words()
    assert "no better and no worse" in report({**FROZEN, "nmi": FROZEN["nmi"] + 0.001}).in_words()


def test_the_drawing_has_every_number_and_the_errors_that_are_gone() -> None:
    shown = report()._repr_html_()
    for value in (*FROZEN.values(), *TUNED.values()):
        assert f"{value:.3f}" in shown or f"{value:.3g}" in shown
    assert "+0.112, 50% fewer errors" in shown
    assert "−0.020" in shown
    page = ElementTree.fromstring(f"<div>{shown.replace('&nbsp;', ' ')}</div>")
    dots = [float(dot.get("cx", "")) for dot in page.iter("circle")][2:]  # behind those of the legend
    assert dots[0] < dots[1], "further to the right is better"


def test_a_measure_without_meaning_and_text_that_is_no_markup_are_shown_as_such() -> None:
    nothing = EncoderReport({"nmi": math.nan, "own_<b>": 0.5}, {"nmi": 0.5, "own_<b>": 0.5}, n_items=3, part="<i>")
    shown = nothing._repr_html_()
    assert "no value" in shown
    assert "the same" in shown
    assert "<b>own" not in shown
    assert "<i>" not in shown


def test_what_was_measured_of_one_only_is_refused() -> None:
    with pytest.raises(ValueError, match="nmi"):
        EncoderReport({"nmi": 0.5}, {}, n_items=3, part="test")
