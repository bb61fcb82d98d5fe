"""Images per second of a data set that is read and embedded, beside what one would use instead, and the bare model.

    python benchmarks/bench_embedding.py [folder of images] [model]

What is timed is `Dataset.from_folder` and `ds.embed`, into an empty store: files are found and hashed, decoded,
measured, made thumbnails of, embedded, and all of that committed. The others read no folder, measure nothing and keep
nothing; the bare forward passes have their pixels ready. All run on the same JPEGs in turn, in rounds, and the best of
each counts: other work on the machine then costs all of them alike. Read the ratios; the images per second are this
machine's.

With the name of a model (`dinov2-small`, `resnet50`) that one is run on its own architecture, with random weights: the
time does not depend on them, and a network ten times as heavy shows what is left of the cost around it. Boxes: as many
items as there are pictures, ten on each of a tenth of them, through `Dataset.from_coco`.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import nbcurate as nbc
from nbcurate.encoders import HuggingFaceEncoder
from nbcurate.encoders.loading import packaged
from nbcurate.encoders.loading.libraries import quiet_loading, require_model_libraries
from nbcurate.encoders.network.device import compute_on_one_core
from nbcurate.imaging import decode_image

N = 256
ROUNDS = 3
SIDE = 640  # of the JPEGs, the longer one: what a web-sized photograph has
BOXES = 10  # on a picture
FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1] / ".demo" / "stamps")
MODEL = sys.argv[2] if len(sys.argv) > 2 else "efficientnet-lite0"

require_model_libraries()

import torch  # noqa: E402
import transformers  # noqa: E402
from PIL import Image  # noqa: E402

Vectors = dict[str, np.ndarray]


def write_jpegs(root: Path) -> list[Path]:
    """Write the first images of the folder as JPEGs of one size."""
    files = sorted(p for p in FOLDER.rglob("*") if p.suffix.lower() in (".png", ".jpg", ".jpeg"))[:N]
    root.mkdir()
    for number, file in enumerate(files):
        image = decode_image(file)
        scale = SIDE / max(image.size)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image.resize(size, Image.Resampling.BICUBIC).save(root / f"{number:04}.jpg", quality=90)
    return sorted(root.iterdir())


def obvious_code(checkpoint: Path, paths: list[Path]) -> Callable[[], Vectors]:
    pipeline: Any = transformers.pipeline(
        "image-feature-extraction", model=str(checkpoint), image_processor=str(checkpoint), pool=True, device="cpu"
    )

    def run() -> Vectors:
        vectors = pipeline([str(path) for path in paths], batch_size=32)
        return {path.name: np.asarray(vector[0]) for path, vector in zip(paths, vectors, strict=True)}

    return run


def imagededup_code(checkpoint: Path, root: Path) -> Callable[[], Vectors]:
    """imagededup's encoder with the same network and preprocessing, given as its documentation tells."""
    from imagededup.methods import CNN  # pyright: ignore[reportMissingImports]
    from imagededup.utils import CustomModel  # pyright: ignore[reportMissingImports]

    network: Any = transformers.AutoModel.from_pretrained(checkpoint).eval()
    processor: Any = transformers.AutoImageProcessor.from_pretrained(checkpoint)
    model = CustomModel(name="lite0", model=network.timm_model, transform=processor.val_transforms)
    logging.disable(logging.INFO)
    encoder = CNN(verbose=False, model_config=model)
    return lambda: encoder.encode_images(image_dir=root)


def checkpoint_of(model: str, work: Path) -> Path:
    """The folder of a model: its trained weights where a package has them, else random ones."""
    if model in packaged.PACKAGED_MODELS:
        return packaged.packaged_checkpoint(model).folder
    norm: dict[str, Any] = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225], "resample": 3}
    networks: dict[str, Callable[[], tuple[Any, Any]]] = {
        "dinov2-small": lambda: (
            transformers.Dinov2Model(transformers.Dinov2Config(hidden_size=384, num_attention_heads=6, image_size=518)),
            transformers.BitImageProcessor(
                size={"shortest_edge": 256}, crop_size={"height": 224, "width": 224}, **norm
            ),
        ),
        "resnet50": lambda: (
            transformers.ResNetModel(transformers.ResNetConfig()),
            transformers.ConvNextImageProcessor(size={"shortest_edge": 224}, crop_pct=0.875, **norm),
        ),
    }
    torch.manual_seed(0)
    for part in networks[model]():
        part.save_pretrained(work / model)
    return work / model


def embedding(encoder: nbc.Encoder, root: Path, work: Path) -> Callable[[], Vectors]:
    """Reading a folder into an empty store, and embedding it."""

    def run() -> Vectors:
        store = Path(tempfile.mkdtemp(dir=work)) / "s.nbc"
        ds = nbc.Dataset.from_folder(root, store=store).embed(encoder)
        return dict(zip(ds.ids, ds.embeddings(), strict=True))

    return run


def embedding_boxes(encoder: nbc.Encoder, root: Path, work: Path) -> Callable[[], None]:
    """As many boxes as there are pictures, ten on each of a tenth of them."""
    files = sorted(root.iterdir())[: N // BOXES]
    sizes = [Image.open(file).size for file in files]
    content = {
        "images": [{"id": n, "file_name": file.name} for n, file in enumerate(files)],
        "categories": [{"id": 1, "name": "thing"}],
        "annotations": [
            {"id": BOXES * n + k, "image_id": n, "category_id": 1, "bbox": [8 * k, 8 * k, width // 2, height // 2]}
            for n, (width, height) in enumerate(sizes)
            for k in range(BOXES)
        ],
    }
    (work / "boxes.json").write_text(json.dumps(content))

    def run() -> None:
        store = Path(tempfile.mkdtemp(dir=work)) / "s.nbc"
        nbc.Dataset.from_coco(work / "boxes.json", images=root, store=store).embed(encoder)

    return run


def torch_forward(checkpoint: Path, batch: int) -> Callable[[], None]:
    """The network alone, on pixels that are preprocessed already, in the memory layout that is fastest on a CPU."""
    network: Any = transformers.AutoModel.from_pretrained(checkpoint).eval().to(memory_format=torch.channels_last)
    pixels = torch.rand(batch, 3, 224, 224).to(memory_format=torch.channels_last)

    def run() -> None:
        with torch.inference_mode():
            for _ in range(N // batch):
                network(pixel_values=pixels)

    return run


def onnx_forward(encoder: HuggingFaceEncoder, batch: int) -> Callable[[], None]:
    """The exported network alone, one thread for each core."""
    inputs = [encoder.prepare(Image.new("RGB", (300, 300)))] * batch
    passes = N // batch // encoder.workers

    def one_thread() -> None:
        compute_on_one_core()
        for _ in range(passes):
            encoder.encode_prepared(inputs)

    def run() -> None:
        threads = [threading.Thread(target=one_thread) for _ in range(encoder.workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return run


def lowest_cosine(ours: Vectors, theirs: Vectors) -> float:
    return min(float(ours[n] @ theirs[n] / np.linalg.norm(theirs[n])) for n in ours)


def main() -> None:
    transformers.logging.set_verbosity_error()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as work:
        root = Path(work) / "images"
        paths = write_jpegs(root)
        checkpoint = checkpoint_of(MODEL, Path(work))
        started = time.perf_counter()
        source = MODEL if MODEL in packaged.PACKAGED_MODELS else checkpoint
        onnx, plain = (nbc.load_encoder(source, backend=b) for b in ("onnx", "torch"))
        assert isinstance(onnx, HuggingFaceEncoder)
        loading = time.perf_counter() - started
        plain.tune(N)  # pyright: ignore[reportAttributeAccessIssue]
        with quiet_loading():
            rows: dict[str, Callable[[], Any]] = {
                f"read and embedded, {onnx.backend}": embedding(onnx, root, Path(work)),
                "read and embedded, torch": embedding(plain, root, Path(work)),
                f"ten boxes a picture, {onnx.backend}": embedding_boxes(onnx, root, Path(work)),
                "transformers.pipeline, batch 32": obvious_code(checkpoint, paths),
                **{f"bare forward, torch, batch {b}": torch_forward(checkpoint, b) for b in (4, 32)},
                **{f"bare forward, onnx, {b} a call": onnx_forward(onnx, b) for b in (1, 4)},
            }
            if MODEL in packaged.PACKAGED_MODELS:
                rows["imagededup CNN, same network"] = imagededup_code(checkpoint, root)
        speed, results = dict.fromkeys(rows, 0.0), {}
        for _ in range(ROUNDS):
            for name, run in rows.items():
                started = time.perf_counter()
                results[name] = run()
                speed[name] = max(speed[name], len(paths) / (time.perf_counter() - started))
    ours, by_torch = list(rows)[:2]
    print(f"\n{len(paths)} JPEGs of {SIDE} px, {MODEL}, {torch.get_num_threads()} threads; torch's batch", end=" ")
    print(f"{plain.batch_size}; loading (and export, at the first time) {loading:.0f} s")  # pyright: ignore[reportAttributeAccessIssue]
    print(f"\n| {'what':32} | images/s | {ours} is | {by_torch} is | lowest cosine |")
    print(f"| {'-' * 32} | -------: | ---: | ---: | ---: |")
    for name, value in speed.items():
        alike = f"{lowest_cosine(results[ours], results[name]):.5f}" if results[name] else ""
        print(f"| {name:32} | {value:8.1f} | {speed[ours] / value:.2f}x | {speed[by_torch] / value:.2f}x | {alike} |")


if __name__ == "__main__":
    main()
