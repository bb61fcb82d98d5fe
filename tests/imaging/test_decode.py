"""Any image file is shown as a person would see it; whatever else calls itself an image gives a reason."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nbcurate.imaging import UnreadableImageError, decode_image, make_thumbnail, probe_file

TOP_LEFT = (16, 16)


@pytest.fixture
def scene() -> Image.Image:
    """96 by 64 px: red at the top left, blue elsewhere."""
    image = Image.new("RGB", (96, 64), (0, 0, 255))
    image.paste((255, 0, 0), (0, 0, 48, 32))
    return image


def save(image: Image.Image, path: Path, **options: object) -> Path:
    image.save(path, **options)
    return path


def is_red(pixel: object) -> bool:
    r, g, b = pixel  # type: ignore[misc]
    return r > 180 and g < 80 and b < 80


@pytest.mark.parametrize("orientation", range(1, 9))
def test_all_eight_exif_rotations_come_out_upright(scene: Image.Image, tmp_path: Path, orientation: int) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = scene.transpose(undo[orientation]) if orientation > 1 else scene
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(stored, tmp_path / "photo.jpg", exif=exif, quality=95)

    upright = decode_image(path)

    assert upright.size == (96, 64)
    assert is_red(upright.getpixel(TOP_LEFT))
    assert not is_red(upright.getpixel((80, 50)))
    probe = probe_file(path)
    assert (probe.width, probe.height) == (96, 64)


@pytest.mark.parametrize("at_least", [16, 32, None])
def test_reduced_decoding_keeps_the_rotation_and_enough_pixels(tmp_path: Path, at_least: int | None) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = save(Image.new("RGB", (800, 400)), tmp_path / "photo.jpg", exif=exif)
    image = decode_image(path, at_least=at_least)
    assert image.height == 2 * image.width
    assert min(image.size) >= (2 * at_least if at_least else 400)


def test_sixteen_bit_greys_are_stretched_to_their_own_range(tmp_path: Path) -> None:
    ramp = np.linspace(1000, 3000, 64 * 64).reshape(64, 64).astype(np.uint16)
    grey = np.asarray(decode_image(save(Image.fromarray(ramp), tmp_path / "depth.png")))
    assert grey.shape == (64, 64, 3)
    assert grey[0, 0, 0] < 5
    assert grey[-1, -1, 0] > 250
    assert 118 < grey[32, 0, 0] < 138


def test_float_tiff_with_holes_is_shown(tmp_path: Path) -> None:
    values = np.linspace(-1, 1, 64 * 64).reshape(64, 64).astype(np.float32)
    values[0, 0] = np.nan
    image = np.asarray(decode_image(save(Image.fromarray(values), tmp_path / "height.tif")))
    assert image[0, 0, 0] == 0
    assert image[-1, -1, 0] > 250


def test_cmyk_keeps_its_colours(scene: Image.Image, tmp_path: Path) -> None:
    for name in ("print.jpg", "print.tif"):
        assert is_red(decode_image(save(scene.convert("CMYK"), tmp_path / name)).getpixel(TOP_LEFT))


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (32, 32), (255, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 16, 16))
    for name, made in {
        "rgba.png": image,
        "palette.png": image.quantize(16),
        "grey.png": Image.merge("LA", (image.getchannel("R"), image.getchannel("A"))),
    }.items():
        decoded = decode_image(save(made, tmp_path / name))
        assert decoded.getpixel((30, 30)) == (255, 255, 255), name
        assert "transparency" not in decoded.info, name  # or Pillow warns whenever it is converted


def test_of_an_animation_the_first_frame_is_shown(scene: Image.Image, tmp_path: Path) -> None:
    other = Image.new("RGB", scene.size, (0, 255, 0))
    for name in ("moving.gif", "moving.webp", "pages.tif"):
        path = save(scene, tmp_path / name, save_all=True, append_images=[other])
        assert is_red(decode_image(path).getpixel(TOP_LEFT)), name


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("nothing.jpg", b"", "empty"),
        ("text.jpg", b"hello, I am a text file\n" * 20, "not an image"),
        ("script.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image"),
    ],
)
def test_what_is_no_image_says_why(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert reason in str(probe_file(path).error)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_file_that_was_cut_off_is_found_without_decoding_the_whole_ones(
    photographs: Path, tmp_path: Path, kind: str, share: float
) -> None:
    buffer = io.BytesIO()
    Image.open(photographs / "china.jpg").save(buffer, kind)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.write_bytes(buffer.getvalue())
    cut.write_bytes(buffer.getvalue()[: int(len(buffer.getvalue()) * share)])
    assert probe_file(whole).error is None
    assert "cut off" in str(probe_file(cut).error) or "damaged" in str(probe_file(cut).error)
    with pytest.raises(UnreadableImageError):
        decode_image(cut)


def test_a_decompression_bomb_costs_nothing(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b""))
    assert "too many pixels" in str(probe_file(path).error)


def test_a_wide_panorama_has_a_thumbnail(tmp_path: Path) -> None:
    path = save(Image.new("RGB", (30_000, 60), "green"), tmp_path / "panorama.jpg")
    image = Image.open(io.BytesIO(make_thumbnail(decode_image(path, at_least=192))))
    assert image.width == 192
    assert image.height >= 1


def test_a_small_image_is_not_enlarged() -> None:
    assert Image.open(io.BytesIO(make_thumbnail(Image.new("RGB", (10, 7))))).size == (10, 7)
