"""Planted copies: precision and recall of nbcurate, imagededup and cleanvision on the same pictures.

    python benchmarks/quality/copies.py [development]

A pair is right if both come from one photograph, and wrong otherwise. Pairs of different photographs of one sender
count neither way: they may well be two shots of one thing (the last column counts them).
"""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import TypeVar

import numpy as np
from ground_truth import DEVELOPMENT_SEEDS, EDITS, FINAL_SEEDS, Copies, photographs, plant_copies

import nbcurate as nbc

Pairs = set[frozenset[str]]
SEEDS = DEVELOPMENT_SEEDS if "development" in sys.argv else FINAL_SEEDS


def with_nbcurate(copies: Copies) -> Pairs:
    dataset = nbc.Dataset.from_folder(copies.folder, store=copies.folder.with_suffix(".nbc"))
    dataset.embed("efficientnet-lite0")
    dataset.knn_graph()
    return _clock(lambda: {frozenset(pair) for pair in dataset.duplicates().pairs()})


def with_vectors_alone(copies: Copies) -> Pairs:
    dataset = nbc.Dataset.open(copies.folder.with_suffix(".nbc"))
    return _clock(lambda: {frozenset(pair) for pair in dataset.duplicates(pixels=False).pairs()})


def with_imagededup(copies: Copies, method: str) -> Pairs:
    """The defaults of imagededup: 10 bits of the perceptual hash, cosine .9 of its MobileNet."""
    from imagededup.methods import CNN, PHash  # pyright: ignore[reportMissingImports]

    finder = PHash(verbose=False) if method == "phash" else CNN(verbose=False)
    found = _clock(lambda: finder.find_duplicates(image_dir=copies.folder, recursive=True, num_enc_workers=0))
    names = {name: _relative(name, copies) for name in found}
    return {frozenset((names[a], names[b])) for a, others in found.items() for b in others if a != b}


def with_cleanvision(copies: Copies) -> Pairs:
    """The defaults of cleanvision: sets of exact and of near duplicates."""
    from cleanvision import Imagelab  # pyright: ignore[reportMissingImports]

    lab = Imagelab(data_path=str(copies.folder), verbose=False)
    kinds = ("exact_duplicates", "near_duplicates")
    _clock(lambda: lab.find_issues({kind: {} for kind in kinds}, n_jobs=1, verbose=False))
    sets = [group for kind in kinds for group in lab.info[kind]["sets"]]
    return {frozenset(_relative(name, copies) for name in pair) for group in sets for pair in combinations(group, 2)}


def _relative(name: str, copies: Copies) -> str:
    path = Path(name)
    return (path.relative_to(copies.folder) if path.is_absolute() else path).as_posix()


Result = TypeVar("Result")
_seconds: list[float] = []


def _clock(run: Callable[[], Result]) -> Result:
    started = time.perf_counter()
    out = run()
    _seconds.append(time.perf_counter() - started)
    return out


METHODS: dict[str, Callable[[Copies], Pairs]] = {
    "nbcurate": with_nbcurate,
    "nbcurate, vectors alone": with_vectors_alone,
    "imagededup PHash": lambda copies: with_imagededup(copies, "phash"),
    "imagededup CNN": lambda copies: with_imagededup(copies, "cnn"),
    "cleanvision": with_cleanvision,
}


def main() -> None:
    warnings.filterwarnings("ignore")
    pictures = photographs()
    figures: dict[str, list[list[float]]] = {}
    by_edit: dict[str, list[list[float]]] = {}
    notes: list[str] = []
    sizes: list[str] = []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            copies = plant_copies(pictures, Path(folder) / "pictures", seed)
            truth = copies.truth()
            sizes.append(f"{len(truth)} in {len(copies.source)}")
            for name, find in METHODS.items():
                try:
                    found = find(copies)
                except Exception as error:  # a peer that does not run here leaves its line out
                    notes.append(f"{name} did not run: {type(error).__name__}: {error}")
                    continue
                natural = {p for p in found if copies.is_natural(*p)}
                right = len(found & truth)
                wrong = len(found - truth - natural)
                figures.setdefault(name, []).append(
                    [right / max(right + wrong, 1), right / len(truth), _seconds[-1], len(natural)]
                )
                pairs = {frozenset((c, o)): copies.edit[c] for c, o in copies.original.items()}
                hit = [np.mean([p in found for p, e in pairs.items() if e == edit]) for edit in EDITS]
                by_edit.setdefault(name, []).append([float(h) for h in hit])
    print(f"\n{', '.join(sizes)} pictures: true pairs planted in {pictures.folder.name}, seeds {SEEDS}\n")
    print("| method | precision | recall | s after embedding | of one sender | " + " | ".join(EDITS) + " |")
    print("| --- |" + " ---: |" * (4 + len(EDITS)))
    for name, rows in figures.items():
        mean, spread = np.mean(rows, axis=0), np.std(rows, axis=0)
        edits = " | ".join(f"{value:.2f}" for value in np.mean(by_edit[name], axis=0))
        print(
            f"| {name} | {mean[0]:.3f} ± {spread[0]:.3f} | {mean[1]:.3f} ± {spread[1]:.3f} "
            f"| {mean[2]:.1f} | {mean[3]:.0f} | {edits} |"
        )
    print("\n".join(["", *dict.fromkeys(notes)]))


if __name__ == "__main__":
    main()
