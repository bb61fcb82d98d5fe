"""SQL expressions over the columns of items, evaluated by DuckDB in memory."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

#: As DuckDB reads names: in double quotes, where a double quote is written twice, or any letters, also not ASCII ones.
_NAME = re.compile(r'"((?:[^"]|"")+)"|([A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*)')
_UNKNOWN_COLUMN = re.compile(r'Referenced column "(.+?)" not found')
_ROW = "row number of the item"  # a name that no user's column has


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
    used = _columns_in(expression, names)
    table = pa.table({_ROW: np.arange(length), **{name: column(name) for name in used}})
    try:
        found = _evaluate(expression, table)
    except ExpressionError as error:
        raise ExpressionError(_explain(str(error), expression, names)) from None
    return np.sort(found)


def _evaluate(expression: str, table: pa.Table) -> NDArray[np.intp]:
    import duckdb

    # Files and extensions are out of reach: an expression can only say something about these columns.
    with duckdb.connect(":memory:", config={"enable_external_access": "false"}) as connection:
        connection.register("items", table)
        try:
            query = f'select "{_ROW}", ({expression}\n) from items'
            kind = str(connection.sql(query).types[1])
            if kind != "BOOLEAN":
                raise ExpressionError(f"it gives {kind.lower()}, not true or false")
            result = connection.sql(f'select "{_ROW}" from items where ({expression}\n)')
            return result.to_arrow_table().column(0).to_numpy().astype(np.intp)
        except duckdb.Error as error:
            raise ExpressionError(str(error)) from error


def _columns_in(expression: str, names: Sequence[str]) -> list[str]:
    """The known columns whose names occur in the expression; SQL does not distinguish upper and lower case."""
    words = {(quoted.replace('""', '"') or plain).lower() for quoted, plain in _NAME.findall(expression)}
    return [name for name in names if name.lower() in words]


def _explain(message: str, expression: str, names: Sequence[str]) -> str:
    unknown = _UNKNOWN_COLUMN.search(message)
    if unknown is None:
        reason = re.sub(r"^\w+ Error: ", "", message.partition("\n")[0])
        return f"The expression {expression!r} cannot be evaluated: {reason}."
    name = unknown.group(1)
    near = difflib.get_close_matches(name, names, n=1)
    quotes = f"A text is written in single quotes: '{name}'."
    hint = f"Did you mean {near[0]!r}? {quotes}" if near else f"{quotes} The columns are {', '.join(names)}."
    return f"There is no column {name!r}. {hint}"
