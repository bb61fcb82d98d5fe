"""What many items cost: opening, searching, the index, the kNN graph, curating; time, memory and disk.

    python benchmarks/scale.py [n] [--folder F] [--vectors V] [--steps look,search,...] [--growth]

`make bench-scale` runs it. Vectors of width 384 with the structure of real ones (`real_vectors.py`, and beyond those
`grown_vectors.py`); one item in fifty is an exact copy of another. Each step runs in a process of its own, so that its
memory is its own. CPU seconds are of all threads. With ``--growth`` also for a tenth and a hundredth of n, with what
one would use instead (`scale_peers.py`), as a table and a plot (`growth_plot.py`).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import scale_peers
from growth_plot import keep_and_draw, readme_table
from scale_steps import STEPS, Figures
from scale_store import WIDTH, make_store

#: Figure, what it is, unit, and what it may be at most (or at least, for a recall) at a million items.
ROWS = [
    ("open", "opening the store", "s", 1.0),
    ("pictures", "… to what the first pictures need", "s", None),
    ("look_mb", "memory of the kernel, looking", "MB", 2000.0),
    ("first", "first search of a kernel, by id", "s", None),
    ("p50", "search by id, median", "ms", None),
    ("p95", "search by id, 95th percentile", "ms", 12.0),
    ("cpu95", "… in CPU time of the process, 95th percentile", "ms", None),
    ("recall", "recall@10 of search", "", 0.99),
    ("without", "queries without any true neighbour", "%", 0.0),
    ("kernel_mb", "memory of the kernel, searched", "MB", 2000.0),
    ("index_cpu", "index, built", "CPU s", None),
    ("index_mb", "index, most memory", "MB", None),
    ("graph_cpu", "kNN graph (k=15), built", "CPU s", 200.0),
    ("graph_recall", "recall@15 of the graph", "", 0.98),
    ("graph_mb", "kNN graph, most memory", "MB", 3000.0),
    ("graph_open_s", "kNN graph, read again", "s", None),
    ("curate_cpu", "one in a hundred, curated", "CPU s", None),
    ("curate_mb", "curating, most memory", "MB", None),
    ("select_s", "a tenth, filtered and selected", "s", None),
    ("decide_first", "a decision of a review, the first of a kernel", "ms", None),
    ("decide_p50", "… median of those after it", "ms", None),
    ("decide_p95", "… 95th percentile", "ms", 50.0),
    ("label_ms", "a label given in a view, until the browser has its column", "ms", 500.0),
    ("add_search_s", "100 items added: next search", "s", None),
    ("add_graph_cpu", "100 items added: graph brought up to date", "CPU s", None),
    ("record_gb", "disk, items and vectors of record", "GB", None),
    ("derived_gb", "disk, derived (can be deleted)", "GB", None),
]


def main() -> None:
    asked = _arguments()
    if asked.one:
        print(json.dumps(_step(asked.one, Path(asked.folder), asked.n, asked.vectors or asked.n)))
        return
    sizes = [asked.n // 100, asked.n // 10, asked.n] if asked.growth else [asked.n]
    grown: dict[int, Figures] = {}
    for n in [size for size in sizes if size >= 1000]:
        with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
            steps = ["make", *(asked.steps.split(",") if asked.steps else STEPS)]
            if asked.growth:
                steps += scale_peers.fitting(n)
            grown[n] = _figures(n, asked.vectors, Path(folder), steps)
        _print_table(n, grown[n])
    if asked.growth:
        keep_and_draw(grown)
        print(f"\n{readme_table(grown)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("n", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--folder", help="where the stores are made, and deleted afterwards")
    parser.add_argument("--vectors", type=int, help="only so many contents have a vector")
    parser.add_argument("--steps", help=f"of {', '.join(STEPS)}")
    parser.add_argument("--growth", action="store_true", help="also n / 10 and n / 100, beside peers, and the plot")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args()


def _step(name: str, folder: Path, n: int, n_vectors: int) -> Figures:
    if name == "make":
        make_store(folder, n, n_vectors)
        return {}
    return STEPS[name](folder) if name in STEPS else scale_peers.PEERS[name](folder)


def _figures(n: int, n_vectors: int | None, folder: Path, steps: list[str]) -> Figures:
    figures: Figures = {}
    for step in steps:
        run = [sys.executable, __file__, str(n), "--folder", str(folder), "--one", step]
        run += ["--vectors", str(n_vectors)] if n_vectors else []
        answer = subprocess.run(run, check=True, stdout=subprocess.PIPE, text=True).stdout
        figures |= (found := json.loads(answer.splitlines()[-1]))
        print(f"{n:,}: {step}: {found}", file=sys.stderr, flush=True)
    figures["derived_gb"] = _gigabytes(folder / "scale.nbc" / "derived")
    figures["record_gb"] = _gigabytes(folder / "scale.nbc") - figures["derived_gb"]
    return figures


def _gigabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e9


def _print_table(n: int, figures: Figures) -> None:
    print(f"\n{n:,} items x {WIDTH}\n\n| | measured | at a million | |\n| --- | ---: | ---: | --- |")
    for key, what, unit, target in ROWS:
        if key not in figures:
            continue
        at_least = key.endswith("recall")
        good = target is None or (figures[key] >= target if at_least else figures[key] <= target)
        met = "" if target is None else "met" if good else "missed"
        sign = "" if target is None else f"{'≥' if at_least else '≤'} {target:,g} {unit}"
        digits = 4 if at_least else 2 if figures[key] < 100 else 0
        print(f"| {what} | {figures[key]:,.{digits}f} {unit} | {sign} | {met} |", flush=True)


if __name__ == "__main__":
    main()
