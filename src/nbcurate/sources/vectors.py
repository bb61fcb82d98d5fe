"""A user's own vectors as a source, with or without pictures."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..imaging import Probe
from ..store import Store
from ..store.items import Keys
from ..store.paths import encode_path
from .frame import labels as labels_of
from .given_vectors import as_column
from .ingest import probe_record
from .one_at_a_time import one_at_a_time
from .path_trust import below_alone
from .reconcile import reconcile
from .record import Record
from .report import SourceReport
from .root import NoRoot, Root, root_of
from .source import Source
from .table import common_root, path_below


@one_at_a_time
def add_vectors(
    store: Store,
    ids: Sequence[str],
    vectors: NDArray[np.float32],
    *,
    images: Sequence[str | os.PathLike[str] | None] | None = None,
    labels: Sequence[str | Sequence[str] | None] | None = None,
    root: str | os.PathLike[str] | None = None,
    name: str = "given",
    trust_paths: bool = False,
) -> SourceReport:
    """Bring ``store`` up to date with items that come with their vectors ``[n, d]``.

    Items whose vector is zero or not finite, and those whose picture cannot be read, become unreadable.
    A known item whose picture, or vector of this name, has changed becomes a new one under its old id; its vectors of
    other names stay with it. Known items keep what other encoders have made of them.

    Parameters
    ----------
    name : str
        What the vectors are called among the embeddings of the data set.
    """
    widths = {there.width for there in store.embeddings() if there.name == name and there.recipe.get("given")}
    if widths and vectors.shape[1] not in widths:
        raise ValueError(
            f"The data set has vectors of {widths.pop()} numbers called {name!r}, and these have {vectors.shape[1]}: "
            "give name= another name, and both are kept."
        )
    paths = None if images is None else [_as_path(image) for image in images]
    place: Root = NoRoot()
    if paths is not None:
        paths = paths if root is not None else [None if path is None else os.path.expanduser(path) for path in paths]
        place = root_of(root) if root is not None else common_root(paths)
    look = below_alone(place) if root is not None and not trust_paths else partial(probe_record, place)
    row_of = {item_id: row for row, item_id in enumerate(ids)}
    digests = [hashlib.blake2b(row.tobytes(), digest_size=16).hexdigest() for row in vectors]

    def probe(record: Record) -> Probe:
        row = row_of[record.id]
        if not np.isfinite(vectors[row]).all():
            return Probe(error="its vector has entries that are not finite (NaN or infinity)")
        if not vectors[row].any():
            return Probe(error="its vector is zero")
        if paths is None or paths[row] is None:
            return Probe(content_hash=digests[row])
        found = look(record)
        # Two pictures with one vector, or one picture with two, are different contents.
        return replace(found, content_hash=f"{found.content_hash}+{digests[row]}") if found.error is None else found

    known = _Vectors(store, ids, name)
    changed = known.differ(vectors)
    records: list[Record] = []
    given = None if labels is None else labels_of(pa.chunked_array([as_column(labels)]))
    for row, item_id in enumerate(ids):
        path = paths[row] if paths is not None else None
        below = None if path is None else path_below(place, path)
        records.append(
            Record(
                item_id, below, label=given[row] if given else None, content_hash=digests[row] if changed[row] else None
            )
        )
    title = encode_path(place.text.rstrip("/").rpartition("/")[2]) if paths is not None else "vectors"
    says = frozenset({"label"} if labels is not None else ())
    source = Source("vectors", title, says=says, rooted=root is not None)
    report = reconcile(store, source, place, records, probe=probe)
    there = [row for row, item_id in enumerate(ids) if item_id in report.keys]
    keys = np.array([report.keys[ids[row]] for row in there], np.uint64)
    known.hand_on(store, keys, np.array(there, np.intp))
    good = np.array([bool(np.isfinite(vectors[row]).all() and vectors[row].any()) for row in there], bool)
    _write_vectors(store, keys[good], vectors[there][good], name)
    bad = [ids[row] for row, fine in zip(there, np.asarray(good, bool), strict=True) if not fine]
    bad = [item_id for item_id in bad if item_id not in report.unreadable]
    problems = [f"{len(bad):,} vectors are zero or not finite, such as that of {bad[0]!r}: left out."] if bad else []
    return replace(report, problems=[*report.problems, *problems])


def _as_path(image: Any) -> str | None:
    """The path of a picture as text; of what is none, a text that names no file, so that the item says so."""
    if image is None or image != image:
        return None
    return os.fsdecode(image) if isinstance(image, str | bytes | os.PathLike) else str(image)


class _Vectors:
    """The items of a store that vectors are given for, by id, and the vectors of that name that they have.

    Parameters
    ----------
    ids : sequence of str
    name : str
    """

    def __init__(self, store: Store, ids: Sequence[str], name: str) -> None:
        items = store.items
        there = [row for row, item_id in enumerate(ids) if item_id in items]
        self.rows = np.array(there, np.intp)
        keys = items.keys_of_ids([ids[row] for row in there])
        at = items.rows_of_keys(keys)
        self.contents = dict(zip(self.rows.tolist(), items.contents[at].tolist(), strict=True))
        hashes = items.table.column("content_hash").take(pa.array(at)).to_pylist()
        self.pictures = dict(zip(self.rows.tolist(), [_picture(digest) for digest in hashes], strict=True))
        self.mine = [e for e in store.embeddings() if e.name == name and e.recipe.get("given")]
        self.others = [e for e in store.embeddings() if e not in self.mine]
        self.size = len(ids)

    def differ(self, vectors: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which items are new, or have another vector of this name than they are given now."""
        changed = np.ones(self.size, bool)
        changed[self.rows] = False
        for embeddings in self.mine:
            there, stored = embeddings.vectors()
            for row, content in self.contents.items():
                at = np.searchsorted(there, content)
                if at < len(there) and there[at] == content:
                    length = np.linalg.norm(vectors[row].astype(np.float64))
                    changed[row] = not np.allclose(vectors[row] / max(length, 1e-30), stored[at], atol=1e-6)
        return changed

    def hand_on(self, store: Store, keys: Keys, rows: NDArray[np.intp]) -> None:
        """Give contents that took the place of others, of the same pictures, the vectors of other names."""
        items = store.items
        at = items.rows_of_keys(keys)
        hashes = items.table.column("content_hash").take(pa.array(at)).to_pylist()
        heirs = {
            int(new): self.contents[row]
            for row, new, digest in zip(rows.tolist(), items.contents[at].tolist(), hashes, strict=True)
            if row in self.contents and self.contents[row] != new and self.pictures[row] == _picture(digest)
        }
        new = np.array(sorted(heirs), np.uint64)
        old = np.array([heirs[int(content)] for content in new], np.uint64)
        for embeddings in self.others:
            there, stored = embeddings.vectors()
            found = np.isin(old, there) & np.isin(new, embeddings.missing(new))
            if found.any():
                embeddings.append(new[found], stored[np.searchsorted(there, old[found])])


def _picture(content_hash: str) -> str:
    """The part of a content's hash that is of its picture; nothing where the vector is all there is."""
    return content_hash.rpartition("+")[0]


def _write_vectors(store: Store, keys: Keys, vectors: NDArray[np.float32], name: str) -> None:
    """Commit the vectors of the items' contents that have none yet."""
    width = vectors.shape[1]
    key = hashlib.sha256(f"given vectors {name} {width}".encode()).hexdigest()
    table = store.create_embeddings(name, key, width, {"model": name, "given": True, "normalised": True})
    items = store.items
    rows = items.rows_of_keys(keys)
    shown = items.shown[rows]
    contents = items.contents[rows[shown]]
    contents, first = np.unique(contents, return_index=True)
    missing = np.isin(contents, table.missing(contents))
    chosen = vectors[shown][first[missing]].astype(np.float32)
    if len(chosen):
        lengths = np.linalg.norm(chosen.astype(np.float64), axis=1, keepdims=True)
        table.append(contents[missing], (chosen / lengths).astype(np.float32))
    store.make_newest(table)
