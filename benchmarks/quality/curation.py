"""What curate keeps of planted copies: pairs of which both ends are picked, beside diverse and random picks.

    python benchmarks/quality/curation.py [development]

Photographs with planted copies, of which half as many as there are photographs are asked for.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from ground_truth import photographs, plant_copies
from pools import SEEDS

import nbcurate as nbc

_PHOTOGRAPHS, _PER_EDIT = 400, 15


def main() -> None:
    """Print the table."""
    pictures, seed = photographs(), SEEDS[0]
    with tempfile.TemporaryDirectory() as folder:
        copies = plant_copies(pictures, Path(folder) / "pictures", seed, n=_PHOTOGRAPHS, per_edit=_PER_EDIT)
        dataset = nbc.Dataset.from_folder(copies.folder, store=Path(folder) / "pictures.nbc")
        dataset.embed("efficientnet-lite0")
        truth, n = copies.truth(), (len(dataset) - len(copies.original)) // 2
        rng = np.random.default_rng(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rules: dict[str, list[Iterable[str]]] = {
                "curate": [dataset.curate(n).ids],
                "curate, redundancy=None (keeps copies)": [dataset.curate(n, redundancy=None).ids],
                "balanced": [dataset.balanced(n).ids],
                "diverse": [dataset.diverse(n).ids],
                "random": [rng.choice(dataset.ids, n, replace=False).tolist() for _ in range(10)],
            }
        print(f"\n{pictures.folder.name}: {n} of {len(dataset)} items, {len(truth)} pairs of copies planted\n")
        print("| | pairs picked together |\n| --- | ---: |")
        for name, draws in rules.items():
            kept = [sum(pair <= set(picks) for pair in truth) for picks in draws]
            print(f"| {name} | {np.mean(kept):.1f} |")
        dataset.close()


if __name__ == "__main__":
    main()
