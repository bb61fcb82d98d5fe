"""A Ctrl-C while a request is carried out: it arrives, and what was under way is done whole or not at all."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import nbcurate as nbc
from nbcurate.widgets.interrupts import unbroken
from nbcurate.widgets.session import Session

from .test_wire import Browser, request


@pytest.fixture
def browser(dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    session = Session.of(dataset)
    yield Browser(session, monkeypatch)
    session.close()


def interrupt_after(seconds: float) -> threading.Timer:
    timer = threading.Timer(seconds, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    return timer


def interrupted(times: int, steps: list[str]) -> None:
    with unbroken():
        for _ in range(times):
            signal.raise_signal(signal.SIGINT)
        steps.append("done")


def test_an_interrupt_waits_for_the_end_of_a_change_and_a_second_one_does_not() -> None:
    steps: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted(1, steps)
    assert steps == ["done"]
    with pytest.raises(KeyboardInterrupt):
        interrupted(2, steps)
    assert steps == ["done"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_within_is_not_hidden() -> None:
    with pytest.raises(ValueError, match="mine"), unbroken():
        raise ValueError("mine")


@pytest.mark.parametrize("seed", range(2))
def test_an_interrupted_change_is_whole_or_was_not_made(browser: Browser, dataset: nbc.Dataset, seed: int) -> None:
    chance = random.Random(seed)
    finding = dataset.rare(n=6)
    panel, clusters = nbc.FindingsPanel(dataset, finding), nbc.ClusterBrowser(dataset, dataset.clusters(3, "kmeans"))
    review = panel.reviews["rare"]
    start = seen(dataset)
    decide = {"view": panel.view, "finding": "rare", "decision": "relabel", "label": "changed"}
    arrange = {"view": clusters.view, "op": "rename", "names": ["x"], "name": "renamed", "number": 1}

    def messages() -> Iterator[tuple[dict[str, Any], list[bytes]]]:
        yield (
            request("decide", {**decide, "decision": "keep", "label": None}),
            [finding.keys[:2].astype("<u4").tobytes()],
        )
        yield request("tag", {"op": "add", "tag": "night"}), []
        yield request("decide", decide), [finding.keys[2:5].astype("<u4").tobytes()]
        yield request("arrange", {**arrange, "names": [clusters.table["name"][0]]}), []
        yield request("undo"), []
        yield request("redo"), []

    arrived = 0
    for message, buffers in messages():
        timer = interrupt_after(chance.uniform(0.001, 0.06))
        try:
            browser.raw(message, buffers)
            timer.join()
        except KeyboardInterrupt:
            arrived += 1
        timer.join()
        column = dict(zip(dataset.keys.tolist(), dataset.column("cluster").to_pylist(), strict=True))
        state = clusters._arrangement.state
        assert [column[key] for key in state.keys.tolist()] == [state.names[at] for at in state.labels]
        if review.column in dataset.column_names:
            words = dict(zip(dataset.keys.tolist(), dataset.column(review.column).to_pylist(), strict=True))
            decided = {"kept": 1, "rejected": 2, "relabelled": 3, None: 0}
            assert [decided[words[key]] for key in finding.keys.tolist()] == review.codes.tolist()
    assert arrived == 6
    while browser.ask("undo")[0][0]["changed"]:
        pass
    assert seen(dataset) == start, "all of it can be taken back"


def seen(dataset: nbc.Dataset) -> dict[str, Any]:
    columns = ["label", "tags", "cluster"]
    there = {name: [value or None for value in dataset.column(name).to_pylist()] for name in columns}
    return {**there, "kept": dataset.selection.ids, "rejected": dataset.selection.rejected}
