"""Find the image files below a folder, whatever the folder holds."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..imaging import open_regular, readable_extensions, special_kind
from ..imaging.kinds import UNKNOWN, Kind, kind_of
from ..imaging.signature import HEAD, other_kind, picture_format
from ..store.export_mark import marked_format
from ..store.paths import encode_path
from .hidden import is_hidden
from .passed_over import NAMELESS_PICTURE, PassedOver, ending_of

#: So many files of an unknown ending are looked into; if none is a picture, the others are taken for none either.
_LOOKED_INTO = 20


@dataclass
class Walk:
    """The image files below ``root``, and what was passed over while looking for them.

    Attributes
    ----------
    problems : list of str
        Folders that could not be read, and why.
    passed_over : PassedOver
        What is hidden or a system's own, folders that an export of ours wrote, what is no image that can be read, and
        what is no file at all (pipes, sockets, devices): none of these is opened.
    """

    root: Path
    problems: list[str] = field(default_factory=list)
    passed_over: PassedOver = field(default_factory=PassedOver)
    _readable: frozenset[str] = field(default_factory=readable_extensions)
    _strangers: Counter[str] = field(default_factory=Counter)

    def files(self) -> Iterator[tuple[str, os.stat_result | None]]:
        """Paths relative to the root, sorted within each folder, with what the system says of the file.

        Links to folders are followed, each folder once, so that a link to a folder above ends nothing. A file without
        an ending is one of them if its first bytes are an image's. The second value is None for a file that cannot be
        asked (a dangling link).
        """
        seen: set[tuple[int, int]] = set()
        folders = [str(self.root)]
        below = len(os.path.join(self.root, ""))
        while folders:
            folder = folders.pop()
            try:
                facts = os.stat(folder)
                if (facts.st_dev, facts.st_ino) in seen:
                    continue
                seen.add((facts.st_dev, facts.st_ino))
                names = sorted(os.listdir(folder))
            except OSError as error:
                self.problems.append(f"{encode_path(folder)}: {error.strerror}")
                continue
            inner: list[str] = []
            for name in names:
                path = os.path.join(folder, name)
                facts = _facts(path)
                if facts is not None and stat.S_ISDIR(facts.st_mode):
                    if self._is_entered(name, path):
                        inner.append(path)
                elif self._is_image(name, path, facts):
                    yield path[below:], facts
            folders.extend(reversed(inner))

    def _is_entered(self, name: str, path: str) -> bool:
        if name.endswith(".nbc"):
            self.passed_over.hidden["store"] += 1
            return False
        if is_hidden(name):
            self.passed_over.hidden["hidden folder"] += 1
            return False
        if marked_format(Path(path)) is not None:
            self.passed_over.exports.append(path)
            return False
        return True

    def _is_image(self, name: str, path: str, facts: os.stat_result | None) -> bool:
        """Whether a file is to be read; else it is counted."""
        if is_hidden(name):
            self.passed_over.hidden["hidden file"] += 1
            return False
        if facts is not None and not stat.S_ISREG(facts.st_mode):
            self.passed_over.special[special_kind(facts.st_mode) or "special file"] += 1
            return False
        ending = ending_of(name)
        if ending in self._readable:
            return True
        kind = None
        if facts is not None and kind_of(ending) is UNKNOWN:
            kind = self._stranger(path, ending)
            if kind is NAMELESS_PICTURE and not ending:
                return True
        self.passed_over.add_file(name, kind)
        return False

    def _stranger(self, path: str, ending: str) -> Kind | None:
        """What a file of an unknown ending is by its first bytes; None if it is nothing that one would tell."""
        if self._strangers[ending] >= _LOOKED_INTO and ending:
            return None
        try:
            with open_regular(path) as file:
                head = file.read(HEAD)
        except (OSError, ValueError):
            return None
        if picture_format(head) is not None:
            return NAMELESS_PICTURE
        self._strangers[ending] += 1
        return other_kind(head)


def _facts(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except (OSError, ValueError):
        return None
