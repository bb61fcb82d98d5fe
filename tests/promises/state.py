"""All that a person can lose, as plain Python: what two states of a data set are compared by."""

from __future__ import annotations

import json
import re
import traceback
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbcurate as nbc

from .world import World

#: One entry for each thing, by a name that says what it is.
State = dict[str, Any]

#: Members of files that are others in every run.
_OF_CHANCE = ("made", "created", "_fingerprint")
#: What only a process that was stopped leaves: files under a temporary name.
_TEMPORARY = re.compile(r"(^|/)(\.(?!nbcurate)[^/]+|[^/]+(\.new|\.tmp|\.part|#\d+))$")


def observe(world: World, *, read_only: bool = False) -> State:
    """The data set as it is found when it is opened; empty where there is none."""
    state = files_of(world)
    try:
        ds = nbc.Dataset.open(world.store, read_only=read_only)
        state |= observed(ds)
        ds.close()
    except Exception as error:
        if is_no_store(error):
            return state
        where = traceback.extract_tb(error.__traceback__)[-1]
        state["CANNOT BE OPENED"] = f"{type(error).__name__}: {error} ({where.name}, line {where.lineno})"
    return state


def is_no_store(error: Exception) -> bool:
    """Whether there is nothing to open yet, rather than something that cannot be."""
    return isinstance(error, FileNotFoundError)


def observed(ds: nbc.Dataset) -> State:
    """A data set that is open."""
    items = ds.store.items
    state: State = {"ids": ds.ids, "labels": ds.labels, "tags": ds.tags, "roots": ds.store.roots}
    for row in items.table.select(items.table.column_names).to_pylist():
        state |= {f"item {row['key']} {name}": value for name, value in row.items() if value is not None}
    state |= {"kept": ds.selection.ids, "rejected": ds.selection.rejected}
    state |= {f"slice {name}": (ds.slices[name].ids, ds.slices[name].rejected) for name in ds.slices}
    for name in ds.predictions:
        for number, one in enumerate(ds.predictions.versions(name), 1):
            state[f"predictions {name} {number}"] = one.to_pandas().to_numpy().tolist()
    log = ds.history[["edit", "id", "column", "old", "new"]]
    for number, *change in log.itertuples(index=False):
        state.setdefault(f"edit {number}", []).append(tuple(change))
    state["unreadable"] = [tuple(row) for row in ds.errors[["id", "status"]].itertuples(index=False)]
    return state | _derived_by_content(ds)


def _derived_by_content(ds: nbc.Dataset) -> State:
    """Vectors, thumbnails and measured properties; one that is there twice is told as a fault."""
    state: State = {}
    for embeddings in ds.store.embeddings():
        keys, vectors = embeddings.vectors(writable=False)
        name = f"vector of {embeddings.name}"
        state |= {f"{name} {key}": zlib.crc32(row.tobytes()) for key, row in zip(keys.tolist(), vectors, strict=True)}
        state |= _twice(name, embeddings._table.row_keys().tolist())
    state["encoders"] = [embeddings.name for embeddings in ds.store.embeddings()]
    contents = ds.store.items.contents
    state |= {f"thumbnail {key}": zlib.crc32(data) for key, data in ds.store.media.get(contents).items()}
    measured = ds.store.properties.table.to_pylist()
    state |= {f"measured {row['key']}": row for row in measured}
    return state | _twice("measured", [row["key"] for row in measured])


def _twice(what: str, keys: Iterable[int]) -> State:
    seen: set[int] = set()
    twice = {key for key in keys if key in seen or seen.add(key)}
    return {f"TWICE {what}": sorted(twice)} if twice else {}


def files_of(world: World) -> State:
    """Every file of the world that is no table of the store: pictures, exports, reports."""
    files = (path for path in world.folder.rglob("*") if path.is_file())
    names = {path.relative_to(world.folder).as_posix(): path for path in files}
    counted = {n: p for n, p in names.items() if not n.startswith("set.nbc/") and not _is_temporary(n)}
    return {f"file {name}": _content(path) for name, path in sorted(counted.items())}


def _content(path: Path) -> Any:
    """What a file says: of JSON the members, so that a time that stands in it can be passed over."""
    data = path.read_bytes()
    if path.suffix == ".json":
        return _without_times(json.loads(data))
    return zlib.crc32(data)


def _without_times(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {name: _without_times(value) for name, value in content.items() if name not in _OF_CHANCE}
    return [_without_times(value) for value in content] if isinstance(content, list) else content


def leftovers(folder: Path) -> list[str]:
    """Files under temporary names, those of Lance's tables left out: an interrupted process leaves them."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    return sorted(name for name in names if _is_temporary(name) and ".lance/" not in name)


def _is_temporary(name: str) -> bool:
    return any(
        _TEMPORARY.search(part) for part in ("/".join(name.split("/")[: n + 1]) for n in range(name.count("/") + 1))
    )


# -- comparing --------------------------------------------------------------------------------------------------------


def differences(one: State, other: State) -> list[str]:
    """What is not the same, a line each."""
    names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    return [f"{name}: {_short(one.get(name))} against {_short(other.get(name))}" for name in names]


def as_shown(state: State, before: State) -> State:
    """A state without the rows that nobody ever saw: those that were made to take the place of others, and did not.

    The keys that come after theirs are counted as if these had never been given.
    """
    news = [int(name.split(" ")[1]) for name in state if name.startswith("item ") and name.endswith(" key")]
    news = sorted(key for key in news if f"item {key} key" not in before)
    unseen = {key for key in news if state[f"item {key} status"] == "replaced"}
    if not unseen:
        return state
    now = {key: news[place] for place, key in enumerate(key for key in news if key not in unseen)}
    shown: State = {}
    for name, value in state.items():
        if not name.startswith("item "):
            shown[name] = value
            continue
        _, text, column = name.split(" ", 2)
        key = now.get(int(text), int(text))
        if int(text) not in unseen:
            shown[f"item {key} {column}"] = key if column == "key" else value
    return shown


def mixed(state: State, before: State, after: State) -> list[str]:
    """What of ``state`` is neither as before nor as after, thing by thing: for what is committed bit by bit."""
    wrong = [
        name
        for name in {**before, **after, **state}
        if state.get(name) != before.get(name) and state.get(name) != after.get(name) and not _in_between(name)
    ]
    return [f"{name}: {_short(state.get(name))}" for name in wrong]


def _in_between(name: str) -> bool:
    """What sums up the items: it follows from how many of them are there already."""
    return name in ("ids", "labels", "tags", "unreadable", "encoders", "roots")


def disagreements(state: State) -> list[str]:
    """Where a state does not agree with itself: ids that stand twice, a log that tells of what is not so."""
    found = [f"{name}: {value}" for name, value in state.items() if name.startswith(("TWICE", "CANNOT"))]
    ids = state.get("ids", [])
    if len(ids) != len(set(ids)):
        found.append(f"ids twice: {sorted({i for i in ids if ids.count(i) > 1})}")
    edits = sorted((int(name.split()[1]), rows) for name, rows in state.items() if name.startswith("edit "))
    said: dict[tuple[str, str], str] = {}
    for number, rows in edits:
        for item, column, old, new in rows:
            before = said.get((item, column), old)
            if before != old and not _as_lists(before, old):
                found.append(f"edit {number} of {item} {column} begins with {old}, but the log had {before}")
            said[item, column] = new
    return found + _not_as_said(state, said)


def _not_as_said(state: State, said: Mapping[tuple[str, str], str]) -> list[str]:
    """Where the values are not what the log tells of them last; those of replaced items are another's."""
    rows: dict[str, dict[str, Any]] = {}
    for name, value in state.items():
        if name.startswith("item "):
            key, column = name.split(" ", 2)[1:]
            rows.setdefault(key, {})[column] = value
    by_id: dict[str, list[Any]] = {}
    for row in rows.values():
        by_id.setdefault(row["id"], []).append(row)
    return [
        f"the log says that {column} of {item} is {new}, it is {[row.get(column) for row in by_id[item]]}"
        for (item, column), new in said.items()
        if not any(_as_lists(json.dumps(row.get(column)), new) for row in by_id.get(item, [{}]))
    ]


def _as_lists(one: str, other: str) -> bool:
    """Whether two values are the same, a label as a list of one and no tags as none."""
    values = [json.loads(text) for text in (one, other)]
    first, second = ([value] if isinstance(value, str) else value or [] for value in values)
    return first == second


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 160 else f"{text[:150]}…"
