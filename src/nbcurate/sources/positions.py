"""Items named by their places in a source: when its rows change their order, what was said goes with the pictures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ..imaging import Probe
from ..imaging.reading_threads import in_order, reading_threads
from .ingest import ProbeRecord, probe_record
from .known_items import KnownItems
from .record import Record
from .root import Root

_THREADS = 8


class Positions:
    """Which known item each record of a source is, where a record's name is only its place: that of the same content.

    What people have said of a picture is said of the picture, not of row 17.

    Parameters
    ----------
    rows : list of int or None
        The known item of the same name as each record, None for one that is new.
    outdated : list of int
        The records whose item may be another one now, and those that are new.

    Attributes
    ----------
    rows : list of int or None
        The known item of the same content; of unchanged records that of the same name.
    left : list of int
        Known items whose place is taken by another picture, and whose content is in the source no more.
    """

    def __init__(
        self,
        known: KnownItems,
        given_by: str,
        root: Root,
        records: Sequence[Record],
        rows: Sequence[int | None],
        outdated: Sequence[int],
    ) -> None:
        self._root = root
        self._probes: dict[str, Probe] = {}
        self.rows = list(rows)
        doubtful = set(outdated)
        certain = {row for at, row in enumerate(rows) if row is not None and at not in doubtful}
        free: dict[str, list[int]] = defaultdict(list)
        for row in range(len(known)):
            if known.given_by[row] == given_by and row not in certain and known.content_hash[row]:
                free[known.content_hash[row]].append(row)
        if not free:
            self.left = []
            return
        with reading_threads(_THREADS) as pool:
            found = list(in_order(pool, lambda at: probe_record(root, records[at]), outdated))
        self._probes = {records[at].id: probe for at, probe in zip(outdated, found, strict=True)}
        hashes = {at: probe.content_hash for at, probe in zip(outdated, found, strict=True)}
        stays = {at for at in outdated if (row := rows[at]) is not None and known.content_hash[row] == hashes[at]}
        for at in sorted(outdated, key=lambda at: at not in stays):  # who is where it was, first
            mine, same = free[hashes[at]], rows[at]
            if at in stays and same is not None:
                mine.remove(same)
            else:
                self.rows[at] = mine.pop(0) if mine else None
        kept = set(self.rows)
        self.left = sorted({row for row in rows if row is not None} - kept)

    def probe(self, otherwise: ProbeRecord | None) -> ProbeRecord:
        """Looks into the file of a record, once."""
        look = otherwise or (lambda record: probe_record(self._root, record))
        return lambda record: self._probes.get(record.id) or look(record)
