"""Looks at boxes on pictures: whether something of them is inside, and what makes each another content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from ..imaging import Probe
from .ingest import ProbeRecord, probe_record
from .record import Record
from .root import Root


def box_probe(root: Root, known: Callable[[str | None], Probe] | None = None) -> ProbeRecord:
    """Looks at the box of a record; each image file is read once for all boxes that follow one another.

    Parameters
    ----------
    known : callable, optional
        What was found in the picture at a path, where that is known: then none is read.
    """
    look = known or lru_cache(maxsize=256)(lambda path: probe_record(root, Record(path or "", path)))

    def probe(record: Record) -> Probe:
        whole = look(record.path)
        if whole.error is not None or record.box is None:
            return whole
        x, y, width, height = record.box
        sides = ((x, width, whole.width), (y, height, whole.height))
        inside = [min(at + side, of or 0) - max(at, 0) for at, side, of in sides]
        if min(width, height, *inside) <= 0:
            return Probe(error=f"its box {record.box} is empty or outside of the image")
        digest = f"{whole.content_hash}#{x:g},{y:g},{width:g},{height:g}"
        return replace(whole, content_hash=digest, width=max(1, round(inside[0])), height=max(1, round(inside[1])))

    return probe
