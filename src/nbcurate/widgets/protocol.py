"""The requests that a browser may make: parsed and checked before anything is done. See ``docs/wire.md``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from ..store.marks import unique
from .frames import MAX_FRAME as MAX_FRAME
from .frames import MAX_TEXT

PROTOCOL = 4
_MAX_BUFFER = 8 * 2**20
_MAX_ID = 64
_MAX_THUMBNAILS = 256
#: Keys of a query: a vector of each is read.
_MAX_QUERY = 10_000
THUMBNAIL_SIZES = (192, 384)
_MAX_COLUMNS = 64
OPERATIONS = ("set", "keep", "reject", "unmark")
ARRANGE = ("level", "rename", "merge", "split")
DECIDE = ("keep", "reject", "relabel", "clear")
SLICE = ("save", "load", "drop", "unite", "intersect", "subtract")
LABEL = ("set", "add")

#: A surrogate without its other half, which JSON can say and UTF-8 cannot. (Pairs are one character here.)
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")

Keys = NDArray[np.uint64]


class RequestError(Exception):
    """A request that is refused. ``code`` is one of the wire's, the message is for a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Request:
    """A well-formed request: known method, typed parameters, keys as arrays (not yet known to be items), or a file."""

    id: str
    method: str
    params: dict[str, Any]
    keys: tuple[Keys, ...]
    #: What a file that was handed over holds: anything at all.
    file: bytes = b""


def is_id(value: Any) -> TypeGuard[str]:
    """Whether this can name a request."""
    return _is_text(value, _MAX_ID)


def parse_request(content: Mapping[str, Any], buffers: Sequence[Any], max_key: int = 2**32 - 1) -> Request:
    """Check a message of the type ``request`` against the schema of its method.

    Parameters
    ----------
    content : mapping
        The JSON part.
    buffers : sequence of buffers
    max_key : int
        The largest key there is: a bitset with a bit beyond it is refused before it is made keys of.

    Raises
    ------
    RequestError
        ``unknown-method`` or ``bad-request``.
    """
    request_id, method, params = content.get("id"), content.get("method"), content.get("params")
    if not is_id(request_id):
        raise RequestError("bad-request", f"A request needs an id: a text of at most {_MAX_ID} characters.")
    if not isinstance(method, str) or method not in _SCHEMAS:
        name = repr(method[:_MAX_ID]) if isinstance(method, str) else f"that is a {type(method).__name__}"
        raise RequestError("unknown-method", f"There is no method {name}.")
    if not isinstance(params, Mapping):
        raise RequestError("bad-request", f"{method}: params must be an object.")
    schema = _SCHEMAS[method]
    if set(params) != set(schema.params):
        raise RequestError("bad-request", f"{method}: takes {sorted(schema.params)}, all of them and nothing else.")
    for name, check in schema.params.items():
        if not check(params[name]):
            raise RequestError("bad-request", f"{method}: bad value for {name!r}.")
    if len(buffers) != schema.buffers:
        raise RequestError("bad-request", f"{method}: takes {schema.buffers} buffers, got {len(buffers)}.")
    bitset = params.get("encoding") == "bitset"
    given = [_bytes_of(buffer) for buffer in buffers]
    if schema.is_file:
        return Request(request_id, method, dict(params), (), _file_of(method, given[0]))
    if not bitset and sum(data.nbytes for data in given) > 4 * schema.most_keys:
        raise RequestError("bad-request", f"{method}: at most {schema.most_keys:,} keys.")
    keys = tuple(_keys_of_bits(data, max_key) if bitset else _keys_of_buffer(data) for data in given)
    return Request(request_id, method, dict(params), keys)


def encode_keys(keys: Keys, max_key: int) -> tuple[str, bytes]:
    """Keys for the wire in the smaller of the two encodings: its name and the bytes."""
    if 4 * len(keys) <= (max_key >> 3) + 1:
        return "keys", keys.astype("<u4").tobytes()
    return "bitset", as_bitset(keys)


def as_bitset(keys: Keys) -> bytes:
    """Keys as bits, up to the largest of them: bit ``k & 7`` of byte ``k >> 3``."""
    bits = np.zeros(int(keys.max(initial=0)) + 1, np.uint8)
    bits[keys.astype(np.intp)] = 1
    return np.packbits(bits, bitorder="little").tobytes()


def _file_of(method: str, data: memoryview) -> bytes:
    if not 0 < data.nbytes <= MAX_FRAME:
        raise RequestError("bad-request", f"{method}: a file has 1 to {MAX_FRAME:,} bytes, this has {data.nbytes:,}.")
    return bytes(data)


def _keys_of_buffer(data: memoryview) -> Keys:
    """Each key once, in the order in which they come: what is made of a key is made once."""
    if data.nbytes % 4 or data.nbytes > _MAX_BUFFER:
        raise RequestError("bad-request", "A buffer of keys is uint32, at most 8 MiB.")
    return unique(np.frombuffer(data, "<u4"))


def _keys_of_bits(data: memoryview, max_key: int) -> Keys:
    if data.nbytes > _MAX_BUFFER:
        raise RequestError("bad-request", "A bitset is at most 8 MiB.")
    set_bytes = np.flatnonzero(np.frombuffer(data, np.uint8))
    end = int(set_bytes[-1]) + 1 if len(set_bytes) else 0
    if end > (max_key >> 3) + 1:
        raise RequestError("unknown-keys", f"A bitset names keys beyond {max_key}, the largest there is.")
    bits = np.unpackbits(np.frombuffer(data[:end], np.uint8), bitorder="little")
    return np.flatnonzero(bits).astype(np.uint64)


def _bytes_of(buffer: Any) -> memoryview:
    try:
        return memoryview(buffer).cast("B")
    except TypeError as error:
        raise RequestError("bad-request", "A buffer is bytes.") from error


@dataclass(frozen=True, slots=True)
class _Schema:
    params: Mapping[str, Any]
    buffers: int = 0
    most_keys: int = 8 * _MAX_BUFFER
    #: Whether its buffer is no keys, but a file.
    is_file: bool = False


def _int_between(low: int, high: int) -> Any:
    return lambda value: type(value) is int and low <= value <= high


def _one_of(*choices: Any) -> Any:
    return lambda value: value in choices and type(value) is type(choices[0])


def _is_text(value: Any, longest: int) -> bool:
    """Whether this is a text that the store, the log and every message can hold."""
    return isinstance(value, str) and 0 < len(value) <= longest and not _HALF_A_PAIR.search(value)


def _name(value: Any) -> bool:
    return _is_text(value, MAX_TEXT)


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
_ENCODING = _one_of("keys", "bitset")

_SCHEMAS: dict[str, _Schema] = {
    "hello": _Schema({}),
    "columns": _Schema({"view": _VIEW, "names": _names}),
    "projection": _Schema({"view": _VIEW, "method": _name, "encoder": _name_or_none, "onto": _name_or_none}),
    "thumbnails": _Schema({"size": _one_of(*THUMBNAIL_SIZES)}, buffers=1, most_keys=_MAX_THUMBNAILS),
    "neighbours": _Schema({"view": _VIEW, "k": _K}, buffers=2, most_keys=_MAX_QUERY),
    "details": _Schema({"key": _KEY}),
    "preview": _Schema({"key": _KEY, "size": _int_between(64, 2048)}),
    "whole": _Schema({"key": _KEY, "size": _int_between(64, 2048)}),
    "objects": _Schema({}, buffers=1, most_keys=_MAX_THUMBNAILS),
    "drawn": _Schema({"predictions": _name_or_none}),
    "predicted": _Schema({"predictions": _name}, buffers=1, most_keys=_MAX_THUMBNAILS),
    "curves": _Schema({"predictions": _name}),
    "pairs": _Schema({"view": _VIEW, "predictions": _name}),
    "search": _Schema({"view": _VIEW, "k": _K, "words": _name_or_none, "picture": _name_or_none}),
    "picture": _Schema({}, buffers=1, is_file=True),
    "select": _Schema({"op": _one_of(*OPERATIONS), "encoding": _ENCODING}, buffers=1),
    "label": _Schema({"column": _name, "label": _name, "op": _one_of(*LABEL), "encoding": _ENCODING}, buffers=1),
    "remember": _Schema({"encoding": _ENCODING}, buffers=1),
    "recall": _Schema({"set": _name}),
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
