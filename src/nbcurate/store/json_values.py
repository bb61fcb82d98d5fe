"""Columns as values that JSON has, and those values as the columns that they were.

JSON knows no times, decimals, durations, bytes or infinity: a time is ISO 8601, a decimal its digits, a duration how
many of its unit, bytes base 64, and what is no finite number its name. The type that is noted beside tells what they
were.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .json_text import plain, to_json

_DECIMAL = re.compile(r"decimal(32|64|128|256)\((\d+), (-?\d+)\)")
_ZONED = re.compile(r"timestamp\[(s|ms|us|ns), tz=(.+)\]")
_LIST = re.compile(r"list<\w+: (.+)>")
_SHORT = {"date32[day]": pa.date32(), "date64[ms]": pa.date64(), "binary": pa.binary(), "float": pa.float32(),
          "halffloat": pa.float16(), "double": pa.float64()}  # fmt: skip
#: Types that are read from JSON as they were without being noted.
_OF_JSON = (pa.string(), pa.int64(), pa.bool_())


def to_json_values(column: pa.Array | pa.ChunkedArray) -> list[Any]:
    """The values of a column made of nothing but what JSON has; None where there is none."""
    inner = _innermost(column.type)
    if pa.types.is_duration(inner):
        return column.cast(_with_innermost(column.type, pa.int64())).to_pylist()
    if pa.types.is_time(inner):
        return column.cast(_with_innermost(column.type, pa.string())).to_pylist()
    return [_json_value(value) for value in column.to_pylist()]


def from_json_values(values: Sequence[Any], noted: str | None) -> pa.Array:
    """The column that :func:`to_json_values` made these values of.

    Parameters
    ----------
    noted : str, optional
        The type as :func:`noted_type` gave it.

    Raises
    ------
    ValueError, TypeError, ArithmeticError, pyarrow.ArrowException
        If they are no values of that type, or of one type.
    """
    kind = type_named(noted) if noted else None
    return pa.array(values) if kind is None else pa.array([_value(value, kind) for value in values], kind)


def noted_type(column: pa.Array | pa.ChunkedArray) -> str | None:
    """What to note beside the values of a column; None if they tell it by themselves."""
    kind = column.type
    if kind in _OF_JSON or (kind == pa.float64() and all(map(_is_finite, column.to_pylist()))):
        return None
    return str(kind) if type_is_noted(column) else None


def type_is_noted(column: pa.Array | pa.ChunkedArray) -> bool:
    """Whether the type of a column has a name that tells it, so that all values come back."""
    return type_named(str(column.type)) == column.type


def lost_in_json(column: pa.ChunkedArray) -> str | None:
    """What to say of lists or structures that are read otherwise from their JSON, without their type; else None."""
    inner = column
    while pa.types.is_list(inner.type):
        inner = pc.list_flatten(inner)  # pyright: ignore[reportAttributeAccessIssue]
    kind = inner.type
    if pa.types.is_struct(kind):
        values = column.to_pylist()
        same = json.loads(to_json(values)) == values
        return None if same else "holds structures of what JSON has no values for: they are read again as text or none"
    if kind == column.type or pa.types.is_null(kind):
        return None
    if pa.types.is_floating(kind):
        finite = all(map(_is_finite, inner.to_pylist()))
        return None if finite else "holds lists of numbers that are not finite: JSON has none such, and says null"
    tests = (pa.types.is_integer, pa.types.is_boolean, pa.types.is_string)
    return None if any(test(kind) for test in tests) else f"holds lists of {kind}: they are read again as text"


def type_named(text: str) -> pa.DataType | None:
    """The type whose text this is; None of one that has none of these names, such as a structure."""
    if text in _SHORT:
        return _SHORT[text]
    if found := _LIST.fullmatch(text):
        inner = type_named(found.group(1))
        return None if inner is None else pa.list_(inner)
    if found := _DECIMAL.fullmatch(text):
        make = {"32": pa.decimal32, "64": pa.decimal64, "128": pa.decimal128, "256": pa.decimal256}[found.group(1)]
        return make(int(found.group(2)), int(found.group(3)))
    if found := _ZONED.fullmatch(text):
        return pa.timestamp(found.group(1), found.group(2))  # pyright: ignore[reportArgumentType, reportCallIssue]
    try:
        return pa.type_for_alias(text)
    except ValueError:
        return None


def count_of_time(text: str, kind: Any) -> int:
    """How many of its unit a time of day is after midnight: Arrow reads none from text.

    Raises
    ------
    ValueError
        If the text is no time of day.
    """
    hours, minutes, seconds = text.split(":")
    digits = {"s": 0, "ms": 3, "us": 6, "ns": 9}[kind.unit]
    whole = int(hours) * 3600 + int(minutes) * 60
    return int((whole + Decimal(seconds)).scaleb(digits))


def _json_value(value: Any) -> Any:
    if isinstance(value, list):
        return [_json_value(member) for member in value]
    return value if isinstance(value, int) else plain(value) if _is_finite(value) else str(value)


def _is_finite(value: Any) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


def _value(value: Any, kind: pa.DataType) -> Any:
    """A value of JSON as what Arrow makes one of this type of."""
    if value is None:
        return None
    if pa.types.is_list(kind):
        return [_value(member, kind.value_type) for member in value]
    if pa.types.is_binary(kind):
        return base64.b64decode(value, validate=True)
    if pa.types.is_floating(kind):
        return float(value)
    if pa.types.is_decimal(kind):
        return Decimal(value)
    if pa.types.is_time(kind):
        return count_of_time(value, kind)
    if pa.types.is_temporal(kind) and not pa.types.is_duration(kind):
        return pa.scalar(value, pa.string()).cast(kind)
    return value


def _innermost(kind: pa.DataType) -> pa.DataType:
    return _innermost(kind.value_type) if pa.types.is_list(kind) else kind


def _with_innermost(kind: pa.DataType, inner: pa.DataType) -> pa.DataType:
    return pa.list_(_with_innermost(kind.value_type, inner)) if pa.types.is_list(kind) else inner
