"""Images per second of `ds.embed`, beside the obvious code and the bare forward pass of the same model.

    python benchmarks/bench_embedding.py [folder of images]

All run on the same images in turn, three rounds, and the best of each counts. Reported as a ratio: machines differ.
"""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

import nbcurate as nbc
from nbcurate.encoders import packaged
from nbcurate.encoders.libraries import require_model_libraries

N = 256
ROUNDS = 3
FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1] / ".demo" / "stamps")

require_model_libraries()

import torch  # noqa: E402
import transformers  # noqa: E402
from PIL import Image  # noqa: E402


def best(run: Callable[[], object]) -> float:
    """Images per second of the fastest of three rounds."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return N / min(times)


def bare_forward(encoder: nbc.Encoder, batch: int) -> Callable[[], None]:
    """The network alone on pictures that are decoded and preprocessed already, channels last."""
    network = transformers.AutoModel.from_pretrained(packaged.packaged_checkpoint("efficientnet-lite0").folder).eval()
    network = network.to(memory_format=torch.channels_last)
    pixels = torch.rand(batch, 3, 224, 224).to(memory_format=torch.channels_last)

    def run() -> None:
        with torch.inference_mode():
            for _ in range(N // batch):
                network(pixel_values=pixels)

    return run


def main() -> None:
    transformers.logging.set_verbosity_error()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as work:
        files = sorted(p for p in FOLDER.rglob("*") if p.suffix.lower() in (".png", ".jpg"))[:N]
        root = Path(work) / "images"
        root.mkdir()
        for number, file in enumerate(files):
            image = Image.open(file).convert("RGBA")
            white = Image.new("RGBA", image.size, "white")
            Image.alpha_composite(white, image).convert("RGB").save(root / f"{number:04}.png")
        encoder = nbc.load_encoder("efficientnet-lite0")
        checkpoint = packaged.packaged_checkpoint("efficientnet-lite0").folder
        obvious = transformers.pipeline(
            "image-feature-extraction", model=str(checkpoint), image_processor=str(checkpoint), pool=True, device="cpu"
        )
        paths = [str(path) for path in sorted(root.iterdir())]
        vectors: dict[str, np.ndarray] = {}

        def run_obvious() -> None:
            vectors["obvious"] = np.array([v[0] for v in obvious(paths, batch_size=32)])

        def run_ours() -> None:
            with tempfile.TemporaryDirectory() as store:
                ds = nbc.Dataset.from_folder(root, store=Path(store) / "s.nbc").embed(encoder)
                vectors["ours"] = ds.embeddings()
                ds.close()

        speed = {
            "transformers.pipeline, batch 32": best(run_obvious),
            "nbcurate (hash, decode, thumbnails, vectors, store)": best(run_ours),
        }
        forward = {f"bare forward, batch {b}": best(bare_forward(encoder, b)) for b in (4, 8, 32)}
    a, b = vectors["obvious"], vectors["ours"]
    cosine = (a * b).sum(1) / np.linalg.norm(a, axis=1)
    ours = speed["nbcurate (hash, decode, thumbnails, vectors, store)"]
    print(f"\n{N} images, {torch.get_num_threads()} threads; cosine to the obvious code: at least {cosine.min():.5f}\n")
    print(f"| {'what':52} | images/s | nbcurate is |\n| {'-' * 52} | -------: | ----------: |")
    for name, value in {**speed, **forward}.items():
        print(f"| {name:52} | {value:8.1f} | {ours / value:10.2f}x |")


if __name__ == "__main__":
    main()
