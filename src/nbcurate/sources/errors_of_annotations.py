"""What of annotations cannot be read, as items that cannot be: listed so among the errors of the data set."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from ..imaging import Probe
from ..store import Store
from .annotated_pictures import AnnotatedPictures
from .ingest import ProbeRecord
from .record import Record
from .report import SourceReport


def with_errors(
    annotations: object, records: Sequence[Record], columns: pa.Table, probe: ProbeRecord
) -> tuple[list[Record], pa.Table, ProbeRecord]:
    """Records, their columns and what looks at them, with a record more for each error of annotations that tell any."""
    errors = annotations.errors if isinstance(annotations, AnnotatedPictures) else {}
    if not errors:
        return list(records), columns, probe
    nothing = pa.table({name: pa.nulls(len(errors), columns.schema.field(name).type) for name in columns.column_names})

    def look(record: Record) -> Probe:
        why = errors.get(record.id) if record.path is None else None
        return probe(record) if why is None else Probe(error=why, content_hash=_digest(why))

    told = (Record(name, None, content_hash=_digest(why)) for name, why in errors.items())
    return [*records, *told], pa.concat_tables([columns, nothing]), look


def _digest(why: str) -> str:
    """By which an error is known again, as a picture is by its bytes."""
    return hashlib.blake2b(why.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def forget_mended(store: Store, report: SourceReport) -> None:
    """Take errors off the list that the source, as it was read just now, has no more."""
    items = store.items
    pathless = np.asarray(items.table.column("path").is_null()) & items.has_status("unreadable")
    if not pathless.any():
        return
    now = np.array(sorted(report.keys.values()), np.uint64)
    rows = np.flatnonzero(pathless & ~np.isin(items.keys, now))
    sources = items.table.column("given_by").take(pa.array(rows)).to_pylist()
    given_by = set(items.table.column("given_by").take(pa.array(items.rows_of_keys(now))).to_pylist())
    store.retire([int(items.keys[row]) for row, source in zip(rows, sources, strict=True) if source in given_by])
