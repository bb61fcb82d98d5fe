"""How a model runs changes its speed and nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.encoders import EncoderError, HuggingFaceEncoder, load_encoder
from nbcurate.encoders.loading.libraries import require_model_libraries
from nbcurate.encoders.network import vision_model
from nbcurate.encoders.network.device import forward_threads
from nbcurate.encoders.running import batching, onnx_model

require_model_libraries()

import torch  # noqa: E402
import transformers as tf  # noqa: E402

from .test_families import Family, convnext_processor, saved, settle, vit  # noqa: E402

LITE0 = "efficientnet-lite0"


def small_resnet() -> Family:
    """The architecture of ResNet-50 with two stages, its normalisations settled."""
    config = tf.ResNetConfig(embedding_size=16, hidden_sizes=[32, 64], depths=[1, 2])
    model: Any = tf.ResNetModel(config)
    settle(model)
    processor = convnext_processor(64)

    def vector(pixels: torch.Tensor) -> torch.Tensor:
        return model.eval()(pixel_values=pixels).pooler_output.flatten(1)

    return Family(
        model, lambda image: torch.as_tensor(processor(image)["pixel_values"][0])[None], vector, 64, processor
    )


@pytest.fixture(scope="module")
def images(photographs: Path) -> list[Image.Image]:
    return [Image.open(file).convert("RGB") for file in sorted(photographs.iterdir())]


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No export from an earlier run."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "nbcurate" / "onnx"


def load(*args: Any, **settings: Any) -> HuggingFaceEncoder:
    encoder = load_encoder(*args, **settings)
    assert isinstance(encoder, HuggingFaceEncoder)
    return encoder


def test_onnxruntime_gives_the_vectors_of_torch_under_the_same_key(images: list[Image.Image]) -> None:
    torch_encoder, onnx_encoder = load(LITE0, backend="torch"), load(LITE0, backend="onnx")
    assert (torch_encoder.backend, onnx_encoder.backend) == ("torch", "onnx")
    assert onnx_encoder.recipe["backend"] == "onnx"
    assert onnx_encoder.key == torch_encoder.key
    assert (torch_encoder.encode_images(images) * onnx_encoder.encode_images(images)).sum(1).min() > 0.9999
    assert load(LITE0).backend == "onnx", "an export that is there is used without being asked for"


def test_an_export_is_made_once_when_a_run_is_large_enough(
    own_cache: Path, tmp_path: Path, images: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    folder = saved(small_resnet(), tmp_path / "resnet")
    encoder = load(folder)
    before = encoder.encode_images(images)
    encoder.tune(10)
    assert encoder.backend == "torch"
    encoder.tune(5_000)
    assert encoder.backend == "onnx"
    assert (before * encoder.encode_images(images)).sum(1).min() > 0.9999
    assert len(list(own_cache.glob("*.onnx"))) == 1
    monkeypatch.setattr(onnx_model, "_export_quietly", None)
    assert load(folder).backend == "onnx"
    next(own_cache.glob("*.onnx")).write_bytes(b"cut off")
    assert load(folder).backend == "torch", "a damaged file is dropped"


def test_an_export_that_gives_other_vectors_is_not_used(
    own_cache: Path, tmp_path: Path, images: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = saved(small_resnet(), tmp_path / "resnet")
    monkeypatch.setattr(onnx_model, "AGREEMENT", 1.1)
    with pytest.warns(UserWarning, match=r"resnet runs through torch.*cosine"):
        encoder = load(folder, backend="onnx")
    assert encoder.backend == "torch"
    assert np.isfinite(encoder.encode_images(images)).all()
    monkeypatch.setattr(onnx_model, "_export_quietly", None)
    quiet = load(folder)
    quiet.tune(5_000)
    assert quiet.backend == "torch", "and it is not tried again"


def test_a_model_that_cannot_be_traced_is_exported_by_the_slower_way(
    own_cache: Path, images: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = load(LITE0, backend="torch").encode_images(images[:2])
    export, ways = onnx_model._export_quietly, []

    def untraceable(*arguments: Any, dynamo: bool) -> None:
        ways.append(dynamo)
        if not dynamo:
            raise RuntimeError("cannot be traced")
        export(*arguments, dynamo=dynamo)

    monkeypatch.setattr(onnx_model, "_export_quietly", untraceable)
    encoder = load(LITE0, backend="onnx")
    assert (encoder.backend, ways) == ("onnx", [False, True])
    assert (expected * encoder.encode_images(images[:2])).sum(1).min() > 0.9999


def test_a_transformer_is_not_exported_unasked(own_cache: Path, tmp_path: Path) -> None:
    encoder = load(saved(vit(), tmp_path / "vit"))
    encoder.tune(5_000)
    assert encoder.backend == "torch", "it runs no faster there"


def test_folding_normalisations_changes_no_vector(images: list[Image.Image], tmp_path: Path) -> None:
    torch.manual_seed(0)
    family = small_resnet()
    encoder = load(saved(family, tmp_path / "resnet"), backend="torch")
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in encoder._vision.network.modules())
    with torch.inference_mode():
        expected = [family.vector(family.pixels(image))[0].numpy() for image in images]
    vectors = encoder.encode_images(images)
    assert min(v @ e / np.linalg.norm(e) for v, e in zip(vectors, expected, strict=True)) > 0.9999


def test_folds_that_change_the_vectors_are_taken_back(tmp_path: Path, images: list[Image.Image]) -> None:
    folder = saved(small_resnet(), tmp_path / "resnet")
    plain = load(folder, backend="torch").encode_images(images)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vision_model, "lowest_cosine", lambda *vectors: 0.5)
        encoder = load(folder, backend="torch")
    assert any(isinstance(module, torch.nn.BatchNorm2d) for module in encoder._vision.network.modules())
    assert (encoder.encode_images(images) * plain).sum(1).min() > 0.9999


def test_passes_side_by_side_leave_the_threads_of_others_alone(images: list[Image.Image], tmp_path: Path) -> None:
    folder = saved(vit(), tmp_path / "vit")
    before = torch.get_num_threads()
    with forward_threads(2) as pool:
        assert list(pool.map(lambda _: torch.get_num_threads(), range(4))) == [1] * 4
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(torch.get_num_threads).result() == before, "of threads that begin later"
    load(folder, backend="torch", batch_size=1).encode_images(images)
    assert torch.get_num_threads() == before


def test_without_onnxruntime_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_model, "onnx_is_installed", lambda: False)
    with pytest.raises(ImportError, match=r"pip install 'nbcurate\[onnx\]'"):
        load(LITE0, backend="onnx")
    assert load(LITE0).backend == "torch"


def test_a_batch_that_does_not_fit_is_halved(tmp_path: Path, images: list[Image.Image]) -> None:
    folder = saved(vit(), tmp_path / "vit")
    encoder = load(folder, backend="torch", batch_size=8)
    expected = encoder.encode_images(images)
    forward = encoder._vision._forward

    def small_memory(inputs: dict[str, torch.Tensor]) -> Any:
        if len(inputs["pixel_values"]) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return forward(inputs)

    encoder._vision._forward = small_memory
    assert np.abs(encoder.encode_images(images) - expected).max() < 1e-5
    assert encoder.batch_size == 2


def test_the_batch_size_is_the_fastest_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = {16: 1.0, 32: 1.5, 64: 2.5, 128: 6.0}
    monkeypatch.setattr(batching, "_seconds", lambda run, size: seconds[size])
    assert batching.fastest_batch(lambda size: None, "cuda") == 64

    def out_of_memory_from_64_on(size: int) -> None:
        if size >= 64:
            raise torch.OutOfMemoryError("out of memory")

    assert batching.fastest_batch(out_of_memory_from_64_on, "cuda") == 32


def test_half_precision_needs_a_device_that_has_it(tmp_path: Path) -> None:
    folder = saved(vit(), tmp_path / "vit")
    assert load(folder, device="cpu").precision == "float32"
    with pytest.raises(EncoderError, match=r"'cpu' has no fast 16-bit type"):
        load(folder, device="cpu", precision="half")


@pytest.mark.parametrize(
    ("lowest", "precision"), [(0.99, "bfloat16"), (1.1, "float32")], ids=["hardly another vector", "another vector"]
)
def test_half_precision_is_used_where_the_vectors_stay(
    lowest: float, precision: str, tmp_path: Path, images: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a CPU here, as if it had bfloat16 units."""
    torch.manual_seed(0)
    folder = saved(vit(), tmp_path / "vit")
    expected = load(folder, backend="torch").encode_images(images)
    monkeypatch.setattr(vision_model, "half_precision", lambda device: torch.bfloat16)
    monkeypatch.setattr(vision_model, "_HALF_COSINE", lowest)
    encoder = load(folder, backend="torch")
    assert encoder.precision == precision
    assert (encoder.encode_images(images) * expected).sum(1).min() > 0.999


def test_settings_that_mean_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="backend='tensorrt': give one of 'auto', 'torch', 'onnx'"):
        load_encoder(LITE0, backend="tensorrt")  # type: ignore[arg-type]
    with pytest.raises(EncoderError, match="batch_size=0"):
        load_encoder(LITE0, batch_size=0)
    with pytest.raises(EncoderError, match="onnx"):
        load_encoder(LITE0, backend="onnx", precision="half")
    with pytest.raises(EncoderError, match=r"load_encoder\(name, \.\.\.\)"):
        load_encoder(lambda images: images, pooling="patch_mean")


def test_two_poolings_of_a_model_live_side_by_side(folder: Path, tmp_path: Path) -> None:
    checkpoint = saved(vit(), tmp_path / "vit")
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc").embed(checkpoint)
    ds.embed(checkpoint, pooling="patch_mean", backend="torch", batch_size=3)
    assert not np.allclose(ds.embeddings("vit"), ds.embeddings("vit:patch_mean"))
    again = nbc.Dataset.open(ds.store.path)
    again._encoders.clear()
    picture = Image.open(next(folder.rglob("*.png")))
    assert again.search(picture, k=1, encoder="vit:patch_mean").similarity[0] > 0.999


def test_a_processor_that_does_more_than_the_common_steps_is_used_itself(
    images: list[Image.Image], tmp_path: Path
) -> None:
    """EfficientNet's own processor divides by the deviation twice, as its original code did."""
    config = tf.EfficientNetConfig(image_size=32, width_coefficient=0.1, depth_coefficient=0.1, hidden_dim=128)
    model: Any = tf.EfficientNetModel(config)
    processor: Any = tf.EfficientNetImageProcessor(size={"height": 32, "width": 32}, include_top=True)
    encoder = load(saved(Family(model, processor, model, 128, processor), tmp_path / "efficientnet"))
    expected = processor(images=[images[0]], return_tensors="np")["pixel_values"]
    assert np.abs(encoder.prepare(images[0])["pixel_values"] - expected).max() < 0.05
    assert not encoder._preprocess.is_fast


def test_a_line_of_pixels_costs_no_more_memory_than_a_picture(tmp_path: Path) -> None:
    encoder = load(LITE0)
    for size in ((1, 8_000), (8_000, 2)):
        assert encoder.prepare(Image.new("RGB", size, "red"))["pixel_values"].shape == (1, 3, 224, 224)
