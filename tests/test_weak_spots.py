"""Where a model errs: an answer in words where there is none, and the model's own confidence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import nbcurate as nbc


@pytest.fixture
def four_groups(tmp_path: Path) -> nbc.Dataset:
    """Four groups of 60 vectors; the class has nothing to do with the group."""
    rng = np.random.default_rng(0)
    vectors = np.repeat(3 * rng.normal(size=(4, 16)), 60, axis=0) + rng.normal(size=(240, 16))
    ids = [f"g{at // 60}-{at:03}" for at in range(240)]
    ds = nbc.Dataset.from_embeddings(ids, vectors, store=tmp_path / "v.nbc")
    return ds.relabel({item: "ab"[at % 2] for at, item in enumerate(ids)})


def other(label: str | None) -> str:
    return "b" if label == "a" else "a"


def test_no_weak_spot_is_an_answer_with_a_reason(four_groups: nbc.Dataset) -> None:
    right = dict(zip(four_groups.ids, four_groups.labels, strict=True))
    spots = four_groups.weak_spots(right)
    assert len(spots) == 0
    assert "none of 240 predictions is wrong" in repr(spots)
    everywhere = {item: other(label) if at % 6 == 0 else label for at, (item, label) in enumerate(right.items())}
    spots = four_groups.weak_spots(everywhere)
    assert len(spots) == 0
    assert "40 of 240 predictions are wrong, but in no one of 4 clusters more than chance" in spots.note
    few = four_groups.where(four_groups.ids[:10])
    assert "too few items" in few.weak_spots([other(label) for label in few.labels]).note


def test_what_the_model_was_least_sure_of_comes_first(four_groups: nbc.Dataset) -> None:
    labels = dict(zip(four_groups.ids, four_groups.labels, strict=True))
    predicted = {i: other(label) if i.startswith("g2") and int(i[3:]) % 3 else label for i, label in labels.items()}
    confidence = {item: (int(item[3:]) * 7 % 100) / 100 for item in four_groups.ids}
    spots = four_groups.weak_spots(predicted, confidence=confidence)
    assert set(spots.ids) >= {i for i in four_groups.ids if i.startswith("g2")}
    assert spots.note == ""
    frame = spots.to_pandas().set_index("id")
    flagged = frame.loc[spots.flagged, "confidence"].to_numpy()
    assert len(flagged) == 40
    assert np.all(np.diff(flagged) >= 0)
    assert 0.5 < spots.scores[0] < 2 / 3 + 1e-6
    assert "expect" in spots.reasons[0]
    assert four_groups.replay(json.loads(json.dumps(spots.recipe))).ids == spots.ids
    with pytest.raises(ValueError, match="confidence: give a number from 0 to 1"):
        four_groups.weak_spots(predicted, confidence=[2.0] * 240)
    with pytest.raises(TypeError, match="confidence: give a number from 0 to 1"):
        four_groups.weak_spots(predicted, confidence=["sure"] * 240)
