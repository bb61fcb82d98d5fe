"""A process that is killed at any moment costs what it had not committed, and nothing else."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc

IMAGES = 300

CHILD = """
import sys, warnings
sys.path.insert(0, {tests!r})
import nbcurate as nbc
from nbcurate.encoders.running import pipeline
from nbcurate.sources import ingest
from conftest import colour_layout
pipeline._COMMIT_ITEMS, pipeline.BATCH, ingest.CHUNK = 16, 8, 24   # many commits, so that many can be hit
print("started", flush=True)
nbc.Dataset.from_folder({root!r}, store={store!r}).embed(colour_layout)
print("done", flush=True)
"""


@pytest.fixture(scope="module")
def root(stamps: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 real pictures, some of them exact copies of others."""
    folder = tmp_path_factory.mktemp("many")
    files = sorted(stamps.rglob("*.png"))[: IMAGES - 20]
    for number, file in enumerate(files):
        Image.open(file).convert("RGBA").convert("RGB").resize((64, 64)).save(folder / f"{number:03}.png")
    for number in range(20):
        shutil.copy(folder / f"{number:03}.png", folder / f"copy-{number:03}.png")
    return folder


def start(root: Path, store: Path) -> subprocess.Popen[str]:
    code = CHILD.format(tests=str(Path(__file__).parents[1]), root=str(root), store=str(store))
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "started"
    return child


def test_killed_at_random_moments(root: Path, tmp_path: Path) -> None:
    undisturbed = start(root, tmp_path / "undisturbed.nbc")
    began = time.monotonic()
    assert undisturbed.wait() == 0
    seconds = time.monotonic() - began
    whole = nbc.Dataset.open(tmp_path / "undisturbed.nbc", read_only=True)

    rng = random.Random(20261124)
    store = tmp_path / "killed.nbc"
    vectors_seen: list[int] = []
    for _ in range(12):
        child = start(root, store)
        try:
            child.wait(rng.uniform(0, seconds))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        if (store / "store.json").exists():
            ds = nbc.Dataset.open(store)
            assert len(ds.ids) == len(set(ds.ids))
            table = ds.store.embeddings()[-1] if ds.store.embeddings() else None
            vectors_seen.append(len(table) if table else 0)
            ds.close()
    assert vectors_seen == sorted(vectors_seen), "what was committed stays"
    assert start(root, store).wait() == 0

    ds = nbc.Dataset.open(store)
    assert ds.ids == whole.ids
    assert len(ds) == IMAGES
    assert len(ds.store.embeddings()[-1]) == len(set(ds.store.items.contents.tolist())), "no vector twice"
    assert np.array_equal(ds.embeddings(), whole.embeddings())
    ds.close()
