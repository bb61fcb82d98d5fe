"""Every family on its real architecture, saved and loaded as a user's checkpoint, against vectors made by hand.

Weights are random, made from the configuration; the reference scales, crops and normalises with Pillow and numpy, runs
the network as its own library would, and pools by the rule of docs/encoders.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nbcurate.encoders import EncoderError, load_encoder
from nbcurate.encoders.loading.libraries import require_model_libraries

require_model_libraries()

import torch  # noqa: E402
import transformers as tf  # noqa: E402

BICUBIC, BILINEAR = Image.Resampling.BICUBIC, Image.Resampling.BILINEAR
IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}
HALF = {"mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5)}
CLIP = {"mean": (0.48145466, 0.4578275, 0.40821073), "std": (0.26862954, 0.26130258, 0.27577711)}
SMALL = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}


def by_hand(
    image: Image.Image,
    side: int,
    *,
    mean: tuple[float, ...],
    std: tuple[float, ...],
    resample: Image.Resampling = BICUBIC,
    shortest: int | None = None,
    halve: Callable[[float], int] = int,
) -> torch.Tensor:
    """Scale to ``side`` by ``side``; or the shorter side to ``shortest``, and take the middle.

    An odd margin is split by ``halve``: transformers rounds down, timm to the nearest even number.
    """
    if shortest is None:
        image = image.resize((side, side), resample)
    else:
        short = min(image.size)
        image = image.resize((shortest * image.width // short, shortest * image.height // short), resample)
        left, top = halve((image.width - side) / 2), halve((image.height - side) / 2)
        image = image.crop((left, top, left + side, top + side))
    pixels = (np.asarray(image, np.float64) / 255 - mean) / std
    return torch.from_numpy(pixels.astype(np.float32)).permute(2, 0, 1)[None]


@dataclass
class Family:
    """A network, its processor, and how the two make a vector."""

    model: Any
    pixels: Callable[[Image.Image], torch.Tensor]
    vector: Callable[[torch.Tensor], torch.Tensor]
    width: int
    processor: Any = None


def timm_family(architecture: str, width: int, side: int, shortest: int, *, classes: int = 10, **values: Any) -> Family:
    settings = {"input_size": [3, side, side], "crop_pct": side / shortest, "interpolation": "bicubic", **values}
    config = tf.TimmWrapperConfig.from_dict(
        {"architecture": architecture, "num_classes": classes, "pretrained_cfg": settings}
    )
    model: Any = tf.TimmWrapperForImageClassification(config)

    def pixels(image: Image.Image) -> torch.Tensor:
        return by_hand(image, side, shortest=shortest, halve=round, **values)

    def vector(pixels: torch.Tensor) -> torch.Tensor:
        network = model.timm_model
        return network.forward_head(network.forward_features(pixels), pre_logits=True)

    return Family(model, pixels, vector, width)


def settle(model: torch.nn.Module) -> None:
    """Give the batch normalisation statistics of activations: without any, deep random networks fade to zero.

    Of patches as smooth as pictures are: settled on noise, a network multiplies the last bit of a pixel to anything.
    """
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None  # the average of all that it sees
    with torch.inference_mode():
        smooth = torch.nn.functional.interpolate(torch.randn(8, 3, 8, 8), size=64, mode="bicubic")
        model.train()(smooth)


def vgg16() -> Family:
    return timm_family("vgg16", 4096, 224, 256, **IMAGENET)


def inception_v3() -> Family:
    return timm_family("inception_v3", 2048, 299, 341, **HALF)


def efficientnet_b0() -> Family:
    family = timm_family("efficientnet_b0", 1280, 224, 256, **IMAGENET)
    settle(family.model)
    return family


def dinov3() -> Family:
    return timm_family("vit_small_patch16_dinov3", 384, 64, 64, **IMAGENET)


def convnext_processor(side: int) -> tf.ConvNextImageProcessor:
    means = {"image_mean": list(IMAGENET["mean"]), "image_std": list(IMAGENET["std"])}
    return tf.ConvNextImageProcessor(size={"shortest_edge": side}, crop_pct=0.875, resample=BICUBIC, **means)


def resnet50() -> Family:
    model: Any = tf.ResNetModel(tf.ResNetConfig())
    processor = convnext_processor(224)
    return Family(
        model,
        lambda image: by_hand(image, 224, shortest=256, **IMAGENET),
        lambda pixels: model(pixel_values=pixels).pooler_output.flatten(1),
        2048,
        processor,
    )


def vit() -> Family:
    model: Any = tf.ViTModel(tf.ViTConfig(**SMALL, image_size=48, patch_size=16), add_pooling_layer=False)
    return Family(
        model,
        lambda image: by_hand(image, 48, resample=BILINEAR, **HALF),
        lambda pixels: model(pixel_values=pixels).last_hidden_state[:, 0],
        24,
        tf.ViTImageProcessor(size={"height": 48, "width": 48}),
    )


def dinov2_with_registers() -> Family:
    config = tf.Dinov2WithRegistersConfig(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=2, image_size=56, patch_size=14
    )
    model: Any = tf.Dinov2WithRegistersModel(config)
    processor = tf.BitImageProcessor(
        size={"shortest_edge": 64},
        crop_size={"height": 56, "width": 56},
        image_mean=IMAGENET["mean"],
        image_std=IMAGENET["std"],
    )
    return Family(
        model,
        lambda image: by_hand(image, 56, shortest=64, **IMAGENET),
        lambda pixels: model(pixel_values=pixels).last_hidden_state[:, 0],
        24,
        processor,
    )


def clip() -> Family:
    config = tf.CLIPConfig(
        text_config={**SMALL, "vocab_size": 60, "max_position_embeddings": 16, "eos_token_id": 1},
        vision_config={**SMALL, "image_size": 32, "patch_size": 8},
        projection_dim=12,
    )
    model: Any = tf.CLIPModel(config)

    def vector(pixels: torch.Tensor) -> torch.Tensor:
        return model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)

    processor = tf.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    return Family(model, lambda image: by_hand(image, 32, shortest=32, **CLIP), vector, 12, processor)


def siglip() -> Family:
    text = {**SMALL, "vocab_size": 60, "max_position_embeddings": 16, "projection_size": 24}
    config = tf.SiglipConfig(text_config=text, vision_config={**SMALL, "image_size": 32, "patch_size": 8})
    model: Any = tf.SiglipModel(config)
    return Family(
        model,
        lambda image: by_hand(image, 32, **HALF),
        lambda pixels: model.vision_model(pixel_values=pixels).pooler_output,
        24,
        tf.SiglipImageProcessor(size={"height": 32, "width": 32}),
    )


def convnext() -> Family:
    model: Any = tf.ConvNextModel(tf.ConvNextConfig(hidden_sizes=[8, 16], depths=[1, 1], num_stages=2))
    processor = convnext_processor(56)
    return Family(
        model,
        lambda image: by_hand(image, 56, shortest=64, **IMAGENET),
        lambda pixels: model.layernorm(model(pixel_values=pixels).last_hidden_state.mean((2, 3))),
        16,
        processor,
    )


def swin() -> Family:
    config = tf.SwinConfig(image_size=56, embed_dim=12, depths=[1, 1], num_heads=[2, 2], window_size=7)
    model: Any = tf.SwinModel(config)
    return Family(
        model,
        lambda image: by_hand(image, 56, **IMAGENET),
        lambda pixels: model(pixel_values=pixels).last_hidden_state.mean(1),
        24,
        tf.ViTImageProcessor(
            size={"height": 56, "width": 56},
            resample=BICUBIC,
            image_mean=IMAGENET["mean"],
            image_std=IMAGENET["std"],
        ),
    )


FAMILIES = [
    vgg16, inception_v3, resnet50, efficientnet_b0, vit, dinov2_with_registers, dinov3, clip, siglip, convnext, swin,
]  # fmt: skip


def saved(family: Family, folder: Path) -> Path:
    family.model.eval().save_pretrained(folder)
    if family.processor is not None:
        family.processor.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def images(photographs: Path) -> list[Image.Image]:
    return [Image.open(photographs / f"{name}.jpg").convert("RGB") for name in ("cat", "rocket", "coffee")]


@pytest.mark.parametrize("build", FAMILIES, ids=lambda build: build.__name__)
def test_width_pooling_and_preprocessing_are_those_of_the_family(
    build: Callable[[], Family], images: list[Image.Image], tmp_path: Path
) -> None:
    torch.manual_seed(0)
    family = build()
    encoder = load_encoder(saved(family, tmp_path / "checkpoint"), backend="torch")
    vectors = encoder.encode_images(images)
    assert encoder.width == family.width
    assert vectors.shape == (len(images), family.width)
    with torch.inference_mode():
        expected = [family.vector(family.pixels(image))[0].numpy() for image in images]
    for vector, reference in zip(vectors, expected, strict=True):
        assert vector @ reference / np.linalg.norm(reference) > 0.9999
    assert np.abs(encoder.encode_images(images[1:2]) - vectors[1:2]).max() < 1e-5, "whatever the batch"
    assert np.array_equal(encoder.encode_images(images), vectors), "and each time"


def test_siglip2_with_its_variable_shapes_gives_the_space_of_its_texts(
    images: list[Image.Image], tmp_path: Path
) -> None:
    """NaFlex keeps the proportions of an image, and so makes inputs of several arrays."""
    torch.manual_seed(0)
    text = {**SMALL, "vocab_size": 60, "max_position_embeddings": 16, "projection_size": 24}
    config = tf.Siglip2Config(text_config=text, vision_config={**SMALL, "num_patches": 64, "patch_size": 8})
    model: Any = tf.Siglip2Model(config).eval()
    processor: Any = tf.Siglip2ImageProcessor(patch_size=8, max_num_patches=64)
    encoder = load_encoder(saved(Family(model, by_hand, model, 24, processor), tmp_path / "siglip2"))
    with torch.inference_mode():
        inputs = processor(images=images, return_tensors="pt")
        expected = torch.nn.functional.normalize(model.get_image_features(**inputs).pooler_output).numpy()
    assert (encoder.encode_images(images) * expected).sum(1).min() > 0.999


@pytest.mark.parametrize(
    ("build", "pooling", "width"),
    [(efficientnet_b0, "spatial_mean", 1280), (dinov2_with_registers, "patch_mean", 24), (vit, "patch_mean", 24)],
)
def test_another_pooling_is_another_set_of_vectors(
    build: Callable[[], Family], pooling: str, width: int, images: list[Image.Image], tmp_path: Path
) -> None:
    torch.manual_seed(0)
    family = build()
    folder = saved(family, tmp_path / "checkpoint")
    plain, other = load_encoder(folder, backend="torch"), load_encoder(folder, pooling=pooling, backend="torch")
    assert other.name == f"checkpoint:{pooling}"
    assert other.key != plain.key
    with torch.inference_mode():
        pixels = family.pixels(images[0])
        if pooling == "spatial_mean":
            expected = family.model.timm_model.forward_features(pixels).mean((2, 3))
        else:
            registers = getattr(family.model.config, "num_register_tokens", 0)
            expected = family.model(pixel_values=pixels).last_hidden_state[:, 1 + registers :].mean(1)
    assert other.width == width
    assert other.encode_images(images[:1])[0] @ torch.nn.functional.normalize(expected)[0].numpy() > 0.9999


def test_a_pooling_that_the_model_has_not_names_those_it_has(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="pooling='spatial_mean'") as caught:
        load_encoder(saved(vit(), tmp_path / "vit"), pooling="spatial_mean")
    assert "'patch_mean'" in str(caught.value)
