"""What all findings share: recipes that make them again, sets of them, and items that have left since."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest

import nbcurate as nbc
from nbcurate.findings import Finding


def replayed(dataset: nbc.Dataset, finding: Finding) -> Finding:
    """Made again from the recipe as text, without any warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return dataset.replay(json.loads(json.dumps(finding.recipe)))


@pytest.fixture
def copies(dataset: nbc.Dataset) -> Finding:
    return dataset.duplicates(pixels=False, threshold=0.0)


def test_a_part_of_a_finding_is_made_again_as_that_part(dataset: nbc.Dataset) -> None:
    issues = dataset.label_issues()
    for part in (issues.head(3), issues.to_review(), issues.head(9).head(2), dataset.rare() - issues.head(3)):
        assert replayed(dataset, part).ids == part.ids
    assert len(issues.head(3)) == 3
    assert "label_issues(second_opinion=False, seed=0).head(n=3)" in issues.head(3)._repr_html_()
    with pytest.raises(ValueError, match="n=-1"):
        issues.head(-1)


def test_combined_with_ids_on_either_side(dataset: nbc.Dataset, copies: Finding) -> None:
    ids = dataset.ids[:3]
    for combined in (ids | copies, copies | ids, ids - copies, dataset.selection.ids | copies):
        assert replayed(dataset, combined).ids == combined.ids


def test_a_union_keeps_what_each_function_added(dataset: nbc.Dataset, copies: Finding) -> None:
    rare = dataset.rare(4)
    union = (copies | rare).to_pandas().set_index("id")
    kept = copies.to_pandas().set_index("id")
    assert union.loc[kept.index, "representative"].equals(kept["representative"])
    assert union["group"].loc[kept.index].tolist() == kept["group"].tolist()
    only_rare = [item for item in rare.ids if item not in kept.index]
    assert union.loc[only_rare, "representative"].isna().all()
    assert (union.loc[only_rare, "group"] == -1).all()
    assert union.loc[rare.ids, "company"].tolist() == rare.columns["company"].tolist()
    clusters = dataset.clusters(k=2, column=None)
    groups = (copies | clusters).groups
    assert groups is not None
    assert len(np.unique(groups)) == 1 + 2


@pytest.mark.parametrize("function", ["remove", "export", "close", "_view", "__init__", "embed", "store"])
def test_a_recipe_runs_nothing_but_what_makes_findings(dataset: nbc.Dataset, function: str) -> None:
    with pytest.raises(ValueError, match=f"cannot name '{function}': what makes findings is duplicates, label_issues"):
        dataset.replay({"function": function, "parameters": {"ids": dataset.ids[:1]}})
    assert len(dataset) == 24


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ({}, "This is no recipe"),
        ("rare", "This is no recipe"),
        ({"function": "or", "of": []}, "made of 2 others"),
        ({"function": "head", "parameters": {"n": 3}}, "made of 1 others"),
        ({"function": "rare", "parameters": {"m": 3}}, "do not fit 'rare'"),
        ({"function": "rare", "parameters": [3]}, "are a dict"),
    ],
)
def test_what_is_no_recipe(dataset: nbc.Dataset, recipe: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        dataset.replay(recipe)  # pyright: ignore[reportArgumentType]


def test_a_recipe_of_a_view_makes_that_view_first(dataset: nbc.Dataset) -> None:
    view = dataset.where("label = 'food'").where(dataset.ids[8:14])
    picks = view.diverse(3)
    assert picks.recipe["where"] == ["label = 'food'", {"ids": dataset.ids[8:14]}]
    assert replayed(dataset, picks).ids == picks.ids
    assert replayed(view, picks).ids == picks.ids
    assert replayed(dataset, picks.head(2) | dataset.rare(2)).ids == (picks.head(2) | dataset.rare(2)).ids
    assert "where(&quot;label = &#x27;food&#x27;&quot;).where([6 ids]).diverse(n=3" in picks._repr_html_()


def test_a_recipe_tells_where_its_view_has_other_items_now(dataset: nbc.Dataset) -> None:
    picks = dataset.where("label = 'food'").diverse(3)
    dataset.relabel(dataset.ids[:1], "food")
    with pytest.warns(UserWarning, match="made on other items: on 8, and the view that it makes has 9 now"):
        dataset.replay(picks.recipe)
    everything = dataset.rare(3)
    with pytest.warns(UserWarning, match="made on other items: on 24, and the data set has 9 now"):
        dataset.where("label = 'food'").replay(everything.recipe)


@pytest.mark.parametrize("where", ["label = 'food'", [3], [{"ids": "a"}], [{"ids": [], "path": "/etc"}], {"ids": []}])
def test_conditions_of_a_recipe_that_are_none(dataset: nbc.Dataset, where: object) -> None:
    with pytest.raises(ValueError, match="condition"):
        dataset.replay({"function": "rare", "parameters": {}, "where": where})


def test_items_that_have_left_since_are_passed_over_with_a_warning(dataset: nbc.Dataset, copies: Finding) -> None:
    picks = dataset.diverse(4)
    dataset.remove(picks.ids[:1])
    with pytest.warns(UserWarning, match="1 of the 4 items of this finding .* have left the data set"):
        picks.select()
    assert dataset.selection.ids == picks.ids[1:]
    target = dataset.store.path.parent / "picks.csv"
    with pytest.warns(UserWarning, match="1 of the 4 items"):
        dataset.export("csv", ids=picks, to=target)
    assert len(target.read_text().splitlines()) == 1 + 3
    named = {"function": "given", "parameters": {"ids": picks.ids}}
    with pytest.warns(UserWarning, match="1 of 4 ids .* passed over"):
        assert dataset.replay(named).ids == picks.ids[1:]
