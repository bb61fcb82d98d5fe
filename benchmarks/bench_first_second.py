"""What a cell waits for before it does anything: importing, opening a data set, embedding when there is nothing to do.

    python benchmarks/bench_first_second.py [items] [folder of pictures]

CPU and wall seconds of fresh processes, the best of several; a step is measured after those before it. Beside them what
one would import, or open, instead. `python -m benchmarks.frontend.first_pictures` goes on to the first pictures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from first_second_store import make_store

ROUNDS = 7
_OPEN = "ds = nbc.Dataset.open({store!r}); len(ds)"
_TIMED = """
import json, sys, time
before, code = json.loads(sys.argv[1])
names = {}
exec(before, names)
cpu, wall = time.process_time(), time.perf_counter()
exec(code, names)
print(json.dumps([time.process_time() - cpu, time.perf_counter() - wall]))
"""

#: What is done, what comes before, the most CPU and the most wall seconds that it may take.
OURS = {
    "import nbcurate": ("import nbcurate as nbc", "", 0.4, None),
    "from nbcurate import Dataset": ("from nbcurate import Dataset", "", 0.4, None),
    "Dataset.open": (_OPEN, "import nbcurate as nbc; nbc.Dataset", None, 0.3),
    "ds.embed(), nothing to do": ("ds.embed(index='later')", f"import nbcurate as nbc; {_OPEN}", None, 0.2),
}
INSTEAD = {
    "import pandas": ("import pandas", ""),
    "import torch": ("import torch", ""),
    "import datasets": ("import datasets", ""),
    "the items, by Lance": ("import lance; lance.dataset({items!r}).to_table()", ""),
    "datasets.load_from_disk of the items": ("datasets.load_from_disk({saved!r})", "import datasets"),
    "loading the model, as to embed": ("nbc.load_encoder('efficientnet-lite0')", "import nbcurate as nbc; nbc.Dataset"),
}


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    root = Path(__file__).parents[1]
    pictures = Path(sys.argv[2]) if len(sys.argv) > 2 else root / ".demo" / "stamps"
    with tempfile.TemporaryDirectory() as name:
        store = make_store(Path(name), pictures.resolve(), n)
        places = {"store": str(store), "items": str(store / "items.lance"), "saved": f"{name}/saved"}
        _save_for_datasets(**places)
        print(f"{n:,} items; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; best of {ROUNDS}")
        print(f"{'':40} {'CPU s':>7} {'wall s':>7} {'wanted':>12}")
        for title, (code, before, most_cpu, most_wall) in OURS.items():
            limit = f"≤ {most_cpu} CPU" if most_cpu else f"≤ {most_wall} wall"
            _row(title, before.format(**places), code.format(**places), limit)
        print("instead")
        for title, (code, before) in INSTEAD.items():
            _row(title, before.format(**places), code.format(**places), "")


def _row(title: str, before: str, code: str, limit: str) -> None:
    times = [_seconds(before, code) for _ in range(ROUNDS)]
    cpu, wall = (min(each) for each in zip(*times, strict=True))
    print(f"{title:40} {cpu:>7.3f} {wall:>7.3f} {limit:>12}", flush=True)


def _seconds(before: str, code: str) -> tuple[float, float]:
    """CPU and wall seconds of ``code`` in a fresh process that has run ``before``."""
    command = [sys.executable, "-c", _TIMED, json.dumps([before, code])]
    quiet = {**os.environ, "TQDM_DISABLE": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=quiet)
    cpu, wall = json.loads(done.stdout.splitlines()[-1])
    return cpu, wall


def _save_for_datasets(items: str, saved: str, store: str) -> None:
    """The table of the items as `datasets` keeps one."""
    import datasets
    import lance

    datasets.disable_progress_bars()
    table = lance.dataset(items).to_table()
    datasets.Dataset(table).save_to_disk(saved)  # pyright: ignore[reportArgumentType]


if __name__ == "__main__":
    main()
