"""Images per second of `ds.embed`, beside the obvious code, imagededup, and the bare forward pass of the same model.

    python benchmarks/bench_embedding.py [folder of images]

All run on the same JPEGs in turn, in rounds, and the best of each counts: other work on the machine then costs all of
them alike. Read the ratios; the images per second are this machine's. `ds.embed` also makes thumbnails, measures
properties and commits to the store, which the others do not. The model is exported for onnxruntime beforehand, once.
"""

from __future__ import annotations

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
from nbcurate.encoders import HuggingFaceEncoder, packaged
from nbcurate.encoders.libraries import quiet_loading, require_model_libraries
from nbcurate.imaging import decode_image

N = 256
ROUNDS = 3
SIDE = 640  # of the JPEGs, the longer one: what a web-sized photograph has
FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1] / ".demo" / "stamps")

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


def embedding(encoder: nbc.Encoder, root: Path, work: Path) -> tuple[Callable[[], None], Callable[[], Vectors]]:
    """What makes a data set ready to be embedded, which is not timed, and the embedding."""
    state: list[nbc.Dataset] = []

    def prepare() -> None:
        store = Path(tempfile.mkdtemp(dir=work)) / "s.nbc"
        state[:] = [nbc.Dataset.from_folder(root, store=store)]

    def run() -> Vectors:
        ds = state[0].embed(encoder)
        return dict(zip(ds.ids, ds.embeddings(), strict=True))

    return prepare, run


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

    def run() -> None:
        threads = [
            threading.Thread(target=lambda: [encoder.encode_prepared(inputs) for _ in range(passes)])
            for _ in range(encoder.workers)
        ]
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
        checkpoint = packaged.packaged_checkpoint("efficientnet-lite0").folder
        started = time.perf_counter()
        onnx, plain = (nbc.load_encoder("efficientnet-lite0", backend=b) for b in ("onnx", "torch"))
        assert isinstance(onnx, HuggingFaceEncoder)
        loading = time.perf_counter() - started
        onnx.tune(N)
        with quiet_loading():
            prepare_onnx, embed_onnx = embedding(onnx, root, Path(work))
            prepare_torch, embed_torch = embedding(plain, root, Path(work))
            rows: dict[str, tuple[Callable[[], None], Callable[[], Any]]] = {
                f"ds.embed, {onnx.backend}": (prepare_onnx, embed_onnx),
                "ds.embed, torch": (prepare_torch, embed_torch),
                "transformers.pipeline, batch 32": (lambda: None, obvious_code(checkpoint, paths)),
                "imagededup CNN, same network": (lambda: None, imagededup_code(checkpoint, root)),
                **{f"bare forward, torch, batch {b}": (lambda: None, torch_forward(checkpoint, b)) for b in (4, 32)},
                **{f"bare forward, onnx, batch {b}": (lambda: None, onnx_forward(onnx, b)) for b in (1, 4, 8)},
            }
        speed, results = dict.fromkeys(rows, 0.0), {}
        for _ in range(ROUNDS):
            for name, (prepare, run) in rows.items():
                prepare()
                started = time.perf_counter()
                results[name] = run()
                speed[name] = max(speed[name], len(paths) / (time.perf_counter() - started))
    ours = next(iter(rows))
    print(f"\n{len(paths)} JPEGs of {SIDE} px, EfficientNet-Lite0, {torch.get_num_threads()} threads; batch", end=" ")
    print(f"{onnx.batch_size}; loading (and export, at the first time) {loading:.0f} s")
    print(f"\n| {'what':32} | images/s | {ours} is | lowest cosine |\n| {'-' * 32} | -------: | ---: | ---: |")
    for name, value in speed.items():
        alike = f"{lowest_cosine(results[ours], results[name]):.5f}" if results[name] else ""
        print(f"| {name:32} | {value:8.1f} | {speed[ours] / value:.2f}x | {alike} |")


if __name__ == "__main__":
    main()
