"""Types of the user's columns: what holds the values of two types without changing one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

#: Whole numbers up to this size are exact in float64.
_EXACT_FLOAT = 2**53


def plain(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """``column`` in one piece, of a type that a store can keep.

    Categories and views become what they stand for; lists of all kinds are lists, whatever their values are called.
    """
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if isinstance(column, pa.ExtensionArray):
        is_uuid = column.type.extension_name == "arrow.uuid"
        column = (
            pa.array([None if one is None else str(one) for one in column.to_pylist()], pa.string())
            if is_uuid
            else column.storage
        )
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_list_view(column.type) or pa.types.is_large_list_view(column.type):
        return pa.array(column.to_pylist(), pa.list_(column.type.value_type))  # a cast of these is not to be trusted
    if _is_any_list(column.type):
        return column.cast(pa.list_(plain(column.flatten()[:0]).type))
    if pa.types.is_time64(column.type) and column.type.unit == "ns":  # of no use to pandas
        return pc.cast(column, pa.time64("us"), safe=False)
    if pa.types.is_string_view(column.type) or pa.types.is_large_string(column.type):
        return column.cast(pa.string())
    return column.cast(pa.binary()) if pa.types.is_binary_view(column.type) else column


def of_pandas(series: Any) -> pa.Array:
    """A pandas column as Arrow; what Arrow has no type for, such as periods and intervals, as the text of it.

    Raises
    ------
    ValueError, TypeError, OverflowError
        If its values are of several kinds, or no column can hold them.
    """
    if type(series.dtype).__name__ in ("PeriodDtype", "IntervalDtype"):
        series = series.astype(object).where(series.notna(), None).map(str, na_action="ignore")
    return plain(pa.Array.from_pandas(series))


def common_type(here: pa.Array, new: pa.Array) -> pa.DataType:
    """The narrowest type that holds the values of both as they are; text where no other does.

    Of two kinds of numbers that is the wider one, as long as each value is exact in it; of a value and a list of values
    it is the list. A column without any value takes the type of the other.

    Raises
    ------
    TypeError
        If there is none: bytes or structures, and something else.
    """
    a, b = here.type, new.type
    if a == b or new.null_count == len(new):
        return a
    if here.null_count == len(here):
        return b
    if pa.types.is_list(a) or pa.types.is_list(b):
        inner = [column.flatten() if pa.types.is_list(column.type) else column for column in (here, new)]
        return pa.list_(common_type(*inner))
    if _is_number(a) and _is_number(b):
        return _common_number(here, new)
    if pa.types.is_temporal(a) and pa.types.is_temporal(b):
        same = pa.types.is_timestamp(a) and pa.types.is_timestamp(b) and (a.tz is None) == (b.tz is None)
        return pa.timestamp("ns" if "ns" in (a.unit, b.unit) else "us", a.tz) if same else pa.string()
    if not (_has_text(a) and _has_text(b)):
        raise TypeError(f"it holds {in_words(a)}, and cannot take {in_words(b)}")
    return pa.string()


def as_type(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    """``column`` as a type that :func:`common_type` gave for it: the same values."""
    if column.type == wanted:
        return column
    if column.null_count == len(column):
        return pa.nulls(len(column), wanted)
    if pa.types.is_list(wanted) and not pa.types.is_list(column.type):
        return _each_in_a_list(as_type(column, wanted.value_type))
    if pa.types.is_list(wanted):
        values = as_type(column.flatten(), wanted.value_type)
        sizes = pc.fill_null(pc.list_value_length(column), 0)  # pyright: ignore[reportAttributeAccessIssue]
        return _lists(values, sizes.to_pylist(), column)
    if pa.types.is_string(wanted):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    return column.cast(wanted)


def in_words(type_: pa.DataType) -> str:
    """What a type is called in front of a person."""
    if pa.types.is_list(type_):
        return f"lists of {in_words(type_.value_type)}"
    if pa.types.is_boolean(type_):
        return "true and false"
    if pa.types.is_integer(type_):
        return "whole numbers"
    if pa.types.is_floating(type_):
        return "numbers"
    return "text" if pa.types.is_string(type_) else "times" if pa.types.is_temporal(type_) else str(type_)


def _common_number(here: pa.Array, new: pa.Array) -> pa.DataType:
    kinds = [column.type for column in (here, new)]
    if not any(pa.types.is_floating(kind) or pa.types.is_decimal(kind) for kind in kinds):
        ends = [end for column in (here, new) for end in _ends(column)]
        return pa.int64() if max(ends) < 2**63 else pa.uint64() if min(ends) >= 0 else pa.string()
    if any(pa.types.is_decimal(kind) for kind in kinds):
        return pa.string()
    whole = [end for column, kind in zip((here, new), kinds, strict=True)
             if pa.types.is_integer(kind) for end in _ends(column)]  # fmt: skip
    return pa.float64() if all(abs(end) <= _EXACT_FLOAT for end in whole) else pa.string()


def _ends(column: pa.Array) -> tuple[int, int]:
    if pa.types.is_boolean(column.type):
        return 0, 1
    ends = pc.min_max(column)  # pyright: ignore[reportAttributeAccessIssue]
    return ends["min"].as_py(), ends["max"].as_py()


def _is_any_list(type_: pa.DataType) -> bool:
    return any(test(type_) for test in (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list))


def _is_number(type_: pa.DataType) -> bool:
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_decimal)
    return any(test(type_) for test in tests)


def _has_text(type_: pa.DataType) -> bool:
    """Whether values of this type can be written as text from which a person reads them."""
    return pa.types.is_string(type_) or _is_number(type_) or pa.types.is_temporal(type_)


def _each_in_a_list(values: pa.Array) -> pa.Array:
    there = pc.is_valid(values)  # pyright: ignore[reportAttributeAccessIssue]
    return _lists(values.drop_null(), there.cast(pa.int32()).to_pylist(), values)


def _lists(values: pa.Array, sizes: list[int], null_where: pa.Array) -> pa.Array:
    """Consecutive ``values`` as lists of these sizes, null where another column is."""
    offsets = [0]
    for size in sizes:
        offsets.append(offsets[-1] + size)
    lists = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)
    there = pc.is_valid(null_where)  # pyright: ignore[reportAttributeAccessIssue]
    return lists if not null_where.null_count else pc.if_else(there, lists, None)  # pyright: ignore[reportAttributeAccessIssue]


def with_values(column: pa.Array, rows: NDArray[np.integer], values: pa.Array, type_: pa.DataType) -> pa.Array:
    """``column`` as ``type_``, with other values in some rows."""
    at = np.arange(len(column))
    at[rows] = len(column) + np.arange(len(rows))
    return pa.concat_arrays([as_type(column, type_), as_type(values, type_)]).take(pa.array(at))
