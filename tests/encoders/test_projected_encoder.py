"""An encoder and a projection of its vectors: kept in a folder, and loaded from it or refused with a reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nbcurate.encoders import Encoder, EncoderError, FunctionEncoder, TextEncoder, load_encoder
from nbcurate.encoders.encoder import StagedEncoder
from nbcurate.encoders.given_vectors import GivenVectors
from nbcurate.encoders.projected_encoder import ABOUT, NUMBERS, ProjectedEncoder, ProjectedTextEncoder

from ..conftest import colour_layout


class Words(FunctionEncoder):
    """A stand-in for a model of texts and images: a text is the colour that it names."""

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        return self.encode_images([Image.new("RGB", (8, 8), text) for text in texts])


@pytest.fixture
def numbers() -> tuple[np.ndarray, np.ndarray]:
    dice = np.random.default_rng(0)
    return dice.normal(size=(192, 192)).astype(np.float32), dice.normal(size=192).astype(np.float32) / 10


@pytest.fixture
def saved(numbers: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> Path:
    """The folder of a projection of vectors that were given, so that no model need be loaded."""
    ProjectedEncoder(GivenVectors("given", "ab12", 192), *numbers, name="turned", about={"why": "to see"}).write(
        tmp_path
    )
    return tmp_path


def test_it_is_an_encoder_whose_preprocessing_runs_beside_it(numbers: tuple[np.ndarray, np.ndarray]) -> None:
    base = FunctionEncoder(colour_layout)
    turned = ProjectedEncoder(base, *numbers, name="turned")
    assert isinstance(turned, Encoder)
    assert isinstance(turned, StagedEncoder)
    images = [Image.new("RGB", (40, 30), colour) for colour in ("red", "navy", "white")]
    prepared = turned.encode_prepared([turned.prepare(image) for image in images])
    np.testing.assert_allclose(prepared, turned.encode_images(images), atol=1e-6)
    np.testing.assert_allclose(prepared, turned.project(base.encode_images(images)), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(prepared, axis=1), 1, atol=1e-5)


def test_the_key_changes_with_the_base_and_with_every_number(numbers: tuple[np.ndarray, np.ndarray]) -> None:
    matrix, offset = numbers
    keys = {
        ProjectedEncoder(GivenVectors("given", key, 192), m, o, name=name).key
        for key, m, o, name in [
            ("ab", matrix, offset, "a"), ("ab", matrix, offset, "b"), ("cd", matrix, offset, "a"),
            ("ab", matrix * 2, offset, "a"), ("ab", matrix, offset * 2, "a"),
        ]
    }  # fmt: skip
    assert len(keys) == 4  # a name is none of what makes the vectors


def test_what_no_vector_could_be_made_of_stays_so(numbers: tuple[np.ndarray, np.ndarray]) -> None:
    turned = ProjectedEncoder(GivenVectors("given", "ab", 192), *numbers, name="turned")
    odd = np.stack([np.zeros(192), np.full(192, np.nan), np.ones(192)]).astype(np.float32)
    zero, bad, good = turned.project(odd)
    assert not zero.any()
    assert not np.isfinite(bad).all()
    assert np.isfinite(good).all()


def test_texts_are_projected_with_the_images_that_they_lie_beside(numbers: tuple[np.ndarray, np.ndarray]) -> None:
    turned = ProjectedTextEncoder(Words(colour_layout, "words"), *numbers, name="turned")
    assert isinstance(turned, TextEncoder)
    colours = ["red", "navy", "white"]
    images = turned.encode_images([Image.new("RGB", (8, 8), colour) for colour in colours])
    np.testing.assert_allclose(turned.encode_texts(colours), images, atol=1e-6)


def test_a_folder_is_loaded_as_it_was_saved(saved: Path, numbers: tuple[np.ndarray, np.ndarray]) -> None:
    loaded = load_encoder(saved)
    assert isinstance(loaded, ProjectedEncoder)
    assert (loaded.name, loaded.about, loaded.model) == ("turned", {"why": "to see"}, str(saved.resolve()))
    assert loaded.key == ProjectedEncoder(GivenVectors("given", "ab12", 192), *numbers, name="x").key
    assert load_encoder(str(saved)).key == loaded.key
    assert not any(file.suffix in (".pkl", ".pt", ".bin") for file in saved.iterdir())


def test_a_projection_of_a_model_is_loaded_with_it_or_refused_where_that_has_changed(tmp_path: Path) -> None:
    base = load_encoder("efficientnet-lite0")
    first = ProjectedEncoder(base, np.eye(1280, 32, dtype=np.float32), np.zeros(32, np.float32), name="first-32")
    first.write(tmp_path)
    loaded = load_encoder(tmp_path, backend="torch", batch_size=2)
    assert (loaded.key, loaded.width) == (first.key, 32)
    image = Image.effect_noise((120, 90), 80).convert("RGB")
    np.testing.assert_allclose(loaded.encode_images([image]), first.encode_images([image]), atol=1e-4)
    with pytest.raises(EncoderError, match="pooled already"):
        load_encoder(tmp_path, pooling="spatial_mean")
    said = json.loads((tmp_path / ABOUT).read_text())
    said["base"]["key"] = "of other weights"
    (tmp_path / ABOUT).write_text(json.dumps(said))
    with pytest.raises(EncoderError, match=r"have changed.*fit again"):
        load_encoder(tmp_path)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda folder: (folder / NUMBERS).unlink(), "is missing"),
        (lambda folder: (folder / NUMBERS).write_bytes((folder / NUMBERS).read_bytes()[:100]), "is damaged"),
        (lambda folder: (folder / ABOUT).write_text("{"), "is damaged"),
        (lambda folder: (folder / ABOUT).write_text('{"name": "turned", "base": {}}'), "is damaged"),
    ],
)
def test_a_damaged_folder_is_refused_with_a_reason(saved: Path, damage, says: str) -> None:
    damage(saved)
    with pytest.raises(EncoderError, match=says):
        load_encoder(saved)


def test_a_projection_of_other_lengths_is_refused() -> None:
    with pytest.raises(EncoderError, match="takes vectors of length 5"):
        ProjectedEncoder(GivenVectors("given", "ab", 7), np.ones((5, 5), np.float32), np.zeros(5, np.float32), name="x")
