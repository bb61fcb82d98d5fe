"""Boxes on images: reading them, vectors of their crops, judging predictions of them, drawing them in the browser.

    python benchmarks/bench_objects.py [importing] [crops] [evaluation] [boxes]

Each part is measured beside what one would use instead, in the same run; the last one needs Chromium and JupyterLab.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

PARTS = ("importing", "crops", "evaluation", "boxes")


def main() -> None:
    """Print the tables of the parts that are named, all by default."""
    parts, sys.argv[1:] = sys.argv[1:] or PARTS, []  # the parts read sizes of their own there
    for part in parts:
        print(f"\n## {part}\n", flush=True)
        import_module(f"benchmarks.objects.{part}").main()


if __name__ == "__main__":
    main()
