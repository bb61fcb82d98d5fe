"""The table of a long run: as JSON beside, and in ``docs/promises.md`` between two markers."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs" / "promises.md"
BEGIN, END = "<!-- the last long run -->", "<!-- its end -->"


@dataclass
class Row:
    """One kind of fault.

    Attributes
    ----------
    name : str
    cases, faults : int
        How many there were, and how many of them broke a promise.
    minutes : float
    """

    name: str
    cases: int = 0
    faults: int = 0
    minutes: float = 0.0


def as_markdown(rows: list[Row]) -> str:
    """The table, with the day and what it ran on."""
    lines = ["| what was done | cases | faults | minutes |", "| --- | ---: | ---: | ---: |"]
    lines += [f"| {row.name} | {row.cases:,} | {row.faults:,} | {row.minutes:.0f} |" for row in rows]
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return "\n".join([*lines, "", f"{datetime.now(UTC):%Y-%m-%d}, {system}."])


def write(rows: list[Row], results: Path) -> None:
    """Write the results as JSON, and put the table into the documentation."""
    results.write_text(json.dumps([vars(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    text = DOCS.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text(f"{before}{BEGIN}\n\n{as_markdown(rows)}\n\n{END}{after}", encoding="utf-8")
