"""The most memory that `ds.embed` takes on folders of pictures that are as large as Pillow allows without a word.

    python benchmarks/bench_large_pictures.py [side in px] [pictures of each format]

Four pictures of 13,000 x 13,000 px (169 megapixels) of each format, each folder embedded by a process of its own, with
a model and with a function that asks for pictures in full; then all of them in one folder. Makes some 3 GB of files.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

SIDE = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 13_000
COPIES = int(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2].isdigit() else 4
LIMIT_MB = 2_500
ENCODERS = ("efficientnet-lite0", "function")


def pattern() -> np.ndarray:
    """uint8 [side, side, 3]: no two parts alike, and quick to write."""
    steps = np.arange(SIDE, dtype=np.uint16) >> 5
    grey = (steps[:, None] ^ steps[None, :]).astype(np.uint8)
    return np.stack([grey, 255 - grey, np.broadcast_to(steps.astype(np.uint8), grey.shape)], -1)


def writers() -> dict[str, Callable[[Path], object]]:
    """Write the picture, by what to call the format."""
    pixels = pattern()
    image, deep = Image.fromarray(pixels), pixels.astype(np.uint16) * 257
    clear = Image.merge("RGBA", (*image.split(), image.getchannel("R")))
    return {
        "PNG": lambda to: image.save(to / "x.png", compress_level=1),
        "PNG RGBA": lambda to: clear.save(to / "x.png", compress_level=1),
        "PNG palette": lambda to: image.getchannel("R").convert("P").save(to / "x.png", compress_level=1),
        "JPEG": lambda to: image.save(to / "x.jpg"),
        "JPEG progressive 4:4:4": lambda to: image.save(to / "x.jpg", progressive=True, subsampling=0),
        "TIFF": lambda to: image.save(to / "x.tif", compression="tiff_lzw"),
        "TIFF CMYK": lambda to: image.convert("CMYK").save(to / "x.tif", compression="tiff_lzw"),
        "TIFF 16 bit": lambda to: tifffile.imwrite(
            to / "x.tif", deep, photometric="rgb", compression="zlib", rowsperstrip=64
        ),
        "TIFF 16 bit grey": lambda to: tifffile.imwrite(
            to / "x.tif", deep[..., 0], compression="zlib", rowsperstrip=64
        ),
        "TIFF float": lambda to: tifffile.imwrite(
            to / "x.tif", deep[..., 0].astype(np.float32), compression="zlib", rowsperstrip=64
        ),
        "WebP": lambda to: image.save(to / "x.webp", lossless=True, quality=0, method=0),
        "GIF": lambda to: image.getchannel("R").save(to / "x.gif"),
    }


def several(folder: Path) -> None:
    """Copies of the picture in a folder that differ in what follows on its end, so that each is decoded."""
    (file,) = folder.iterdir()
    content = file.read_bytes()
    for number in range(1, COPIES):
        file.with_stem(f"x{number}").write_bytes(content + bytes([number]))


def embed(folder: str, encoder: str) -> None:
    """What is measured, in a process of its own."""
    import nbcurate as nbc

    warnings.simplefilter("ignore")

    def corner(images: list[Image.Image]) -> np.ndarray:
        return np.stack([np.asarray(i.resize((8, 8)), np.float32).ravel() for i in images]) - 127

    model = nbc.FunctionEncoder(corner, name="corner") if encoder == "function" else encoder
    with tempfile.TemporaryDirectory() as place:
        ds = nbc.Dataset.from_folder(folder, store=Path(place) / "s.nbc").embed(model)
        if len(ds.errors):
            print(ds.errors["error"][0], end=" ")
        print(len(ds), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def main() -> None:
    worst = 0
    with tempfile.TemporaryDirectory() as place:
        rooms: list[Path] = []
        for name, write in writers().items():
            folder = Path(place) / name
            folder.mkdir()
            write(folder)
            several(folder)
            rooms.append(folder)
        print(f"{'peak MB of embed':28}" + "".join(f"{encoder:>22}" for encoder in ENCODERS))
        for folder in [*rooms, Path(place)]:
            row = f"{folder.name if folder in rooms else 'all of them':28}"
            for encoder in ENCODERS:
                call = [sys.executable, __file__, "--embed", str(folder), encoder]
                said = subprocess.run(call, capture_output=True, text=True, check=True).stdout.split()
                worst = max(worst, int(said[-1]))
                row += f"{int(said[-1]):22,}"
            print(row, flush=True)
    print(f"\nThe most: {worst:,} MB of {LIMIT_MB:,}.")
    sys.exit(worst > LIMIT_MB)


if __name__ == "__main__":
    embed(*sys.argv[2:]) if sys.argv[1:2] == ["--embed"] else main()
