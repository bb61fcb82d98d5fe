"""Find the image files below a folder, whatever the folder holds."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..imaging import EXTENSIONS
from ..store.paths import encode_path
from .record import Record

#: First-level folders with these names are splits, not classes.
SPLIT_NAMES = {
    "train": "train", "training": "train",
    "val": "val", "valid": "val", "validation": "val", "dev": "val",
    "test": "test", "testing": "test",
}  # fmt: skip


@dataclass
class Walk:
    """The image files below ``root``, and what was passed over while looking for them.

    Attributes
    ----------
    problems : list of str
        Folders that could not be read, and why.
    skipped : int
        Files that are no images by their ending, or no files at all (pipes, sockets).
    """

    root: Path
    problems: list[str] = field(default_factory=list)
    skipped: int = 0

    def files(self) -> Iterator[tuple[str, os.stat_result | None]]:
        """Paths relative to the root, sorted within each folder, with what the system says of the file.

        Links to folders are followed, each folder once, so that a link to a folder above ends nothing. The
        second value is None for a file that cannot be asked (a dangling link).
        """
        seen: set[tuple[int, int]] = set()
        folders = [str(self.root)]
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
                try:
                    facts = os.stat(path)
                except OSError:
                    facts = None
                if facts is not None and stat.S_ISDIR(facts.st_mode):
                    if not name.endswith(".nbc"):
                        inner.append(path)
                elif _is_image(name) and (facts is None or stat.S_ISREG(facts.st_mode)):
                    yield os.path.relpath(path, self.root), facts
                else:
                    self.skipped += 1
            folders.extend(reversed(inner))

    def records(self, *, label: str | None) -> Iterator[Record]:
        """The files as records.

        Parameters
        ----------
        label : {"folder", None}
            ``"folder"``: the first folder below the root is the class; where that is the name of a split
            (train, val, test), it becomes the split and the next folder the class. Files that lie directly in the
            root have no label.
        """
        for path, facts in self.files():
            folders = Path(path).parent.parts
            split = SPLIT_NAMES.get(folders[0].lower()) if folders else None
            classes = folders[1:] if split else folders
            name = encode_path(path)
            yield Record(
                id=name,
                path=name,
                bytes=facts.st_size if facts else None,
                modified_ns=facts.st_mtime_ns if facts else None,
                label=encode_path(classes[0]) if label == "folder" and classes else None,
                split=split,
            )


def _is_image(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in EXTENSIONS and not name.startswith("._")
