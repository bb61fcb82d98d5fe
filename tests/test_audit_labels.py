"""Labels that look wrong: flipped ones of real pictures, by real weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.findings.labels import LabelIssues

FLIPPED = {"food/f09.jpg": "vehicles", "vehicles/v01.jpg": "animals", "animals/a02.jpg": "food"}


@pytest.fixture(scope="module")
def labelled(stamps: Path, tmp_path_factory: pytest.TempPathFactory) -> nbc.Dataset:
    """Three classes of 14 real pictures; three of the labels are wrong and one is missing."""
    folder = tmp_path_factory.mktemp("labels") / "pictures"
    for kind in ("food", "vehicles", "animals"):
        (folder / kind).mkdir(parents=True)
        for at, file in enumerate(sorted((stamps / kind).rglob("*.png"))[:28:2]):
            Image.open(file).convert("RGB").save(folder / kind / f"{kind[0]}{at:02}.jpg")
    ds = nbc.Dataset.from_folder(folder).embed("efficientnet-lite0")
    return ds.relabel({**FLIPPED, "food/f05.jpg": None})


@pytest.fixture(scope="module")
def issues(labelled: nbc.Dataset) -> LabelIssues:
    """What is found by default: for tests that look at it."""
    return labelled.label_issues()


def test_the_flipped_labels_come_first(labelled: nbc.Dataset, issues: LabelIssues) -> None:
    assert len(issues) == len(labelled)
    assert set(issues.ids[:8]) >= set(FLIPPED)
    assert issues.ids[0] in FLIPPED
    assert issues.ids[0] in issues.flagged
    assert len(issues.flagged) < 10
    first = issues.to_pandas().set_index("id").loc["food/f09.jpg"]
    assert (first["given_label"], first["suggested_label"]) == ("vehicles", "food")
    assert "items most like it are labelled food" in first["reason"]
    assert np.all(np.diff(issues.scores) <= 0)


def test_an_item_without_a_label_comes_last_with_a_suggestion(issues: LabelIssues) -> None:
    last = issues.to_pandas().iloc[-1]
    assert (last["id"], last["score"]) == ("food/f05.jpg", 0.0)
    assert pd.isna(last["given_label"])
    assert last["suggested_label"] == "food"
    assert last["reason"].startswith("no label")


def test_the_recipe_makes_it_again(labelled: nbc.Dataset) -> None:
    issues = labelled.label_issues(5)
    again = labelled.replay(json.loads(json.dumps(issues.recipe)))
    assert again.ids == issues.ids
    assert again.scores.tolist() == issues.scores.tolist()


def test_probabilities_of_the_users_model_count(labelled: nbc.Dataset, issues: LabelIssues) -> None:
    classes = sorted({label for label in labelled.labels if label})
    probabilities = np.full((len(labelled), 3), 0.02)
    for row, label in enumerate(labelled.labels):
        probabilities[row, classes.index(label or "food")] = 0.96
    sure = labelled.label_issues(pred_probs=probabilities)
    assert max(sure.scores) < max(issues.scores)
    assert "your model says" in sure.reasons[-1]
    assert "with 96%" in sure.reasons[-1]
    frame = pd.DataFrame(probabilities, index=labelled.ids, columns=classes)[classes[::-1]].sample(frac=1)
    assert labelled.label_issues(pred_probs=frame).ids == sure.ids
    assert labelled.replay(json.loads(json.dumps(sure.recipe))).ids == sure.ids
    with pytest.raises(ValueError, match=r"must be \(\d+, 3\)"):
        labelled.label_issues(pred_probs=probabilities[:, :2])
    with pytest.raises(ValueError, match="sums to 2: give probabilities, such as a softmax"):
        labelled.label_issues(pred_probs=probabilities * 2)
    with pytest.raises(ValueError, match=r"missing \['food'\], unknown \['fod'\]"):
        labelled.label_issues(pred_probs=frame.set_axis([c.replace("oo", "o") for c in frame.columns], axis=1))


def test_what_is_safe_is_the_surest_of_what_is_flagged_and_replays(labelled: nbc.Dataset, issues: LabelIssues) -> None:
    safe = issues.safe
    assert 0 < len(safe) <= len(issues.flagged)
    assert set(safe.ids) <= set(issues.flagged)
    frame = safe.to_pandas()
    assert (frame["confidence"] >= 0.9).all()
    assert (frame["suggested_label"] != frame["given_label"]).all()
    right = {item: item.split("/")[0] for item in safe}
    assert (frame["suggested_label"] == frame["id"].map(right)).mean() > 0.5
    again = labelled.replay(json.loads(json.dumps(safe.recipe)))
    assert again.ids == safe.ids
    assert set(labelled.replay((issues.safe.head(1) | ["food/f05.jpg"]).recipe)) == {safe.ids[0], "food/f05.jpg"}
    with pytest.raises(ValueError, match="made of a finding that has it, not of rare"):
        labelled.replay({"function": "safe", "of": [labelled.rare().recipe]})


def test_it_says_how_many_labels_are_wrong(issues: LabelIssues) -> None:
    assert 2 / 41 < issues.noise < 8 / 41
    assert f"about {issues.noise:.1%} of all labels are wrong" in repr(issues)
    assert issues.head(3).noise == issues.noise


def test_cleanlab_is_asked_on_request(labelled: nbc.Dataset) -> None:
    frame = labelled.label_issues(second_opinion=True).to_pandas()
    assert frame["cleanlab"].dtype == bool


def test_exact_copies_with_two_labels(stamps: Path, tmp_path: Path) -> None:
    for kind in ("food", "vehicles"):
        (tmp_path / "p" / kind).mkdir(parents=True)
        for at, file in enumerate(sorted((stamps / kind).rglob("*.png"))[:12:2]):
            Image.open(file).convert("RGB").save(tmp_path / "p" / kind / f"{at}.jpg")
    (tmp_path / "p" / "vehicles" / "same.jpg").write_bytes((tmp_path / "p" / "food" / "3.jpg").read_bytes())
    issues = nbc.Dataset.from_folder(tmp_path / "p").embed("efficientnet-lite0").label_issues()
    told = dict(zip(issues.ids, issues.reasons, strict=True))
    assert "the very same file has another label" in told["food/3.jpg"]
    assert "vehicles/same.jpg" in issues.ids[:2]
    assert "vehicles/same.jpg" in issues.flagged


def test_one_class_says_what_is_needed(labelled: nbc.Dataset) -> None:
    with pytest.raises(ValueError, match="two classes or more"):
        labelled.where("label = 'food'").label_issues()
    with pytest.raises(ValueError, match="there are none"):
        labelled.where([]).label_issues()
