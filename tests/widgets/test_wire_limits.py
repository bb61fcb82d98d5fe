"""The limits of the wire: what is sent is small, what is received is bounded, what is refused has changed nothing."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.findings.finding import Finding
from nbcurate.store import Store
from nbcurate.store.items import ITEM_SCHEMA
from nbcurate.widgets.protocol import MAX_FRAME
from nbcurate.widgets.session import Session

from .test_wire import Browser, request


def odd(dataset: nbc.Dataset, n: int = 4) -> Finding:
    """A finding that suggests labels."""
    return Finding(
        dataset, "odd", dataset.keys[:n], np.ones(n), ["odd"] * n, recipe={}, score_meaning="oddness",
        columns={"suggested_label": ["food"] * n},
    )  # fmt: skip


def seen(dataset: nbc.Dataset, *panels: Any) -> dict[str, Any]:
    """Whatever a request can change."""
    history = Session.of(dataset).history
    return {
        "labels": dataset.labels,
        "tags": dataset.tags,
        "kept": dataset.selection.ids,
        "rejected": dataset.selection.rejected,
        "edits": len(dataset.history),
        "slices": list(dataset.slices),
        "decided": [review.codes.tolist() for panel in panels for review in panel.reviews.values()],
        "undo": (len(history._done), history.can_undo, history.can_redo),
    }


def test_repeated_keys_count_once(browser: Browser, dataset: nbc.Dataset) -> None:
    many = np.tile(dataset.keys[[5, 2]], 2**20)
    browser.ask("select", {"op": "set", "encoding": "keys"}, many)
    assert dataset.selection.ids == [dataset.ids[5], dataset.ids[2]]
    panel = nbc.FindingsPanel(dataset, odd(dataset))
    here = {"view": panel.view, "finding": "odd", "decision": "relabel", "label": "new"}
    browser.ask("decide", here, np.zeros(2**21))
    assert len(dataset.history) == 1
    _, pictures = browser.ask("thumbnails", {"size": 192}, [3, 3, 3])
    assert len(pictures) == 1


def test_a_bitset_ends_at_the_largest_key(browser: Browser, dataset: nbc.Dataset) -> None:
    select = request("select", {"op": "set", "encoding": "bitset"})
    before = seen(dataset)
    assert browser.refused(select, [b"\xff" * 2**23]) == "unknown-keys"
    assert browser.refused(select, [b"\0" * 3 + b"\1"]) == "unknown-keys"
    assert browser.refused(select, [b"\0" * (2**23 + 1)]) == "bad-request"
    assert seen(dataset) == before
    browser.ask("select", {"op": "set", "encoding": "bitset"}, b"\1" + b"\0" * 2**20)
    assert dataset.selection.ids == dataset.ids[:1]


@pytest.mark.parametrize("text", ["\ud800", "x\udfff", "x" * 257, ""])
def test_a_text_that_cannot_be_written_is_refused_before_anything_is_done(
    browser: Browser, dataset: nbc.Dataset, text: str
) -> None:
    panel = nbc.FindingsPanel(dataset, odd(dataset))
    clusters = nbc.ClusterBrowser(dataset, dataset.clusters(2, "kmeans"))
    names = clusters.table["name"].tolist()
    dataset.selection.set(dataset.ids[:2])
    dataset.save_slice("one")
    before = seen(dataset, panel)
    decide = {"view": panel.view, "finding": "odd", "decision": "relabel"}
    key = dataset.keys[:1].astype("<u4").tobytes()
    for message, buffers in (
        (request("tag", {"op": "add", "tag": text}), []),
        (request("label", {"column": "label", "label": text, "op": "set", "encoding": "keys"}), [key]),
        (request("label", {"column": text, "label": "x", "op": "set", "encoding": "keys"}), [key]),
        (request("search", {"view": 0, "k": 5, "words": text, "picture": None}), []),
        (request("slice", {"op": "save", "name": text}), []),
        (request("decide", {**decide, "label": text}), [key]),
        (request("decide", {**decide, "label": ["cat", text]}), [key]),
        (
            request("arrange", {"view": clusters.view, "op": "rename", "names": names[:1], "name": text, "number": 1}),
            [],
        ),
        (
            request(
                "arrange", {"view": clusters.view, "op": "merge", "names": [names[0], text], "name": None, "number": 1}
            ),
            [],
        ),
        (request("clusters", {"view": clusters.view, "inside": text, "parts": 2}), []),
        (request("ping", id=text), []),
    ):
        assert browser.refused(message, buffers) == "bad-request"
    assert seen(dataset, panel) == before
    assert clusters.table["name"].tolist() == names


def test_a_name_that_cannot_be_written_is_refused_in_python(dataset: nbc.Dataset) -> None:
    clusters = nbc.ClusterBrowser(dataset, dataset.clusters(2, "kmeans"))
    before = clusters.table
    with pytest.raises(ValueError, match="no text that can be written"):
        clusters.rename(before["name"][0], "\ud800")
    assert clusters.table.equals(before)


def test_errors_are_short_whatever_they_are_about(browser: Browser) -> None:
    for message in (
        request("x" * 5_000_000),
        request("hello", {"y" * 5_000_000: 1}),
        request("columns", {"view": 0, "names": ["z" * 256]}),
        request("ping", id="\ud800" * 99),
        request("ping", id=["i"] * 100_000),
        request("ping", params=["deep"]),
        {"type": "t" * 10**6, "id": "t:0"},
    ):
        ((error, _),) = browser.raw(message)
        assert error["type"] == "error"
        assert len(json.dumps(error).encode()) < 2_000
        error["message"].encode()


def test_only_ids_are_remembered_as_cancelled_and_not_many(browser: Browser, dataset: nbc.Dataset) -> None:
    for at in range(3_000):
        browser.session._receive(None, {"type": "cancel", "id": f"{at}" + "x" * (10**4 if at % 2 else 0)}, [])
    for strange in ("\ud800", 7, None, ["t:1"], {"t": 1}):
        browser.raw({"type": "cancel", "id": strange})
    assert sum(map(len, browser.session._cancelled)) < 64_000
    browser.raw({"type": "cancel", "id": "t:gone"})
    assert browser.raw(request("select", {"op": "set", "encoding": "keys"}, id="t:gone"), [b"\0\0\0\0"]) == []
    assert dataset.selection.ids == []


def test_requests_that_nobody_can_answer_any_more_are_refused(
    browser: Browser, dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser.session, "_room", threading.Semaphore(0))
    assert browser.refused(request("preview", {"key": 0, "size": 100})) == "busy"


@pytest.mark.parametrize("decision", ["keep", "reject", "relabel", "clear"])
def test_a_decision_about_nothing_is_refused(browser: Browser, dataset: nbc.Dataset, decision: str) -> None:
    panel = nbc.FindingsPanel(dataset, odd(dataset))
    before = seen(dataset, panel)
    here = {"view": panel.view, "finding": "odd", "decision": decision, "label": "x"}
    assert browser.refused(request("decide", here), [b""]) == "bad-request"
    assert seen(dataset, panel) == before


@pytest.mark.parametrize(
    ("fails", "decision"),
    [("set_texts_soon", "keep"), ("set_texts_soon", "relabel"), ("edit", "relabel"), ("save_selection", "keep")],
)
def test_what_cannot_be_written_is_not_half_decided(
    browser: Browser, dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch, fails: str, decision: str
) -> None:
    """A full disk at each of the things that a decision writes."""
    panel = nbc.FindingsPanel(dataset, odd(dataset))
    dataset.selection.set(dataset.ids[5:6])
    before = seen(dataset, panel)
    here = {"view": panel.view, "finding": "odd", "decision": decision, "label": None}

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Store, fails, full)
        assert (
            browser.raw(request("decide", here), [dataset.keys[:2].astype("<u4").tobytes()])[-1][0]["type"] == "error"
        )
    after = seen(dataset, panel)
    assert {**after, "edits": 0} == {**before, "edits": 0}
    browser.ask("decide", here, dataset.keys[:2])
    assert panel.reviews["odd"].decided == 2


def test_a_store_that_can_only_be_read_refuses_and_decides_nothing(
    dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset.selection.set(dataset.ids[:2])
    dataset.save_slice("there")
    dataset.close()
    reader = nbc.Dataset.open(dataset.store.path, read_only=True)
    browser = Browser(Session.of(reader), monkeypatch)
    panel = nbc.FindingsPanel(reader, odd(reader))
    before = seen(reader, panel)
    here = {"view": panel.view, "finding": "odd", "decision": "relabel"}
    key = reader.keys[:1].astype("<u4").tobytes()
    for message, buffers in (
        (request("decide", {**here, "label": None}), [key]),
        (request("decide", {**here, "label": "new"}), [key]),
        (request("tag", {"op": "add", "tag": "night"}), []),
        (request("slice", {"op": "save", "name": "mine"}), []),
        (request("slice", {"op": "drop", "name": "there"}), []),
    ):
        assert browser.refused(message, buffers) == "read-only"
        assert seen(reader, panel) == before
    browser.session.close()


def test_no_answer_is_over_a_frame_however_long_the_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids, labels and tags of thousands of characters that JSON writes as six, and pictures that do not compress."""
    n = 300
    noise = np.random.default_rng(0).integers(0, 2, (384, 384, 3), np.uint8) * 255
    Image.fromarray(noise).save(tmp_path / "noise.png")
    store = Store.open(tmp_path / "big.nbc", create=True)
    root = store.root_index(str(tmp_path))
    columns: dict[str, Any] = {
        "key": pa.array(np.arange(n), pa.uint64()),
        "content": pa.array(np.arange(n), pa.uint64()),
        "id": pa.array([f"{i:07}" + "\1" * 20_000 for i in range(n)]),
        "label": pa.array([f"class {i}" + "\1" * 3_000 for i in range(n)]),
        "status": pa.array(["ok"] * n),
        "path": pa.array(["noise.png"] * n),
        "root": pa.array(np.full(n, root), pa.int32()),
        "tags": pa.array([[f"{i}" + "\1" * 250, "z" * 10_000] for i in range(n)]),
    }
    columns |= {f.name: pa.nulls(n, f.type) for f in ITEM_SCHEMA if f.name not in columns}
    store.add_items(pa.table(columns, schema=ITEM_SCHEMA))
    ds = nbc.Dataset(store)
    finding = Finding(
        ds, "odd", ds.keys, np.ones(n), ["\1" * 10_000] * n, recipe={}, score_meaning="oddness",
        columns={"suggested_label": ["\1" * 10_000] * n},
    )  # fmt: skip
    panel = nbc.FindingsPanel(ds, finding)
    browser = Browser(Session.of(ds), monkeypatch)
    here = {"view": panel.view, "finding": "odd"}
    for method, params, buffers in [
        ("hello", {}, []),
        ("columns", {"view": panel.view, "names": ["key", "label", "tags"]}, []),
        ("thumbnails", {"size": 192}, [np.arange(256, dtype="<u4").tobytes()]),
        ("thumbnails", {"size": 384}, [np.arange(60, dtype="<u4").tobytes()]),
        ("details", {"key": 3}, []),
        ("findings", {"view": panel.view}, []),
        ("finding", {**here, "names": ["key", "score", "decision"]}, []),
        ("reasons", {**here, "start": 0, "count": 256}, []),
        ("slices", {}, []),
    ]:
        sent = browser.raw(request(method, params), buffers)
        assert sent
        for content, data in sent:
            assert content["type"] == "response", content
            assert len(json.dumps(content, ensure_ascii=False).encode()) + sum(map(len, data)) <= MAX_FRAME
    browser.session.close()
    ds.close()


def test_the_members_of_a_large_cluster_come_in_parts(dataset: nbc.Dataset) -> None:
    from nbcurate.dataset.grouping import Grouping
    from nbcurate.widgets.cluster_requests import _in_frames, _members
    from nbcurate.widgets.frames import MAX_BUFFERS

    n = 900_000
    labels = np.where(np.arange(n) < 600_000, 0, np.arange(n) % 2 + 1).astype(np.int32)
    state = Grouping(np.arange(n, dtype=np.uint64), labels, ("a", "b", "c"), None)
    made = [_members(state, number) for number in range(3)]
    assert [encoding for encoding, _ in made] == ["bitset", "keys", "keys"]
    bits = np.unpackbits(np.frombuffer(made[0][1], np.uint8), bitorder="little")
    assert np.flatnonzero(bits).tolist() == list(range(600_000))
    frames = _in_frames([buffer for _, buffer in made], MAX_BUFFERS)
    assert [buffer for frame in frames for buffer in frame] == [buffer for _, buffer in made]
    assert all(sum(map(len, frame)) <= MAX_BUFFERS for frame in frames)


def test_no_answer_about_predictions_is_over_a_frame(dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    n = 300 * len(dataset)
    table = {
        "id": np.repeat(dataset.ids, 300), "label": [f"{'long ' * 30}{at % 40}" for at in range(n)],
        "score": rng.random(n), "x": rng.random(n), "y": rng.random(n), "width": rng.random(n) + 5,
        "height": rng.random(n) + 5,
    }  # fmt: skip
    dataset.add_predictions("many", pd.DataFrame(table))
    browser = Browser(Session.of(dataset), monkeypatch)
    answer, _ = browser.ask("predicted", {"predictions": "many"}, dataset.keys)
    drawn = [item for part in answer for item in part["items"]]
    assert [len(item["names"]) for item in drawn] == [100] * len(dataset)
    assert all(item["scores"] == sorted(item["scores"], reverse=True) for item in drawn)
    assert all(len(name) <= 64 for item in drawn for name in item["names"])
    assert all(len(json.dumps(part).encode()) < MAX_FRAME for part in answer)
