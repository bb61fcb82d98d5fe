"""The file of a curation: what was decided about a data set, by id and content, to be replayed on a copy of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..export.target import new_file
from ..imaging import open_regular
from ..store.columns import require_free_name
from ..version import __version__
from .column_values import ColumnValues

FORMAT, VERSION = "nbcurate curation", 1
#: A file of a million edited items has some 150 MB; one that is larger by far was not written here.
MOST_BYTES = 1 << 30
#: Columns of ours that a curation may change. Others of ours say what a file is or where it lies.
CHANGEABLE = ("label", "tags", "split")

#: Items by their number in the file.
Numbers = list[int]


class CurationFileError(ValueError):
    """A file that is no curation, or a damaged one; the message says what is wrong in it."""


@dataclass(frozen=True, slots=True)
class ColumnEdits:
    """The values of a column before and after: a text, a list of texts, or None."""

    items: Numbers
    old: list[Any]
    new: list[Any]


@dataclass(frozen=True, slots=True)
class Marked:
    """Kept and rejected items, in the order in which they were marked."""

    kept: Numbers = field(default_factory=list)
    rejected: Numbers = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SavedPicks:
    """What a finding picked, in its order, with the recipe that made it; that is for people and is not run."""

    kind: str
    items: Numbers
    scores: list[float]
    reasons: list[str]
    score_meaning: str
    recipe: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Curation:
    """What was decided about a data set.

    Attributes
    ----------
    ids, contents : list
        Name of each item that is spoken of, and the BLAKE2b-128 of its file; "" where it has none.
    where : list of str or Numbers
        Conditions of the view, first to last: SQL, or items.
    edits : dict of str to ColumnEdits
    columns : dict of str to ColumnValues
        The user's columns that the conditions name.
    removed : Numbers
    slices : dict of str to Marked
    selection : Marked
    picks : list of SavedPicks
    """

    ids: list[str]
    contents: list[str]
    where: list[str | Numbers] = field(default_factory=list)
    edits: dict[str, ColumnEdits] = field(default_factory=dict)
    columns: dict[str, ColumnValues] = field(default_factory=dict)
    removed: Numbers = field(default_factory=list)
    slices: dict[str, Marked] = field(default_factory=dict)
    selection: Marked = field(default_factory=Marked)
    picks: list[SavedPicks] = field(default_factory=list)

    def decided(self) -> set[int]:
        """Numbers of the items of which something is decided; the others are their copies, or have a value only."""
        marked = [self.selection, *self.slices.values()]
        parts = [
            *(made for made in self.where if not isinstance(made, str)),
            *(edits.items for edits in self.edits.values()),
            *(numbers for marks in marked for numbers in (marks.kept, marks.rejected)),
            *(picks.items for picks in self.picks),
            self.removed,
        ]
        return {number for part in parts for number in part}


class NoFileError(CurationFileError, FileNotFoundError):
    """There is no file where a recipe is to be."""


def write_curation(curation: Curation, to: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Write a curation as JSON; the path that was written.

    Raises
    ------
    FileExistsError, IsADirectoryError, NotADirectoryError, PermissionError
        If it cannot be written there: see :func:`nbcurate.export.target.new_file`.
    """

    made = {"format": FORMAT, "version": VERSION, "made": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    text = json.dumps({**made, "made_by": f"nbcurate {__version__}", **asdict(curation)}, ensure_ascii=False)
    with new_file(to, overwrite=overwrite) as file:
        file.write_text(text, encoding="utf-8")
    return Path(to).expanduser()


def read_json(path: str | os.PathLike[str]) -> Any:
    """The content of a JSON file of a sensible size.

    Raises
    ------
    NoFileError
        If there is no such file.
    CurationFileError
        If it is too large, or no JSON.
    """
    file = Path(path).expanduser()
    if not file.is_file():
        raise NoFileError(f"This is no recipe: there is no file {file}, such as ds.save_recipe writes.")
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise CurationFileError(f"{file} has {size / 1e9:.1f} GB, where a curation has at most {MOST_BYTES / 1e9:.1f}.")
    try:
        with open_regular(file) as opened:
            return json.loads(opened.read(MOST_BYTES))
    except (ValueError, RecursionError) as error:
        raise CurationFileError(f"{file} is no JSON file: {error}.") from None


def as_curation(content: Any) -> Curation:
    """What was read from a file, every part of it checked before any of it is used.

    Raises
    ------
    CurationFileError
        If it is of a newer version, or something in it is unknown or of another kind.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CurationFileError("This is no curation, which is what ds.save_recipe writes.")
    if not isinstance(content.get("version"), int) or not 1 <= content["version"] <= VERSION:
        raise CurationFileError(
            f"The curation has version {content.get('version')!r:.20}; this nbcurate reads {VERSION}: upgrade with "
            "`pip install -U nbcurate`."
        )
    parts = _parts(content, "the curation", {"format", "version", "made", "made_by", *Curation.__slots__})
    ids, contents = (_list(parts.get(name, []), name, _text) for name in ("ids", "contents"))
    if len(ids) != len(contents):
        raise CurationFileError(f"The curation names {len(ids)} ids and {len(contents)} contents.")
    read = _Reader(len(ids))
    edits, columns, slices = (_parts(parts.get(name, {}), name) for name in ("edits", "columns", "slices"))
    return Curation(
        ids, contents,
        where=_list(parts.get("where", []), "where", read.condition),
        edits={_column(name): read.edits(name, part) for name, part in edits.items()},
        columns={_free(name): read.values(part) for name, part in columns.items()},
        removed=read.numbers(parts.get("removed", []), "removed"),
        slices={name: read.marks(part, "slices") for name, part in slices.items() if name.strip()},
        selection=read.marks(parts.get("selection", {}), "selection"),
        picks=_list(parts.get("picks", []), "picks", read.picks),
    )  # fmt: skip


class _Reader:
    """Reads the parts of a file that names so many items."""

    def __init__(self, items: int) -> None:
        self._items = items

    def numbers(self, value: Any, where: str) -> Numbers:
        return _list(value, where, self._number)

    def condition(self, value: Any, where: str) -> str | Numbers:
        return value if isinstance(value, str) else self.numbers(value, where)

    def marks(self, value: Any, where: str) -> Marked:
        parts = _parts(value, where, Marked.__slots__)
        return Marked(**{name: self.numbers(part, where) for name, part in parts.items()})

    def edits(self, column: str, value: Any) -> ColumnEdits:
        parts = _parts(value, "edits", ColumnEdits.__slots__)
        check = {"tags": _texts, "split": _name}.get(column, _label)
        items = self.numbers(parts.get("items"), "edits")
        old, new = (_list(parts.get(side), "edits", check) for side in ("old", "new"))
        if not len(items) == len(old) == len(new):
            raise CurationFileError(f"The edits of {column!r} are not as many as their items.")
        return ColumnEdits(items, old, new)

    def values(self, value: Any) -> ColumnValues:
        parts = _parts(value, "columns", ColumnValues.__slots__)
        items, values = self.numbers(parts.get("items"), "columns"), parts.get("values")
        if not isinstance(values, list) or len(values) != len(items):
            raise CurationFileError("The values of a column are not as many as their items.")
        found = ColumnValues(items, values, _name(parts.get("type"), "columns"))
        try:
            found.column()
        except ValueError as error:
            raise CurationFileError(str(error)) from None
        return found

    def picks(self, value: Any, where: str) -> SavedPicks:
        parts = _parts(value, where, SavedPicks.__slots__)
        items, recipe = self.numbers(parts.get("items"), where), _parts(parts.get("recipe", {}), where)
        scores, reasons = _list(parts.get("scores"), where, _score), _list(parts.get("reasons"), where, _text)
        if not len(items) == len(scores) == len(reasons):
            raise CurationFileError("Picks have a score and a reason for each item, and these have not.")
        kind, meaning = (_text(parts.get(name), where) for name in ("kind", "score_meaning"))
        return SavedPicks(kind, items, scores, reasons, meaning, recipe)

    def _number(self, value: Any, where: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < self._items:
            raise CurationFileError(f"{where!r} names the item {value!r:.40}, and there are {self._items}.")
        return value


def _parts(value: Any, where: str, known: Iterable[str] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise CurationFileError(f"{where!r} is an object of names and values, got {value!r:.40}.")
    unknown = sorted(set(value) - set(known), key=str) if known is not None else []
    if unknown:
        raise CurationFileError(f"{where!r} has a part {unknown[0]!r:.40} that this version does not know.")
    return value


def _list(value: Any, where: str, check: Callable[[Any, str], Any]) -> list[Any]:
    if not isinstance(value, list):
        raise CurationFileError(f"{where!r} is a list, got {value!r:.40}.")
    return [check(one, where) for one in value]


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise CurationFileError(f"{where!r} holds {value!r:.40}, where a text is expected.")
    return value


def _texts(value: Any, where: str) -> list[str]:
    return [] if value is None else _list(value, where, _text)


def _label(value: Any, where: str) -> str | list[str] | None:
    if value is None or isinstance(value, str):
        return value or None
    return _list(value, where, _text)


def _name(value: Any, where: str) -> str | None:
    return None if value is None else _text(value, where)


def _score(value: Any, where: str) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise CurationFileError(f"{where!r} has the score {value!r:.40}, which is not from 0 to 1.")
    return float(value)


def _column(name: str) -> str:
    """A column that may be edited."""
    return name if name in CHANGEABLE else _free(name)


def _free(name: str) -> str:
    """A name that a column of the user's may have."""
    try:
        require_free_name(name)
    except ValueError as error:
        raise CurationFileError(f"The curation edits a column that it may not: {error}") from None
    return name
