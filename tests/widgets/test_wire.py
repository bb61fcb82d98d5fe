"""The wire: every request answered, everything else refused, and nothing changed by what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nbcurate as nbc
from nbcurate.widgets.protocol import MAX_FRAME, encode_keys, parse_request
from nbcurate.widgets.session import Session


class Browser:
    """The other end of the comm: sends messages and collects what the kernel sends."""

    def __init__(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        self.session = session
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        monkeypatch.setattr(session, "send", lambda content, buffers=None: self.sent.append((content, buffers or [])))
        self._count = 0

    def raw(self, content: Any, buffers: list[Any] | None = None) -> list[tuple[dict[str, Any], list[bytes]]]:
        """What comes back for one message, whatever answers it."""
        self.sent.clear()
        self.session._receive(None, content, buffers or [])
        for thread in self.session._beside.values():
            thread.submit(lambda: None).result()
        return list(self.sent)

    def ask(self, method: str, params: dict[str, Any] | None = None, *keys: Any) -> tuple[list[Any], list[bytes]]:
        """Results of all parts, and all buffers; fails on an error."""
        self._count += 1
        buffers = [k if isinstance(k, bytes) else np.asarray(k, "<u4").tobytes() for k in keys]
        message = {"type": "request", "id": f"t:{self._count}", "method": method, "params": params or {}}
        answers = [(c, b) for c, b in self.raw(message, buffers) if c["type"] != "event"]
        assert all(c["type"] == "response" for c, _ in answers), answers
        assert [c["part"] for c, _ in answers] == list(range(answers[0][0]["parts"]))
        return [c["result"] for c, _ in answers], [b for _, bs in answers for b in bs]

    def refused(self, content: Any, buffers: list[Any] | None = None) -> str:
        """Code of the error that a message gets."""
        (error, _), *rest = self.raw(content, buffers)
        assert error["type"] == "error", error
        assert error["message"]
        assert not rest
        return error["code"]


def request(method: str, params: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "request", "id": "t:0", "method": method, "params": params or {}, **more}


def keys_of(buffer: bytes) -> list[int]:
    return np.frombuffer(buffer, "<u4").tolist()


def test_hello_and_columns_describe_the_data_set(browser: Browser, dataset: nbc.Dataset) -> None:
    (hello,), _ = browser.ask("hello")
    assert hello["count"] == 24
    assert {"name": "label", "kind": "category"} in hello["columns"]
    assert hello["embeddings"] == "colour_layout"
    parts, buffers = browser.ask("columns", {"view": 0, "names": ["key", "label"]})
    assert [part["column"] for part in parts] == ["key", "label", "label"]
    assert keys_of(buffers[0]) == dataset.keys.tolist()
    assert parts[1]["categories"] == ["animals", "food", "vehicles"]
    codes = np.frombuffer(buffers[2], "<i4")
    assert [parts[1]["categories"][code] for code in codes] == dataset.labels


def test_thumbnails_are_jpegs_with_captions(browser: Browser, dataset: nbc.Dataset) -> None:
    for size in (192, 384):
        parts, pictures = browser.ask("thumbnails", {"size": size}, dataset.keys)
        captions = [item for part in parts for item in part["items"]]
        assert [c["id"] for c in captions] == dataset.ids
        assert len(pictures) == 24
        assert all(picture[:2] == b"\xff\xd8" for picture in pictures)


def test_a_picture_that_is_gone_is_an_empty_buffer(browser: Browser, dataset: nbc.Dataset) -> None:
    Path(dataset.to_pandas()["path"][5]).unlink()
    _, pictures = browser.ask("thumbnails", {"size": 384}, dataset.keys[4:7])
    assert [bool(picture) for picture in pictures] == [True, False, True]
    assert browser.refused(request("preview", {"key": int(dataset.keys[5]), "size": 500})) == "internal"


def test_neighbours_are_those_of_search(browser: Browser, dataset: nbc.Dataset) -> None:
    a, b, c = dataset.ids[0], dataset.ids[4], dataset.ids[-1]
    positive, negative = (dataset.store.items.keys_of_ids(ids) for ids in ([a, b], [c]))
    (result,), (keys, similarity) = browser.ask("neighbours", {"view": 0, "k": 6}, positive, negative)
    found = dataset.search([a, b], k=6, negatives=[c])
    assert result["count"] == 6
    assert dataset.store.items.ids_of_keys(np.array(keys_of(keys), np.uint64)) == found.ids
    assert np.allclose(np.frombuffer(similarity, "<f4"), found.similarity)


def test_a_selection_arrives_as_keys_or_bits(browser: Browser, dataset: nbc.Dataset) -> None:
    keys = dataset.keys
    browser.ask("select", {"op": "set", "encoding": "keys"}, keys[[5, 2]])
    assert dataset.selection.ids == [dataset.ids[5], dataset.ids[2]]
    event, (kept, _) = next((c, b) for c, b in browser.sent if c["type"] == "event")
    assert (event["event"], event["ack"], event["kept"]) == ("selection", "t:1", {"encoding": "bitset", "count": 2})
    assert np.flatnonzero(np.unpackbits(np.frombuffer(kept, np.uint8), bitorder="little")).tolist() == [2, 5]

    bits = np.packbits(np.isin(np.arange(24), [1, 7]), bitorder="little").tobytes()
    browser.ask("select", {"op": "reject", "encoding": "bitset"}, bits)
    assert dataset.selection.rejected == [dataset.ids[1], dataset.ids[7]]


def test_a_change_that_changes_nothing_is_acknowledged(browser: Browser, dataset: nbc.Dataset) -> None:
    browser.ask("select", {"op": "keep", "encoding": "keys"}, [])
    assert [c["ack"] for c, _ in browser.sent if c["type"] == "event"] == ["t:1"]


def test_a_change_in_python_is_told(browser: Browser, dataset: nbc.Dataset) -> None:
    browser.sent.clear()
    dataset.selection.set(dataset.ids[:1])
    ((event, _),) = browser.sent
    assert (event["event"], event["ack"], event["kept"]["count"]) == ("selection", None, 1)


def test_expand_undo_and_redo(browser: Browser, dataset: nbc.Dataset) -> None:
    dataset.selection.set(dataset.ids[:1])
    grown = [dataset.ids[0], *dataset.expand(k=3).ids]
    (result,), _ = browser.ask("expand", {"view": 0, "k": 3})
    assert result["added"] == 3
    assert dataset.selection.ids == grown
    assert browser.ask("undo")[0][0]["changed"]
    assert dataset.selection.ids == dataset.ids[:1]
    assert browser.ask("redo")[0][0]["changed"]
    assert dataset.selection.ids == grown
    assert not browser.ask("redo")[0][0]["changed"]


def test_items_that_came_and_went_are_told(browser: Browser, dataset: nbc.Dataset) -> None:
    browser.sent.clear()
    dataset.remove(dataset.ids[:1])
    events = [c for c, _ in browser.sent if c["event"] == "dataset"]
    assert [event["count"] for event in events] == [23]
    assert browser.refused(request("details", {"key": 0})) == "unknown-keys"


MALFORMED: list[tuple[Any, list[Any]]] = [
    (None, []),
    (request("columns", {"view": 0, "names": []}), []),
    (request("columns", {"view": 0, "names": "key"}), []),
    (request("columns", {"view": 0, "names": ["key"] * 65}), []),
    (request("columns", {"view": 0, "names": [3]}), []),
    (request("projection", {"view": 0, "method": None, "encoder": None, "onto": None}), []),
    (request("projection", {"view": 0, "method": "pca", "encoder": 3, "onto": None}), []),
    (request("columns", {"view": 9, "names": ["key"]}), []),
    (request("columns", {"view": True, "names": ["key"]}), []),
    (request("thumbnails", {"size": 192}), []),
    (request("thumbnails", {"size": 192}), [b"abc"]),
    (request("thumbnails", {"size": 191}), [b"\0\0\0\0"]),
    (request("thumbnails", {"size": 192}), [b"\0\0\0\0" * 257]),
    (request("preview", {"key": "0", "size": 100}), []),
    (request("preview", {"key": 0, "size": 100_000}), []),
    (request("preview", {"key": -1, "size": 100}), []),
    (request("preview", {"key": 0, "size": 100, "path": "/etc/passwd"}), []),
    (request("neighbours", {"view": 0, "k": 0}), [b"\0\0\0\0", b""]),
    (request("neighbours", {"view": 0, "k": 5}), [b"", b""]),
    (request("select", {"op": "drop", "encoding": "keys"}), [b""]),
    (request("select", {"op": "set", "encoding": "sql"}), [b""]),
    (request("select", {"op": "set", "encoding": "keys"}), [b"", b""]),
    (request("search", {"view": 0, "k": 5, "words": None, "picture": None}), []),
    (request("search", {"view": 0, "k": 5, "words": "red", "picture": "p"}), []),
    (request("search", {"view": 0, "k": 5, "words": 3, "picture": None}), []),
    (request("search", {"view": 0, "k": 5, "words": " ", "picture": None}), []),
    (request("picture", {}), []),
    (request("picture", {"path": "/etc/passwd"}), [b"x"]),
    (request("recall", {"set": ""}), []),
    (request("recall", {"set": 3}), []),
    (request("remember", {"encoding": "sql"}), [b""]),
    (request("label", {"column": "label", "label": "", "op": "set", "encoding": "keys"}), [b"\0\0\0\0"]),
    (request("label", {"column": "status", "label": "x", "op": "set", "encoding": "keys"}), [b"\0\0\0\0"]),
    (request("hello", id=7), []),
    (request("hello", id=""), []),
    (request("hello", id="x" * 65), []),
    ({"type": "request", "id": "t:0", "method": "hello"}, []),
    ({"type": "query", "id": "t:0"}, []),
]


@pytest.mark.parametrize(("content", "buffers"), MALFORMED[1:])
def test_malformed_messages_are_refused_and_change_nothing(
    browser: Browser, dataset: nbc.Dataset, content: Any, buffers: list[Any]
) -> None:
    dataset.selection.set(dataset.ids[:2])
    assert browser.refused(content, buffers) == "bad-request"
    assert dataset.selection.ids == dataset.ids[:2]


@pytest.mark.parametrize("method", ["drop_table", "__init__", "_select", "handle", "add_view", "", "exec", None, 3])
def test_unknown_methods_are_refused(browser: Browser, method: Any) -> None:
    assert browser.refused(request(method)) == "unknown-method"


@pytest.mark.parametrize("method", ["thumbnails", "select", "neighbours"])
def test_keys_that_do_not_exist_are_refused_and_change_nothing(
    browser: Browser, dataset: nbc.Dataset, method: str
) -> None:
    params = {
        "thumbnails": {"size": 192},
        "select": {"op": "set", "encoding": "keys"},
        "neighbours": {"view": 0, "k": 3},
    }[method]
    bad = np.array([0, 4_000_000_000], "<u4").tobytes()
    dataset.selection.set(dataset.ids[:2])
    assert browser.refused(request(method, params), [bad] if method != "neighbours" else [bad, b""]) == "unknown-keys"
    assert dataset.selection.ids == dataset.ids[:2]


FUZZED = [
    "hello", "select", "columns", "preview", "neighbours", "expand", "label", "search", "picture", "remember", "recall",
]  # fmt: skip

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(
    content=st.one_of(
        json_values,
        st.fixed_dictionaries(
            {"type": st.just("request"), "id": st.just("t:0") | json_values, "params": json_values},
            optional={"method": st.sampled_from(FUZZED)},
        ),
    ),
    buffers=st.lists(st.binary(max_size=12), max_size=3),
)
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_message_breaks_the_kernel_or_the_selection(browser: Browser, content: Any, buffers: list[bytes]) -> None:
    before = browser.session._handlers.revision
    for answer, _ in browser.raw(content, buffers):
        assert answer["type"] in ("error", "response", "event")
        assert answer.get("code") != "internal"
    assert browser.session._handlers.revision == before or content["method"] in ("select", "expand")  # type: ignore[index]


def test_a_cancelled_request_is_not_answered(browser: Browser, dataset: nbc.Dataset) -> None:
    browser.raw({"type": "cancel", "id": "t:gone"})
    message = request("thumbnails", {"size": 192}, id="t:gone")
    assert browser.raw(message, [dataset.keys.astype("<u4").tobytes()]) == []


def test_no_frame_is_over_one_megabyte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million items, selected in every way, and pictures that do not compress."""
    import pyarrow as pa
    from PIL import Image

    from nbcurate.store import Store
    from nbcurate.store.items import ITEM_SCHEMA

    n = 1_000_000
    noise = np.random.default_rng(0).integers(0, 255, (2400, 2400, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    store = Store.open(tmp_path / "big.nbc", create=True)
    root = store.root_index(str(tmp_path))
    columns: dict[str, Any] = {
        "key": pa.array(np.arange(n), pa.uint64()),
        "content": pa.array(np.arange(n), pa.uint64()),
        "id": pa.array([f"{i:07}" for i in range(n)]),
        "label": pa.array([f"class {i % 40}" for i in range(n)]),
        "status": pa.array(["ok"] * n),
        "path": pa.array(["noise.png"] * n),
        "root": pa.array(np.full(n, root), pa.int32()),
    }
    columns |= {f.name: pa.nulls(n, f.type) for f in ITEM_SCHEMA if f.name not in columns}
    store.add_items(pa.table(columns, schema=ITEM_SCHEMA))
    ds = nbc.Dataset(store)
    session = Session.of(ds)
    session.add_view(ds)
    browser = Browser(session, monkeypatch)

    frames: list[int] = []
    browser.sent = type("Frames", (list,), {"append": lambda self, m: frames.append(sum(map(len, m[1])))})()
    for method, params, buffers in [
        ("hello", {}, []),
        ("columns", {"view": 0, "names": ["key", "label", "status", "width"]}, []),
        ("select", {"op": "set", "encoding": "bitset"}, [np.full(n // 8, 255, np.uint8).tobytes()]),
        ("thumbnails", {"size": 192}, [np.arange(64, dtype="<u4").tobytes()]),
        ("thumbnails", {"size": 384}, [np.arange(20, dtype="<u4").tobytes()]),
        ("preview", {"key": 3, "size": 2048}, []),
    ]:
        browser.raw(request(method, params), buffers)
    assert len(ds.selection) == n
    assert len(frames) > 10
    assert max(frames) <= MAX_FRAME
    ds.close()


@given(st.sets(st.integers(0, 5000)), st.integers(0, 1000))
def test_keys_come_back_from_either_encoding(keys: set[int], slack: int) -> None:
    array = np.array(sorted(keys), np.uint64)
    encoding, data = encode_keys(array, max(keys, default=0) + slack)
    parsed = parse_request(request("select", {"op": "set", "encoding": encoding}), [data])
    assert parsed.keys[0].tolist() == sorted(keys)
