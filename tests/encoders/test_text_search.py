"""Search by words with a real text-image model, and a clear word where a model knows none."""

from __future__ import annotations

from pathlib import Path

import pytest

import nbcurate as nbc
from nbcurate.encoders import load_encoder
from nbcurate.encoders.encoder import TextEncoder

from .text_image import make_text_image_checkpoint


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_text_image_checkpoint(tmp_path_factory.mktemp("model") / "lite0-minilm")


@pytest.fixture(scope="module")
def dataset(stamps: Path, checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> nbc.Dataset:
    """Sixteen pictures of each of four kinds, labelled by kind."""
    folder = tmp_path_factory.mktemp("kinds")
    for kind in ("vehicles", "hobbies/music", "plants/flowers", "food"):
        (folder / kind.split("/")[-1]).mkdir()
        for file in sorted((stamps / kind).rglob("*.png"))[:16]:
            (folder / kind.split("/")[-1] / file.name).write_bytes(file.read_bytes())
    return nbc.Dataset.from_folder(folder, store=folder.parent / "kinds.nbc").embed(checkpoint)


@pytest.mark.parametrize(
    ("words", "kind"),
    [("a car or a truck", "vehicles"), ("a musical instrument", "music"), ("a flower", "flowers")],
)
def test_words_find_the_pictures_that_show_it(dataset: nbc.Dataset, words: str, kind: str) -> None:
    found = dataset.search(words, k=8).ids
    assert sum(i.startswith(kind) for i in found) >= 6, found


def test_words_and_pictures_are_combined(dataset: nbc.Dataset) -> None:
    found = dataset.search("a musical instrument", k=8, negatives="a car or a truck").ids
    assert not any(i.startswith("vehicles") for i in found)


def test_the_space_of_the_texts_is_that_of_the_pictures(checkpoint: Path, dataset: nbc.Dataset) -> None:
    encoder = load_encoder(checkpoint)
    assert isinstance(encoder, TextEncoder)
    vectors = encoder.encode_texts(["a flower", "a red flower", "an engine"])
    assert vectors.shape == (3, encoder.width)
    assert dataset.embeddings().shape[1] == encoder.width
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_words_give_tags_that_can_be_looked_at_first(dataset: nbc.Dataset) -> None:
    words = {"traffic": ["a car", "a truck", "a vehicle"], "bloom": "a flower", "sound": "a musical instrument"}
    found = dataset.tag_by_words(words, threshold=0.6, encoder="lite0-minilm")
    assert dataset.tags == {}
    for tag, kind in (("traffic", "vehicles"), ("bloom", "flowers"), ("sound", "music")):
        assert sum(name.startswith(kind) for name in found.of(tag)[:8]) >= 6, found.of(tag)
    found.apply()
    assert dataset.tags["bloom"] == len(found.of("bloom"))
    assert dataset.replay(found.recipe).ids == found.ids


def test_prompts_that_are_none_are_told(dataset: nbc.Dataset) -> None:
    with pytest.raises(TypeError, match="prompts by tag"):
        dataset.tag_by_words(["night"], encoder="lite0-minilm")  # pyright: ignore[reportArgumentType]
    with pytest.raises(TypeError, match="prompts of 'night'"):
        dataset.tag_by_words({"night": []}, encoder="lite0-minilm")


def test_a_model_without_texts_says_so(dataset: nbc.Dataset) -> None:
    dataset.embed("efficientnet-lite0")
    with pytest.raises(KeyError, match=r"efficientnet-lite0.* does not know text.*CLIP"):
        dataset.search("a flower")
    assert dataset.search("a flower", encoder="lite0-minilm").ids
    with pytest.raises(ValueError, match="knows no text"):
        dataset.tag_by_words({"night": "a photo at night"}, encoder="efficientnet-lite0")
