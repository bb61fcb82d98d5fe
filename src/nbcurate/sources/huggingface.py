"""A Hugging Face data set as a source: the pictures stay inside it."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ..store import Store
from ..store.class_order import keep_class_order
from ..store.column_types import plain
from ..store.columns import is_ours
from ..store.export_mark import DESCRIPTION, part_name
from ..store.paths import decode_path, encode_path
from .arrow_root import ArrowRoot
from .frame import labels, texts
from .huggingface_objects import BoxFormat, object_columns
from .ingest import probe_record
from .known_items import KnownItems
from .one_at_a_time import one_at_a_time
from .reconcile import reconcile
from .record import Record
from .report import SourceReport
from .source import Source

#: So many pictures of a data set in memory are compared with those that are known, to tell whether it is the same one.
_LOOKED_AT = 128
_KIND = "huggingface:"


@one_at_a_time
def add_huggingface(
    store: Store,
    data: Any,
    *,
    image: str = "image",
    label: str | None = "label",
    id: str | None = None,
    objects: str | None = "objects",
    box_format: BoxFormat = "xywh",
) -> Iterator[SourceReport]:
    """Bring ``store`` up to date with the rows of a ``datasets.Dataset``, or of each split of a ``DatasetDict``.

    Yields a report for each of them. A picture is read from the Arrow file that it lies in; nothing is copied.

    Parameters
    ----------
    image, label, id : str, optional
        Columns. A ``ClassLabel`` gives the names of its classes. A label column that is not there gives no labels.
        Of what ``ds.export`` wrote, ids, splits and tags are read, too. A row without an id is passed over, and told.

    Raises
    ------
    TypeError
        If it is no such data set, or is streamed.
    KeyError
        If there is no image column of that name.
    """
    if isinstance(data, Mapping):
        for split, part in data.items():
            yield _add_part(store, part, image, label, id, split, objects, box_format)
    else:
        yield _add_part(store, data, image, label, id, None, objects, box_format)


def _add_part(
    store: Store,
    data: Any,
    image: str,
    label: str | None,
    id: str | None,
    split: str | None,
    objects: str | None,
    box_format: BoxFormat,
) -> SourceReport:
    if not hasattr(data, "cache_files") or not hasattr(data, "features"):
        raise TypeError(
            f"Expected a datasets.Dataset, got {type(data).__name__}: a streamed data set has no rows to come back to; "
            "load it without streaming=True."
        )
    _require_images(data, image)
    if label not in (None, "label") and label not in data.features:
        raise KeyError(f"The data set has no column {label!r}: it has {', '.join(data.features)}.")
    exported = DESCRIPTION in (data.info.description or "")
    id = id or ("id" if exported and "id" in data.features else None)
    physical = _physical_rows(data)
    name = _name(data)
    root, times = _root(data, image, name)
    number = len(str(max(len(data) - 1, 0)))
    prefix = f"{split}/" if split else ""
    by_row = [f"{prefix}{row:0{number}}" for row in range(len(data))]
    names = texts(pa.chunked_array([pa.array(data[id][:])])) if id else by_row
    nameless = [row for row, given in enumerate(names) if given is None]
    repeated = next((given for given, count in Counter(names).items() if count > 1 and given is not None), None)
    if repeated is not None:
        raise ValueError(f"The id {repeated!r} is in the column {id!r} twice: ids name one item each.")
    own = [column for column, kind in data.features.items() if column not in (label, id) and _is_simple(kind)]
    noted = [column for column in ("split", "tags") if exported and column in data.features]
    own = [column for column in own if not (exported and is_ours(column))]  # they are filled again from the pictures
    # Arrow as it lies in the file: asking the data set for rows would decode every picture.
    wanted = [*own, *noted, *([label] if label in data.features else [])]
    rows = data.data.table.select(wanted).take(pa.array(physical))
    given = _labels(rows.column(label), data.features[label]) if label in data.features else [None] * len(data)
    changed = [None] * len(data) if times is None else times[physical].tolist()
    splits = [split] * len(data)
    if "split" in noted:
        splits = [_split(of_row, split) for of_row in texts(rows.column("split"))]
    tags = rows.column("tags").to_pylist() if "tags" in noted else [None] * len(data)
    records = [
        Record(name, str(path), label=label, split=split, tags=tags, modified_ns=time)
        for name, path, time, label, split, tags in zip(
            names, physical.tolist(), changed, given, splits, tags, strict=True
        )
        if name is not None
    ]
    spoken = {"label": label in data.features, "split": any(splits), "tags": "tags" in noted}
    source = Source(
        kind="huggingface",
        title=encode_path(name),
        place=_place(store, data, name, root, split, physical),
        says=frozenset(column for column, spoken_of in spoken.items() if spoken_of),
        by_position=id is None,
        whole=True,
    )
    columns = pa.table([_values(rows.column(column), data.features[column]) for column in own], own) if own else None
    drawn = None
    if objects in data.features:
        on = data.data.table.column(objects).take(pa.array(physical))
        drawn = object_columns(on, data.features[objects], box_format)
    if drawn is not None:
        others = columns if columns is not None else pa.table({})
        columns = pa.table({**dict(zip(others.column_names, others.columns, strict=True)), **drawn[0]})
    if columns is not None and nameless:
        columns = columns.take(pa.array([row for row, given in enumerate(names) if given is not None], pa.int64()))
    report = reconcile(store, source, root, records, columns=columns)
    keep_class_order(store, _classes(data.features, label, own))
    taken = {image, label, id, *own, *noted, *([objects] if drawn is not None else [])}
    lost = {column: kind for column, kind in data.features.items() if column not in taken and not is_ours(column)}
    problems = [f"Column {column!r} is left out: it holds {_in_words(kind)}." for column, kind in lost.items()]
    if drawn is not None and drawn[1]:
        problems.append(f"Column {objects!r}: {drawn[1]:,} objects have no box of four numbers, and are left out.")
    if nameless:
        problems.append(f"{len(nameless):,} rows have no id in column {id!r}, such as row {nameless[0]}: passed over.")
    for column in [*own, *({label} & set(data.features))]:
        problems += _unnamed(column, rows.column(column), data.features[column])
    return replace(report, skipped=len(nameless), problems=[*report.problems, *problems])


def _unnamed(name: str, column: pa.ChunkedArray, kind: Any) -> list[str]:
    """What to say of the numbers in a column of classes that are those of none."""
    if not hasattr(kind, "int2str"):
        return []
    odd = [row for row, number in enumerate(column.to_pylist()) if number is not None and number >= len(kind.names)]
    if not odd:
        return []
    return [
        f"Column {name!r}: {len(odd):,} rows have the number of none of its {len(kind.names)} classes, such as row "
        f"{odd[0]}: they have none."
    ]


def _classes(features: Mapping[str, Any], label: str | None, own: list[str]) -> dict[str, list[str]]:
    """The classes of each column that has such, by what the store calls it."""
    kinds = {column: _value_kind(features[column]) for column in own if not is_ours(column)}
    if label is not None and label in features:
        kinds["label"] = _value_kind(features[label])
    return {column: list(kind.names) for column, kind in kinds.items() if hasattr(kind, "int2str")}


def _value_kind(kind: Any) -> Any:
    """What a column holds, or the lists in it."""
    return kind.feature if _is_list(kind) else kind


def _split(noted: str | None, part: str | None) -> str | None:
    """The split of a row that was exported: as it is noted, unless somebody has parted the data set anew since."""
    return noted if part is None or part_name(noted) == part.rstrip("_") else part


def _name(data: Any) -> str:
    """What a data set is called: the folder that it was saved to, or its name on the hub."""
    files = [Path(file["filename"]) for file in data.cache_files]
    if files and (files[0].parent / "state.json").exists():
        folder = files[0].parent
        return folder.parent.name if (folder.parent / "dataset_dict.json").exists() else folder.name
    return getattr(data.info, "dataset_name", None) or data.builder_name or "dataset"


def _place(store: Store, data: Any, name: str, root: ArrowRoot, split: str | None, rows: np.ndarray) -> str:
    """What tells the data set from others: its folder and split.

    One in memory is one of those that are known if it has mostly its pictures; so is one whose folder is new, if that
    of the known one is gone.
    """
    part = split or (str(data.split) if data.split is not None else "")
    place = f"{encode_path(Path(root.files[0]).parent)}#{part}" if root.files else f"memory:{name}#{part}"
    known = KnownItems(store)
    by_source: dict[str, set[str]] = defaultdict(set)
    for given_by, digest in zip(known.given_by, known.content_hash, strict=True):
        if given_by is not None and given_by.startswith(_KIND):
            by_source[given_by.removeprefix(_KIND)].add(digest)
    if root.files and place in by_source:
        return place
    candidates = [there for there in by_source if _may_be(there, part, in_memory=not root.files)]
    if candidates:
        some = np.random.default_rng(0).permutation(rows)[:_LOOKED_AT]
        digests = [probe_record(root, Record("", str(row))).content_hash for row in some.tolist()]
        for there in candidates:
            if 2 * sum(digest in by_source[there] for digest in digests) >= len(digests):
                return there
    if root.files:
        return place
    return next(there for there in map(f"{place}~{{}}".format, count(1)) if there not in by_source)


def _may_be(place: str, part: str, *, in_memory: bool) -> bool:
    """Whether a known data set may be one that is read now: it was in memory, too, or its folder is gone."""
    if place.startswith("memory:"):
        return in_memory
    folder, _, known_part = place.rpartition("#")
    return not in_memory and known_part == part and not os.path.lexists(decode_path(folder))


def _require_images(data: Any, image: str) -> None:
    kinds = {name: type(kind).__name__ for name, kind in data.features.items()}
    if kinds.get(image) == "Image":
        return
    candidates = [name for name, kind in kinds.items() if kind == "Image"]
    hint = f"give image={candidates[0]!r}" if candidates else "it has none: use from_table for a column of paths"
    raise KeyError(f"The data set has no image column {image!r}: {hint}.")


def _physical_rows(data: Any) -> np.ndarray:
    """Row in the Arrow files of each row of the data set, which may be a selection or in another order."""
    indices = getattr(data, "_indices", None)
    if indices is None:
        return np.arange(len(data))
    return indices.column(0).to_numpy()


def _root(data: Any, image: str, name: str) -> tuple[ArrowRoot, np.ndarray | None]:
    """Where the pictures are read, and for each row there when its file was changed last, in ns."""
    files = [file["filename"] for file in data.cache_files]
    counts = [_rows_in(file) for file in files]
    if files and sum(counts) == len(data.data):
        return ArrowRoot(files, image, name), np.repeat([os.stat(file).st_mtime_ns for file in files], counts)
    root = ArrowRoot([], image, f"{name}-{data._fingerprint}")
    root.hold(data.data.column(image))
    return root, None


def _rows_in(file: str) -> int:
    with pa.memory_map(file) as mapped, pa.ipc.open_stream(mapped) as stream:
        return sum(batch.num_rows for batch in stream)


def _labels(column: pa.ChunkedArray, kind: Any) -> list[str | list[str] | None]:
    return labels(pa.chunked_array([_values(column, kind)]))


def _values(column: pa.ChunkedArray, kind: Any) -> pa.Array:
    """A column as it is; of a ``ClassLabel``, and of lists of these, the names of the classes."""
    values = plain(column)
    if _is_list(kind):
        of_lists = values if pa.types.is_list(values.type) else values.cast(pa.list_(values.type.value_type))
        if not hasattr(kind.feature, "int2str"):
            return of_lists
        named = [
            None if row is None else [_class(number, kind.feature) for number in row] for row in of_lists.to_pylist()
        ]
        return pa.array(named, pa.list_(pa.string()))
    if hasattr(kind, "int2str"):
        return pa.array([_class(number, kind) for number in values.to_pylist()], pa.string())
    return values


def _class(number: int | None, kind: Any) -> str | None:
    return None if number is None or not 0 <= number < len(kind.names) else kind.int2str(number)


def _is_list(kind: Any) -> bool:
    return type(kind).__name__ in ("Sequence", "List", "LargeList")


def _in_words(kind: Any) -> str:
    """What a column holds that is no column here."""
    name = type(kind).__name__
    return {"Image": "further pictures", "Audio": "sounds", "Video": "videos"}.get(name, "structures")


def _is_simple(kind: Any) -> bool:
    """Whether a column holds numbers, texts, times or lists of them: no pictures, sounds, structures."""
    if _is_list(kind):
        return _is_simple(kind.feature)
    return type(kind).__name__ in ("Value", "ClassLabel")
