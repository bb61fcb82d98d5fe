"""Conditions in SQL: one expression over the columns of an item, within limits, and nothing else."""

from __future__ import annotations

import os
import signal
import threading
import time

import pyarrow as pa
import pytest

from nbcurate.store.expression import ExpressionError, Limits, rows_where

COLUMNS = {
    "label": pa.array(["cat", "dog", None, "cat"]),
    "x": pa.array([1, 2, 3, 4]),
    "tags": pa.array([["a"], [], None, ["a", "b"]]),
    "taken": pa.array([0, 10**9, None, 2 * 10**9], pa.timestamp("s")),
}


def rows(expression: str, limits: Limits | None = None) -> list[int]:
    return rows_where(expression, list(COLUMNS), COLUMNS.__getitem__, 4, limits or Limits()).tolist()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("label = 'cat' and not x > 3", [0]),
        ("label in ('cat', 'cow') or label is null", [0, 2, 3]),
        ("lower(label) like 'd%' -- of dogs", [1]),
        ("list_contains(tags, 'a') and len(tags) > 1", [3]),
        ("year(taken) = 2001", [1]),
        ("case when x % 2 = 0 then true else false end", [1, 3]),
        ("x between 2 and 3", [1, 2]),
        ("'; select 1' <> label", [0, 1, 3]),
        ("replace(label, 'c', 'h') = 'hat'", [0, 3]),  # may make much of little, so another process answers
        ("list_transform(tags, lambda tag: upper(tag)) = ['A']", [0]),
    ],
)
def test_an_expression_finds_the_rows_that_it_is_true_for(expression: str, expected: list[int]) -> None:
    assert rows(expression) == expected


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("true; attach 'x.db'", ""),
        ("true) ; attach 'x.db' as y; select (true", ""),
        ("true) union all select 7 where (true", ""),
        ("true) or (true", ""),
        ("true from items", "more than one expression"),
        ("true, false", "more than one expression"),
        ("x > 1 order by x limit 1", "more than one expression"),
        ("copy (select 1) to 'x.csv'", ""),
        ("pragma version", ""),
        ("install httpfs", ""),
        ("exists(select 1 from read_text('/etc/hostname'))", "asks a table"),
        ("(select count(*) from read_csv('/etc/hostname')) > 0", "asks a table"),
        ("x in (select x from items)", "asks a table"),
        ("exists(from names)", "asks a table"),  # a variable of Python's
        ("(with recursive t(i) as (select 1 union all select i + 1 from t) select max(i) from t) > 1", "asks a table"),
        ("getenv('HOME') is not null", "getenv"),
        ("current_setting('memory_limit') = ''", "current_setting"),
        ("sleep_ms(60000) is null", "sleep_ms"),
        ("nextval('s') = 1", "nextval"),
        ("read_text('/etc/hostname') is not null", ""),
        ("label = '\ud800'", "half of a character"),
        ("x > 0\0", ""),
        ("", ""),
        ("x = ?", ""),
        ("count(x) > 1", ""),
    ],
)
def test_nothing_else_can_be_asked(expression: str, reason: str) -> None:
    with pytest.raises(ExpressionError, match="cannot be evaluated") as raised:
        rows(expression)
    assert reason in str(raised.value)


def test_what_is_deep_or_long_is_refused_in_a_few_words() -> None:
    for expression in ("(" * 30_000 + "true" + ")" * 30_000, "not " * 30_000 + "true", "x > " + "y" * 100_000):
        with pytest.raises(ExpressionError) as raised:
            rows(expression)
        assert len(str(raised.value)) < 1_000


@pytest.mark.parametrize("expression", ["length(repeat(label, 1000000000)) > 1", "len(range(900000000)) > x"])
def test_what_takes_too_much_memory_is_stopped(expression: str) -> None:
    with pytest.raises(ExpressionError, match=r"more than 0\.5 GB of memory|longer than 20 s"):
        rows(expression, Limits(20, 0.5))


def test_what_takes_too_long_is_stopped() -> None:
    endless = "len(list_filter(range(3000), lambda a: len(list_filter(range(30000), lambda b: b % 7 = a)) > 9)) > x"
    with pytest.raises(ExpressionError, match="longer than 1 s and was stopped"):
        rows(endless, Limits(1, 4))


@pytest.mark.parametrize("plain", [True, False])
def test_an_interrupt_ends_it(plain: bool) -> None:
    slow = (
        "regexp_matches(label, '(.*.*.*.*.*.*.*.*c){20}x')"
        if plain
        else "list_reduce(range(x * 0 + 60000000), lambda a, b: a + b) > 1"
    )
    many = {"label": pa.array(["catc" * 2_000] * 20_000), "x": pa.array([1] * 20_000)}

    def ask_until_interrupted() -> None:
        while True:  # a fast machine may have the answer before
            rows_where(slow, list(many), many.__getitem__, 20_000, Limits(100, 8))

    begun = time.monotonic()
    threading.Timer(0.7, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        ask_until_interrupted()
    assert time.monotonic() - begun < 30, "a guard against waiting for the end of it"
