"""What a browser asks for and what writes: the same operations, from the other end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import nbcurate as nbc
from nbcurate.widgets.session import _CHANGES as CHANGING
from nbcurate.widgets.session import Session

from .operation import Call, Operation
from .world import World

__all__ = ["CHANGING", "MESSAGES"]


def _show(world: World) -> None:
    """A view of the clusters as they were left, and one of a finding."""
    ds = world.ds
    views = [nbc.ClusterBrowser(ds), nbc.FindingsPanel(ds, ds.rare(n=4))]
    session = Session.of(ds)
    world.kept.update(views=views, session=session, sent=[])
    session.send = lambda content, buffers=None: world.kept["sent"].append(content)


def _selected_twice(world: World) -> None:
    _show(world)
    for keys in ([4, 6, 8], [1, 2]):
        _ask("select", _SET, keys)(world)


def _selected_and_undone(world: World) -> None:
    _selected_twice(world)
    _ask("undo", {})(world)


def _ask(method: str, params: dict[str, Any], *keys: Sequence[int]) -> Call:
    """Send a request; what the kernel refuses is raised."""

    def ask(world: World) -> None:
        sent = world.kept["sent"]
        sent.clear()
        buffers = [np.asarray(buffer, "<u4").tobytes() for buffer in keys]
        message = {"type": "request", "id": "attack:1", "method": method, "params": params}
        world.kept["session"]._receive(None, message, buffers)
        for answer in sent:
            if answer["type"] == "error":
                raise RuntimeError(f"{answer['code']}: {answer['message']}")

    return ask


def _rename(world: World) -> None:
    name = world.kept["views"][0].table["name"].iloc[0]
    _ask("arrange", {"view": 0, "op": "rename", "names": [name], "name": "herd", "number": 1})(world)


def _decide(world: World) -> None:
    keys = world.kept["views"][1].reviews["rare"].finding.keys[:2]
    params = {"view": 1, "finding": "rare", "decision": "relabel", "label": "yak"}
    _ask("decide", params, keys.tolist())(world)


_SET = {"op": "set", "encoding": "keys"}
MESSAGES = [
    Operation("message select", _ask("select", _SET, [4, 6, 8]), _show),
    Operation("message expand", _ask("expand", {"view": 0, "k": 2}), _show),
    Operation("message arrange", _rename, _show),
    Operation("message decide", _decide, _show, resumes=True),
    Operation("message label", _ask("label", {"column": "label", "label": "yak", **_SET}, [4, 6]), _show),
    Operation("message slice", _ask("slice", {"op": "save", "name": "wire"}), _show),
    Operation("message tag", _ask("tag", {"op": "add", "tag": "wired"}), _show),
    Operation("message undo", _ask("undo", {}), _selected_twice),
    Operation("message redo", _ask("redo", {}), _selected_and_undone),
]
