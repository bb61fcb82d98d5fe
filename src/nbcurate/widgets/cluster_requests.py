"""Answers to what a ClusterBrowser asks: its cards, and changes of the clusters."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..dataset.grouping import COLUMN, Grouping
from ..store.items import Keys
from .answers import Answer, Methods, part, whole
from .frames import MAX_BUFFERS, MAX_FRAME, cut, fitting, json_bytes
from .history import History
from .interrupts import unbroken
from .protocol import Request, RequestError, as_bitset

if TYPE_CHECKING:
    from ..dataset.cluster_arrangement import ClusterArrangement

#: Pictures of a card's mosaic.
_REPRESENTATIVES = 9
#: More cards than this nobody looks through; the smallest clusters have none.
_MAX_CARDS = 2_000
#: Bytes of the cards, which have names and labels of any length.
_CARD_BYTES = 768 * 1024
#: Bytes of a message around a result.
_ENVELOPE = 1_024
#: Parts that a cluster is split into at once.
_MAX_PARTS = 1_000


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

    def forget(self, view: int) -> None:
        """A view was closed."""
        self._arrangements.pop(view, None)

    def follow(self, name: str, keys: Keys, values: pa.Array) -> None:
        """A column was kept: where it is that of the clusters, every view of clusters shows what it says."""
        for arrangement in list(self._arrangements.values()) if name == COLUMN else []:
            if not callable(arrangement):
                arrangement.follow(keys, values)

    def change(self, arrangement: ClusterArrangement, after: Grouping) -> None:
        """Make the clusters those of ``after``, so that it can be undone."""
        with unbroken():
            before = arrangement.state
            arrangement.restore(after)
            self._history.record(partial(arrangement.restore, before), partial(arrangement.restore, after))

    def _clusters(self, request: Request) -> Answer:
        arrangement = self._of(request)
        inside, state = request.params["inside"], arrangement.state
        try:
            shown = state if inside is None else arrangement.inside(inside, request.params["parts"])
            numbers = shown.numbers[:_MAX_CARDS]
            cards = fitting(_cards(arrangement, shown, numbers), _CARD_BYTES)
            pictures = arrangement.representatives(shown, _REPRESENTATIVES)
        except KeyError as error:
            raise RequestError("bad-request", error.args[0]) from error
        except ValueError as error:  # the vectors are gone, or others take their place
            raise RequestError("no-embeddings", str(error)) from error
        told = numbers[: len(cards)].tolist()
        result = {
            "cards": cards,
            "total": len(shown.numbers),
            "levels": arrangement.levels,
            "level": state.level,
            "inside": inside,
            "outside": int((state.labels < 0).sum()),
        }
        buffers = [pictures[number].astype("<u4").tobytes() for number in told]
        if inside is not None:  # no column says yet which items are in a part
            for card, number in zip(cards, told, strict=True):
                card["encoding"], members = _members(shown, number)
                buffers.append(members)
        first, *more = _in_frames(buffers, MAX_FRAME - json_bytes(result) - _ENVELOPE)
        return whole(result, *first) + [partial(part, {"inside": inside}, *some) for some in more]

    def _arrange(self, request: Request) -> Answer:
        arrangement, params = self._of(request), request.params
        op, names = params["op"], params["names"]
        if op in ("rename", "split") and len(names) != 1:
            raise RequestError("bad-request", f"{op}: names one cluster.")
        if op == "split" and params["number"] > _MAX_PARTS:
            raise RequestError("bad-request", f"split: into at most {_MAX_PARTS} parts.")
        steps: dict[str, Callable[[], Grouping]] = {
            "level": partial(arrangement.cut, params["number"]),
            "rename": partial(arrangement.renamed, *names[:1], new=params["name"] or ""),
            "merge": partial(arrangement.merged, names),
            "split": partial(arrangement.split, *names[:1], parts=params["number"]),
        }
        try:
            after = steps[op]()
        except (KeyError, ValueError) as error:
            raise RequestError("bad-request", str(error.args[0])) from error
        self.change(arrangement, after)
        return whole({"clusters": len(arrangement.state.numbers)})

    def _of(self, request: Request) -> ClusterArrangement:
        view = request.params["view"]
        with self._guard:
            arrangement = self._arrangements.get(view)
            if arrangement is None:
                raise RequestError("bad-request", f"The view {view} shows no clusters.")
            if callable(arrangement):
                try:
                    arrangement = self._arrangements[view] = arrangement()
                except ValueError as error:
                    raise RequestError("no-embeddings", str(error)) from error
            return arrangement


def _cards(arrangement: ClusterArrangement, state: Grouping, numbers: NDArray[np.intp]) -> Iterator[dict[str, Any]]:
    """What is on the cards of these clusters."""
    from ..curate import naming

    k, sizes = len(state.names), state.sizes
    given = arrangement.labels_of(state)
    purity, common = naming.purity(given, state.labels, k), naming.names_from_labels(given, state.labels, k)
    for number in numbers.tolist():
        label = common[number]
        yield {
            "name": state.names[number],
            "size": int(sizes[number]),
            "purity": None if np.isnan(purity[number]) else float(purity[number]),
            "label": label and cut(label),
        }


def _members(state: Grouping, number: int) -> tuple[str, bytes]:
    """The items of a cluster as keys, or, where these do not fit a frame, as a bitset."""
    keys = state.keys[state.labels == number]
    if 4 * len(keys) <= MAX_BUFFERS:
        return "keys", keys.astype("<u4").tobytes()
    return "bitset", as_bitset(keys)


def _in_frames(buffers: Sequence[bytes], room: int) -> list[list[bytes]]:
    """The buffers in their order, as many together as a frame holds, of which the first has less room."""
    frames: list[list[bytes]] = [[]]
    for buffer in buffers:
        if len(buffer) > room:
            frames.append([])
            room = MAX_BUFFERS
        frames[-1].append(buffer)
        room -= len(buffer)
    return frames
