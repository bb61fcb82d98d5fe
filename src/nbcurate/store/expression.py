"""SQL expressions over the columns of items, evaluated by DuckDB in memory."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

#: As DuckDB reads names: in double quotes, where a double quote is written twice, or any letters, also not ASCII ones.
_NAME = re.compile(r'"((?:[^"]|"")+)"|([A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*)')
_CLOSED: dict[str, Any] = {"enable_external_access": "false", "temp_directory": "", "lock_configuration": "true"}
_UNKNOWN_COLUMN = re.compile(r'Referenced column "(.+?)" not found')


class ExpressionError(ValueError):
    """An expression that cannot be evaluated; the message says which part and what to write."""


def rows_where(
    expression: str, names: Sequence[str], column: Callable[[str], pa.Array], length: int
) -> NDArray[np.intp]:
    """The rows for which an SQL expression is true, in ascending order. Null is not true.

    Parameters
    ----------
    expression : str
        Such as ``"label = 'cat' and brightness < 0.2"``: what may stand behind WHERE in DuckDB's SQL.
    names : sequence of str
        The columns that there are. Only those that the expression names are fetched.
    column : callable
        Gives a column ``[length]``.

    Raises
    ------
    ExpressionError
        If it is no expression, names an unknown column, or is not true or false.
    """
    if not length:
        return np.empty(0, np.intp)
    row = next(name for name in map("row {}".format, count()) if name not in names)
    used = {name: _readable(column(name)) for name in columns_in(expression, names)}
    try:
        found = _evaluate(expression, pa.table({row: np.arange(length), **used}), row)
    except ExpressionError as error:
        raise ExpressionError(_explain(str(error), expression, names)) from None
    return np.sort(found)


def _evaluate(expression: str, table: pa.Table, row: str) -> NDArray[np.intp]:
    import duckdb

    # Files and extensions are out of reach, also the folder for temporary files, and so is any other statement: an
    # expression can only say something about these columns. It may come from a colleague's recipe.
    with duckdb.connect(":memory:", config=_CLOSED) as connection:
        connection.register("items", table)
        try:
            query = f'select "{row}", ({expression}\n) from items'
            if len(connection.extract_statements(query)) != 1:
                raise ExpressionError("it holds several statements")
            kind = str(connection.sql(query).types[1])
            if kind != "BOOLEAN":
                raise ExpressionError(f"it gives {kind.lower()}, not true or false")
            result = connection.sql(f'select "{row}" from items where ({expression}\n)')
            return result.to_arrow_table().column(0).to_numpy().astype(np.intp)
        except duckdb.Error as error:
            raise ExpressionError(str(error)) from error


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
        reason = re.sub(r"^\w+ Error: ", "", message.partition("\n")[0]).rstrip(".")
        lists = " A column of lists is asked as in list_contains(label, 'cat')." if "[]" in reason else ""
        return f"The expression {expression!r} cannot be evaluated: {reason}.{lists}"
    name = unknown.group(1)
    near = difflib.get_close_matches(name, names, n=1)
    quotes = f"A text is written in single quotes: '{name}'."
    hint = f"Did you mean {near[0]!r}? {quotes}" if near else f"{quotes} The columns are {', '.join(names)}."
    return f"There is no column {name!r}. {hint}"
