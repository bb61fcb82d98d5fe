"""Pictures of more than 8 bits are seen through one window, wherever they are seen."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.widgets.pictures import Pictures

LEVELS = {"dim": 1000, "middling": 5000, "bright": 9000}


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Three pictures of 16 bits, each of little contrast and another brightness, and one of 8."""
    folder = tmp_path / "scans"
    folder.mkdir()
    noise = np.random.default_rng(0).integers(0, 200, (48, 64))
    for name, level in LEVELS.items():
        Image.fromarray((level + noise).astype(np.uint16)).save(folder / f"{name}.png")
    Image.new("RGB", (64, 48), (10, 20, 30)).save(folder / "photo.png")
    return folder


def read(folder: Path, **options: Any) -> nbc.Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return nbc.Dataset.from_folder(folder, store=folder.with_suffix(".nbc"), label=None, **options)


def brightness(image: Image.Image) -> float:
    return float(np.asarray(image.convert("L")).mean() / 255)


def mean_colour(images: Sequence[Image.Image]) -> np.ndarray:
    return np.stack([np.append(np.asarray(image, np.float32).mean(axis=(0, 1)) / 255, 1.0) for image in images])


def test_one_window_for_thumbnails_measures_vectors_and_pictures(scans: Path) -> None:
    ds = read(scans, window=(0, 10_000)).measure()
    ds.embed(mean_colour)
    measured = dict(zip(ds.ids, ds.column("brightness").to_pylist(), strict=True))
    thumbnails = Pictures(ds.store).thumbnails(ds.keys, 192)
    vectors = ds.embeddings()
    for at, name in enumerate(LEVELS):
        item = f"{name}.png"
        wanted = (LEVELS[name] + 100) / 10_000
        at = ds.ids.index(item)
        assert brightness(ds.image(item)) == pytest.approx(wanted, abs=0.01)
        assert measured[item] == pytest.approx(wanted, abs=0.01)
        assert brightness(Image.open(io.BytesIO(thumbnails[at]))) == pytest.approx(wanted, abs=0.02)
        assert vectors[at, 0] / vectors[at, 3] == pytest.approx(wanted, abs=0.01)
    assert ds.image("photo.png").getpixel((0, 0)) == (10, 20, 30)
    found = ds.search(scans / "dim.png", k=1)
    assert found.ids == ["dim.png"]
    assert found.similarity[0] == pytest.approx(1, abs=1e-5)


def test_the_store_keeps_it(scans: Path) -> None:
    ds = read(scans, window=(0, 10_000))
    before = brightness(ds.image("dim.png"))
    ds.close()
    again = nbc.Dataset.open(scans.with_suffix(".nbc"))
    assert brightness(again.image("dim.png")) == before
    again.close()
    assert brightness(read(scans).image("dim.png")) == before


def test_without_one_each_picture_has_a_range_of_its_own(scans: Path) -> None:
    ds = read(scans)
    assert brightness(ds.image("dim.png")) == pytest.approx(brightness(ds.image("bright.png")), abs=0.01)


@pytest.mark.parametrize("window", ["percentiles", ("0%", "100%"), ("1%", "99%")])
def test_percentiles_of_the_data_set_keep_dim_pictures_dim(scans: Path, window: Any) -> None:
    ds = read(scans, window=window)
    seen = [brightness(ds.image(f"{name}.png")) for name in LEVELS]
    assert seen[0] < 0.05
    assert seen[1] == pytest.approx(0.5, abs=0.03)
    assert seen[2] > 0.95


def test_percentiles_are_taken_once(scans: Path) -> None:
    ds = read(scans, window="percentiles")
    before = brightness(ds.measure().image("dim.png"))
    Image.fromarray(np.full((48, 64), 60_000, np.uint16)).save(scans / "flash.png")
    ds = read(scans, window="percentiles")
    assert len(ds) == 5
    assert brightness(ds.image("dim.png")) == before


def test_another_window_is_refused_once_pictures_were_seen(scans: Path) -> None:
    ds = read(scans)
    ds = read(scans, window=(0, 10_000))  # nothing was made of the pictures yet
    ds.measure()
    for window in ((0, 5_000), "percentiles"):
        with pytest.raises(ValueError, match="0 to 10000"):
            read(scans, window=window)
    assert read(scans, window=(0, 10_000)).ids == ds.ids
    assert ds.store.setting("window")["high"] == 10_000


@pytest.mark.parametrize("seen", ["thumbnails", "measures", "vectors"])
def test_whatever_was_made_of_the_pictures_counts(scans: Path, seen: str) -> None:
    ds = read(scans)
    if seen == "thumbnails":
        Pictures(ds.store).thumbnails(ds.keys, 192)
    elif seen == "measures":
        ds.measure()
    else:
        ds.embed(mean_colour)
    with pytest.raises(ValueError, match="range of its own values"):
        read(scans, window=(0, 10_000))


def test_pictures_of_eight_bits_stand_in_nobodys_way(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (64, 48), (10, 20, 30)).save(folder / "photo.png")
    read(folder).measure()
    with pytest.warns(UserWarning, match="no picture has more than 8 bits"):
        nbc.Dataset.from_folder(folder, store=tmp_path / "photos.nbc", window="percentiles")
    with pytest.warns(UserWarning, match="changes none"):
        nbc.Dataset.from_folder(folder, store=tmp_path / "photos.nbc", window=(0, 4095))
    Image.fromarray(np.full((48, 64), 4095, np.uint16)).save(folder / "scan.png")
    assert brightness(read(folder).image("scan.png")) == 1


@pytest.mark.parametrize("window", [3, (1,), (5, 2), ("a", "b"), ("1%", 5), ("60%", "40%"), "middle", (True, False)])
def test_what_is_no_window_is_refused(scans: Path, window: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="window="):
        read(scans, window=window)
