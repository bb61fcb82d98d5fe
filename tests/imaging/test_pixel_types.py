"""Whatever numbers a file holds, and however it lies in it, the picture is the one that its makers meant."""

from __future__ import annotations

import io
import logging
import os
import struct
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from nbcurate.imaging import (
    MissingDriverError,
    UnreadableImageError,
    Window,
    decode_image,
    measure_image,
    open_regular,
    probe_file,
    probe_stream,
)
from nbcurate.imaging.formats import FORMATS

logging.getLogger("tifffile").setLevel(logging.CRITICAL)

TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.fixture(scope="module")
def grey() -> np.ndarray:
    """uint8 [64, 96]: a gradient with a bright corner, which no turn maps on itself."""
    y, x = np.mgrid[:64, :96]
    values = (x * 1.5 + y * 0.9).astype(np.uint8)
    values[:16, :24] = 250
    return values


@pytest.fixture(scope="module")
def colours(grey: np.ndarray) -> np.ndarray:
    """uint8 [64, 96, 3]"""
    return np.dstack([grey, 255 - grey, np.full_like(grey, 60)])


def seen(path: Path, **options: Any) -> np.ndarray:
    """What a person sees, after checks that hold for every picture."""
    image = decode_image(path, **options)
    probe = probe_file(path)
    assert probe.error is None
    assert image.mode == "RGB"
    assert (probe.width, probe.height) == image.size
    return np.asarray(image).astype(np.int32)


def likeness(picture: np.ndarray, meant: np.ndarray) -> float:
    """Correlation of what is seen with what was meant."""
    meant = np.dstack([meant] * 3) if meant.ndim == 2 else meant
    assert picture.shape == meant.shape
    return float(np.corrcoef(picture.ravel(), meant.ravel())[0, 1])


# -- orientation -----------------------------------------------------------------------------------------------------

MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F", "YCbCr", "LAB")
PACKED = (None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "tiff_jpeg")


def of_mode(mode: str, colours: np.ndarray) -> Image.Image:
    if mode in ("I;16", "I", "F"):
        kind = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
        return Image.fromarray(colours[..., 0].astype(kind) * kind(100))
    return Image.fromarray(colours).convert(mode)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mode=st.sampled_from(MODES), packed=st.sampled_from(PACKED), turn=st.integers(1, 8), as_file=st.booleans())
def test_a_tiff_of_any_mode_and_compression_is_upright(
    colours: np.ndarray, tmp_path: Path, mode: str, packed: str | None, turn: int, as_file: bool
) -> None:
    if packed == "tiff_jpeg" and mode not in ("L", "RGB", "CMYK"):
        return
    image = of_mode(mode, colours)
    stored = image.transpose(TURNED[turn]) if turn > 1 else image
    exif = Image.Exif()
    exif[0x0112] = turn
    path, plain = tmp_path / "turned.tif", tmp_path / "plain.tif"
    stored.save(path, exif=exif, compression=packed)
    image.save(plain, compression=packed)
    upright, meant = seen(path), seen(plain)
    if not as_file:
        upright = np.asarray(decode_image(io.BytesIO(path.read_bytes()))).astype(np.int32)
    assert upright.shape == (64, 96, 3)
    assert np.abs(upright - meant).mean() < (4 if packed == "tiff_jpeg" else 1e-9)
    assert probe_file(path).exif.orientation == turn


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["float64", "float16", "uint64", "three floats", "planes"])
def test_what_tifffile_reads_is_upright_too(colours: np.ndarray, tmp_path: Path, kind: str, orientation: int) -> None:
    image = Image.fromarray(colours).transpose(TURNED[orientation]) if orientation > 1 else Image.fromarray(colours)
    stored = np.asarray(image)
    options: dict[str, Any] = {"photometric": "minisblack"}
    values = {
        "float64": stored[..., 0] / 255,
        "float16": (stored[..., 0] / 255).astype(np.float16),
        "uint64": stored[..., 0].astype(np.uint64) << 40,
        "three floats": (stored / 255).astype(np.float32),
        "planes": np.moveaxis(stored, -1, 0).astype(np.uint16) * 257,
    }[kind]
    if kind in ("three floats", "planes"):
        options = {"photometric": "rgb", "planarconfig": "separate" if kind == "planes" else "contig"}
    path = tmp_path / "turned.tif"
    tifffile.imwrite(path, values, extratags=[(274, "H", 1, orientation, True)], metadata=None, **options)
    meant = colours if options["photometric"] == "rgb" else colours[..., 0]
    assert likeness(seen(path), meant) > 0.99


@pytest.mark.parametrize("depth", ["RGB", "I;16"])
def test_a_deep_png_is_turned_as_its_exif_says(colours: np.ndarray, tmp_path: Path, depth: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.png"
    of_mode(depth, colours).transpose(TURNED[6]).save(path, exif=exif)
    assert likeness(seen(path), colours if depth == "RGB" else colours[..., 0]) > 0.99


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_says_before_decoding_how_large_it_is_shown(colours: np.ndarray, form: str) -> None:
    modes = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F")
    seen_modes = 0
    for mode in modes:
        file = io.BytesIO()
        try:
            of_mode(mode, colours).save(file, form)
        except (OSError, ValueError, KeyError):  # the format does not have that mode
            continue
        seen_modes += 1
        file.seek(0)
        probe = probe_stream(file)
        file.seek(0)
        assert decode_image(file).size == (probe.width, probe.height), mode
    assert seen_modes or form in ("PSD", "QOI")  # which Pillow does not write


# -- types of numbers ------------------------------------------------------------------------------------------------

GREYS = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "float32", "float64")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(GREYS),
    white_is_zero=st.booleans(),
    packed=st.sampled_from([None, "lzw", "zlib", "packbits", "zstd", "lzma"]),
    big_endian=st.booleans(),
    tiled=st.booleans(),
    predicted=st.booleans(),
)
def test_a_grey_of_any_type_is_shown_as_it_is_meant(
    grey: np.ndarray,
    tmp_path: Path,
    kind: str,
    white_is_zero: bool,
    packed: str | None,
    big_endian: bool,
    tiled: bool,
    predicted: bool,
) -> None:
    numbers = (255 - grey if white_is_zero else grey).astype(np.float64)
    if kind.startswith("float"):
        values = ((numbers - 100) / 255).astype(kind)
    else:
        limits = np.iinfo(kind)
        span = float(limits.max) - float(limits.min)
        values = (float(limits.min) + numbers / 256 * span).astype(kind)
    tifffile.imwrite(
        tmp_path / "grey.tif",
        values,
        photometric="miniswhite" if white_is_zero else "minisblack",
        compression=packed,
        byteorder=">" if big_endian else "<",
        tile=(32, 32) if tiled else None,
        predictor=predicted if packed in ("lzw", "zlib") and kind not in ("uint64", "int64") else None,
        metadata=None,
    )
    assert likeness(seen(tmp_path / "grey.tif"), grey) > 0.99


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("packed", [None, "lzw", "zlib"])
@pytest.mark.parametrize("planes", [False, True])
@pytest.mark.parametrize("kind", ["uint8", "12 bits", "uint16", "float32", "float64", "int16"])
def test_colours_of_any_type_keep_their_values(
    colours: np.ndarray, tmp_path: Path, kind: str, planes: bool, packed: str | None, order: str
) -> None:
    values: np.ndarray = {
        "uint8": colours,
        "12 bits": colours.astype(np.uint16) * 16 + 15,
        "uint16": colours.astype(np.uint16) * 257,
        "float32": colours.astype(np.float32) / 255,
        "float64": colours / 255,
        "int16": colours.astype(np.int16) * 100 - 9000,
    }[kind]
    tifffile.imwrite(
        tmp_path / "colours.tif",
        np.moveaxis(values, -1, 0) if planes else values,
        photometric="rgb",
        planarconfig="separate" if planes else "contig",
        compression=packed,
        byteorder=order,
        metadata=None,
    )
    picture = seen(tmp_path / "colours.tif")
    assert likeness(picture, colours) > 0.99
    if kind != "int16":  # whose black and white are a matter of choice
        assert np.abs(picture - colours).max() <= 1


def test_a_png_of_sixteen_bits_keeps_its_lower_ones(colours: np.ndarray, grey: np.ndarray, tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    dark = colours[..., ::-1].astype(np.uint16) * 16 + 15  # as a camera of 12 bits writes it
    cv2.imwrite(str(tmp_path / "rgb.png"), dark)
    opaque = np.full_like(dark[..., :1], 65535)
    opaque[40:, :] = 0
    cv2.imwrite(str(tmp_path / "rgba.png"), np.dstack([dark, opaque]))
    assert np.abs(seen(tmp_path / "rgb.png") - colours).max() <= 1
    shown = seen(tmp_path / "rgba.png")
    assert np.abs(shown[:40] - colours[:40]).max() <= 1
    assert (shown[40:] == 255).all()
    assert decode_image(tmp_path / "rgba.png").info["transparent_share"] == pytest.approx(24 / 64)
    assert probe_file(tmp_path / "rgb.png").mode == "RGB;16"


def test_grey_and_opacity_of_sixteen_bits(grey: np.ndarray, tmp_path: Path) -> None:
    imagecodecs = pytest.importorskip("imagecodecs")
    opacity = np.full(grey.shape, 65535, np.uint16)
    opacity[40:] = 0
    pixels = np.dstack([grey.astype(np.uint16) * 8, opacity])
    (tmp_path / "la.png").write_bytes(imagecodecs.png_encode(pixels))
    tifffile.imwrite(
        tmp_path / "la.tif", pixels, photometric="minisblack", planarconfig="contig", extrasamples=["unassalpha"]
    )
    for name in ("la.png", "la.tif"):
        shown = seen(tmp_path / name)
        assert likeness(shown[:40], grey[:40]) > 0.99, name
        assert (shown[40:] == 255).all(), name


def test_a_value_that_a_deep_png_names_transparent_is(tmp_path: Path) -> None:
    values = np.full((8, 8), 3000, np.uint16)
    values[:4] = np.arange(32).reshape(4, 8) * 50
    Image.fromarray(values).save(tmp_path / "keyed.png", transparency=3000)
    shown = decode_image(tmp_path / "keyed.png")
    assert np.asarray(shown)[5, 5].tolist() == [255, 255, 255]
    assert shown.info["transparent_share"] == pytest.approx(0.5)


def test_of_many_channels_the_first_three_are_red_green_and_blue(colours: np.ndarray, tmp_path: Path) -> None:
    more = np.dstack([colours, colours[..., :2] // 2])
    for name, values, planar in (("planes.tif", np.moveaxis(more, -1, 0), "separate"), ("five.tif", more, "contig")):
        tifffile.imwrite(tmp_path / name, values, photometric="minisblack", planarconfig=planar)
        assert (seen(tmp_path / name) == colours).all()
        assert probe_file(tmp_path / name).mode == "5 x uint8"


def test_premultiplied_colours_are_those_that_were_meant(tmp_path: Path) -> None:
    half = np.full((16, 16, 4), 0.25, np.float32)
    half[..., 0], half[..., 3] = 0.5, 0.5  # a red of 1 at half opacity
    half[0, 0, 3] = 0.5
    half[0, 1] = (0, 0, 0, 1)
    tifffile.imwrite(tmp_path / "a.tif", half, photometric="rgb", extrasamples=["assocalpha"])
    assert np.abs(np.asarray(decode_image(tmp_path / "a.tif"))[8, 8].astype(int) - [255, 191, 191]).max() <= 2


@pytest.mark.parametrize("kind", ["int16", "float32", "float64"])
def test_where_a_map_has_no_value_the_others_keep_theirs(grey: np.ndarray, tmp_path: Path, kind: str) -> None:
    values = grey.astype(kind) + 300
    values[40:] = -9999
    tifffile.imwrite(
        tmp_path / "height.tif", values, photometric="minisblack", extratags=[(42113, "s", 0, "-9999", True)]
    )
    shown = seen(tmp_path / "height.tif")
    assert likeness(shown[:40], grey[:40]) > 0.99
    assert shown[:40].std() > 50
    assert (shown[40:] == 0).all()


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_packed_bits(grey: np.ndarray, tmp_path: Path, bits: int) -> None:
    values = grey.astype(np.uint16) << (bits - 8)
    tifffile.imwrite(tmp_path / "packed.tif", values, photometric="minisblack", bitspersample=bits)
    assert likeness(seen(tmp_path / "packed.tif"), grey) > 0.99


@pytest.mark.parametrize("maximum", [255, 1023, 65535])
def test_a_pgm_is_in_the_units_of_its_file(grey: np.ndarray, tmp_path: Path, maximum: int) -> None:
    values = (grey.astype(np.float64) / 255 * maximum).round().astype(">u2" if maximum > 255 else "u1")
    path = tmp_path / "a.pgm"
    path.write_bytes(b"P5 96 64 %d\n" % maximum + values.tobytes())
    assert likeness(seen(path), grey) > 0.99
    if maximum > 255:
        assert np.abs(seen(path, window=Window(0, maximum))[..., 0] - grey).max() <= 1


@pytest.mark.parametrize("container", ["jp2", "j2k"])
@pytest.mark.parametrize("bits", [10, 12, 16])
def test_a_jpeg_2000_is_in_the_units_of_its_file(grey: np.ndarray, tmp_path: Path, container: str, bits: int) -> None:
    imagecodecs = pytest.importorskip("imagecodecs")
    path, most = tmp_path / f"a.{container}", (1 << bits) - 1
    values = (grey / 255 * most).round().astype(np.uint16)
    path.write_bytes(
        imagecodecs.jpeg2k_encode(values, bitspersample=bits, codecformat=container, reversible=True, level=0)
    )
    assert np.abs(seen(path, window=Window(0, most))[..., 0] - grey).max() <= 1


def test_colours_of_print_are_those_of_the_screen(colours: np.ndarray, tmp_path: Path) -> None:
    cmyk = Image.fromarray(colours).convert("CMYK")
    cmyk.save(tmp_path / "inverted.jpg", quality=95)
    cmyk.save(tmp_path / "plain.tif")
    tifffile.imwrite(tmp_path / "deep.tif", np.asarray(cmyk).astype(np.uint16) * 257, photometric="separated")
    for name in ("inverted.jpg", "plain.tif", "deep.tif"):
        assert np.abs(seen(tmp_path / name) - colours).mean() < 3, name


# -- the window ------------------------------------------------------------------------------------------------------


def test_a_window_is_in_the_units_of_the_file(tmp_path: Path) -> None:
    values = np.array([[0, 1000], [2000, 4000]], np.uint16)
    Image.fromarray(values).save(tmp_path / "a.png")
    tifffile.imwrite(tmp_path / "b.tif", values / 1000)
    tifffile.imwrite(tmp_path / "c.tif", (values.astype(np.int32) - 1000).astype(np.int16), photometric="minisblack")
    wanted = [[0, 0], [128, 255]]
    assert seen(tmp_path / "a.png", window=Window(1000, 3000))[..., 0].tolist() == wanted
    assert seen(tmp_path / "b.tif", window=Window(1, 3))[..., 0].tolist() == wanted
    assert seen(tmp_path / "c.tif", window=Window(0, 2000))[..., 0].tolist() == wanted


def test_where_white_is_zero_the_window_is_that_of_the_numbers(tmp_path: Path) -> None:
    values = np.array([[0, 1000], [2000, 4000]], np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="miniswhite")
    assert seen(tmp_path / "a.tif", window=Window(1000, 3000))[..., 0].tolist() == [[255, 255], [128, 0]]


def test_a_window_leaves_pictures_of_eight_bits_alone(colours: np.ndarray, tmp_path: Path) -> None:
    Image.fromarray(colours).save(tmp_path / "a.png")
    assert (seen(tmp_path / "a.png", window=Window(1000, 3000)) == colours).all()


def test_a_window_makes_two_pictures_comparable(tmp_path: Path) -> None:
    for name, level in (("dim", 1000), ("bright", 8000)):
        Image.fromarray(np.full((16, 16), level, np.uint16) + np.arange(16, dtype=np.uint16)).save(
            tmp_path / f"{name}.png"
        )
    own = {name: measure_image(decode_image(tmp_path / f"{name}.png"))["brightness"] for name in ("dim", "bright")}
    assert own["dim"] == pytest.approx(own["bright"])
    window = Window(0, 10_000)
    assert measure_image(decode_image(tmp_path / "dim.png", window=window))["brightness"] == pytest.approx(
        0.1, abs=0.01
    )
    bright = measure_image(decode_image(tmp_path / "bright.png", window=window))["brightness"]
    assert bright == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize("sides", [(1, 1), (2, 1), (float("nan"), 1), (0, float("inf"))])
def test_a_window_that_is_none_says_so(sides: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="smaller one first"):
        Window(*sides)


# -- what is not read ------------------------------------------------------------------------------------------------


def test_what_is_not_read_names_its_pixel_type(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "complex.tif", np.zeros((8, 8), np.complex64))
    tifffile.imwrite(tmp_path / "volume.tif", np.zeros((2, 32, 32), np.float64), volumetric=True, tile=(2, 16, 16))
    (tmp_path / "deep.psd").write_bytes(b"8BPS\0\1" + bytes(6) + b"\0\3\0\0\0\x08\0\0\0\x08\0\x10\0\x03" + bytes(400))
    for name, named in (("complex.tif", "complex64"), ("volume.tif", "float64"), ("deep.psd", "3 x 16 bits, RGB")):
        error = str(probe_file(tmp_path / name).error)
        assert error.startswith("unsupported pixel type"), name
        assert named in error
        with pytest.raises(UnreadableImageError, match="unsupported pixel type"):
            decode_image(tmp_path / name)


@pytest.mark.parametrize(
    ("head", "named"),
    [
        (bytes(128) + b"DICM" + bytes(200), "DICOM"),
        (b"\xff\x0a" + bytes(200), "JPEG XL"),
        (b"<!DOCTYPE html><html>not found</html>", "web page"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "drawing"),
        (b"\0\0\0\x18ftypmp42" + bytes(200), "video"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1", "git lfs pull"),
        (b"II*\0\x10\0\0\0CR\x02\0" + bytes(200), "camera raw"),
    ],
)
def test_what_is_no_picture_says_what_it_is(tmp_path: Path, head: bytes, named: str) -> None:
    (tmp_path / "a.jpg").write_bytes(head)
    assert named in str(probe_file(tmp_path / "a.jpg").error)


@pytest.mark.parametrize("missing", ["tifffile", "imagecodecs"])
def test_without_the_package_it_says_which_to_install_and_tries_again(
    grey: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", grey / 255, compression="lzw")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == missing else object())
    probe = probe_file(tmp_path / "a.tif")
    assert "unsupported pixel type: float64" in str(probe.error)
    assert "nbcurate[tiff]" in str(probe.error)
    assert probe.content_hash == ""  # so that the next look at the source reads it
    with pytest.raises(MissingDriverError):
        decode_image(tmp_path / "a.tif")


# -- hostile files ---------------------------------------------------------------------------------------------------


@contextmanager
def little_memory(most: int = 10 * 2**20) -> Iterator[None]:
    """What is inside takes no more memory, in bytes, than a picture of this size would."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


def picture_or_reason(path: Path) -> Image.Image | str:
    try:
        return decode_image(path)
    except UnreadableImageError as error:
        return str(error)


def hostile(tags: dict[int, tuple[int, int]], body: bytes = b"") -> bytes:
    """A little-endian TIFF of these tags: number to type (3: 16 bits, 4: 32 bits) and value."""
    entries = b"".join(struct.pack("<HHII", number, kind, 1, value) for number, (kind, value) in sorted(tags.items()))
    return b"II*\0\x08\0\0\0" + len(tags).to_bytes(2, "little") + entries + bytes(4) + body


#: One grey of 64-bit floats without compression, but for its size.
FLOAT64 = {258: (3, 64), 259: (3, 1), 262: (3, 1), 273: (4, 200), 277: (3, 1), 278: (4, 64), 279: (4, 8), 339: (3, 3)}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({256: (4, 2**31 - 1), 257: (4, 2**31 - 1)}, "too many pixels"),
        ({256: (4, 13_000), 257: (4, 13_000)}, "too many pixels"),
        ({256: (4, 64), 257: (4, 64), 277: (3, 65535)}, "pixel"),
        ({256: (4, 64), 257: (4, 64), 322: (4, 2**31 - 16), 323: (4, 2**31 - 16)}, "tiles"),
        ({256: (4, 64), 257: (4, 64), 322: (4, 2**15), 323: (4, 2**15)}, "tiles"),
        ({256: (4, 0), 257: (4, 64)}, "how large"),
        ({256: (4, 64), 257: (4, 64), 258: (3, 65535)}, "bits"),
    ],
)
def test_a_tiff_that_claims_too_much_costs_nothing(
    tmp_path: Path, changed: dict[int, tuple[int, int]], named: str
) -> None:
    path = tmp_path / "hostile.tif"
    path.write_bytes(hostile({**FLOAT64, **changed}, bytes(64)))
    with little_memory():
        assert named in str(probe_file(path).error)
        with pytest.raises(UnreadableImageError):
            decode_image(path)


@pytest.mark.parametrize("packed", ["zlib", "lzw", "zstd"])
def test_a_strip_that_unpacks_to_more_than_it_may_costs_that_picture_only(tmp_path: Path, packed: str) -> None:
    path = tmp_path / "bomb.tif"
    tifffile.imwrite(path, np.zeros((4096, 2048)), compression=packed, rowsperstrip=4096, metadata=None)
    content = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        for name in ("ImageLength", "RowsPerStrip", "ImageWidth"):
            tag = file.pages[0].tags[name]  # type: ignore[union-attr]
            content[tag.valueoffset : tag.valueoffset + 4] = (64).to_bytes(4, "little")
    path.write_bytes(content)
    with little_memory():
        assert picture_or_reason(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["float64", "float16", "3 x float32", "uint16", "3 x uint16"]),
    packed=st.sampled_from([None, "zlib", "lzw"]),
    at=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6),
    share=st.floats(0.05, 1),
)
def test_a_damaged_tiff_is_a_picture_or_gives_a_reason(
    grey: np.ndarray, tmp_path: Path, kind: str, packed: str | None, at: list[tuple[float, int]], share: float
) -> None:
    values = grey[:16, :16].astype(kind.rpartition(" ")[2])
    path = tmp_path / "damaged.tif"
    tifffile.imwrite(
        path,
        np.dstack([values] * 3) if kind.startswith("3") else values,
        photometric="rgb" if kind.startswith("3") else "minisblack",
        compression=packed,
    )
    content = bytearray(path.read_bytes()[: max(8, int(path.stat().st_size * share))])
    for place, octet in at:
        content[int(place * len(content))] = octet
    path.write_bytes(content)
    found, probe = picture_or_reason(path), probe_file(path)
    if isinstance(found, Image.Image):
        assert found.mode == "RGB"
        assert probe.error is None
        assert (probe.width, probe.height) == found.size
    else:
        assert found


def test_no_pipe_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "link.jpg").symlink_to(tmp_path / "pipe.jpg")
    for path in (tmp_path / "pipe.jpg", tmp_path / "link.jpg"):
        assert "pipe" in str(probe_file(path).error)
        with pytest.raises(UnreadableImageError, match="pipe"):
            decode_image(path)
    with pytest.raises(UnreadableImageError, match="device"):
        open_regular("/dev/zero")
    with pytest.raises(UnreadableImageError, match="folder"):
        decode_image(tmp_path)
