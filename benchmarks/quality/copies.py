"""Planted copies: what nbcurate, imagededup, cleanvision and a cosine threshold find on the same files.

    python benchmarks/quality/copies.py [development] [--sheet FILE.png]

Into all pictures of a set copies are planted, 40 by each of 22 edits, each of another picture; into a small set fewer
by each. A pair is right if it is a picture and its copy, and wrong if it is any other: two pictures of one sender, and
two variants of one drawing, are wrong, too. The cosine threshold is the one that does best on these very files, which
nobody knows beforehand. imagededup and cleanvision see the first seed only, so that all of it takes minutes.

``--sheet`` draws the wrong pairs of nbcurate, and the copies that it missed, to look at.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import TypeVar

import numpy as np
from edits import EDITS
from ground_truth import DEVELOPMENT_SEEDS, FINAL_SEEDS, Copies, photographs, plant_copies
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

import nbcurate as nbc
from nbcurate.collection.distinct import distinct_items
from nbcurate.curate.duplicates import near_pairs
from nbcurate.encoders.loading.torchvision_repair import repair_torchvision
from nbcurate.findings.copies import _NEAREST
from nbcurate.findings.keypoint_neighbours import keypoint_neighbours

Pairs = set[frozenset[str]]
#: Pairs, and the CPU seconds that finding them took.
Answer = tuple[Pairs, float]
Result = TypeVar("Result")

_ENCODER = "efficientnet-lite0"
_SHOWN = 240  # wrong and missed pairs on the sheet, of each
_SIDE, _COLUMNS = 150, 5  # of the sheet: px of a picture, pairs in a row


# -- the tools -------------------------------------------------------------------------------------------------------


def with_nbcurate(dataset: nbc.Dataset) -> Answer:
    """The defaults, on pictures that are embedded."""
    found, seconds = _clocked(lambda: dataset.duplicates().pairs())
    return {frozenset(pair) for pair in found}, seconds


def with_cosine(dataset: nbc.Dataset, copies: Copies) -> Answer:
    """All pairs of vectors nearer than one distance: of all distances the one of the best F1."""
    vectors, ids = dataset.embeddings(_ENCODER), dataset.ids
    row, column = np.triu_indices(len(ids), 1)
    cosine, seconds = _clocked(lambda: (vectors @ vectors.T)[row, column])
    right = np.zeros((len(ids), len(ids)), bool)
    place = {item: at for at, item in enumerate(ids)}
    for copy, base in copies.original.items():
        right[place[copy], place[base]] = right[place[base], place[copy]] = True
    order = np.argsort(-cosine)
    hits = np.cumsum(right[row, column][order])
    best = int(np.argmax(2 * hits / (np.arange(1, len(hits) + 1) + len(copies.original))))
    return {frozenset((ids[row[at]], ids[column[at]])) for at in order[: best + 1]}, seconds


def with_imagededup(copies: Copies) -> Answer:
    """The default of its perceptual hash: pairs that differ in 10 bits at most."""
    repair_torchvision()  # which it imports
    from imagededup.methods import PHash  # pyright: ignore[reportMissingImports]

    finder = PHash(verbose=False)
    found, seconds = _clocked(
        lambda: finder.find_duplicates(image_dir=copies.folder, recursive=True, num_enc_workers=0)
    )
    names = {name: _relative(name, copies) for name in found}
    return {frozenset((names[a], names[b])) for a, others in found.items() for b in others if a != b}, seconds


def with_cleanvision(copies: Copies) -> Answer:
    """Its defaults: all pairs within its sets of exact and of near duplicates."""
    from cleanvision import Imagelab  # pyright: ignore[reportMissingImports]

    lab = Imagelab(data_path=str(copies.folder), verbose=False)
    kinds = ("exact_duplicates", "near_duplicates")
    _, seconds = _clocked(lambda: lab.find_issues({kind: {} for kind in kinds}, n_jobs=1, verbose=False))
    sets = [group for kind in kinds for group in lab.info[kind]["sets"]]
    pairs = {frozenset(_relative(name, copies) for name in pair) for group in sets for pair in combinations(group, 2)}
    return pairs, seconds


def _relative(name: str, copies: Copies) -> str:
    path = Path(name)
    return (path.relative_to(copies.folder) if path.is_absolute() else path).as_posix()


def _clocked(run: Callable[[], Result]) -> tuple[Result, float]:
    """A result, and the CPU seconds of this process, and of those that it started, until it was there."""
    started = os.times()
    out = run()
    return out, sum(os.times()[:4]) - sum(started[:4])


# -- how they are judged ---------------------------------------------------------------------------------------------


@dataclass
class Figures:
    """Of one tool, an entry a seed."""

    precision: list[float] = field(default_factory=list)
    by_edit: list[NDArray[np.float64]] = field(default_factory=list)  # recall
    wrong: list[int] = field(default_factory=list)
    of_one_source: list[int] = field(default_factory=list)  # of the wrong ones
    seconds: list[float] = field(default_factory=list)

    def add(self, answer: Answer, copies: Copies) -> None:
        """Judge what was found at one seed."""
        pairs, seconds = answer
        wrong = pairs - copies.truth()
        self.precision.append(1 - len(wrong) / max(len(pairs), 1))
        self.by_edit.append(share_by_edit(pairs, copies))
        self.wrong.append(len(wrong))
        self.of_one_source.append(sum(copies.of_one_source(pair) for pair in wrong))
        self.seconds.append(seconds)


def share_by_edit(pairs: Pairs, copies: Copies) -> NDArray[np.float64]:
    """For each edit the share of its planted copies that is among the pairs."""
    planted = Counter(copies.edit.values())
    there = Counter(edit for copy, edit in copies.edit.items() if frozenset((copy, copies.original[copy])) in pairs)
    return np.array([there[edit] / planted[edit] for edit in EDITS])


def proposed(dataset: nbc.Dataset) -> dict[str, Pairs]:
    """What each of the ways in proposes to nbcurate's comparison, before any picture is compared."""
    distinct = distinct_items(dataset)
    neighbours, similarity = distinct.graph
    by_vectors = near_pairs(neighbours[:, :_NEAREST], similarity[:, :_NEAREST], np.inf)[0]
    codes = keypoint_neighbours(dataset.store, distinct.contents)
    row, column = np.nonzero(codes >= 0)
    by_codes = np.stack([row, codes[row, column]], axis=1)
    ids = np.array(dataset.ids, object)[distinct.rows]
    vectors, keypoints = ({frozenset(pair) for pair in ids[rows].tolist()} for rows in (by_vectors, by_codes))
    return {"vectors": vectors, "keypoints": keypoints, "either": vectors | keypoints}


def as_they_are(dataset: nbc.Dataset, copies: Copies) -> None:
    """Print what is found where nothing was planted."""
    (found, seconds), n = _clocked(lambda: dataset.duplicates(scenes=True)), len(dataset)
    pairs = found.pairs_to_pandas()
    print(f"\n{n} pictures as they are, nothing planted: {len(dataset.duplicates())} to drop, {seconds:.1f} CPU s\n")
    print("| relation | pairs | of one source |\n| --- | ---: | ---: |")
    for relation, part in pairs.groupby("relation"):
        one = sum(copies.of_one_source(frozenset(pair)) for pair in zip(part.a, part.b, strict=True))
        print(f"| {relation} | {len(part)} | {one} |")


# -- the sheet -------------------------------------------------------------------------------------------------------


@dataclass
class Sheet:
    """Pairs of pictures to look at, in two parts."""

    wrong: list[Image.Image] = field(default_factory=list)
    missed: list[Image.Image] = field(default_factory=list)

    def add(self, dataset: nbc.Dataset, copies: Copies, ways: dict[str, Pairs]) -> None:
        """Draw the wrong and the missed pairs of one seed."""
        found = dataset.duplicates().pairs_to_pandas()
        truth, seen = copies.truth(), set()
        for a, b, relation, sure in zip(found.a, found.b, found.relation, found.likeness, strict=True):
            seen.add(frozenset((a, b)))
            if frozenset((a, b)) not in truth:
                edits = " / ".join(copies.edit.get(item, "as it is") for item in (a, b))
                self.wrong.append(_side_by_side(copies.folder, a, b, a, f"{relation}, {sure:.2f}", edits))
        for copy, base in copies.original.items():
            if (pair := frozenset((copy, base))) not in seen:
                by = [name for name in ("vectors", "keypoints") if pair in ways[name]]
                way = f"proposed by {' and '.join(by)}" if by else "not proposed"
                self.missed.append(_side_by_side(copies.folder, base, copy, base, copies.edit[copy], way))

    def save(self, file: Path) -> None:
        """All of them below one another, the first 240 of each part."""
        parts = {"wrong": self.wrong, "missed": self.missed}
        high, wide = _SIDE + 52, 2 * _SIDE + 12
        rows = sum(-(-min(len(cells), _SHOWN) // _COLUMNS) for cells in parts.values())
        sheet = Image.new("RGB", (_COLUMNS * wide, rows * high + 30 * len(parts)), "white")
        top = 0
        for name, cells in parts.items():
            ImageDraw.Draw(sheet).text((4, top + 8), f"{name}: {len(cells)}", fill="black", font=_font(16))
            top += 30
            for at, cell in enumerate(cells[:_SHOWN]):
                sheet.paste(cell, (at % _COLUMNS * wide, top + at // _COLUMNS * high))
            top += -(-min(len(cells), _SHOWN) // _COLUMNS) * high
        sheet.save(file)


def _side_by_side(folder: Path, a: str, b: str, *lines: str) -> Image.Image:
    cell = Image.new("RGB", (2 * _SIDE + 4, _SIDE + 48), "white")
    for at, item in enumerate((a, b)):
        with Image.open(folder / item) as file:
            picture = file.convert("RGB")
        picture.thumbnail((_SIDE, _SIDE))
        cell.paste(picture, (at * (_SIDE + 4), 0))
    ImageDraw.Draw(cell).text((0, _SIDE + 1), "\n".join(lines), fill="black", font=_font(11))
    return cell


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


# -- the tables ------------------------------------------------------------------------------------------------------


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Planted copies, found by nbcurate and others.")
    parser.add_argument("seeds", nargs="?", choices=("development", "final"), default="final")
    parser.add_argument("--sheet", type=Path, help="file of the contact sheet")
    given = parser.parse_args()
    seeds = DEVELOPMENT_SEEDS if given.seeds == "development" else FINAL_SEEDS
    warnings.filterwarnings("ignore")
    pictures, sheet = photographs(), Sheet()
    figures: dict[str, Figures] = {}
    ways: dict[str, list[NDArray[np.float64]]] = {}
    by_a_third = planted = 0

    with tempfile.TemporaryDirectory() as room:
        folder, store = Path(room) / "pictures", Path(room) / "embedded.nbc"
        bare = plant_copies(pictures, folder, seeds[0], per_edit=0)
        nbc.Dataset.from_folder(folder, store=store).embed(_ENCODER).close()  # once for all seeds
        dataset = _opened(folder, store, "as-they-are")
        as_they_are(dataset, bare)
        dataset.close()
        for seed in seeds:
            copies = plant_copies(pictures, folder, seed)
            dataset = _opened(folder, store, str(seed))
            answers = {"nbcurate": with_nbcurate(dataset), "nbcurate again": with_nbcurate(dataset)}
            answers["cosine, best in hindsight"] = with_cosine(dataset, copies)
            if seed == seeds[0]:
                answers["imagededup PHash"] = with_imagededup(copies)
                answers["cleanvision"] = with_cleanvision(copies)
            for name, answer in answers.items():
                figures.setdefault(name, Figures()).add(answer, copies)
            asked = proposed(dataset)
            for name, pairs in asked.items():
                ways.setdefault(name, []).append(share_by_edit(pairs, copies))
            by_a_third += len((answers["nbcurate"][0] & copies.truth()) - asked["either"])
            planted += len(copies.original)
            if given.sheet:
                sheet.add(dataset, copies, asked)
            dataset.close()
            for item in copies.original:
                (folder / item).unlink()

    print(f"\n{pictures.folder.name}: {planted // len(seeds)} copies planted, seeds {seeds}\n")
    print_tables(figures, ways)
    print(f"\nOf {planted} planted copies {by_a_third} were found as copies of a third picture only.")
    if given.sheet:
        sheet.save(given.sheet)


def _opened(folder: Path, embedded: Path, name: str) -> nbc.Dataset:
    """The data set of all that is in the folder, in a store of its own that begins with the vectors of another."""
    shutil.copytree(embedded, embedded.with_name(f"{name}.nbc"))
    return nbc.Dataset.from_folder(folder, store=embedded.with_name(f"{name}.nbc")).embed(_ENCODER)


def print_tables(figures: dict[str, Figures], ways: dict[str, list[NDArray[np.float64]]]) -> None:
    """One of the tools, and one of the edits."""
    print("| | precision | recall, mean of the edits | wrong pairs | of these, of one source | CPU s | seeds |")
    print("| --- |" + " ---: |" * 6)
    for name, tool in figures.items():
        recall = np.mean(tool.by_edit, axis=1)
        print(
            f"| {name} | {np.mean(tool.precision):.3f} ± {np.std(tool.precision):.3f} "
            f"| {recall.mean():.3f} ± {recall.std():.3f} | {np.mean(tool.wrong):.1f} "
            f"| {np.mean(tool.of_one_source):.1f} | {np.mean(tool.seconds):.1f} | {len(tool.seconds)} |"
        )
    columns = {name: tool.by_edit for name, tool in figures.items() if name != "nbcurate again"}
    columns |= {f"proposed by {name}": shares for name, shares in ways.items()}
    print("\n| recall | " + " | ".join(columns) + " |\n| --- |" + " ---: |" * len(columns))
    for at, edit in enumerate(EDITS):
        print(f"| {edit} | " + " | ".join(f"{np.mean(shares, axis=0)[at]:.2f}" for shares in columns.values()) + " |")


if __name__ == "__main__":
    main()
