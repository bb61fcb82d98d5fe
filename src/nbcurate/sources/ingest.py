"""Put records into a store: hash, probe, find exact copies, commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from tqdm.auto import tqdm

from ..imaging import Probe, probe_file, probe_stream, reason_of
from ..imaging.reading_threads import in_order, reading_threads
from ..store import Store
from ..store.items import ITEM_SCHEMA
from .record import Record
from .root import FolderRoot, Root

#: Items a commit: what an interrupted run loses at most.
CHUNK = 2_000
_THREADS = 8  # reading waits for the disk or the network more than for a core

#: What may be new of an item whose bytes are as they were.
_FACTS = pa.schema(
    [ITEM_SCHEMA.field(name) for name in ("key", "root", "path", "bytes", "modified_ns", "status", "error")]
)

#: Looks into the file of a record.
ProbeRecord = Callable[[Record], Probe]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record that is to be looked at: a new item, or a known one whose file may be another now.

    Attributes
    ----------
    id : str
        What the store calls it.
    key : int or None
        The known item's.
    content_hash : str or None
        The known item's, if it is to stay where that is still so.
    owner : (str, str) or None
        The source that the known item belongs to, as the store notes it, and what that calls it; None if it is this.
    unwanted : str or None
        The content of an item of this name that the user has taken out: it stays out.
    """

    record: Record
    id: str
    key: int | None = None
    content_hash: str | None = None
    owner: tuple[str, str] | None = None
    unwanted: str | None = None


@dataclass(slots=True)
class Ingested:
    """What became of the arrivals.

    Attributes
    ----------
    keys : list of int or None
        Aligned with the arrivals; None for what is unwanted.
    failed : dict of str
        The ids that could not be read, each with the reason.
    unwanted : list of str
        The ids that stay out.
    changed : int
        How many of the known items have other bytes than before.
    """

    keys: list[int | None] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    unwanted: list[str] = field(default_factory=list)
    changed: int = 0


def ingest(
    store: Store,
    root: Root,
    given_by: str,
    arrivals: Sequence[Arrival],
    probe: ProbeRecord | None = None,
    *,
    in_waiting: bool = False,
) -> Ingested:
    """Add one new item for each arrival that is new or has changed, and retire in the same commit what it replaces.

    Keys are given in the order of the arrivals, which is the order of the data set. Files of the same bytes get the
    same ``content``. A known item whose bytes are the same keeps its key, wherever its file lies now.

    Parameters
    ----------
    given_by : str
        The source, as the store notes it.
    probe : callable, optional
        Looks at a record; reads its file below ``root`` by default. Called from several threads.
    in_waiting : bool
        See :meth:`nbcurate.store.Store.add_items`.
    """
    root_index = store.root_index(root.text)
    look = probe or (lambda record: probe_record(root, record))
    items = store.items
    content_of_hash = dict(zip(items.table.column("content_hash").to_pylist(), items.contents.tolist(), strict=True))
    key = store.next_key()
    done = Ingested()
    with reading_threads(_THREADS) as pool, tqdm(total=len(arrivals), desc="reading images", unit="file") as bar:
        for chunk in _chunks(arrivals):
            rows: list[dict[str, object]] = []
            same: list[dict[str, object]] = []
            replaces: list[int | None] = []
            for arrival, found in zip(chunk, in_order(pool, look, [arrival.record for arrival in chunk]), strict=True):
                if arrival.key is not None and found.error is None and found.content_hash == arrival.content_hash:
                    same.append(_facts(arrival.key, root_index, arrival.record, found))
                    done.keys.append(arrival.key)
                    continue
                if arrival.unwanted is not None and found.content_hash == arrival.unwanted:
                    done.unwanted.append(arrival.id)
                    done.keys.append(None)
                    continue
                content = content_of_hash.setdefault(found.content_hash, key) if found.error is None else key
                rows.append(_row(key, content, root_index, given_by, arrival, found))
                replaces.append(arrival.key)
                done.keys.append(key)
                done.changed += bool(arrival.key is not None and arrival.content_hash)
                if found.error is not None:
                    done.failed[arrival.id] = found.error
                key += 1
            if rows:
                store.add_items(_table(rows), replaces=replaces, in_waiting=in_waiting)
            store.update_items(pa.Table.from_pylist(same, schema=_FACTS))
            bar.update(len(chunk))
            if done.failed:
                bar.set_postfix(unreadable=len(done.failed))
    return done


def probe_record(root: Root, record: Record) -> Probe:
    """Look into the file of a record below ``root``. Never raises for what is there."""
    if record.path is None:
        return Probe(error="no picture was given")
    if isinstance(root, FolderRoot):
        return probe_file(root.path_of(record.path))
    try:
        with root.open(record.path) as stream:
            return probe_stream(stream)
    except Exception as error:  # each file system has errors of its own
        return Probe(error=reason_of(error))


def _facts(key: int, root: int, record: Record, probe: Probe) -> dict[str, object]:
    """Where the file of an item lies now, and what the system says of it."""
    return {
        "key": key,
        "root": root,
        "path": record.path,
        "bytes": record.bytes if record.bytes is not None else probe.bytes,
        "modified_ns": record.modified_ns,
        "status": "ok",
        "error": None,
    }


def _row(key: int, content: int, root: int, given_by: str, arrival: Arrival, probe: Probe) -> dict[str, object]:
    record = arrival.record
    owner, name = arrival.owner or (given_by, record.id)
    return {
        **_facts(key, root, record, probe),
        "id": arrival.id,
        "label": record.label,
        "split": record.split,
        "tags": record.tags,
        "status": "ok" if probe.error is None else "unreadable",
        "error": probe.error,
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
        "given_by": owner,
        "given_name": name,
    }


def _table(rows: list[dict[str, object]]) -> pa.Table:
    """Columns of ``ITEM_SCHEMA``; labels are lists where one is."""
    labels = [row["label"] for row in rows]
    kind = pa.list_(pa.string()) if any(isinstance(label, list) for label in labels) else pa.string()
    at = ITEM_SCHEMA.get_field_index("label")
    if pa.types.is_list(kind):
        rows = [{**row, "label": [row["label"]] if isinstance(row["label"], str) else row["label"]} for row in rows]
    return pa.Table.from_pylist(rows, schema=ITEM_SCHEMA.set(at, pa.field("label", kind)))


def _chunks(arrivals: Sequence[Arrival]) -> Iterator[Sequence[Arrival]]:
    for start in range(0, len(arrivals), CHUNK):
        yield arrivals[start : start + CHUNK]
