"""Vectors of real pictures for the benchmarks of scale: forward passes of the packaged model over crops, and kept.

    python benchmarks/real_vectors.py [count]

Pictures: the demo's, those of a few Debian packages (`make bench-scale` fetches them: wallpapers, clip art, samples of
OpenCV and scenes of games), and those below the folder that NBCURATE_PHOTOS names. Of each the whole, and two to forty
crops by its size, at random places, from some 96 pixels across to all of it; half of them mirrored, some with other
brightness or colour, blurred, or with noise. EfficientNet-Lite0 with its trained weights sees them 112 pixels wide, at
a quarter of the work. So the vectors have what generated ones lack: look-alikes and loners, dense places and thin ones,
and no gaps between groups. More than forward passes give in reasonable time: `grown_vectors.py`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from tqdm import tqdm

Vectors = NDArray[np.float32]

DEMO = Path(__file__).parent.parent / ".demo"
FOLDERS = [DEMO / "stamps", DEMO / "varied", *filter(None, [os.environ.get("NBCURATE_PHOTOS")])]
#: So many take some five minutes on two cores, once.
COUNT = 40_000
SIDE, LARGEST, BATCH = 112, 2_000, 32
_KEPT = DEMO / "vectors"
_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


def real_vectors(count: int = COUNT) -> Vectors:
    """Unit vectors ``[count, 1280]`` of crops in random order; fewer if the pictures give no more.

    Kept below ``.demo/vectors``: a file of more serves for fewer.
    """
    if enough := [size for size in kept_counts() if size >= count]:
        return np.load(_KEPT / f"lite0-{min(enough)}.npy", mmap_mode="r")[:count]
    _KEPT.mkdir(parents=True, exist_ok=True)
    vectors = _embed(_picture_files(), count, _network(_KEPT / f"lite0-{SIDE}.onnx"))
    vectors = np.random.default_rng(0).permutation(vectors)[:count]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    path = _KEPT / f"lite0-{count}.npy"
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        np.save(file, vectors)
    unfinished.replace(path)
    return vectors


def labelled_crops(folder: Path, each: int) -> tuple[Vectors, NDArray[np.str_], NDArray[np.intp]]:
    """Unit vectors of ``each`` crops of every picture in a folder of classes, their classes, and which picture it is.

    Kept below ``.demo/vectors``, too.
    """
    kept = _KEPT / f"lite0-{each}-crops-of-{folder.resolve().as_posix().strip('/').replace('/', '-')}.npz"
    if not kept.exists():
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
        _KEPT.mkdir(parents=True, exist_ok=True)
        network = _network(_KEPT / f"lite0-{SIDE}.onnx")

        def of_picture(number: int) -> Vectors:
            try:
                image = _opened(files[number])
            except Exception:  # a damaged picture is none
                return np.empty((0, 1280), np.float32)
            rng = np.random.default_rng([number, each])
            crops = list(islice(chain.from_iterable(_crops(image, rng) for _ in range(each)), each))
            return network.run(None, {"pixel_values": np.stack(crops)})[0]

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            parts = list(
                tqdm(pool.map(of_picture, range(len(files))), total=len(files), desc="vectors", unit="picture")
            )
        picture = np.repeat(np.arange(len(files)), [len(part) for part in parts])
        vectors = np.concatenate(parts)
        labels = np.array([path.relative_to(folder).parts[0] for path in files])[picture]
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        np.savez(kept, vectors=vectors, labels=labels, picture=picture)
    with np.load(kept) as there:
        return there["vectors"], there["labels"], there["picture"]


def kept_counts() -> list[int]:
    """How many vectors each file holds that was kept."""
    return [int(path.stem.rpartition("-")[2]) for path in _KEPT.glob("lite0-*.npy")]


def narrowed(vectors: Vectors, width: int) -> Vectors:
    """The vectors ``[n, d]`` in the ``width`` directions that hold most of them, as unit vectors again.

    Not centred, so that cosines stay about what they are. The directions are found on 50,000 rows.
    """
    sample = vectors[:50_000].astype(np.float64)
    _, directions = np.linalg.eigh(sample.T @ sample)
    narrow = vectors @ directions[:, ::-1][:, :width].astype(np.float32)
    return narrow / np.linalg.norm(narrow, axis=1, keepdims=True)


def _picture_files() -> list[Path]:
    """In an order of chance, but the same each time."""
    found = {path for folder in FOLDERS for path in Path(folder).rglob("*") if path.suffix.lower() in _SUFFIXES}
    files = sorted(path for path in found if path.is_file() and path.stat().st_size > 3_000)  # smaller ones are icons
    if not files:
        sys.exit("No pictures: run `make pictures`, or set NBCURATE_PHOTOS to a folder of them.")
    return [files[i] for i in np.random.default_rng(3).permutation(len(files))]


def _embed(files: list[Path], count: int, network: Any) -> Vectors:
    """At least ``count`` vectors, if the pictures give so many: a second and third time with other crops."""

    def of_picture(round_: int, number: int) -> Vectors:
        try:
            image = _opened(files[number])
        except Exception:  # a damaged picture is none
            return np.empty((0, 1280), np.float32)
        crops = list(_crops(image, np.random.default_rng([number, round_])))[
            round_ > 0 :
        ]  # the whole picture only once
        parts = [np.stack(crops[start : start + BATCH]) for start in range(0, len(crops), BATCH)]
        return np.concatenate([network.run(None, {"pixel_values": part})[0] for part in parts])

    vectors: list[Vectors] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool, tqdm(total=count, desc="vectors", unit="crop") as bar:
        for round_ in range(3):
            for start in range(0, len(files), 64):
                for part in pool.map(of_picture, [round_] * 64, range(start, min(start + 64, len(files)))):
                    vectors.append(part)
                    bar.update(len(part))
                if bar.n >= count:
                    return np.concatenate(vectors)
    return np.concatenate(vectors)


def _opened(file: Path) -> Image.Image:
    """In RGB, transparent places white, at most ``LARGEST`` wide."""
    image = Image.open(file)
    image.draft("RGB", (LARGEST, LARGEST))
    if image.mode in ("P", "PA", "LA", "RGBA"):
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("RGB")
    image.thumbnail((LARGEST, LARGEST))
    return image


def _crops(image: Image.Image, rng: np.random.Generator) -> Iterator[NDArray[np.float32]]:
    """The whole and parts of a picture, as pixels ``[3, SIDE, SIDE]`` of -1 to 1."""
    yield _pixels(image)
    width, height = image.size
    area = width * height
    least = np.clip(96 * 96 / area, 0.02, 0.5)
    for _ in range(int(np.clip(area / 130**2, 2, 40))):
        part = area * np.exp(rng.uniform(np.log(least), 0))
        aspect = np.exp(rng.uniform(np.log(0.75), np.log(1.33)))
        w, h = min(width, max(1, int((part * aspect) ** 0.5))), min(height, max(1, int((part / aspect) ** 0.5)))
        x, y = int(rng.integers(width - w + 1)), int(rng.integers(height - h + 1))
        yield _altered(image.crop((x, y, x + w, y + h)), rng)


def _altered(crop: Image.Image, rng: np.random.Generator) -> NDArray[np.float32]:
    mirrored, lit, coloured, blurred, noisy = rng.random(5) < (0.5, 0.4, 0.4, 0.15, 0.25)
    crop = crop.resize((SIDE, SIDE), Image.Resampling.BICUBIC, reducing_gap=2)
    if mirrored:
        crop = ImageOps.mirror(crop)
    if lit:
        crop = ImageEnhance.Brightness(crop).enhance(rng.uniform(0.6, 1.4))
    if coloured:
        crop = ImageEnhance.Color(crop).enhance(rng.uniform(0.3, 1.6))
    if blurred:
        crop = crop.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.2)))
    pixels = _pixels(crop)
    if noisy:
        pixels = pixels + rng.normal(0, rng.uniform(0.02, 0.1), pixels.shape).astype(np.float32)
    return pixels.clip(-1, 1)


def _pixels(image: Image.Image) -> NDArray[np.float32]:
    small = image.resize((SIDE, SIDE), Image.Resampling.BICUBIC, reducing_gap=2)
    return (np.asarray(small, np.float32) / 127.5 - 1).transpose(2, 0, 1)


def _network(file: Path) -> Any:
    """The packaged model for inputs of ``SIDE`` pixels, run by onnxruntime, one core a call."""
    import onnxruntime

    if not file.exists():
        _export(file)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def _export(file: Path) -> None:
    import torch

    from nbcurate.encoders.loading.libraries import require_model_libraries
    from nbcurate.encoders.loading.packaged import packaged_checkpoint
    from nbcurate.encoders.network.vision_model import VisionModel

    require_model_libraries()
    probe = np.random.default_rng(0).normal(size=(2, 3, SIDE, SIDE)).astype(np.float32)
    model = VisionModel(packaged_checkpoint("efficientnet-lite0"), torch.device("cpu"), {"pixel_values": probe})

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = model.network

        def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
            return model.pooled(pixel_values)

    torch.onnx.export(
        Pooled().eval(),
        (torch.from_numpy(probe),),
        file,
        input_names=["pixel_values"],
        output_names=["vector"],
        dynamo=True,
        dynamic_shapes={"pixel_values": {0: torch.export.Dim.DYNAMIC}},
        external_data=False,
        verbose=False,
    )


if __name__ == "__main__":
    print(real_vectors(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT).shape)
