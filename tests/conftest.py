"""What all tests share: real pictures, and a small encoder for tests that are not about models."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import nbcurate as nbc

# A shell lets what it starts in the background ignore Ctrl-C, and some tests are about that.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def stamps() -> Path:
    """Some 550 photographs and drawings with transparency, in folders by kind; `make pictures` fetches them."""
    folder = ROOT / ".demo" / "stamps"
    assert folder.is_dir(), "the tests need real pictures: run `make pictures`"
    return folder


@pytest.fixture(scope="session")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real photographs from scikit-image and scikit-learn, as JPEG."""
    import skimage.data
    from sklearn.datasets import load_sample_images

    folder = tmp_path_factory.mktemp("photographs")
    for name in ("astronaut", "cat", "coffee", "rocket", "camera", "coins"):
        Image.fromarray(getattr(skimage.data, name)()).convert("RGB").save(folder / f"{name}.jpg", quality=92)
    for name, pixels in zip(("china", "flower"), load_sample_images().images, strict=True):
        Image.fromarray(pixels).save(folder / f"{name}.jpg", quality=92)
    return folder


@pytest.fixture(scope="session")
def stamp_set(stamps: Path, tmp_path_factory: pytest.TempPathFactory) -> nbc.Dataset:
    """All stamps embedded with real weights, for tests that only read."""
    store = tmp_path_factory.mktemp("stamp_set") / "stamps.nbc"
    return nbc.Dataset.from_folder(stamps, store=store).embed("efficientnet-lite0")


def some_stamps(stamps: Path, target: Path) -> Path:
    """A folder of 24 real pictures in three classes, of which one is an exact copy of another."""
    for kind in ("animals/birds", "food/fruit", "vehicles"):
        files = sorted((stamps / kind).rglob("*.png"))[:8]
        label = kind.split("/")[0]
        (target / label).mkdir(parents=True)
        for file in files:
            shutil.copy(file, target / label)
    first, second = sorted((target / "animals").iterdir())[:2]
    shutil.copy(first, second)
    return target


@pytest.fixture
def folder(stamps: Path, tmp_path: Path) -> Path:
    """A folder of 24 real pictures in three classes, of which one is an exact copy of another."""
    return some_stamps(stamps, tmp_path / "pictures")


def colour_layout(images: Sequence[Image.Image]) -> np.ndarray:
    """A deterministic stand-in for a model: the colours of an 8 by 8 reduction."""
    small = [np.asarray(image.resize((8, 8)), np.float32).ravel() for image in images]
    return np.stack(small) - 127.0


@pytest.fixture(scope="session")
def small_set(stamps: Path, tmp_path_factory: pytest.TempPathFactory) -> nbc.Dataset:
    """Such a folder as an embedded data set, for tests that only read."""
    place = tmp_path_factory.mktemp("small_set")
    folder = some_stamps(stamps, place / "pictures")
    return nbc.Dataset.from_folder(folder, store=place / "pictures.nbc").embed(colour_layout)


@pytest.fixture
def dataset(folder: Path, tmp_path: Path) -> nbc.Dataset:
    """``folder`` as an embedded data set."""
    return nbc.Dataset.from_folder(folder, store=tmp_path / "pictures.nbc").embed(colour_layout)


@pytest.fixture
def reopen() -> Callable[[nbc.Dataset], nbc.Dataset]:
    """Close a data set and open it again, as another kernel would."""

    def close_and_open(dataset: nbc.Dataset) -> nbc.Dataset:
        dataset.close()
        return nbc.Dataset.open(dataset.store.path)

    return close_and_open
