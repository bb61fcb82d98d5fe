"""A small set in three parts, and a network that trains in a second."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFilter

import nbcurate as nbc
from nbcurate.encoders.loading.libraries import quiet_loading, require_model_libraries
from nbcurate.encoders.loading.packaged import packaged_checkpoint


@pytest.fixture(scope="session")
def tiny_vit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vision transformer of four layers on 32 px, its weights as they were initialised."""
    require_model_libraries()
    import torch
    from transformers import ViTConfig, ViTImageProcessor, ViTModel

    torch.manual_seed(0)
    settings: dict[str, Any] = {"hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 64}
    folder = tmp_path_factory.mktemp("models") / "tiny-vit"
    with quiet_loading():
        config = ViTConfig(**settings, num_hidden_layers=4, image_size=32, patch_size=8)
        ViTModel(config, add_pooling_layer=False).save_pretrained(folder)
        ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def small_lite0(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """EfficientNet-Lite0 with its real weights, on pictures of 96 px."""
    folder = tmp_path_factory.mktemp("models") / "lite0-96"
    shutil.copytree(packaged_checkpoint("efficientnet-lite0").folder, folder)
    settings = json.loads((folder / "config.json").read_text())
    settings["pretrained_cfg"]["input_size"] = [3, 96, 96]
    (folder / "config.json").write_text(json.dumps(settings))
    return folder


@pytest.fixture
def photos(folder: Path, tmp_path: Path) -> nbc.Dataset:
    """24 pictures in three classes, of which three are for validation and three for the test in each class."""
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "photos.nbc")
    ds = ds.where("copy_of is null")
    parts = ["train", "train", "val", "train", "test"]
    ds.add_column("part", [parts[at % 5] for at in range(len(ds))])
    return ds


def blurred_pictures(stamps: Path, target: Path, n: int) -> Path:
    """Real pictures, every second a little out of focus, which a model was trained to pass over."""
    for at, file in enumerate(sorted(stamps.rglob("*.png"))[:: 549 // n][:n]):
        picture = Image.open(file).convert("RGBA")
        shown = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
        shown.thumbnail((128, 128))
        label = "blurred" if at % 2 else "sharp"
        (target / label).mkdir(parents=True, exist_ok=True)
        (shown.filter(ImageFilter.GaussianBlur(1.5)) if at % 2 else shown).save(target / label / f"{at}.png")
    return target
