"""Every kind of network that is embedded is fine-tuned, too, and saved so that transformers reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbcurate as nbc
from nbcurate.encoders import load_encoder
from nbcurate.encoders.loading.libraries import quiet_loading

from ..encoders.test_families import (
    IMAGENET,
    Family,
    clip,
    convnext,
    dinov2_with_registers,
    dinov3,
    saved,
    siglip,
    swin,
    timm_family,
    torch,
)


def small_resnet() -> Family:
    return timm_family("test_resnet", 64, 96, 96, **IMAGENET)


def small_timm_convnext() -> Family:
    return timm_family("test_convnext", 64, 96, 96, **IMAGENET)


@pytest.mark.parametrize(
    "build",
    [small_resnet, small_timm_convnext, dinov2_with_registers, dinov3, clip, siglip, convnext, swin],
    ids=lambda build: build.__name__,
)
def test_its_last_block_learns_and_the_rest_stays(
    build: Callable[[], Family], photos: nbc.Dataset, tmp_path: Path
) -> None:
    from transformers import AutoModel, AutoModelForImageClassification

    torch.manual_seed(0)
    base = load_encoder(saved(build(), tmp_path / "base"), backend="torch")
    tuned = nbc.fine_tune(photos, base, split="part", unfreeze=1, epochs=1, batch_size=4, learning_rate=1e-4)
    folder = tuned.save(tmp_path / "tuned")
    pictures = [photos.image(item) for item in photos.ids[:3]]
    before, after = base.encode_images(pictures), tuned.encode_images(pictures)
    assert before.shape == after.shape
    again = load_encoder(folder, backend="torch")
    assert np.abs(again.encode_images(pictures) - after).max() < 1e-5
    with quiet_loading():
        whole: Any = AutoModel.from_pretrained(folder).state_dict()
        classifier: Any = AutoModelForImageClassification.from_pretrained(folder)
        frozen: Any = AutoModel.from_pretrained(tmp_path / "base").state_dict()
    assert list(classifier.config.id2label.values()) == ["animals", "food", "vehicles"]
    same = [name for name, values in frozen.items() if name in whole and torch.equal(values, whole[name])]
    assert 0 < len(same) < len(frozen)


def test_a_family_that_transformers_cannot_classify_with_says_so(photos: nbc.Dataset, tmp_path: Path) -> None:
    from transformers import DINOv3ViTConfig, DINOv3ViTImageProcessor, DINOv3ViTModel

    config = DINOv3ViTConfig(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, image_size=32, patch_size=8
    )
    with quiet_loading():
        DINOv3ViTModel(config).save_pretrained(tmp_path / "dinov3")
        DINOv3ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(tmp_path / "dinov3")
    with pytest.raises(nbc.EncoderError, match="no classifier for models of the kind 'dinov3_vit'"):
        nbc.fine_tune(photos, tmp_path / "dinov3", split="part")
