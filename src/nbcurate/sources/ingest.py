"""Put records into a store: hash, probe, find exact copies, commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
from tqdm.auto import tqdm

from ..imaging import Probe, probe_file
from ..store import Store
from ..store.items import ITEM_SCHEMA
from ..store.paths import decode_path
from .record import Record

#: Items a commit: what an interrupted run loses at most.
CHUNK = 2_000
_THREADS = 8  # reading waits for the disk or the network more than for a core


def ingest(store: Store, root: Path, records: Sequence[Record]) -> dict[str, str]:
    """Add one new item for each record, and retire the item that it replaces in the same commit.

    Keys are given in the order of the records, which is the order of the data set. Files of the same bytes get the
    same ``content``.

    Returns
    -------
    dict of str
        The ids that could not be read, each with the reason.
    """
    root_index = store.root_index(root)
    items = store.items
    content_of_hash = dict(zip(items.table.column("content_hash").to_pylist(), items.contents.tolist(), strict=True))
    key = store.next_key()
    failed: dict[str, str] = {}
    with ThreadPoolExecutor(_THREADS) as pool, tqdm(total=len(records), desc="reading images", unit="file") as bar:
        for chunk in _chunks(records):
            rows: list[dict[str, object]] = []
            for record, probe in zip(
                chunk, pool.map(lambda r: probe_file(root / decode_path(r.path)), chunk), strict=True
            ):
                content = content_of_hash.setdefault(probe.content_hash, key) if probe.error is None else key
                rows.append(_row(key, content, root_index, record, probe))
                if probe.error is not None:
                    failed[record.id] = probe.error
                key += 1
            store.add_items(
                pa.Table.from_pylist(rows, schema=ITEM_SCHEMA),
                retire=[record.replaces for record in chunk if record.replaces is not None],
            )
            bar.update(len(chunk))
            if failed:
                bar.set_postfix(unreadable=len(failed))
    return failed


def _row(key: int, content: int, root: int, record: Record, probe: Probe) -> dict[str, object]:
    return {
        "key": key,
        "id": record.id,
        "label": record.label,
        "split": record.split,
        "status": "ok" if probe.error is None else "unreadable",
        "error": probe.error,
        "root": root,
        "path": record.path,
        "bytes": record.bytes,
        "modified_ns": record.modified_ns,
        "content_hash": probe.content_hash,
        "content": content,
        "width": probe.width,
        "height": probe.height,
        "format": probe.format,
    }


def _chunks(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), CHUNK):
        yield records[start : start + CHUNK]
