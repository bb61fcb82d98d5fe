"""What a folder holds beside the pictures that are read: counted by kind, and told."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field

from ..imaging.kinds import Kind, kind_of
from ..store.paths import encode_path

#: What files without a usual ending turn out to be.
NAMELESS_PICTURE = Kind("picture of another ending", "rename to have them read")

_ENDINGS_TOLD = 4
_KINDS_COUNTED = 20


@dataclass(slots=True)
class PassedOver:
    """Files and folders that are no items."""

    files: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    special: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    exports: list[str] = field(default_factory=list)

    def add_file(self, name: str, kind: Kind | None = None) -> None:
        """A file that is not read; its kind by its ending, if nobody knows better."""
        ending = ending_of(name)
        self.files[kind or kind_of(ending), ending] += 1

    @property
    def total(self) -> int:
        """Files that are not read, hidden ones and what is in hidden folders not counted."""
        return self.files.total() + self.special.total()

    def counts(self) -> dict[str, int]:
        """How many there are of each kind of file or folder, by a name for people: ``.txt file``, ``pipe``."""
        found: Counter[str] = Counter()
        for (_, ending), count in self.files.items():
            found[f"{ending} file" if ending else "file without an ending"] += count
        rare = [name for name, _ in found.most_common()[_KINDS_COUNTED:]]  # endings may be numbers, one a file
        if rare:
            found["other file"] = sum(found.pop(name) for name in rare)
        exported = Counter({"exported folder": len(self.exports)} if self.exports else {})
        return dict(found + self.special + self.hidden + exported)

    def remarks(self) -> list[str]:
        """What a person would take for pictures, or cannot expect to be passed over: a sentence a kind."""
        kinds: dict[Kind, Counter[str]] = {}
        for (kind, ending), count in self.files.items():
            kinds.setdefault(kind, Counter())[ending] += count
        told = [_sentence(kind, endings) for kind, endings in kinds.items() if kind.is_picture]
        told += [f"{plural(count, name)} passed over." for name, count in self.special.items()]
        if self.exports:
            told.append(
                f"{plural(len(self.exports), 'folder')} that nbcurate exported passed over, such as "
                f"{encode_path(self.exports[0])}: a data set holds no copies of itself. from_folder reads it by itself."
            )
        return told

    def __str__(self) -> str:
        return ", ".join(plural(count, name) for name, count in self.counts().items())


def ending_of(name: str) -> str:
    """The ending of a file's name in small letters, with its dot: ``.jpg``; empty for none."""
    ending = os.path.splitext(name)[1].lower()
    return ".nii" if ending == ".gz" and name.lower().endswith(".nii.gz") else ending


def plural(count: int, name: str) -> str:
    """Such as ``1 pipe`` and ``2 files without an ending``."""
    if count != 1:
        noun, without, rest = name.partition(" without ")
        name = f"{noun}s{without}{rest}"
    return f"{count:,} {name}"


def _sentence(kind: Kind, endings: Counter[str]) -> str:
    """Such as: 40 .heic files passed over (HEIC pictures): pip install …"""
    most_first = sorted(endings, key=lambda ending: (-endings[ending], ending))
    shown = "/".join([*most_first[:_ENDINGS_TOLD], *(["…"] if len(endings) > _ENDINGS_TOLD else [])])
    count = endings.total()
    files = plural(count, f"{shown} file" if shown else "file without an ending")
    name = kind.name if count == 1 else _ended(kind.name)
    return f"{files} passed over ({name}): {kind.advice}."


def _ended(name: str) -> str:
    """The plural of a kind: pictures of …, camera raw files."""
    noun, of, rest = name.partition(" of ")
    return f"{noun}s{of}{rest}"
