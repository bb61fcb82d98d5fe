"""A data set that is as hard to show as one can be: noise that no encoder makes small, under names that are markup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc

from ..conftest import colour_layout

HOSTILE = "<img src=x onerror=alert(1)>&\"'" + "ä" * 60

#: Results of every kind, by the call that makes each.
RESULTS: dict[str, Callable[[nbc.Dataset], Any]] = {
    "dataset": lambda ds: ds,
    "view": lambda ds: ds.where(ds.ids[:30]),
    "search": lambda ds: ds.search(ds.ids[0], k=30),
    "search by pictures": lambda ds: ds.search([ds.image(ds.ids[3]), ds.ids[4]], negatives=ds.ids[5]),
    "expand": lambda ds: ds.expand(ds.ids[:3], k=20),
    "duplicates": lambda ds: ds.duplicates(),
    "duplicates by vectors": lambda ds: ds.duplicates(0.9, pixels=False),
    "rare": lambda ds: ds.rare(),
    "common": lambda ds: ds.common(),
    "edge cases": lambda ds: ds.edge_cases(),
    "label issues": lambda ds: ds.label_issues(),
    "label issues, the first": lambda ds: ds.label_issues(n=12),
    "diverse": lambda ds: ds.diverse(30),
    "balanced": lambda ds: ds.balanced(30, by="label"),
    "curate": lambda ds: ds.curate(30, balance="label"),
    "to label": lambda ds: ds.select_for_labelling(20),
    "clusters": lambda ds: ds.clusters(6, "kmeans"),
    "report": lambda ds: ds.report(ds.ids[:20]),
    "split": lambda ds: ds.split(train=0.6, val=0.4),
    "weak spots": lambda ds: ds.weak_spots([ds.labels[0]] * len(ds)),
    "evaluation": lambda ds: ds.evaluate("model"),
    "weak slices": lambda ds: ds.evaluate("model").slices(min_support=5),
    "joined": lambda ds: ds.rare(5) | ds.common(5),
    "nothing": lambda ds: ds.rare(5) - ds.ids,
    "selection": lambda ds: ds.selection,
    "slice": lambda ds: ds.slices[HOSTILE],
    "slices": lambda ds: ds.slices,
    "history": lambda ds: ds.history,
    "graph": lambda ds: ds.knn_graph(k=5),
    "item": lambda ds: ds[ds.ids[0]],
}


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> nbc.Dataset:
    """48 pictures of noise, of which six are copies of others, with labels and names that are markup."""
    import pandas as pd

    place = tmp_path_factory.mktemp("hostile")
    rng = np.random.default_rng(0)
    rows = []
    for at in range(48):
        file = place / f"{at}.png"
        pixels = rng.integers(0, 256, (160, 160, 3), np.uint8) // (1 + at % 4)
        Image.fromarray(pixels).save(file)
        if at % 8 == 7:
            file.write_bytes((place / f"{at - 1}.png").read_bytes())
        rows.append({"id": f"{at}{HOSTILE}", "path": str(file), "label": f"{HOSTILE}{at % 5}"})
    table = pd.DataFrame(rows)
    ds = nbc.Dataset.from_table(table, image="path", label="label", id="id", store=place / "hostile.nbc")
    ds.embed(colour_layout)
    said = pd.DataFrame({"id": ds.ids, "label": [ds.labels[0]] * len(ds), "score": 0.996})
    ds.add_predictions("model", said)
    ds.selection.set(ds.ids[:40])
    ds.selection.reject(ds.ids[42:])
    ds.save_slice(HOSTILE)
    ds.relabel({item: f"</table><script>{at}" for at, item in enumerate(ds.ids[:3])})
    ds.tag(ds.ids[:9], HOSTILE)
    return ds


@pytest.fixture(scope="session")
def results(hostile: nbc.Dataset) -> dict[str, Any]:
    """A result of every kind, by its name."""
    return {name: make(hostile) for name, make in RESULTS.items()}


@dataclass(frozen=True)
class Made:
    """A page, and how many pictures were read for it."""

    html: str
    read: int


@pytest.fixture(scope="session")
def made(hostile: nbc.Dataset, results: dict[str, Any]) -> dict[str, Made]:
    """The page of each."""
    read: list[int] = []
    get = hostile.store.media.get
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(hostile.store.media, "get", lambda keys: read.append(len(keys)) or get(keys))
        found = {}
        for name, result in results.items():
            read.clear()
            found[name] = Made(result._repr_html_(), sum(read))
    return found


@pytest.fixture(scope="session")
def pages(made: dict[str, Made]) -> dict[str, str]:
    """The page of each, as text."""
    return {name: one.html for name, one in made.items()}
