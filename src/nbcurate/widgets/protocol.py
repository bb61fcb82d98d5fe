"""The requests that a browser may make: parsed and checked before anything is done. See ``docs/wire.md``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

PROTOCOL = 3
#: No frame to the browser is larger, in bytes: over some 10 MB a notebook server drops the connection.
MAX_FRAME = 2**20
_MAX_BUFFER = 8 * 2**20
_MAX_THUMBNAILS = 256
THUMBNAIL_SIZES = (192, 384)
_MAX_COLUMNS = 64
OPERATIONS = ("set", "keep", "reject", "unmark")
ARRANGE = ("level", "rename", "merge", "split")
DECIDE = ("keep", "reject", "relabel", "clear")
SLICE = ("save", "load", "drop", "unite", "intersect", "subtract")

Keys = NDArray[np.uint64]


class RequestError(Exception):
    """A request that is refused. ``code`` is one of the wire's, the message is for a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Request:
    """A well-formed request: known method, typed parameters, keys as arrays (not yet known to be items)."""

    id: str
    method: str
    params: dict[str, Any]
    keys: tuple[Keys, ...]


def parse_request(content: Mapping[str, Any], buffers: Sequence[Any]) -> Request:
    """Check a message of the type ``request`` against the schema of its method.

    Raises
    ------
    RequestError
        ``unknown-method`` or ``bad-request``.
    """
    request_id, method, params = content.get("id"), content.get("method"), content.get("params")
    if not isinstance(request_id, str) or not 0 < len(request_id) <= 64:
        raise RequestError("bad-request", "A request needs an id: a string of at most 64 characters.")
    if not isinstance(method, str) or method not in _SCHEMAS:
        raise RequestError("unknown-method", f"There is no method {method!r}.")
    if not isinstance(params, Mapping):
        raise RequestError("bad-request", f"{method}: params must be an object.")
    schema = _SCHEMAS[method]
    if set(params) != set(schema.params):
        raise RequestError("bad-request", f"{method}: takes {sorted(schema.params)}, got {sorted(map(str, params))}.")
    for name, check in schema.params.items():
        if not check(params[name]):
            raise RequestError("bad-request", f"{method}: bad value for {name!r}.")
    if len(buffers) != schema.buffers:
        raise RequestError("bad-request", f"{method}: takes {schema.buffers} buffers, got {len(buffers)}.")
    bitset = params.get("encoding") == "bitset"
    keys = tuple(_keys_of_bits(b) if bitset else _keys_of_buffer(b) for b in buffers)
    if method in ("thumbnails", "objects") and len(keys[0]) > _MAX_THUMBNAILS:
        raise RequestError("bad-request", f"{method}: at most {_MAX_THUMBNAILS} keys.")
    return Request(request_id, method, dict(params), keys)


def encode_keys(keys: Keys, max_key: int) -> tuple[str, bytes]:
    """Keys for the wire in the smaller of the two encodings: its name and the bytes."""
    if 4 * len(keys) <= (max_key >> 3) + 1:
        return "keys", keys.astype("<u4").tobytes()
    bits = np.zeros(max_key + 1, np.uint8)
    bits[keys.astype(np.intp)] = 1
    return "bitset", np.packbits(bits, bitorder="little").tobytes()


def _keys_of_buffer(buffer: Any) -> Keys:
    data = memoryview(buffer).cast("B")
    if data.nbytes % 4 or data.nbytes > _MAX_BUFFER:
        raise RequestError("bad-request", "A buffer of keys is uint32, at most 8 MiB.")
    return np.frombuffer(data, "<u4").astype(np.uint64)


def _keys_of_bits(buffer: Any) -> Keys:
    data = memoryview(buffer).cast("B")
    if data.nbytes > _MAX_BUFFER:
        raise RequestError("bad-request", "A bitset is at most 8 MiB.")
    return np.flatnonzero(np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")).astype(np.uint64)


@dataclass(frozen=True, slots=True)
class _Schema:
    params: Mapping[str, Any]
    buffers: int = 0


def _int_between(low: int, high: int) -> Any:
    return lambda value: type(value) is int and low <= value <= high


def _one_of(*choices: Any) -> Any:
    return lambda value: value in choices and type(value) is type(choices[0])


def _name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 256


def _names(value: Any) -> bool:
    return isinstance(value, list) and 0 < len(value) <= _MAX_COLUMNS and all(map(_name, value))


def _few_names(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= _MAX_COLUMNS and all(map(_name, value))


def _name_or_none(value: Any) -> bool:
    return value is None or _name(value)


def _label_or_none(value: Any) -> bool:
    return _name_or_none(value) or _few_names(value)


_VIEW = _int_between(0, 2**31)
_K = _int_between(1, 10_000)
_KEY = _int_between(0, 2**32 - 1)

_SCHEMAS: dict[str, _Schema] = {
    "hello": _Schema({}),
    "columns": _Schema({"view": _VIEW, "names": _names}),
    "projection": _Schema({"view": _VIEW, "method": _name}),
    "thumbnails": _Schema({"size": _one_of(*THUMBNAIL_SIZES)}, buffers=1),
    "neighbours": _Schema({"view": _VIEW, "k": _K}, buffers=2),
    "details": _Schema({"key": _KEY}),
    "preview": _Schema({"key": _KEY, "size": _int_between(64, 2048)}),
    "whole": _Schema({"key": _KEY, "size": _int_between(64, 2048)}),
    "objects": _Schema({}, buffers=1),
    "select": _Schema({"op": _one_of(*OPERATIONS), "encoding": _one_of("keys", "bitset")}, buffers=1),
    "expand": _Schema({"view": _VIEW, "k": _K}),
    "clusters": _Schema({"view": _VIEW, "inside": _name_or_none, "parts": _int_between(2, 64)}),
    "arrange": _Schema(
        {
            "view": _VIEW,
            "op": _one_of(*ARRANGE),
            "names": _few_names,
            "name": _name_or_none,
            "number": _int_between(1, 100_000),
        }
    ),
    "findings": _Schema({"view": _VIEW}),
    "finding": _Schema({"view": _VIEW, "finding": _name, "names": _names}),
    "reasons": _Schema({"view": _VIEW, "finding": _name, "start": _KEY, "count": _int_between(1, 256)}),
    "decide": _Schema(
        {"view": _VIEW, "finding": _name, "decision": _one_of(*DECIDE), "label": _label_or_none}, buffers=1
    ),
    "slices": _Schema({}),
    "slice": _Schema({"op": _one_of(*SLICE), "name": _name}),
    "tag": _Schema({"op": _one_of("add", "remove"), "tag": _name}),
    "undo": _Schema({}),
    "redo": _Schema({}),
    "ping": _Schema({}),
}
