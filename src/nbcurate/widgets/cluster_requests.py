"""Answers to what a ClusterBrowser asks: its cards, and changes of the clusters."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..curate import naming
from ..dataset.cluster_arrangement import ClusterArrangement, Grouping
from .answers import Answer, Methods, whole
from .history import History
from .protocol import Request, RequestError

#: Pictures of a card's mosaic.
_REPRESENTATIVES = 9
#: More cards than this nobody looks through; the smallest clusters have none.
_MAX_CARDS = 2_000


class ClusterRequests:
    """``clusters`` and ``arrange`` of ``docs/wire.md``."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._arrangements: dict[int, ClusterArrangement | Callable[[], ClusterArrangement]] = {}
        self._guard = threading.Lock()
        self.methods: Methods = {"clusters": self._clusters, "arrange": self._arrange}

    def show(self, view: int, arrangement: ClusterArrangement | Callable[[], ClusterArrangement]) -> None:
        """Answer the requests of a view from this arrangement, or from one that is made at the first request."""
        self._arrangements[view] = arrangement

    def change(self, arrangement: ClusterArrangement, step: Callable[[], object]) -> None:
        """Carry out one of the arrangement's methods, so that it can be undone."""
        before = arrangement.state
        step()
        after = arrangement.state
        self._history.record(partial(arrangement.restore, before), partial(arrangement.restore, after))

    def _clusters(self, request: Request) -> Answer:
        arrangement = self._of(request)
        inside, state = request.params["inside"], arrangement.state
        try:
            shown = state if inside is None else arrangement.inside(inside, request.params["parts"])
        except KeyError as error:
            raise RequestError("bad-request", error.args[0]) from error
        cards, keys = _cards(arrangement, shown)
        if inside is not None:  # no column says yet which items are in a part
            keys += [
                arrangement.keys[shown.labels == shown.number(card["name"])].astype("<u4").tobytes() for card in cards
            ]
        outside = int((state.labels < 0).sum())
        result = {"cards": cards, "total": len(shown.names), "levels": arrangement.levels, "level": state.level}
        return whole({**result, "inside": inside, "outside": outside}, *keys)

    def _arrange(self, request: Request) -> Answer:
        arrangement, params = self._of(request), request.params
        op, names = params["op"], params["names"]
        if op in ("rename", "split") and len(names) != 1:
            raise RequestError("bad-request", f"{op}: names one cluster.")
        steps = {
            "level": partial(arrangement.set_level, params["number"]),
            "rename": partial(arrangement.rename, *names[:1], new=params["name"] or ""),
            "merge": partial(arrangement.merge, names),
            "split": partial(arrangement.split, *names[:1], parts=params["number"]),
        }
        try:
            self.change(arrangement, steps[op])
        except (KeyError, ValueError) as error:
            raise RequestError("bad-request", str(error.args[0])) from error
        return whole({"clusters": len(arrangement.state.names)})

    def _of(self, request: Request) -> ClusterArrangement:
        view = request.params["view"]
        with self._guard:
            arrangement = self._arrangements.get(view)
            if arrangement is None:
                raise RequestError("bad-request", f"The view {view} shows no clusters.")
            if not isinstance(arrangement, ClusterArrangement):
                try:
                    arrangement = self._arrangements[view] = arrangement()
                except ValueError as error:
                    raise RequestError("no-embeddings", str(error)) from error
            return arrangement


def _cards(arrangement: ClusterArrangement, state: Grouping) -> tuple[list[dict[str, Any]], list[bytes]]:
    """What is on each card, the largest cluster first, and the keys of its pictures as buffers."""
    k = len(state.names)
    given = arrangement.labels
    purity, common = naming.purity(given, state.labels, k), naming.names_from_labels(given, state.labels, k)
    pictures, sizes = arrangement.representatives(state, _REPRESENTATIVES), state.sizes
    order = np.argsort(-sizes, kind="stable")[:_MAX_CARDS].tolist()
    cards = [
        {
            "name": state.names[number],
            "size": int(sizes[number]),
            "purity": None if np.isnan(purity[number]) else float(purity[number]),
            "label": common[number],
        }
        for number in order
    ]
    return cards, [pictures[number].astype("<u4").tobytes() for number in order]
