"""The folder of a store: who may write it, who waits for whom, what it notes of itself, and who is told of changes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .forked import require_same_process
from .process_lock import ProcessLock
from .store_file import StoreFile
from .store_lock import StoreLock
from .writer_lock import WriterLock

FORMAT_VERSION = 1
_NEW: dict[str, Any] = {"format_version": FORMAT_VERSION, "roots": []}
#: Stands in a root for the store's own folder, which may be moved.
_IN_STORE = "nbcurate-store:/"


class StoreFolder:
    """What :class:`Store` is apart from its tables.

    Parameters
    ----------
    path : Path
        The folder.
    lock : WriterLock or None
        The right to write it; None if it is only read.

    Attributes
    ----------
    guard : StoreLock
        Held over whatever reads, decides and writes; and no longer, as every thread waits for it.
    intake : RLock
        Held by who adds items, from the first look at what is there to the last commit: so that no key is given twice,
        and the same source read by two threads at once is read once and then found unchanged. Taken before ``guard``.
    """

    def __init__(self, path: Path, lock: WriterLock | None) -> None:
        self.path = path
        self.read_only = lock is None
        self.guard = StoreLock()
        self.intake = ProcessLock()
        self._closed = False
        self._process = os.getpid()
        self._lock = lock
        self._place = _place_of(path)
        self._listeners: list[Callable[[], object]] = []
        if not StoreFile.is_in(path):
            StoreFile.make(path, _NEW)
        self._file = StoreFile(path)
        if not self.read_only:
            self._file.keep_copy()
        if self._file["format_version"] > FORMAT_VERSION:
            raise ValueError(f"{path} was written by a newer nbcurate: upgrade with `pip install -U nbcurate`.")

    @property
    def said_folder(self) -> Path:
        """Where it is kept what each source said last: see :class:`nbcurate.store.said.Said`."""
        return self.path / "sources"

    def _is_new(self) -> bool:
        """Whether nothing was noted yet: no place of pictures, no vectors."""
        return all(self._file.get(name, value) == value for name, value in _NEW.items()) and not self._file.get(
            "embeddings", []
        )

    def is_in_place(self) -> bool:
        """Whether the folder that was opened is still there, and is the one at its path."""
        return StoreFile.is_in(self.path) and _place_of(self.path) == self._place

    def require_writable(self) -> None:
        """Raise a PermissionError that says why, if the store cannot be changed from here."""
        require_same_process(self._process)
        if self._closed:
            raise PermissionError(f"{self.path} was closed here: open it again with nbcurate.Dataset.open.")
        if self.read_only:
            raise PermissionError(f"{self.path} was opened with read_only=True and cannot be changed.")

    def listen(self, listener: Callable[[], object]) -> None:
        """Call ``listener`` whenever items or embeddings were added or removed as a whole step."""
        self._listeners.append(listener)

    def announce(self) -> None:
        """Tell the listeners that a step is done. An interrupt keeps none of them from knowing it."""
        interrupted: KeyboardInterrupt | None = None
        for listener in list(self._listeners):
            try:
                listener()
            except KeyboardInterrupt as error:
                interrupted = error
                listener()
        if interrupted is not None:
            raise interrupted

    # -- roots ---------------------------------------------------------------------------------------------------

    @property
    def roots(self) -> list[str]:
        """Where the paths of the items begin: folders, URLs, or what else ``sources.root`` reads."""
        return [root.replace(_IN_STORE, f"{self.path}/") for root in self._file["roots"]]

    def root_index(self, root: str) -> int:
        """Index of ``root`` among the roots; added if it is new."""
        with self.guard:
            if root not in self.roots:
                self._set_roots([*self._file["roots"], root.replace(f"{self.path}/", _IN_STORE)])
            return self.roots.index(root)

    def replace_root(self, old: str, new: str) -> None:
        """Let the paths that began at ``old`` begin at ``new``."""
        with self.guard:
            place = self.roots.index(old)
            self._set_roots([new if at == place else root for at, root in enumerate(self._file["roots"])])

    def _set_roots(self, roots: list[str]) -> None:
        self.require_writable()
        self._file["roots"] = roots

    # -- settings ------------------------------------------------------------------------------------------------

    def setting(self, name: str) -> Any:
        """What :meth:`keep_setting` kept under a name; None if nothing was."""
        return self._file.get("settings", {}).get(name)

    def keep_setting(self, name: str, value: Any) -> None:
        """Keep how something is done with this store, as JSON has it, for whoever opens it next."""
        self.require_writable()
        with self.guard:
            self._file["settings"] = {**self._file.get("settings", {}), name: value}


def _place_of(path: Path) -> tuple[int, int]:
    """What tells a folder from another one that lies at its path later."""
    found = path.stat()
    return found.st_dev, found.st_ino
