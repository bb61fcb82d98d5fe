"""An interrupted or failed run of another model takes nothing away; what it has done can be used by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.encoders.running import pipeline

from ..conftest import colour_layout


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "BATCH", 4)


class _Second:
    """A model that fails after some pictures."""

    def __init__(self, most: int, error: BaseException | None) -> None:
        self.most, self.error, self.done = most, error, 0

    def __call__(self, images: Sequence[Image.Image]) -> np.ndarray:
        self.done += len(images)
        if self.done > self.most and self.error is not None:
            raise self.error
        return colour_layout(images)[:, :16]


def _encoder(most: int, error: BaseException | None) -> nbc.FunctionEncoder:
    return nbc.FunctionEncoder(_Second(most, error), name="second")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("out of memory")], ids=["interrupt", "failure"])
@pytest.mark.parametrize("most", [0, 8])
def test_search_goes_on_with_what_is_complete(
    dataset: nbc.Dataset, reopen: Callable[[nbc.Dataset], nbc.Dataset], error: BaseException, most: int
) -> None:
    found = dataset.search(dataset.ids[0], k=5).ids
    with pytest.raises((KeyboardInterrupt, RuntimeError, nbc.EncoderError)):
        dataset.embed(_encoder(most, error))
    for state in (dataset, reopen(dataset)):
        assert state.search(state.ids[0], k=5).ids == found
        assert state.embeddings().shape[1] == 192
    again = state.embed(_encoder(most, None))
    assert again.embeddings().shape[1] == 16


def test_what_was_done_is_used_by_name_and_says_how_far_it_is(dataset: nbc.Dataset) -> None:
    with pytest.raises(KeyboardInterrupt):
        dataset.embed(_encoder(12, KeyboardInterrupt()))
    having = len(dataset.store.embeddings_named("second"))
    assert 0 < having < 23
    with pytest.warns(UserWarning, match=r"of 24 items have a vector of 'second' yet.*ds\.embed\('second'\)"):
        assert dataset.search(np.ones(16, np.float32), k=3, encoder="second").ids


def test_a_first_model_that_is_half_done_is_used(folder: object, tmp_path: object, dataset: nbc.Dataset) -> None:
    only = nbc.Dataset.from_folder(folder, store=f"{tmp_path}/new.nbc")  # pyright: ignore[reportArgumentType]
    with pytest.raises(KeyboardInterrupt):
        only.embed(_encoder(12, KeyboardInterrupt()))
    with pytest.warns(UserWarning, match="of 24 items have a vector of 'second' yet"):
        assert only.search(np.ones(16, np.float32), k=3).ids


def test_comparing_models_changes_nothing_even_where_it_fails(dataset: nbc.Dataset) -> None:
    with pytest.raises(KeyboardInterrupt):
        dataset.compare_encoders([_encoder(8, KeyboardInterrupt()), "colour_layout"], sample=20)
    assert dataset.embeddings().shape[1] == 192
