"""The plot of what items cost as they grow, from figures kept beside it, and the README's table of the same.

python benchmarks/growth_plot.py      draws it anew from docs/images/growth.json
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Figures = dict[str, float]

FOLDER = Path(__file__).parent.parent / "docs" / "images"
_DATA, _PLOT = FOLDER / "growth.json", FOLDER / "growth.svg"
_INK = "#808790"  # readable on white and on black
_COLOURS = ("#2f81f7", "#3fb950", "#db6d28", "#a371f7", "#d29922", "#e5534b")

#: A panel: title, unit, and what is drawn: figure, name, whether it is a peer's.
_PANELS: list[tuple[str, str, list[tuple[str, str, bool]]]] = [
    (
        "looking and selecting",
        "seconds",
        [
            ("open", "open", False),
            ("pictures", "first pictures", False),
            ("first", "first search", False),
            ("select_s", "filter and select", False),
        ],
    ),
    (
        "a search, 95th percentile",
        "milliseconds",
        [
            ("p95", "nbcurate, by id", False),
            ("hnswlib_p95", "hnswlib", True),
            ("faiss_hnsw_p95", "faiss HNSW", True),
            ("faiss_flat_p95", "faiss flat", True),
        ],
    ),
    (
        "building",
        "CPU seconds",
        [
            ("index_cpu", "index", False),
            ("graph_cpu", "kNN graph", False),
            ("curate_cpu", "curate 1 %", False),
            ("hnswlib_cpu", "hnswlib", True),
            ("faiss_hnsw_cpu", "faiss HNSW", True),
            ("sklearn_cpu", "scikit-learn, graph", True),
        ],
    ),
    (
        "most memory",
        "MB",
        [
            ("look_mb", "looking", False),
            ("kernel_mb", "searching", False),
            ("index_mb", "index", False),
            ("graph_mb", "kNN graph", False),
            ("curate_mb", "curate 1 %", False),
            ("hnswlib_mb", "hnswlib", True),
        ],
    ),
]

#: A row of the README's table: what, figure, unit, digits, and a peer's figure with its name.
_TABLE = [
    ("open the store", "open", "s", 2, None),
    ("to the first pictures, less the browser", "pictures", "s", 2, None),
    ("search by id, 95th percentile", "p95", "ms", 1, ("hnswlib_p95", "hnswlib")),
    ("… in CPU time", "cpu95", "ms", 1, None),
    ("recall@10 of search", "recall", "", 3, ("hnswlib_recall", "hnswlib")),
    ("index, built", "index_cpu", "CPU s", 0, ("hnswlib_cpu", "hnswlib")),
    ("kNN graph, built", "graph_cpu", "CPU s", 0, ("sklearn_cpu", "scikit-learn, exact")),
    ("recall@15 of the graph", "graph_recall", "", 3, None),
    ("curate 1 %", "curate_cpu", "CPU s", 0, None),
    ("filter and select", "select_s", "s", 2, None),
    ("memory, looking", "look_mb", "MB", 0, None),
    ("memory, searching (mapped files included)", "kernel_mb", "MB", 0, ("hnswlib_mb", "hnswlib, building")),
]


def keep_and_draw(grown: dict[int, Figures]) -> None:
    """Write the figures of each number of items, and the plot of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    _DATA.write_text(json.dumps(grown, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draw(grown)


def kept() -> dict[int, Figures]:
    return {int(n): figures for n, figures in json.loads(_DATA.read_text(encoding="utf-8")).items()}


def draw(grown: dict[int, Figures]) -> None:
    """Four panels, both axes logarithmic; what others need is dashed."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import FuncFormatter, NullFormatter

    plt.rcParams.update(dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), _INK))
    plt.rcParams.update({"axes.edgecolor": _INK, "font.size": 9, "svg.fonttype": "none", "svg.hashsalt": "growth"})
    figure, axes = plt.subplots(2, 2, figsize=(9, 6.4))
    for (title, unit, lines), panel in zip(_PANELS, axes.flat, strict=True):
        _draw_panel(panel, grown, lines)
        panel.set(title=f"{title} ({unit})", xscale="log", yscale="log", xlabel="items")
        for axis in (panel.xaxis, panel.yaxis):
            axis.set_major_formatter(FuncFormatter(_plain))
            axis.set_minor_formatter(NullFormatter())
    figure.tight_layout()
    figure.savefig(_PLOT, transparent=True, metadata={"Date": None})
    plt.close(figure)


def _plain(value: float, _: int) -> str:
    """A number as people write it: 0.1, 10, 10k, 1M."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def _draw_panel(panel: Any, grown: dict[int, Figures], lines: Iterable[tuple[str, str, bool]]) -> None:
    colours = iter(_COLOURS)
    for key, name, is_peer in lines:
        points = [(n, figures[key]) for n, figures in sorted(grown.items()) if figures.get(key)]
        if points:
            style = {"linestyle": "--", "marker": "x"} if is_peer else {"linestyle": "-", "marker": "o"}
            panel.plot(*zip(*points, strict=True), label=name, color=next(colours), markersize=4, **style)
    panel.grid(alpha=0.25, color=_INK)
    panel.legend(frameon=False, fontsize=8)


def readme_table(grown: dict[int, Figures]) -> str:
    """The figures by numbers of items; a peer's in brackets."""
    sizes = sorted(grown)
    lines = ["| | " + " | ".join(f"{n:,}" for n in sizes) + " |", "| --- |" + " ---: |" * len(sizes)]
    for what, key, unit, digits, peer in _TABLE:
        cells = []
        for n in sizes:
            figures = grown[n]
            ours = f"{figures[key]:,.{digits}f} {unit}".strip() if figures.get(key) else "–"
            cells.append(f"{ours} ({figures[peer[0]]:,.{digits}f})" if peer and peer[0] in figures else ours)
        lines.append(f"| {what}{f' (in brackets: {peer[1]})' if peer else ''} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    draw(kept())
    print(readme_table(kept()))
