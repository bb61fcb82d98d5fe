"""A Hugging Face data set as a source: the pictures stay inside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from ..store import Store
from ..store.columns import add_user_columns
from .arrow_root import ArrowRoot
from .frame import texts
from .reconcile import SourceReport, known_items, reconcile
from .record import Record


def add_huggingface(
    store: Store, data: Any, *, image: str = "image", label: str | None = "label", id: str | None = None
) -> Iterator[SourceReport]:
    """Bring ``store`` up to date with the rows of a ``datasets.Dataset``, or of each split of a ``DatasetDict``.

    Yields a report for each of them. A picture is read from the Arrow file that it lies in; nothing is copied.

    Parameters
    ----------
    image, label, id : str, optional
        Columns. A ``ClassLabel`` gives the names of its classes. A label column that is not there gives no labels.

    Raises
    ------
    TypeError
        If it is no such data set, or is streamed.
    KeyError
        If there is no image column of that name.
    """
    if isinstance(data, Mapping):
        for split, part in data.items():
            yield _add_part(store, part, image, label, id, split)
    else:
        yield _add_part(store, data, image, label, id, None)


def _add_part(
    store: Store, data: Any, image: str, label: str | None, id: str | None, split: str | None
) -> SourceReport:
    if not hasattr(data, "cache_files") or not hasattr(data, "features"):
        raise TypeError(
            f"Expected a datasets.Dataset, got {type(data).__name__}: a streamed data set has no rows to come back to; "
            "load it without streaming=True."
        )
    _require_images(data, image)
    physical = _physical_rows(data)
    root = _root(data, image)
    number = len(str(max(len(data) - 1, 0)))
    prefix = f"{split}/" if split else ""
    names = [str(name) for name in data[id]] if id else [f"{prefix}{row:0{number}}" for row in range(len(data))]
    labels = _labels(data, label)
    found = {
        name: Record(name, str(path), label=label, split=split)
        for name, path, label in zip(names, physical.tolist(), labels, strict=True)
    }
    known = {item.id: item for item in known_items(store, root)}
    report = reconcile(store, root, found, known, gone=[])
    own = [name for name, kind in data.features.items() if name not in (label, id) and _is_simple(kind)]
    # Arrow as it lies in the file: asking the data set for rows would decode every picture.
    left_out = add_user_columns(store, names, data.data.table.select(own).take(pa.array(physical)))
    return replace(report, problems=[f"column {name!r} is left out: {why}" for name, why in left_out.items()])


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


def _root(data: Any, image: str) -> ArrowRoot:
    name = getattr(data.info, "dataset_name", None) or data.builder_name or "dataset"
    files = [file["filename"] for file in data.cache_files]
    if files and _rows_in(files) == len(data.data):
        return ArrowRoot(files, image, name)
    root = ArrowRoot([], image, f"{name}-{data._fingerprint}")
    root.hold(data.data.column(image))
    return root


def _rows_in(files: list[str]) -> int:
    total = 0
    for file in files:
        with pa.memory_map(file) as mapped, pa.ipc.open_stream(mapped) as stream:
            total += sum(batch.num_rows for batch in stream)
    return total


def _labels(data: Any, label: str | None) -> list[str | None]:
    if label is None or label not in data.features:
        return [None] * len(data)
    kind, values = data.features[label], data[label]
    if hasattr(kind, "int2str"):
        return [None if value is None or value < 0 else kind.int2str(value) for value in values]
    return texts(pa.chunked_array([pa.array(values)]))


def _is_simple(kind: Any) -> bool:
    """Whether a column holds numbers, texts, times or lists of them: no pictures, sounds, structures."""
    if type(kind).__name__ in ("Sequence", "List", "LargeList"):
        return _is_simple(kind.feature)
    return type(kind).__name__ in ("Value", "ClassLabel")
