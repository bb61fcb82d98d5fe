"""One condition asked of DuckDB, in memory. Imports nothing of ours: it also runs as a script, see ``limited_run``."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

#: Files, the network, extensions, the variables of Python and the folder for temporary files are out of reach: an
#: expression can only say something about its columns. It may come from a colleague's recipe.
_CLOSED = {
    "enable_external_access": "false",
    "temp_directory": "",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}
#: Set when the connection is there, as not every version takes them with the others; and then nothing can be set.
_LOCKED = ("set python_enable_replacements = false", "set lock_configuration = true")
_MOST_THREADS = 4
#: What a process that was asked for rows writes before them, or for what went wrong.
_ERROR = b"error"


class QueryError(ValueError):
    """What DuckDB says of a condition that it cannot evaluate."""


def connect(gigabytes: float) -> Any:
    """A DuckDB connection that reaches nothing but what is registered with it."""
    import duckdb

    threads = str(min(_MOST_THREADS, os.cpu_count() or 1))
    limits = {"memory_limit": f"{gigabytes:g}GB", "threads": threads}
    connection = duckdb.connect(":memory:", config={**_CLOSED, **limits})
    for statement in _LOCKED:
        connection.execute(statement)
    return connection


def rows_of(connection: Any, expression: str, table: pa.Table, row: str) -> NDArray[np.intp]:
    """The values of the column ``row`` where the expression is true.

    Raises
    ------
    QueryError
        If it cannot be evaluated, or is not true or false.
    """
    import duckdb

    connection.register("items", table)
    try:
        kind = str(connection.sql(f'select "{row}", ({expression}\n) from items').types[1])
        if kind != "BOOLEAN":
            raise QueryError(f"it gives {kind.lower()}, not true or false")
        result = connection.sql(f'select "{row}" from items where ({expression}\n)')
        return result.to_arrow_table().column(0).to_numpy().astype(np.intp)
    except duckdb.InterruptException:
        raise
    except (duckdb.Error, UnicodeError) as error:
        raise QueryError(str(error)) from error


def packed(expression: str, table: pa.Table, row: str, gigabytes: float) -> bytes:
    """What the script reads: the table, with what is asked of it."""
    asked = {b"asked": json.dumps({"expression": expression, "row": row, "gigabytes": gigabytes}).encode()}
    return _stream(table.replace_schema_metadata(asked))


def unpacked(answer: bytes) -> NDArray[np.intp]:
    """The rows that the script found.

    Raises
    ------
    QueryError
        If it could not evaluate the expression.
    """
    table = pa.ipc.open_stream(answer).read_all()
    if _ERROR in (said := table.schema.metadata or {}):
        raise QueryError(said[_ERROR].decode())
    return table.column("row").to_numpy().astype(np.intp)


def _answer(asked: bytes) -> bytes:
    table = pa.ipc.open_stream(asked).read_all()
    asks = json.loads(table.schema.metadata[b"asked"])
    _limit_memory(asks["gigabytes"])
    rows = np.empty(0, np.intp)
    said: dict[bytes, bytes] = {}
    try:
        with connect(asks["gigabytes"]) as connection:
            rows = rows_of(connection, asks["expression"], table, asks["row"])
    except QueryError as error:
        said = {_ERROR: str(error).encode()}
    return _stream(pa.table({"row": rows.astype(np.int64)}).replace_schema_metadata(said))


def _limit_memory(gigabytes: float) -> None:
    """Let this process take no more than so much beside what it has now, where the system can see to that."""
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            now = int(file.read().split()[0]) * resource.getpagesize()
    except (ImportError, OSError):
        return
    most = now + int(gigabytes * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


if __name__ == "__main__":
    sys.stdout.buffer.write(_answer(sys.stdin.buffer.read()))
