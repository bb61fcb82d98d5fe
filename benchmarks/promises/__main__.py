"""Attack the library for an hour or two: ``python -m benchmarks.promises``, or ``make bench-promises``."""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from pathlib import Path

from tests.promises.attack import Attack
from tests.promises.fault import missing

from .campaign import KINDS, Kind
from .table import Row, as_markdown, write


def attacked(attack: Attack, kind: Kind, goal: int) -> Row:
    """Make the cases of a kind; each that breaks a promise is printed, with the command that shows it."""
    row, began = Row(kind.name), time.monotonic()
    for verdict, count in kind.make(attack):
        row.cases += count
        row.faults += bool(verdict.wrong)
        if verdict.wrong:
            print(verdict, flush=True)
        if row.cases >= goal:
            break
    row.minutes = (time.monotonic() - began) / 60
    return row


def main() -> int:
    """Run it; how many promises were broken, at most 1."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.promises", description=__doc__)
    parser.add_argument(
        "--part", type=float, default=1.0, help="how much of each goal; the documentation is left alone"
    )
    parser.add_argument("--only", choices=[kind.name for kind in KINDS], action="append", help="kinds of faults")
    parser.add_argument("--results", type=Path, default=Path(tempfile.gettempdir()) / "promises.json")
    given = parser.parse_args()
    if reason := missing():
        sys.exit(f"This attack cannot be made here: {reason}.")
    rows: list[Row] = []
    with Attack() as attack:
        for kind in KINDS:
            if given.only is None or kind.name in given.only:
                rows.append(attacked(attack, kind, math.ceil(kind.goal * given.part)))
                print(as_markdown(rows[-1:]).splitlines()[2], flush=True)
    print(as_markdown(rows))
    if given.part >= 1 and given.only is None:
        write(rows, given.results)
    return int(any(row.faults for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
