"""Which texts are one expression over columns: the rules, by how DuckDB reads the text."""

from __future__ import annotations

import json
import re
from typing import Any

from .expression_query import QueryError

#: Kinds of terms, and functions, whose result is not much larger than what they are given: these are evaluated at once.
_PLAIN_TERMS = frozenset({
    "COLUMN_REF", "CONSTANT", "COMPARISON", "CONJUNCTION", "OPERATOR", "BETWEEN", "CAST", "CASE", "FUNCTION",
    "TYPE",
})  # fmt: skip
_PLAIN_FUNCTIONS = frozenset({
    "+", "-", "*", "/", "//", "%", "^", "**", "||", "~~", "!~~", "~~*", "!~~*", "~~~", "like_escape",
    "not_like_escape", "ilike_escape", "not_ilike_escape", "concat", "regexp_matches", "regexp_full_match",
    "contains", "starts_with", "prefix", "suffix", "ends_with", "position", "instr", "strpos", "list_contains",
    "list_has", "array_contains", "array_has", "list_has_any", "array_has_any", "list_has_all", "array_has_all",
    "list_value", "len", "length", "strlen", "array_length", "lower", "upper", "lcase", "ucase", "trim",
    "ltrim", "rtrim", "substring", "substr", "left", "right", "array_extract", "list_extract", "list_element",
    "struct_extract", "ifnull", "nullif", "coalesce", "least", "greatest", "row", "abs", "sign", "round",
    "floor", "ceil", "ceiling", "trunc", "sqrt", "ln", "log", "log2", "log10", "exp", "isnan", "isinf",
    "isfinite", "random", "year", "month", "day", "hour", "minute", "second", "week", "quarter", "dayofweek",
    "dayname", "monthname", "epoch", "date_part", "date_trunc", "date_diff", "datediff", "date_sub", "strftime",
    "now", "today", "current_date", "to_years", "to_months", "to_weeks", "to_days", "to_hours", "to_minutes",
    "to_seconds",
})  # fmt: skip
#: Functions that tell of, or change, something else than the columns.
_OF_SOMETHING_ELSE = frozenset({
    "getenv", "current_setting", "getvariable", "set_config", "current_query", "current_query_id",
    "current_connection_id", "current_transaction_id", "txid_current", "nextval", "currval", "setval",
    "setseed", "sleep_ms", "pg_sleep", "write_log", "stats", "version", "json_execute_serialized_sql", "query",
    "query_table", "current_user", "session_user", "user", "current_role",
})  # fmt: skip
_UNREADABLE = re.compile("[\0\ud800-\udfff]")
_TERM = re.compile(r'"class":"(\w+)"')
_FUNCTION = re.compile(r'"function_name":"((?:[^"\\]|\\.)*)"')


def is_plain(connection: Any, expression: str) -> bool:
    """Whether an expression takes no more memory than its columns do, so that it can be evaluated at once.

    Raises
    ------
    QueryError
        If the text is not one expression, or asks something else than the columns.
    """
    import duckdb

    if _UNREADABLE.search(expression):
        raise QueryError("it holds half of a character, or a character that ends texts")
    try:
        read = connection.execute(_READ, [f"select {expression}\n"]).fetchall()[0]
    except duckdb.Error as error:
        raise QueryError(str(error)) from error
    whole, statements, kind, values, source, rest = read
    said = json.loads(whole) if not statements else {}
    if said.get("error"):
        raise QueryError(str(said.get("error_message", "it is no SQL")))
    if statements != 1:
        raise QueryError("it holds several statements")
    if kind != "SELECT_NODE" or values != 1 or source != "EMPTY" or rest:
        raise QueryError("it is more than one expression")
    terms, functions = set(_TERM.findall(whole)), {name.lower() for name in _FUNCTION.findall(whole)}
    if "SUBQUERY" in terms:
        raise QueryError("it asks a table; a condition is about the columns of one item")
    if foreign := sorted(functions & _OF_SOMETHING_ELSE):
        raise QueryError(f"{foreign[0]}() is not about the columns")
    return terms <= _PLAIN_TERMS and functions <= _PLAIN_FUNCTIONS


#: How DuckDB reads a text, as JSON; how many statements it is; of the first its kind, how many values it gives and from
#: where; and how much else it says. Taken apart there, as Python's reader of JSON has a limit of depth.
_READ = """
with a as (select json_serialize_sql($1) as j), b as (select j, json_extract(j, '$.statements[0].node') as n from a)
select
    j::varchar,
    json_array_length(j, '$.statements'),
    json_extract_string(n, '$.type'),
    json_array_length(n, '$.select_list'),
    json_extract_string(n, '$.from_table.type'),
    json_array_length(n, '$.modifiers') + json_array_length(n, '$.cte_map.map')
        + json_array_length(n, '$.group_expressions') + json_array_length(n, '$.group_sets')
        + (json_type(n, '$.where_clause') <> 'NULL')::int + (json_type(n, '$.having') <> 'NULL')::int
        + (json_type(n, '$.qualify') <> 'NULL')::int + (json_type(n, '$.sample') <> 'NULL')::int
from b
"""
