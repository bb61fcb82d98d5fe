"""What the path of a file says of it: its class, its split, and further columns, by a rule of the user's."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from ..store.columns import require_free_name
from ..store.paths import encode_path

#: Names of folders that stand for a split.
SPLIT_NAMES = {
    "train": "train", "training": "train",
    "val": "val", "valid": "val", "validation": "val", "dev": "val",
    "test": "test", "testing": "test",
}  # fmt: skip

#: How a class is read off a path: the first folder, the last one, a function, a regular expression, or not at all.
Label = str | re.Pattern[str] | Callable[[Any], Any] | None

_RULES = "'folder', 'parent', a function of the path, a regular expression"


class RelativePath(str):
    """The path of a file below its folder, with ``/``: text that also has what paths of pathlib have (``.stem``, …)."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(PurePosixPath(self), name)


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says of one file."""

    label: str | list[str] | None = None
    split: str | None = None
    columns: dict[str, str | None] = field(default_factory=dict)


class FolderRule:
    """Reads class, split and columns off paths.

    Parameters
    ----------
    label : {"folder", "parent"}, callable, regular expression or None
        See :meth:`nbcurate.Dataset.from_folder`. The name of one of the levels is that level.
    levels : sequence of str or None
        Names of the folders from the top; None for one that means nothing. ``label`` and ``split`` are what they say.

    Raises
    ------
    TypeError, ValueError
        If it is no rule, or a name is twice there or means something else.
    """

    def __init__(self, label: Label, levels: Sequence[str | None] | None = None) -> None:
        levels = () if levels is None else levels
        if isinstance(levels, str) or not all(name is None or isinstance(name, str) for name in levels):
            raise TypeError(f"levels={levels!r}: give a list of names, such as ['coarse', 'fine'].")
        self.levels = tuple(levels)
        self._kind, self._expression, self._function = _read(label, self.levels)
        groups = list(self._expression.groupindex) if self._expression else []
        given = [name for name in (*self.levels, *groups) if name is not None]
        self.columns = [name for name in given if name not in ("label", "split")]
        for at, name in enumerate(given):
            if name in given[:at]:
                raise ValueError(f"{name!r} is there twice: give each level, and each group, a name of its own.")
        for at, name in enumerate(self.columns):
            require_free_name(name, self.columns[:at])
        self._failed: list[tuple[str, str]] = []
        self._unmatched: list[str] = []
        self._asked = 0

    @property
    def gives_label(self) -> bool:
        """Whether it speaks of classes at all."""
        return self._kind is not None or "label" in self.levels

    @property
    def gives_split(self) -> bool:
        """Whether it says itself which part of a path is the split."""
        return "split" in self.levels or (self._expression is not None and "split" in self._expression.groupindex)

    def read(self, path: str, *, split_first: bool) -> Said:
        """What the rule says of a file.

        Parameters
        ----------
        path : str
            Relative to the folder, as the system writes it.
        split_first : bool
            Whether the first folder is the split, and the levels begin below it.
        """
        folders = [encode_path(part) for part in path.split(os.sep)[:-1]]
        split = SPLIT_NAMES[folders.pop(0).lower()] if split_first and folders and is_split(folders[0]) else None
        found: dict[str, Any] = {
            name: folders[depth] if depth < len(folders) else None for depth, name in enumerate(self.levels) if name
        }
        relative = RelativePath(encode_path(path.replace(os.sep, "/")))
        self._asked += 1
        label = found.pop("label", None)
        match self._kind:
            case "folder":
                label = folders[0] if folders else None
            case "parent":
                label = folders[-1] if folders else None
            case "level":
                label = found.get(str(self._function))
            case "function":
                label = self._called(relative)
            case "expression":
                matched = self._matched(relative)
                label = matched.pop("label", None)
                found |= matched
        if "split" in found:
            name = found.pop("split")
            split = SPLIT_NAMES.get(str(name).lower(), name)
        return Said(label, split, found)

    def remarks(self) -> list[str]:
        """Of how many files the rule says nothing, and why."""
        told = []
        if self._failed:
            path, reason = self._failed[0]
            told.append(
                f"label: the function failed for {len(self._failed):,} of {self._asked:,} files, which have no label: "
                f"for {path!r} with {reason}."
            )
        if self._unmatched:
            told.append(
                f"label: the regular expression matches {self._asked - len(self._unmatched):,} of {self._asked:,} "
                f"paths; the others have no label, such as {self._unmatched[0]!r}."
            )
        return told

    def _called(self, path: RelativePath) -> str | list[str] | None:
        try:
            return as_label(self._function(path))
        except Exception as error:  # whatever a user's function raises costs that item's label only
            self._failed.append((path, f"{type(error).__name__}: {error}"))
            return None

    def _matched(self, path: RelativePath) -> dict[str, str | None]:
        assert self._expression is not None
        found = self._expression.search(path)
        if found is None:
            self._unmatched.append(path)
            return dict.fromkeys(self._expression.groupindex)
        named = {name: text or None for name, text in found.groupdict().items()}
        return named if "label" in named else {**named, "label": found[1] or None}


def _read(label: Label, levels: Sequence[str | None]) -> tuple[str | None, re.Pattern[str] | None, Any]:
    """The kind of a rule, its expression and its function."""
    if label is None or (label == "folder" and "label" in levels):
        return None, None, None
    if callable(label):
        return "function", None, label
    if isinstance(label, str) and label in levels:
        return "level", None, label
    if label in ("folder", "parent"):
        return str(label), None, None
    if not isinstance(label, str | re.Pattern):
        raise TypeError(
            f"label={label!r}: use 'folder', 'parent', a function of the path, a regular expression, or None."
        )
    try:
        expression = re.compile(label)
    except re.error as error:
        raise ValueError(f"label={label!r} is no regular expression: {error}.") from None
    if not expression.groups or not isinstance(expression.pattern, str):
        raise ValueError(
            f"label={expression.pattern!r}: use {_RULES} with a group in parentheses that is the class, or None."
        )
    return "expression", expression, None


def as_label(value: Any) -> str | list[str] | None:
    """What a user's function returned as a class, a list of classes, or none.

    Raises
    ------
    TypeError
        If it is nothing of the kind.
    """
    if isinstance(value, list | tuple | set | frozenset):
        found = [as_label(part) for part in (sorted(value) if isinstance(value, set | frozenset) else value)]
        return [part for part in found if isinstance(part, str)]
    if value is None or value == "" or value != value:
        return None
    if isinstance(value, str):
        return encode_path(str(value))
    if isinstance(value, os.PathLike | int | float | np.number) and not isinstance(value, bool):
        return encode_path(str(value))
    raise TypeError(f"it returned {value!r}, and neither a text nor a list of texts")


def is_split(folder: str) -> bool:
    """Whether a folder is called as splits are."""
    return folder.lower() in SPLIT_NAMES


def split_folders(paths: Iterable[str]) -> tuple[set[str], set[str], str | None]:
    """The first folders of paths that are called as splits are, the others, and a file, if there is one, in none."""
    splits: set[str] = set()
    others: set[str] = set()
    loose = None
    for path in paths:
        first, inside, _ = path.partition(os.sep)
        if not inside:
            loose = loose or path
        else:
            (splits if is_split(first) else others).add(first)
    return splits, others, loose
