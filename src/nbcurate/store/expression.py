"""SQL expressions over the columns of items, evaluated by DuckDB in memory, within limits."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from . import expression_query
from .expression_query import QueryError, connect, packed, rows_of, unpacked
from .expression_rules import is_plain
from .limited_run import TooLongError, in_a_process, on_a_thread

_MOST_SHOWN = 200

#: As DuckDB reads names: in double quotes, where a double quote is written twice, or any letters, also not ASCII ones.
_NAME = re.compile(r'"((?:[^"]|"")+)"|([A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*)')
_UNKNOWN_COLUMN = re.compile(r'Referenced column "(.+?)" not found')


class ExpressionError(ValueError):
    """An expression that cannot be evaluated; the message says which part and what to write."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the evaluation of an expression may take: seconds, and gigabytes beside the columns."""

    seconds: float = 60.0
    gigabytes: float = 2.0


def rows_where(
    expression: str,
    names: Sequence[str],
    column: Callable[[str], pa.Array],
    length: int,
    limits: Limits = Limits(),
) -> NDArray[np.intp]:
    """The rows for which an SQL expression is true, in ascending order. Null is not true. A Ctrl-C ends it.

    Parameters
    ----------
    expression : str
        Such as ``"label = 'cat' and brightness < 0.2"``: one expression of DuckDB's SQL over the columns of an item. No
        file, table, setting or variable can be asked for.
    names : sequence of str
        The columns that there are. Only those that the expression names are fetched.
    column : callable
        Gives a column ``[length]``.
    limits : Limits
        What it may take.

    Raises
    ------
    ExpressionError
        If it is no expression, names an unknown column, is not true or false, or takes more than it may.
    """
    if not length:
        return np.empty(0, np.intp)
    row = next(name for name in map("row {}".format, count()) if name not in names)
    used = {name: _readable(column(name)) for name in columns_in(expression, names)}
    try:
        found = _evaluate(expression, pa.table({row: np.arange(length), **used}), row, limits)
    except ExpressionError as error:
        raise ExpressionError(_explain(str(error), expression, names)) from None
    return np.sort(found)


def _evaluate(expression: str, table: pa.Table, row: str, limits: Limits) -> NDArray[np.intp]:
    """The values of the column ``row`` where the expression is true.

    Most expressions take no more memory than the columns. What may, as it makes long texts or lists, is asked in a
    process of its own: within this one no limit holds in the middle of a function, nor can that be interrupted.
    """
    seconds, gigabytes = limits.seconds, limits.gigabytes
    connection = connect(gigabytes)
    try:
        if on_a_thread(lambda: is_plain(connection, expression), connection.interrupt, seconds):
            return on_a_thread(
                lambda: rows_of(connection, expression, table, row), connection.interrupt, seconds
            )  # fmt: skip
        answer = in_a_process(Path(expression_query.__file__), packed(expression, table, row, gigabytes), seconds)
    except TooLongError:
        raise ExpressionError(f"it took longer than {seconds:g} s and was stopped") from None
    except QueryError as error:
        raise ExpressionError(_of_memory(str(error), gigabytes)) from error
    if answer is None:
        raise ExpressionError(f"it takes more than {gigabytes:g} GB of memory")
    try:
        return unpacked(answer)
    except QueryError as error:
        raise ExpressionError(_of_memory(str(error), gigabytes)) from error


def _of_memory(message: str, gigabytes: float) -> str:
    """What DuckDB says, in our words where it is about memory."""
    short = message.startswith("Out of Memory") or "allocat" in message.lower()
    return f"it takes more than {gigabytes:g} GB of memory" if short else message


def _readable(column: pa.Array) -> pa.Array:
    """``column`` as a type that DuckDB reads: it knows no half precision, and decimals up to 38 digits."""
    as_known = {
        pa.float16(): pa.float32(),
        pa.list_(pa.float16()): pa.list_(pa.float32()),
    }
    wide = pa.types.is_decimal256(column.type)
    return column.cast(pa.float64() if wide else as_known.get(column.type, column.type))


def columns_in(expression: str, names: Sequence[str]) -> list[str]:
    """The known columns whose names occur in the expression; SQL does not distinguish upper and lower case."""
    words = {(quoted.replace('""', '"') or plain).lower() for quoted, plain in _NAME.findall(expression)}
    return [name for name in names if name.lower() in words]


def _explain(message: str, expression: str, names: Sequence[str]) -> str:
    unknown = _UNKNOWN_COLUMN.search(message)
    if unknown is None:
        reason = _shown(re.sub(r"^\w+ Error: ", "", message.partition("\n")[0]).rstrip("."))
        lists = " A column of lists is asked as in list_contains(label, 'cat')." if "[]" in reason else ""
        return f"The expression {_shown(expression)!r} cannot be evaluated: {reason}.{lists}"
    name = _shown(unknown.group(1))
    near = difflib.get_close_matches(name, names, n=1)
    quotes = f"A text is written in single quotes: '{name}'."
    hint = f"Did you mean {near[0]!r}? {quotes}" if near else f"{quotes} The columns are {', '.join(names)}."
    return f"There is no column {name!r}. {hint}"


def _shown(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
