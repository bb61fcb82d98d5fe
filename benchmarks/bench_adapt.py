"""Models made one's own: a head on vectors, a projection of them, the last layers; beside what one would use instead.

    python benchmarks/bench_adapt.py [head] [adapter] [tuning]

Pictures are those of ``NBCURATE_PHOTOS`` (a folder a class), the stamps by default. fastai is measured where it is
installed.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent / "quality"), str(Path(__file__).parent)]

PARTS = ("head", "adapter", "tuning")


def main() -> None:
    """Print the tables of the parts that are named, all by default."""
    for part in sys.argv[1:] or PARTS:
        print(f"\n## {part}\n")
        import_module(f"adapt.{part}").main()


if __name__ == "__main__":
    main()
