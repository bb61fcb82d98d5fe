"""Pictures inside a table: bytes, structures of bytes and a path, Pillow images, arrays."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
from PIL import Image

from ..store import Store
from .arrow_root import ArrowRoot

_STRUCT = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
_COLUMN = "image"
#: A row group of pictures: what is held in memory at once while they are written.
_ROWS = 256


def are_pictures(values: Iterable[Any]) -> bool:
    """Whether these are pictures, and no paths: by the first that is there."""
    first = next((value for value in values if value is not None and not isinstance(value, float)), None)
    return isinstance(first, bytes | bytearray | memoryview | dict | Image.Image | np.ndarray)


def hold_pictures(type_: pa.DataType) -> bool:
    """Whether a column of this type holds pictures."""
    if pa.types.is_struct(type_):
        return "bytes" in {type_.field(at).name for at in range(type_.num_fields)}
    return pa.types.is_binary(type_) or pa.types.is_large_binary(type_) or pa.types.is_fixed_size_binary(type_)


def as_pictures(values: Iterable[Any]) -> tuple[pa.Array, list[str]]:
    """Pictures as structures of ``bytes``, those of a file as they are and others as PNG, and ``path``, its name.

    Parameters
    ----------
    values : iterable of bytes, dict, PIL.Image.Image, array_like [h, w], [h, w, 3] or [h, w, 4], or None

    Returns
    -------
    pyarrow.Array, list of str
        Null for what is no picture; and what to say of these.
    """
    rows, problems = [], []
    for row, value in enumerate(values):
        try:
            rows.append(_as_struct(value))
        except (TypeError, ValueError, OSError) as error:
            rows.append(None)
            problems.append(f"Row {row} holds no picture: {error}.")
    return pa.array(rows, _STRUCT), problems


def keep_pictures(store: Store, column: pa.ChunkedArray) -> ArrowRoot:
    """Write pictures into the store, as they belong to no file that stays where it is; the root to read them from."""
    structs = column if pa.types.is_struct(column.type) else as_pictures(column.to_pylist())[0]
    digest = hashlib.blake2b(digest_size=16)
    for value in structs.to_pylist():
        digest.update(b"-" if value is None or value["bytes"] is None else value["bytes"])
    folder = store.path / "pictures"
    folder.mkdir(exist_ok=True)
    file = folder / f"{digest.hexdigest()}.arrow"
    if not file.exists():
        temporary = file.with_suffix(".new")
        table = pa.table({_COLUMN: structs})
        with pa.OSFile(str(temporary), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=_ROWS)
        temporary.replace(file)
    return ArrowRoot([str(file)], _COLUMN, "table")


def names_of_pictures(column: pa.ChunkedArray) -> list[str | None]:
    """What the pictures' files were called, None where that is unknown. Of one name the later get a number."""
    if not pa.types.is_struct(column.type) or column.type.get_field_index("path") < 0:
        return [None] * len(column)
    seen: Counter[str] = Counter()
    names: list[str | None] = []
    for value in column.to_pylist():
        name = None if value is None else value["path"]
        if name is not None:
            seen[name] += 1
            name = f"{name}~{seen[name]}" if seen[name] > 1 else name
        names.append(name)
    return names


def _as_struct(value: Any) -> dict[str, Any] | None:
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, dict):
        return {"bytes": value.get("bytes"), "path": value.get("path")}
    if isinstance(value, bytes | bytearray | memoryview):
        return {"bytes": bytes(value), "path": None}
    if isinstance(value, np.ndarray):
        value = Image.fromarray(_of_pixels(value))
    if not isinstance(value, Image.Image):
        raise TypeError(f"got {type(value).__name__}, and neither bytes, a Pillow image nor an array")
    sink = io.BytesIO()
    as_it_is = value.mode in ("1", "L", "LA", "I;16", "P", "RGB", "RGBA")
    (value if as_it_is else value.convert("RGB")).save(sink, "PNG")
    return {"bytes": sink.getvalue(), "path": getattr(value, "filename", None) or None}


def _of_pixels(values: np.ndarray) -> np.ndarray:
    """An array as Pillow takes it: one channel without an axis of its own, whole numbers in the 8 or 16 bits they need.

    Raises
    ------
    ValueError
        If its values are fractions, or need more.
    """
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[:, :, 0]
    if values.dtype == bool or values.dtype == np.uint8:
        return values
    if values.dtype.kind not in "iu" or not values.size or values.min() < 0 or values.max() > 65535:
        raise ValueError(f"an array of {values.dtype}: give pixels of 0 to 255, as uint8")
    if values.max() < 256 and values.dtype != np.uint16:
        return values.astype(np.uint8)
    if values.ndim != 2:
        raise ValueError("an array of 16 bits in colour: give pixels of 0 to 255, as uint8")
    return values.astype(np.uint16)
