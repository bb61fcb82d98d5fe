"""Items of several classes each, for the benchmarks: collages, written digits, generated vectors."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from ground_truth import embedded, photographs
from numpy.typing import NDArray
from PIL import Image, ImageOps
from sklearn.datasets import load_digits

import nbcurate as nbc

_TILE = 160  # px
Members = NDArray[np.bool_]


def sets(n: int = 1_500) -> Iterator[tuple[str, NDArray[np.float32], Members]]:
    """Name, vectors and which item has which class (bool [n, classes]) of each set."""
    pictures = photographs()
    yield f"collages of {pictures.folder.name}", *collages(n)
    yield "collages, vectors added", *sums(embedded(pictures), np.unique(pictures.labels, return_inverse=True)[1], n)
    pixels, digits = load_digits(return_X_y=True)
    yield "digits (8 × 8 pixels) in a row", *rows_of_digits(np.asarray(pixels), np.asarray(digits), n)
    yield "generated, 30 classes", *generated(n)


def drawn_classes(n: int, n_classes: int, rng: np.random.Generator) -> Members:
    """One to four classes an item, from common to rare ones, some of them often together: bool [n, classes]."""
    share = 0.45 * 0.75 ** np.arange(n_classes) + 0.02
    together = rng.permutation(n_classes)
    members = rng.random((n, n_classes)) < share
    for one, other in zip(together[::3], together[1::3], strict=False):
        members[:, other] |= members[:, one] & (rng.random(n) < 0.5)
    members[np.arange(n), rng.choice(n_classes, n, p=share / share.sum())] = True
    for row in np.flatnonzero(members.sum(axis=1) > 4):
        members[row, rng.permutation(np.flatnonzero(members[row]))[4:]] = False
    return members


def collages(n: int, seed: int = 0) -> tuple[NDArray[np.float32], Members]:
    """Pictures of two by two photographs, a photograph a class and grey where there are fewer; embedded."""
    pictures = photographs()
    names, counts = np.unique(pictures.labels, return_counts=True)
    names = names[np.argsort(-counts)][:12]
    rng = np.random.default_rng(seed)
    members = drawn_classes(n, len(names), rng)
    folder = Path(tempfile.gettempdir()) / f"nbcurate-collages-{pictures.folder.name}-{n}-{seed}"
    if not folder.exists():
        folder.mkdir()
        files = {name: [pictures.ids[at] for at in np.flatnonzero(pictures.labels == name)] for name in names}
        for row, held in enumerate(members):
            canvas = Image.new("RGB", (2 * _TILE, 2 * _TILE), "grey")
            for place, name in zip(rng.permutation(4), names[held], strict=False):
                with Image.open(pictures.folder / rng.choice(files[name])) as image:
                    tile = ImageOps.fit(image.convert("RGB"), (_TILE, _TILE))
                canvas.paste(tile, (_TILE * int(place % 2), _TILE * int(place // 2)))
            canvas.save(folder / f"{row:05}.jpg")
    store = os.environ.get("NBCURATE_COLLAGES_STORE", f"{folder}.nbc")
    dataset = nbc.Dataset.from_folder(folder, store=store).embed("efficientnet-lite0")
    vectors = dataset.embeddings()[np.argsort(dataset.ids)]
    dataset.close()
    return vectors, members


def sums(
    vectors: NDArray[np.float32], codes: NDArray[np.integer], n: int, seed: int = 0
) -> tuple[NDArray[np.float32], Members]:
    """Each item the sum of the vectors of one photograph a class."""
    rng = np.random.default_rng(seed)
    common = np.argsort(-np.bincount(codes))[:12]
    members = drawn_classes(n, len(common), rng)
    of_class = [np.flatnonzero(codes == name) for name in common]
    added = np.stack([sum(vectors[rng.choice(of_class[c])] for c in np.flatnonzero(held)) for held in members])
    return _unit(added), members


def rows_of_digits(
    pixels: NDArray[np.floating], digits: NDArray[np.integer], n: int, seed: int = 0
) -> tuple[NDArray[np.float32], Members]:
    """Four fields with a written digit a class, the others empty."""
    rng = np.random.default_rng(seed)
    members = drawn_classes(n, 10, rng)
    of_class = [np.flatnonzero(digits == name) for name in range(10)]
    found = np.zeros((n, 4, 64))
    for row, held in enumerate(members):
        for place, name in zip(rng.permutation(4), np.flatnonzero(held), strict=False):
            found[row, place] = pixels[rng.choice(of_class[name])]
    return _unit(found.sum(axis=1) + 0.2 * found.max(axis=1)), members


def generated(n: int, n_classes: int = 30, width: int = 96, seed: int = 0) -> tuple[NDArray[np.float32], Members]:
    """A direction a class, each item the sum of those of its classes and of noise."""
    rng = np.random.default_rng(seed)
    members = drawn_classes(n, n_classes, rng)
    directions = rng.standard_normal((n_classes, width))
    strength = rng.gamma(6, 1 / 6, (n, n_classes)) * members
    return _unit(strength @ directions + 1.2 * rng.standard_normal((n, width))), members


def _unit(values: NDArray[np.floating]) -> NDArray[np.float32]:
    return (values / np.linalg.norm(values, axis=1, keepdims=True).clip(min=1e-12)).astype(np.float32)


def wrong_lists(members: Members, missing: float, extra: float, rng: np.random.Generator) -> Members:
    """Labels of which a share of those that are there is missing, and extra ones are added, common and rare alike.

    Parameters
    ----------
    missing, extra : float
        As shares of all that are there.
    """
    given = members & (rng.random(members.shape) >= missing)
    absent = ~members
    rate = extra * members.sum(axis=0) / absent.sum(axis=0).clip(min=1)
    return given | (absent & (rng.random(members.shape) < rate))
