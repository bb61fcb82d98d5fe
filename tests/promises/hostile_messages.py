"""Messages that no browser of ours would send, and what must hold whatever the kernel is sent.

:func:`attack` sends them to the session of a small data set and gives back the faults: an exception that came through,
an answer over a frame or one that no message can hold, an "internal" error, something that has changed though the
request was refused, marks on items that are not there, memory that grew.
"""

from __future__ import annotations

import json
import logging
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

import nbcurate as nbc
from nbcurate.widgets.protocol import MAX_FRAME
from nbcurate.widgets.session import Session

#: Memory that an attack may take, however long it is: what the largest buffer is parsed into, and its copies.
_MOST_MEGABYTES = 400
_ITEMS = 18
_BESIDE = (
    "thumbnails", "preview", "whole", "projection", "clusters", "objects", "drawn", "predicted", "curves", "pairs",
    "search", "picture",
)  # fmt: skip
_CHANGING = ("select", "expand", "arrange", "decide", "label", "slice", "tag", "undo", "redo")

#: Every parameter with values that are good, so that one bad one is all that is wrong with a message.
_GOOD: dict[str, list[Any]] = {
    "view": [0, 1, 2], "k": [1, 5, 10_000], "size": [192, 384, 64, 2048], "key": [0, 3, _ITEMS - 1],
    "encoding": ["keys", "bitset"], "names": [["key"], ["label", "width"], ["decision", "key"], []],
    "method": ["pca"], "encoder": [None, "no such"], "onto": [None], "inside": [None], "parts": [2, 3],
    "name": [None, "night", "a name"], "number": [1, 2, 3],
    "finding": ["rare"], "start": [0, 2, 4_000_000_000], "count": [1, 256], "label": [None, "cat", ["cat", "dog"]],
    "decision": ["keep", "reject", "relabel", "clear"], "tag": ["night"], "predictions": ["boxes", None, "no such"],
    "column": ["label", "status", "no such"], "words": [None, "a red car"], "picture": [None, "no such"],
    "set": ["no such"],
}  # fmt: skip
_PARAMS = {
    "hello": (), "columns": ("view", "names"), "projection": ("view", "method", "encoder", "onto"),
    "thumbnails": ("size",),
    "neighbours": ("view", "k"), "details": ("key",), "preview": ("key", "size"), "whole": ("key", "size"),
    "objects": (), "drawn": ("predictions",), "predicted": ("predictions",), "curves": ("predictions",),
    "pairs": ("view", "predictions"), "select": ("op", "encoding"), "expand": ("view", "k"),
    "clusters": ("view", "inside", "parts"),
    "arrange": ("view", "op", "names", "name", "number"), "findings": ("view",),
    "finding": ("view", "finding", "names"),
    "reasons": ("view", "finding", "start", "count"), "decide": ("view", "finding", "decision", "label"), "slices": (),
    "search": ("view", "k", "words", "picture"), "picture": (), "label": ("column", "label", "op", "encoding"),
    "remember": ("encoding",), "recall": ("set",), "slice": ("op", "name"), "tag": ("op", "tag"),
    "undo": (), "redo": (), "ping": (),
}  # fmt: skip
_OPS = {
    "select": ["set", "keep", "reject", "unmark"], "arrange": ["level", "rename", "merge", "split"],
    "slice": ["save", "load", "drop", "unite", "intersect", "subtract"], "tag": ["add", "remove"],
    "label": ["set", "add"],
}  # fmt: skip
_BUFFERS = {
    "thumbnails": 1,
    "neighbours": 2,
    "objects": 1,
    "predicted": 1,
    "select": 1,
    "decide": 1,
    "label": 1,
    "remember": 1,
    "picture": 1,
}


def attack(n: int, seed: int) -> list[str]:
    """Send ``n`` hostile messages, which ``seed`` chooses; the faults that were found, each with its message."""
    with tempfile.TemporaryDirectory() as folder:
        target = _Target(Path(folder))
        try:
            return target.attacked(n, random.Random(seed))
        finally:
            target.close()


class _Target:
    """A data set with views of each kind, and the other end of its session."""

    def __init__(self, folder: Path) -> None:
        generator = np.random.default_rng(0)
        for at in range(_ITEMS):
            path = folder / "pictures" / f"c{at % 3}" / f"{at}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(generator.integers(0, 255, (24, 24, 3), np.uint8)).save(path)
        self.ds = nbc.Dataset.from_folder(folder / "pictures", store=folder / "store.nbc").embed(_small)
        guesses = [{"id": one, "label": "c0", "score": 0.5, "box": [2, 3, 9, 9]} for one in self.ds.ids[::2]]
        self.ds.add_predictions("boxes", pd.DataFrame(guesses))
        self.panel = nbc.FindingsPanel(self.ds, self.ds.rare(n=8))
        self.clusters = nbc.ClusterBrowser(self.ds, self.ds.clusters(3, "kmeans"))
        self.session = Session.of(self.ds)
        self.views = [self.panel, self.clusters, nbc.Curator(self.ds, findings=self.ds.rare(n=8))]
        self.review = self.panel.reviews["rare"]
        # One of what was found has left the data set since.
        self.ds.remove(self.ds.store.items.ids_of_keys(self.review.finding.keys[-1:]))
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        self.session.send = lambda content, buffers=None: self.sent.append((content, buffers or []))  # type: ignore[method-assign]
        self._log = logging.getLogger("nbcurate.widgets.session")
        self._level = self._log.level
        self._log.setLevel(logging.CRITICAL)

    def close(self) -> None:
        self._log.setLevel(self._level)
        self.session.close()
        self.ds.close()

    def attacked(self, n: int, chance: random.Random) -> list[str]:
        faults: list[str] = []
        before, memory = self.state(), _megabytes()
        for number in range(n):
            message, buffers = _message(chance)
            found, refused = self.faults_of(message, buffers)
            method = message.get("method") if isinstance(message, dict) else None
            # What is on disk is read again where it might have changed, and now and then where it must not have.
            after = self.state(None if method in _CHANGING or number % 50 == 0 else before)
            if refused and after != before:
                found.append(f"changed {[k for k in before if before[k] != after[k]]} though it was refused")
            if number % 50 == 0 or after != before:
                found += self.broken_promises()
            before = after
            faults += [f"{number}: {_in_words(message)}: {fault}" for fault in found]
        if (grown := _megabytes() - memory) > _MOST_MEGABYTES:
            faults.append(f"memory grew by {grown} MB")
        if (held := sum(map(len, self.session._cancelled))) > 100_000:
            faults.append(f"{held:,} characters of cancelled ids are kept")
        return faults

    def faults_of(self, message: Any, buffers: list[Any]) -> tuple[list[str], bool]:
        """What is wrong with how a message was taken and answered, and whether it was refused."""
        self.sent.clear()
        try:
            self.session._receive(None, message, buffers)
            if isinstance(message, dict) and message.get("method") in _BESIDE:
                for thread in set(self.session._beside.values()):
                    thread.submit(lambda: None).result()
        except Exception as error:
            return [f"{type(error).__name__} came through: {str(error)[:200]}"], True
        faults, refused = [], False
        for content, data in self.sent:
            try:
                size = len(json.dumps(content, ensure_ascii=False).encode()) + sum(map(len, data))
            except (ValueError, TypeError, RecursionError) as error:
                faults.append(f"an answer that no message can hold: {str(error)[:200]}")
                continue
            if size > MAX_FRAME:
                faults.append(f"{content['type']} of {size:,} bytes")
            if content["type"] == "error":
                refused = True
                if content["code"] == "internal" and message["method"] not in ("preview", "whole"):
                    faults.append(f"internal error: {content['message'][:300]}")
                if size > 4_096:
                    faults.append(f"an error of {size:,} bytes")
        return faults, refused

    def state(self, before: dict[str, Any] | None = None) -> dict[str, Any]:
        """What a refused request must leave as it is; what is on disk as in ``before``, if that is given."""
        marks, store, clusters = self.ds.selection.marks, self.ds.store, self.clusters._arrangement.state
        there = before or {
            "edits": len(store.edits.table),
            "values": store.items.table.select(["label", "tags", "split", "status"]).to_pydict(),
            "slices": tuple(self.ds.slices),
        }
        return {
            **{kind: there[kind] for kind in ("edits", "values", "slices")},
            "marks": (marks.kept.tobytes(), marks.rejected.tobytes()),
            "decisions": self.review.codes.tobytes(),
            "clusters": (clusters.names, clusters.labels.tobytes()),
            "undo": (len(self.session.history._done), len(self.session.history._undone)),
            "views": len(self.session._handlers._views),
        }

    def broken_promises(self) -> list[str]:
        """What must hold after every message, also after one that was carried out."""
        ids, selection = set(self.ds.ids), self.ds.selection
        kept, rejected = set(selection.ids), set(selection.rejected)
        faults = []
        if not kept | rejected <= ids:
            faults.append("marked items that are not in the data set")
        if kept & rejected:
            faults.append("kept and rejected at once")
        words = [None, "kept", "rejected", "relabelled"]
        decided = dict(zip(self.review.finding.keys.tolist(), self.review.codes.tolist(), strict=True))
        if self.review.column in self.ds.column_names:
            column = dict(zip(self.ds.keys.tolist(), self.ds.column(self.review.column).to_pylist(), strict=True))
            if any(words[code] != column[key] for key, code in decided.items() if key in column):
                faults.append("the column of decisions says something else than the review")
        state = self.clusters._arrangement.state
        names = [None if at < 0 else state.names[at] for at in state.labels]
        if self.ds.column("cluster").to_pylist() != names:
            faults.append("the column of clusters says something else than the view")
        return faults


# -- making messages ---------------------------------------------------------------------------------------------------


def _message(chance: random.Random) -> tuple[Any, list[Any]]:
    kind = chance.random()
    if kind < 0.05:
        return _hostile(chance), []
    if kind < 0.12:
        return {"type": "cancel", "id": chance.choice([_hostile(chance), f"t:{chance.random()}" * 3])}, []
    method = chance.choice(list(_PARAMS))
    if method in ("projection", "preview", "whole", "clusters") and chance.random() < 0.8:
        method = "ping"  # these take long, and have little that can be wrong with them
    params = {name: chance.choice(_GOOD[name] if name in _GOOD else _OPS[method]) for name in _PARAMS[method]}
    message = {"type": "request", "id": f"t:{chance.randrange(10**9)}", "method": method, "params": params}
    buffers = [_keys(chance) for _ in range(_BUFFERS.get(method, 0))]
    if kind < 0.2 and method != "arrange":
        return message, buffers  # nothing is wrong with it
    for _ in range(chance.choice([1, 1, 2])):
        _spoil(message, params, buffers, chance)
    return message, buffers


def _spoil(message: dict[str, Any], params: dict[str, Any], buffers: list[Any], chance: random.Random) -> None:
    what = chance.choice(["param", "param", "param", "missing", "more", "buffer", "buffers", "id", "method", "params"])
    if what == "param" and params:
        params[chance.choice(list(params))] = _hostile(chance)
    elif what == "missing" and params:
        del params[chance.choice(list(params))]
    elif what == "more":
        params["path" if chance.random() < 0.5 else "\ud800"] = _hostile(chance)
    elif what == "buffer" and buffers:
        buffers[0] = _buffer(chance)
    elif what == "buffers":
        buffers.append(_buffer(chance))
    elif what in ("id", "method", "params"):
        message[what] = _hostile(chance)


_HOSTILE: Sequence[Callable[[random.Random], Any]] = (
    lambda chance: "\ud800" * chance.choice([1, 99]),
    lambda chance: "night\udfff",
    lambda chance: "x" * chance.choice([65, 257, 10**6]),
    lambda chance: "é😀" * 200,
    lambda chance: "\0\x1b[31m",
    lambda chance: "<script>alert(1)</script>",
    lambda chance: "'; drop table items; --",
    lambda chance: "../../../../etc/passwd",
    lambda chance: " ",
    lambda chance: "",
    lambda chance: chance.choice([-1, 2**31, 2**32, 2**63, 10**400, 10**5_000]),
    lambda chance: chance.choice([0.5, float("nan"), float("inf"), -0.0, 1e308]),
    lambda chance: chance.choice([None, True, False, [], {}, [[]], [None], [True]]),
    lambda chance: ["x"] * chance.choice([65, 100_000]),
    lambda chance: ["\ud800", "x" * 300],
    lambda chance: {"x" * chance.choice([1, 10_000]): 1, "__class__": "y"},
    lambda chance: _nested(chance.choice([10, 900, 5_000])),
)


def _hostile(chance: random.Random) -> Any:
    return chance.choice(_HOSTILE)(chance)


def _nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def _keys(chance: random.Random) -> bytes:
    return np.array([chance.randrange(_ITEMS) for _ in range(chance.choice([0, 1, 1, 3]))], "<u4").tobytes()


def _buffer(chance: random.Random) -> Any:
    kind = chance.random()
    if kind < 0.01:  # the largest there may be: of one key, of all bits
        return chance.choice([b"\0\0\0\0" * 2**21, b"\xff" * 2**23, b"\0" * (2**23 + 4)])
    return chance.choice([
        b"abc", b"\0\0\0\0" * 300, b"\xff\xff\xff\xff", b"\xff" * 3, b"\x01" + b"\0" * 40 + b"\x01", "text", None, 7,
        np.array([0, 4_000_000_000], "<u4").tobytes(), memoryview(b"\0\0\0\0"), np.ones((3, 4), np.uint8)[:, ::2],
    ])  # fmt: skip


# -- measuring and telling ---------------------------------------------------------------------------------------------


def _small(images: Sequence[Image.Image]) -> np.ndarray:
    return np.stack([np.asarray(image.convert("L").resize((4, 4)), np.float32).ravel() for image in images]) - 127.0


def _megabytes() -> int:
    """The most memory that this process has had."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _in_words(message: Any) -> str:
    """What a message is, in a line that can be printed."""
    if not isinstance(message, dict):
        return f"a {type(message).__name__}"
    method, params = message.get("method"), message.get("params")
    shown = params if isinstance(params, dict) else {}
    try:
        return ascii((method, shown))[:300]
    except (RecursionError, ValueError):
        return f"{ascii(method)[:40] if isinstance(method, str) else type(method).__name__} with {list(shown)}"
