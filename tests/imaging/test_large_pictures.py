"""Large pictures take no more memory than they may, and are what they are when they are decoded in full."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nbcurate.imaging import decode_image, probe_file
from nbcurate.imaging import exif as exif_module
from nbcurate.imaging import picture as picture_module
from nbcurate.imaging import reduction as reduction_module
from nbcurate.imaging.memory import Budget

SIZE = (601, 403)


@pytest.fixture
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done with 16 megapixels is done with a few thousand, in bands of some rows."""
    monkeypatch.setattr(reduction_module, "LARGE", 5_000)
    monkeypatch.setattr(picture_module, "LARGE", 5_000)
    monkeypatch.setattr(exif_module, "LARGE", 5_000)
    monkeypatch.setattr(reduction_module, "_BAND", 10_000)


def smooth(channels: int, scale: int = 1) -> np.ndarray:
    """Colours that change slowly, so that a mean of neighbours is like each of them."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    planes = [127 + 120 * np.sin(x / (60 + 9 * at)) * np.cos(y / (50 + 7 * at)) for at in range(channels)]
    return (np.stack(planes, -1) * scale).round()


def write(name: str, to: Path) -> Path:
    import cv2
    import tifffile

    file = to / name.split("/")[-1]
    colours, deep = smooth(3).astype(np.uint8), smooth(3, 257).astype(np.uint16)
    image = Image.fromarray(colours)
    match name.split("/"):
        case ["rgba", _]:
            Image.fromarray(smooth(4).astype(np.uint8)).save(file, lossless=True)
        case ["palette", _]:
            image.quantize(200).save(file)
        case ["cmyk", _]:
            image.convert("CMYK").save(file)
        case ["16", "x.png"]:
            cv2.imwrite(str(file), deep)
        case ["16", _]:
            tifffile.imwrite(file, deep, photometric="rgb", compression="zlib")
        case ["grey16", _]:
            tifffile.imwrite(file, deep[..., 0], compression="zlib")
        case ["float", _]:
            tifffile.imwrite(file, deep[..., 0].astype(np.float32))
        case ["turned", _]:
            exif = Image.Exif()
            exif[0x0112] = 6
            image.save(file, exif=exif)
        case _:
            image.save(file, lossless=True)
    return file


NAMES = [
    "rgb/x.png", "rgb/x.tif", "rgb/x.webp", "rgb/x.gif", "rgb/x.jp2", "rgb/x.bmp", "rgba/x.png", "rgba/x.webp",
    "palette/x.png", "cmyk/x.tif", "16/x.png", "16/x.tif", "grey16/x.tif", "float/x.tif", "turned/x.png",
    "turned/x.tif", "turned/x.webp",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_large_picture_is_reduced_and_looks_as_it_does_in_full(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file = write(name, tmp_path)
    full = decode_image(file)
    request.getfixturevalue("small_is_large")
    small = decode_image(file, at_least=40)
    assert small.mode == "RGB"
    assert min(small.size) >= 40
    assert small.width * small.height <= 5_500
    assert (small.width > small.height) == (full.width > full.height)
    expected = np.asarray(full.resize(small.size, Image.Resampling.BOX), np.float64)
    assert np.abs(np.asarray(small, np.float64) - expected).mean() < 4
    assert small.info.get("transparent_share", 0) == pytest.approx(full.info.get("transparent_share", 0), abs=0.01)


@pytest.mark.usefixtures("small_is_large")
@pytest.mark.parametrize("name", ["rgb/x.png", "turned/x.png"])
def test_what_a_large_png_says_of_itself_is_read_without_its_pixels(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(name, tmp_path)
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("it was decoded"))
    found = probe_file(file)
    assert found.error is None
    assert (found.width, found.height) == (SIZE[::-1] if "turned" in name else SIZE)


def test_a_long_line_is_reduced_too(tmp_path: Path) -> None:
    Image.new("RGB", (30, 700_000), "teal").save(tmp_path / "x.png")
    small = decode_image(tmp_path / "x.png", at_least=224)
    assert small.width * small.height <= 1 << 24
    assert small.getpixel((1, 1)) == (0, 128, 128)


def test_threads_take_no_more_than_there_is_and_what_is_larger_goes_alone() -> None:
    budget, guard = Budget(100), threading.Lock()
    held = most = 0

    def work(amount: int) -> None:
        nonlocal held, most
        for _ in range(20):
            with budget.taking(amount):
                with guard:
                    held += min(amount, 100)
                    most = max(most, held)
                with guard:
                    held -= min(amount, 100)

    threads = [threading.Thread(target=work, args=(amount,)) for amount in (10, 30, 60, 100, 5_000, 40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert 0 < most <= 100


def test_what_is_kept_comes_back_at_the_end_also_after_an_error() -> None:
    budget = Budget(10)

    def two_and_an_error() -> None:
        with budget.kept():
            with budget.taking(8):
                pass
            with budget.taking(10):  # a second picture in one thread does not wait for the first
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        two_and_an_error()
    with budget.taking(10):
        pass
