"""The store: one writer, many readers, readable without us, and ids that keep meaning the same items."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import nbcurate as nbc
from nbcurate.store.paths import decode_path, encode_path

from ..conftest import colour_layout


def in_another_process(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_a_second_writer_is_told_who_the_first_is(dataset: nbc.Dataset) -> None:
    code = f"import nbcurate as nbc; nbc.Dataset.open({str(dataset.store.path)!r})"
    done = in_another_process(code)
    assert "StoreLockedError" in done.stderr
    assert f"process {os.getpid()} on " in done.stderr
    assert "read_only=True" in done.stderr


def test_two_kernels_read_one_store(dataset: nbc.Dataset) -> None:
    code = f"""
import nbcurate as nbc
ds = nbc.Dataset.open({str(dataset.store.path)!r}, read_only=True)
print(ds.search({dataset.ids[0]!r}, k=3).ids)
try:
    ds.remove(ds.ids[:1])
except PermissionError as error:
    print("refused")
"""
    done = in_another_process(code)
    assert done.stdout.splitlines() == [str(dataset.search(dataset.ids[0], k=3).ids), "refused"], done.stderr


def test_a_store_that_was_closed_can_be_written_elsewhere(dataset: nbc.Dataset) -> None:
    path = str(dataset.store.path)
    dataset.close()
    done = in_another_process(f"import nbcurate as nbc; print(len(nbc.Dataset.open({path!r})))")
    assert done.stdout.strip() == "24", done.stderr


def test_the_tables_are_readable_without_us(dataset: nbc.Dataset) -> None:
    code = f"""
import lance, sys
path = {str(dataset.store.path)!r}
items = lance.dataset(path + "/items.lance").to_table().to_pandas()
import pathlib
vectors = lance.dataset(str(next(pathlib.Path(path, "embeddings").iterdir()))).to_table().to_pandas()
thumbnails = lance.dataset(path + "/media.lance").to_table().to_pandas()
joined = items.merge(vectors, left_on="content", right_on="key")
print(len(items), len(joined), len(thumbnails), thumbnails.thumbnail[0][:2] == b"\\xff\\xd8", "nbcurate" in sys.modules)
"""
    assert in_another_process(code).stdout.strip() == "24 24 23 True False"


def test_vectors_survive_and_stale_files_are_made_again(
    dataset: nbc.Dataset, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> None:
    before = dataset.embeddings()
    vectors = dataset.store.embeddings()[-1].path_of("vectors.f32")
    vectors.write_bytes(vectors.read_bytes()[:-100])
    assert np.array_equal(reopen(dataset).embeddings(), before)


def test_deleting_what_is_derived_loses_nothing(
    dataset: nbc.Dataset, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> None:
    import shutil

    before = dataset.search(dataset.ids[0], k=5).ids
    shutil.rmtree(dataset.store.path / "derived")
    assert reopen(dataset).search(dataset.ids[0], k=5).ids == before


def test_a_store_from_the_future_is_refused(dataset: nbc.Dataset) -> None:
    path = dataset.store.path
    dataset.close()
    meta = json.loads((path / "store.json").read_text())
    (path / "store.json").write_text(json.dumps({**meta, "format_version": 99}))
    with pytest.raises(ValueError, match="newer nbcurate"):
        nbc.Dataset.open(path)


def test_no_store_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no nbcurate store"):
        nbc.Dataset.open(tmp_path / "nothing.nbc")


@given(st.binary(min_size=1, max_size=20).filter(lambda raw: b"\0" not in raw))
def test_any_file_name_is_text_and_comes_back(raw: bytes) -> None:
    name = os.fsdecode(raw)
    text = encode_path(name)
    text.encode("utf-8")
    assert os.fspath(decode_path(text)) == os.fspath(Path(name))


@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.sets(st.integers(0, 30), min_size=1, max_size=8)),
            st.tuples(st.just("remove"), st.sets(st.integers(0, 30), min_size=1, max_size=8)),
            st.tuples(st.just("reopen"), st.just(set())),
        ),
        min_size=2,
        max_size=6,
    )
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ids_keep_meaning_the_same_pictures(
    steps: list[tuple[str, set[int]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Add and remove in any order: an id, its key, its vector, its neighbours and the wire stay with its picture."""
    root = tmp_path_factory.mktemp("property")
    (root / "images").mkdir()
    store = root / "s.nbc"
    vector_of = {}
    for number in range(31):  # names in another order than the numbers
        pixels = np.random.default_rng(number).integers(0, 255, (8, 8, 3), np.uint8)
        vector = colour_layout([Image.fromarray(pixels)])[0]
        vector_of[f"{number * 17 % 31:02}.png"] = vector / np.linalg.norm(vector)
    key_of: dict[str, int] = {}
    present: set[str] = set()
    ds = nbc.Dataset.from_folder(root / "images", store=store)
    for op, numbers in steps:
        names = {f"{number * 17 % 31:02}.png" for number in numbers}
        if op == "add":
            for name in names - present:
                number = next(n for n in numbers if f"{n * 17 % 31:02}.png" == name)
                pixels = np.random.default_rng(number).integers(0, 255, (8, 8, 3), np.uint8)
                Image.fromarray(pixels).save(root / "images" / name)
            ds = nbc.Dataset.from_folder(root / "images", store=store).embed(colour_layout)
            for name in names - present:
                key_of.pop(name, None)
            present |= names
        elif op == "remove":
            gone = sorted(names & present)
            ds.remove(gone)
            for name in gone:
                (root / "images" / name).unlink()
            present -= names
        else:
            ds.close()
            ds = nbc.Dataset.open(store)
        assert set(ds.ids) == present
        for item_id, key in zip(ds.ids, ds.keys.tolist(), strict=True):
            assert key_of.setdefault(item_id, key) == key
        assert len(set(key_of.values())) == len(key_of), "a key is never given twice"
        if present and ds.store.embeddings():
            expected = np.stack([vector_of[item_id] for item_id in ds.ids])
            assert np.allclose(ds.embeddings(), expected, atol=1e-5)
            if len(present) > 1:
                first = ds.search(ds.ids[-1], k=1).ids[0]
                others = [i for i in ds.ids if i != ds.ids[-1]]
                best = max(others, key=lambda i: float(vector_of[i] @ vector_of[ds.ids[-1]]))
                assert first == best
    ds.close()
