"""Which files a table or an annotation file may name: those below the folder that the user gave for them.

Such a file may come from anybody. With ``../`` or an absolute path it would have files of this machine read, shown and
exported that nobody meant.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from urllib.parse import unquote

from ..imaging import Probe, why_not_regular
from .ingest import ProbeRecord, probe_record
from .record import Record
from .root import FolderRoot, RemoteRoot, Root


def leads_out(root: Root, path: str | None) -> bool:
    """Whether what ``path`` names lies outside of ``root``: by ``..``, as an absolute path, or by a link."""
    if path is None:
        return False
    if isinstance(root, FolderRoot):
        folder = os.path.realpath(root.folder)
        try:
            place = os.path.realpath(root.path_of(path))  # as it is opened: a link is followed before `..`
        except (OSError, ValueError):  # reading it tells why
            return False
        return os.path.commonpath([folder, place]) != folder
    return isinstance(root, RemoteRoot) and ".." in unquote(path).replace("\\", "/").split("/")


def below_alone(root: Root, probe: ProbeRecord | None = None) -> ProbeRecord:
    """Looks into the file of a record, unless it lies outside of ``root``: that is not opened."""
    look = probe or (lambda record: probe_record(root, record))

    def within(record: Record) -> Probe:
        if leads_out(root, record.path):
            refusal = f"refused: its path leads out of {root.text}; trust_paths=True reads it"
            return Probe(error=_special(root, record.path) or refusal)
        return look(record)

    return within


def _special(root: Root, path: str | None) -> str | None:
    """Why something is not read in any case, trusted or not: it is a pipe, a socket or a device."""
    return why_not_regular(root.file(path)) if isinstance(root, FolderRoot) and path is not None else None


def refused(root: Root, paths: Sequence[str | None], argument: str) -> list[str]:
    """What to say of the paths that lead out."""
    found = [path for path in paths if leads_out(root, path)]
    if not found:
        return []
    return [
        f"{len(found):,} paths lead out of {argument}={root.text!r}, such as {found[0]!r}, and are not read: where the "
        "file is to be trusted, trust_paths=True reads them."
    ]
