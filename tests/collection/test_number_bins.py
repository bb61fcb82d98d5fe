"""Numbers are balanced by ranges, as the quotas of a ClassBalance name them."""

from __future__ import annotations

import numpy as np
import pytest

import nbcurate as nbc


def test_numbers_are_balanced_by_the_ranges_that_shares_name(dataset: nbc.Dataset) -> None:
    values = np.linspace(0, 1, len(dataset))
    dataset.add_column("angle", values)
    shares = {"[0.5, 1)": 1.0, "[0, 0.5)": 3.0}
    picked = dataset.balanced(8, by="angle", shares=shares)
    low = values[np.isin(dataset.ids, picked.ids)] < 0.5
    assert (int(low.sum()), int((~low).sum())) == (6, 2)
    assert picked.shares is not None
    assert list(picked.shares.index) == ["[0, 0.5)", "[0.5, 1)"]
    assert dataset.replay(picked.recipe).ids == picked.ids


def test_an_edge_belongs_to_the_range_above_and_what_is_in_none_is_not_picked(dataset: nbc.Dataset) -> None:
    values = [0.3 if at % 2 else None for at in range(len(dataset))]
    values[0] = 9.0
    dataset.add_column("angle", values)
    picked = dataset.balanced(50, by="angle", shares={"[0.2, 0.3)": 1, "[0.3, 0.4)": 1})
    assert set(picked.ids) <= {one for one, value in zip(dataset.ids, values, strict=True) if value == 0.3}
    assert picked.shares is not None
    assert picked.shares["picked"].tolist() == [0, len(picked)]


@pytest.mark.parametrize(
    ("shares", "words"),
    [({"[0.5, 0)": 1}, "lower edge first"), ({"[0, 2)": 1, "[1, 3)": 1}, "overlap"), ({"[5, 6)": 1}, "no item has")],
)
def test_ranges_that_make_no_sense_are_refused(dataset: nbc.Dataset, shares: dict[str, float], words: str) -> None:
    dataset.add_column("angle", np.linspace(0, 1, len(dataset)))
    with pytest.raises(ValueError, match=words):
        dataset.balanced(5, by="angle", shares=shares)
