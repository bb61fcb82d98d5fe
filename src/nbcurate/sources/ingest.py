"""Put records into a store: hash, probe, find exact copies, commit."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
from tqdm.auto import tqdm

from ..imaging import Probe, probe_file, probe_stream, reason_of
from ..store import Store
from ..store.items import ITEM_SCHEMA
from .record import Record
from .root import FolderRoot, Root

#: Items a commit: what an interrupted run loses at most.
CHUNK = 2_000
_THREADS = 8  # reading waits for the disk or the network more than for a core

#: Looks into the file of a record.
ProbeRecord = Callable[[Record], Probe]


def ingest(store: Store, root: Root, records: Sequence[Record], probe: ProbeRecord | None = None) -> dict[str, str]:
    """Add one new item for each record, and retire the item that it replaces in the same commit.

    Keys are given in the order of the records, which is the order of the data set. Files of the same bytes get the
    same ``content``.

    Parameters
    ----------
    probe : callable, optional
        Looks at a record; reads its file below ``root`` by default. Called from several threads.

    Returns
    -------
    dict of str
        The ids that could not be read, each with the reason.
    """
    root_index = store.root_index(root.text)
    look = probe or (lambda record: probe_record(root, record))
    items = store.items
    content_of_hash = dict(zip(items.table.column("content_hash").to_pylist(), items.contents.tolist(), strict=True))
    key = store.next_key()
    failed: dict[str, str] = {}
    with ThreadPoolExecutor(_THREADS) as pool, tqdm(total=len(records), desc="reading images", unit="file") as bar:
        for chunk in _chunks(records):
            rows: list[dict[str, object]] = []
            for record, found in zip(chunk, pool.map(look, chunk), strict=True):
                content = content_of_hash.setdefault(found.content_hash, key) if found.error is None else key
                rows.append(_row(key, content, root_index, record, found))
                if found.error is not None:
                    failed[record.id] = found.error
                key += 1
            store.add_items(
                pa.Table.from_pylist(rows, schema=ITEM_SCHEMA),
                retire=[record.replaces for record in chunk if record.replaces is not None],
            )
            bar.update(len(chunk))
            if failed:
                bar.set_postfix(unreadable=len(failed))
    return failed


def probe_record(root: Root, record: Record) -> Probe:
    """Look into the file of a record below ``root``. Never raises for what is there."""
    if record.path is None:
        return Probe(error="no picture was given")
    if isinstance(root, FolderRoot):
        return probe_file(root.path_of(record.path))
    try:
        with root.open(record.path) as stream:
            return probe_stream(io.BytesIO(stream.read()))
    except Exception as error:  # each file system has errors of its own
        return Probe(error=reason_of(error))


def _row(key: int, content: int, root: int, record: Record, probe: Probe) -> dict[str, object]:
    return {
        "key": key,
        "id": record.id,
        "label": record.label,
        "split": record.split,
        "tags": record.tags,
        "status": "ok" if probe.error is None else "unreadable",
        "error": probe.error,
        "root": root,
        "path": record.path,
        "bytes": record.bytes if record.bytes is not None else probe.bytes,
        "modified_ns": record.modified_ns,
        "content_hash": probe.content_hash,
        "content": content,
        "width": probe.width,
        "height": probe.height,
        "format": probe.format,
        "mode": probe.mode,
        "taken": probe.exif.taken,
        "camera": probe.exif.camera,
        "latitude": probe.exif.latitude,
        "longitude": probe.exif.longitude,
        "box": record.box,
    }


def _chunks(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), CHUNK):
        yield records[start : start + CHUNK]
