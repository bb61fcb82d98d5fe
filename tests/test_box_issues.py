"""What a model sees against what is labelled: wrong boxes are told with their kind, and where one is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nbcurate as nbc

from .conftest import colour_layout
from .pasted import pasted


@pytest.fixture(scope="module")
def planted(stamps: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[nbc.Dataset, dict[str, list[str]]]:
    """Sixty pictures whose labels are wrong in known places, and what a model says of them that saw the pictures."""
    place = tmp_path_factory.mktemp("planted")
    content = pasted(stamps, place, n=60)
    names = {image["id"]: image["file_name"] for image in content["images"]}
    kinds = [category["name"] for category in content["categories"]]
    rng = np.random.default_rng(0)
    said = pd.DataFrame(
        {
            "image": [names[one["image_id"]] for one in content["annotations"]],
            "label": [kinds[one["category_id"] - 1] for one in content["annotations"]],
            "score": rng.uniform(0.7, 1, len(content["annotations"])),
        }
    )
    boxes = np.array([one["bbox"] for one in content["annotations"]], float)
    said[["x", "y", "width", "height"]] = np.maximum(boxes + rng.normal(0, 0.8, boxes.shape), 0.5)
    labels = [dict(one) for one in content["annotations"]]
    wrong, shifted, doubled, missing = labels[0], labels[8], labels[16], labels.pop(24)
    wrong["category_id"] = wrong["category_id"] % 3 + 1
    x, y, width, height = shifted["bbox"]
    shifted["bbox"] = [x + 0.35 * width, max(y - 0.2 * height, 0), width, height]
    x, y, width, height = doubled["bbox"]
    labels.append({**doubled, "id": 5000, "bbox": [x + 1, y, width, height - 1]})
    ds = nbc.Dataset.from_coco(
        {**content, "annotations": labels}, images=place / "images", objects=False, store=place / "scenes.nbc"
    )
    ds.add_predictions("detector", said)
    odd = {"wrong class": wrong, "shifted": shifted}
    named = {kind: f"{names[one['image_id']]}#{one['id']}" for kind, one in odd.items()}
    double = [f"{names[doubled['image_id']]}#{number}" for number in (doubled["id"], 5000)]
    where = {"missing": [names[missing["image_id"]], kinds[missing["category_id"] - 1]], "double": double}
    return ds, {kind: [name] for kind, name in named.items()} | where


def test_each_is_found_under_its_kind_and_no_other_is(planted: tuple[nbc.Dataset, dict[str, list[str]]]) -> None:
    ds, truth = planted
    issues = ds.box_issues("detector")
    table = issues.to_pandas().set_index("id")
    assert len(issues) == len(ds.objects)
    assert len(issues.flagged) == 3
    kinds = table.loc[issues.flagged, "kind"]
    assert kinds[truth["wrong class"][0]] == "wrong class"
    assert kinds[truth["shifted"][0]] == "shifted"
    double = next(name for name in issues.flagged if kinds[name] == "double")
    assert sorted([double, table.loc[double, "other"]]) == sorted(truth["double"])
    assert table["score"].is_monotonic_decreasing
    missing = issues.missing.iloc[0]
    assert [missing["image"], missing["label"]] == truth["missing"]
    assert len(issues.missing) == 1
    assert "1 double, 1 wrong class, 1 shifted" in repr(issues)


def test_what_is_wrong_is_said_in_words(planted: tuple[nbc.Dataset, dict[str, list[str]]]) -> None:
    ds, truth = planted
    issues = ds.box_issues("detector")
    reason = issues.to_pandas().set_index("id")["reason"]
    wrong = issues.to_pandas().set_index("id").loc[truth["wrong class"][0]]
    assert wrong["reason"].startswith(f"called {wrong['given_label']}, is more like {wrong['suggested_label']}")
    assert f"detector sees {wrong['suggested_label']}" in wrong["reason"]
    assert "detector sees" in reason[truth["shifted"][0]]
    assert "they share" in reason[truth["shifted"][0]]
    assert "where nothing is labelled" in issues.missing["reason"].iloc[0]
    assert reason.iloc[-1].startswith(("fits", "nothing speaks against"))


def test_a_part_is_judged_by_all_that_is_labelled(planted: tuple[nbc.Dataset, dict[str, list[str]]]) -> None:
    ds, truth = planted
    whole = ds.box_issues("detector").to_pandas().set_index("id")
    image = truth["shifted"][0].partition("#")[0]
    one = ds.where([image]).box_issues("detector")
    assert set(one.ids) == {name for name in whole.index if name.startswith(f"{image}#")}
    boxes = ds.objects.where([truth["wrong class"][0]]).box_issues("detector")
    assert boxes.ids == truth["wrong class"]
    assert not (boxes.missing["score"] > 0.5).any()  # the others on the picture have labels, if not in this view


def test_crops_are_asked_where_they_have_vectors(planted: tuple[nbc.Dataset, dict[str, list[str]]]) -> None:
    ds, truth = planted
    ds.objects.embed(colour_layout)
    both = ds.box_issues("detector").to_pandas().set_index("id")
    assert both.loc[truth["wrong class"][0], "kind"] == "wrong class"
    assert "crops like it are called so" in both.loc[truth["wrong class"][0], "reason"]
    crops_only = ds.box_issues()
    assert crops_only.recipe["embeddings"] is not None
    assert len(crops_only.missing) == 0


def test_its_recipe_makes_it_again(planted: tuple[nbc.Dataset, dict[str, list[str]]]) -> None:
    issues = planted[0].box_issues("detector")
    again = planted[0].replay(issues.recipe)
    assert again.ids == issues.ids
    pd.testing.assert_frame_equal(again.missing, issues.missing)


def test_predictions_that_are_not_there_or_are_no_boxes_are_told(
    planted: tuple[nbc.Dataset, dict[str, list[str]]],
) -> None:
    ds = planted[0]
    with pytest.raises(KeyError, match="did you mean 'detector'"):
        ds.box_issues("detektor")
    ds.add_predictions("scene", pd.DataFrame({"id": ds.ids, "label": "birds", "score": 0.9}))
    with pytest.raises(ValueError, match="classes of whole items"):
        ds.box_issues("scene")
