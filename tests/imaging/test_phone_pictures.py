"""What phones take: HEIC, read by an optional package, and AVIF."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, features

from nbcurate.imaging import MissingDriverError, decode_image, heif, probe_file, readable_extensions


@pytest.fixture
def scene() -> Image.Image:
    """128 by 96 px: red at the top left, grey elsewhere."""
    image = Image.new("RGB", (128, 96), (40, 40, 40))
    image.paste((250, 20, 20), (0, 0, 40, 30))
    return image


def turned(image: Image.Image, orientation: int) -> Image.Image:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.info["exif"] = exif.tobytes()
    return image


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_a_heic_picture_is_turned_once(scene: Image.Image, tmp_path: Path, orientation: int) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    path = tmp_path / "IMG_0001.HEIC"
    pillow_heif.from_pillow(turned(scene, orientation)).save(path)
    assert (b"irot" in path.read_bytes()) == (orientation > 1)  # which says the same as its EXIF data
    as_shown = np.asarray(pillow_heif.open_heif(path).to_pillow().convert("RGB")).astype(int)
    image = decode_image(path)
    assert np.asarray(image).shape == as_shown.shape
    assert np.abs(np.asarray(image) - as_shown).mean() < 1
    probe = probe_file(path)
    assert (probe.width, probe.height, probe.format, probe.error) == (*image.size, "HEIF", None)


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow was built without AVIF")
@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_avif_picture_is_upright(scene: Image.Image, tmp_path: Path, orientation: int) -> None:
    stored = scene if orientation == 1 else scene.transpose(
        {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
         5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
         8: Image.Transpose.ROTATE_270}[orientation]
    )  # fmt: skip
    stored = turned(stored.copy(), orientation)
    stored.save(tmp_path / "a.avif", exif=stored.info["exif"], quality=95)
    image = decode_image(tmp_path / "a.avif")
    assert image.size == (128, 96)
    assert np.abs(np.asarray(image).astype(int) - np.asarray(scene)).mean() < 5
    probe = probe_file(tmp_path / "a.avif")
    assert (probe.width, probe.height, probe.format, probe.error) == (128, 96, "AVIF", None)


def test_without_the_driver_a_heic_picture_says_which_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heif, "is_installed", lambda: False)
    heif.register.cache_clear()
    assert ".heic" not in readable_extensions()
    path = tmp_path / "IMG_0001.jpg"  # whatever it is called
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200))
    probe = probe_file(path)
    assert "pip install 'nbcurate[heif]'" in str(probe.error)
    assert probe.content_hash == ""  # so that the next look at the source reads it
    with pytest.raises(MissingDriverError, match="nbcurate"):
        decode_image(path)


def test_a_heic_picture_that_is_cut_off_says_so(scene: Image.Image, tmp_path: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    path = tmp_path / "IMG_0001.HEIC"
    pillow_heif.from_pillow(scene).save(path)
    path.write_bytes(path.read_bytes()[:300])
    assert probe_file(path).error
