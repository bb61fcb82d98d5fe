"""Pictures that share many keypoints, whatever their vectors say: candidates for copies."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from ..collection.compared_pictures import ComparedPictures
from ..collection.keypoint_table import KeypointTable
from ..curate.keypoint_codes import Vocabulary, code_of, fit_vocabulary
from ..search.graph import build_graph
from ..store import Store, derived
from ..store.items import Keys
from ..store.records import RecordFile

_NEIGHBOURS = 4
_AT_A_TIME = 2_000  # codes that are committed together
_LEARNT_FROM = 1_000  # pictures
_PATIENCE = 2  # seconds before a bar is shown
_VOCABULARY = np.dtype(
    [("mean", np.float32, 256), ("directions", np.float32, (256, 8)), ("words", np.float32, (64, 8))]
)  # fmt: skip


def keypoint_neighbours(store: Store, contents: Keys) -> NDArray[np.int32]:
    """The four of these contents that share the most keypoints with each: rows int32 [n, 4], -1 for none.

    The codes that this rests on are kept in a derived file; the neighbours too, as long as the contents are the same.
    """
    table = KeypointTable.of(store)
    table.make(contents, ComparedPictures(store))
    codes, told, made_by = _codes(store, contents, table)
    rows = np.flatnonzero(told)
    told_keys = np.ascontiguousarray(contents[rows])
    source = {**made_by, "contents": hashlib.blake2b(told_keys.tobytes(), digest_size=16).hexdigest()}
    path = store.path / "derived" / "keypoint-neighbours.bin"
    neighbours = np.full((len(contents), _NEIGHBOURS), -1, np.int32)
    if len(rows) > 1:
        k = min(_NEIGHBOURS, len(rows) - 1)
        if derived.is_fresh(path, source):
            found = np.fromfile(path, np.int32).reshape(-1, k)
        else:
            found = build_graph(codes[rows].astype(np.float32), k).rows.astype(np.int32)
            if not store.read_only:
                derived.write(path, source, found.tofile)
        neighbours[rows, :k] = np.where(found >= 0, rows[found], -1)
    return neighbours


def _codes(
    store: Store, contents: Keys, table: KeypointTable
) -> tuple[NDArray[np.float16], NDArray[np.bool_], dict[str, object]]:
    """The code of each content [n, d], made where it is missing; which say something; and what made them."""
    folder, writable = store.path / "derived", not store.read_only
    vocabulary, source = _vocabulary(folder, contents, table, writable)
    record = np.dtype([("key", np.uint64), ("code", np.float16, vocabulary.width)])
    file = RecordFile(folder / "keypoint-codes.bin", record, source, writable=writable)
    missing = contents[~np.isin(contents, file.read()["key"]) & table.known(contents)]
    with (
        threadpool_limits(1),  # the products are too small to share
        tqdm(total=len(missing), desc="coding keypoints", unit="img", delay=_PATIENCE, leave=False) as bar,
    ):
        for start in range(0, len(missing), _AT_A_TIME):
            part = missing[start : start + _AT_A_TIME]
            made = np.zeros(len(part), record)
            made["key"] = part
            for at, content in enumerate(part.tolist()):
                keypoints = table.get(content)
                if keypoints is not None:
                    made["code"][at] = code_of(keypoints, vocabulary)
            file.append(made)
            bar.update(len(part))
    there = file.read()
    order = np.argsort(there["key"], kind="stable")
    at = np.searchsorted(there["key"][order], contents).clip(max=max(len(there) - 1, 0))
    known = there["key"][order[at]] == contents if len(there) else np.zeros(len(contents), bool)
    codes = np.zeros((len(contents), vocabulary.width), np.float16)
    codes[known] = there["code"][order[at[known]]]
    return codes, np.asarray(codes.any(axis=1), bool), source


def _vocabulary(
    folder: Path, contents: Keys, table: KeypointTable, writable: bool
) -> tuple[Vocabulary, dict[str, object]]:
    """The store's vocabulary, learnt from a part of the pictures when it is first asked for, and what names it."""
    file = RecordFile(folder / "keypoint-vocabulary.bin", _VOCABULARY, {"made_by": "VLAD 1"}, writable=writable)
    if not len(file):
        some = contents[:: -(-len(contents) // _LEARNT_FROM)]
        described = [k.descriptors for k in map(table.get, some.tolist()) if k is not None]
        learnt = fit_vocabulary(np.concatenate([np.empty((0, 32), np.uint8), *described]))
        record = np.zeros(1, _VOCABULARY)
        for name, values in learnt._asdict().items():
            record[name][0] = values
        file.append(record)
    record = file.read()[0]
    vocabulary = Vocabulary(*(np.array(record[name]) for name in Vocabulary._fields))
    return vocabulary, {"made_by": "VLAD 1", "vocabulary": float(vocabulary.words.sum(dtype=np.float64))}
