"""The session: the one widget of a data set that carries the bundle and all messages. See ``docs/wire.md``."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import anywidget
import pyarrow as pa
import traitlets

from ..dataset import Dataset
from ..selection import SelectionChange
from ..store import Store
from ..store.items import Keys
from .beside import threads_beside
from .bundle import bundle
from .cluster_requests import ClusterRequests
from .frames import MAX_FRAME, cut, json_bytes
from .handlers import Handlers
from .history import History
from .protocol import Request, RequestError, is_id, parse_request
from .review_requests import ReviewRequests
from .running_notebook import hold_open, let_close, running_notebook

if TYPE_CHECKING:
    from ..curate.class_labels import ClassLabels
    from .drawn_classes import DrawnClasses
    from .drawn_predictions import DrawnPredictions

_log = logging.getLogger(__name__)
#: What can be undone.
_CHANGES = frozenset({"select", "expand", "undo", "redo", "arrange", "decide", "label", "slice", "tag"})
_REMEMBERED_CANCELS = 1_000
#: Requests that may wait for the threads beside: more nobody looks at.
_MOST_WAITING = 2_000
#: Characters of an error: what it is about may be long.
_LONGEST_ERROR = 1_000


class Session(anywidget.AnyWidget):
    """Brings a data set's requests and events to the browser. Shown by nothing: the views point at it."""

    _esm = bundle("session.js")

    #: What the linked views are filtered by, so that it is there again when the page was reloaded.
    filters = traitlets.List().tag(sync=True)
    #: By the name of predictions, "" for labels alone: which score, classes and outcomes are drawn, in all views.
    drawn = traitlets.Dict().tag(sync=True)

    def __init__(self, dataset: Dataset) -> None:
        super().__init__()
        hold_open(self.comm)
        self._selection = dataset.selection
        self._store = dataset.store
        self._told = dataset.store.version
        self._handlers = Handlers(dataset, self._send_columns)
        self._cancelled: dict[str, None] = {}
        self._room = threading.Semaphore(_MOST_WAITING)
        self._beside = threads_beside()  # all else is answered at once
        self.on_msg(self._receive)
        self._selection.observe(self._tell_selection)
        mine = weakref.ref(self)

        def tell_dataset() -> None:  # the store holds it for ever, and with it no session that was closed
            if (session := mine()) is not None and session.comm is not None:
                session._tell_dataset()

        dataset.store.listen(tell_dataset)

    @classmethod
    def of(cls, dataset: Dataset) -> Session:
        """The session of the data set's store in the running notebook; all its views there share it."""
        sessions = _SESSIONS.setdefault(dataset.store, weakref.WeakKeyDictionary())
        for ended in [session for notebook, session in sessions.items() if not notebook.is_alive()]:
            ended.close()
        session = sessions.get(running_notebook())
        if session is None or session.comm is None:
            session = sessions[running_notebook()] = cls(dataset)
        return session

    def close(self) -> None:
        """Answer no more: what is under way on other threads ends, and the selection is not watched any longer."""
        if self.comm is not None:
            self._selection.unobserve(self._tell_selection)
            self._handlers.close()
            for thread in self._beside.values():
                thread.shutdown(wait=False)
            self.layout.close()
            let_close(self.comm)
        super().close()

    def add_view(self, dataset: Dataset) -> tuple[int, int]:
        """Number of a new view, and that of the first view of the same data set, whose columns it can share."""
        return self._handlers.add_view(dataset)

    def close_view(self, number: int) -> None:
        """Forget a view, its clusters and its findings."""
        self._handlers.close_view(number)

    @property
    def clusters(self) -> ClusterRequests:
        """Where a view's arrangement of clusters is registered."""
        return self._handlers.clusters

    @property
    def reviews(self) -> ReviewRequests:
        """Where a view's reviews of findings are registered."""
        return self._handlers.reviews

    def draw(self, view: int, drawn: DrawnPredictions) -> None:
        """Register the predictions that a view draws, and tell the browsers, which may have others of that name."""
        self._handlers.drawing.sets.show(view, drawn)
        self.send({"type": "event", "event": "predictions", "name": drawn.name})

    def drawn_as(self, name: str) -> DrawnPredictions:
        """The predictions that are drawn under a name.

        Raises
        ------
        RequestError
            If there are none.
        """
        return self._handlers.drawing.sets.named(name)

    @property
    def drawn_classes(self) -> DrawnClasses:
        """The classes of what is drawn, and their colours."""
        return self._handlers.drawing.classes

    def choose_drawn(self, name: str | None, **choice: Any) -> None:
        """Draw only what is chosen of predictions, in all views: ``score``, ``classes`` or ``outcomes``."""
        named = name or ""
        self.drawn = {**self.drawn, named: {**self.drawn.get(named, {}), **choice}}

    @property
    def history(self) -> History:
        """What was done in the views, to be undone."""
        return self._handlers.history

    def keep_column(self, name: str, keys: Keys, values: pa.Array) -> None:
        """Commit values of a column of the user's to the store, and tell the browsers."""
        self._handlers.columns.keep(name, keys, values)
        self._handlers.clusters.follow(name, keys, values)
        self._handlers.reviews.follow(name, keys, values)

    @property
    def column_names(self) -> list[str]:
        """Names of the columns that a view can show."""
        return list(self._handlers.columns.kinds())

    def add_column(self, name: str, keys: Keys, values: pa.Array) -> None:
        """Offer the views a column that the data set does not have: ``values[i]`` belongs to the item ``keys[i]``."""
        self._handlers.columns.add(name, keys, values)
        self._send_dataset()

    def offer_columns(self, dataset: Dataset, columns: Mapping[str, tuple[Keys, pa.Array]]) -> dict[str, str]:
        """As :meth:`add_column`, for a view of ``dataset``, in place of no other values: see :meth:`Columns.offer`."""
        called = self._handlers.columns.offer(columns, dataset.keys)
        self._send_dataset()
        return called

    def values(self, dataset: Dataset, name: str) -> pa.Array:
        """Values of the items of ``dataset`` of a column that a view can show: of the data set, or brought along."""
        return self._handlers.columns.values(dataset, name)

    def class_labels(self, dataset: Dataset, name: str) -> ClassLabels:
        """The classes of the items of ``dataset`` by a column that a view can show: of the data set, or brought along.

        Raises
        ------
        TypeError
            If its values are no classes.
        """
        from ..collection.item_labels import classes_of

        return classes_of(self._handlers.columns.values(dataset, name), name)

    def offer_as_classes(self, dataset: Dataset, name: str) -> str:
        """Offer the values of a column of numbers as classes, by the text that they are; what the new column is called.

        Raises
        ------
        TypeError
            If they are no classes.
        """
        from .given_predictions import as_classes

        values = as_classes(self._handlers.columns.values(dataset, name), name)
        (called,) = self.offer_columns(dataset, {f"{name}: class": (dataset.keys, values)}).values()
        return called

    def shows_classes(self, name: str) -> bool:
        """Whether a column goes to the browser as classes or lists of classes."""
        return self._handlers.columns.kinds()[name] in ("category", "list")

    # -- receiving -----------------------------------------------------------------------------------------------

    def _receive(self, _: Any, content: Any, buffers: list[Any]) -> None:
        """Take one message. Whatever it holds, this does not raise and changes nothing it should not."""
        if not isinstance(content, dict):
            return
        try:
            self._take(content, buffers or [])
        except Exception:  # such as that nothing can be sent any more: it must not end what brings the messages
            _log.exception("nbcurate: a message of the browser was not answered")

    def _take(self, content: dict[str, Any], buffers: list[Any]) -> None:
        request_id = content.get("id")
        if content.get("type") == "cancel":
            if is_id(request_id):
                self._cancelled[request_id] = None
                while len(self._cancelled) > _REMEMBERED_CANCELS:
                    self._cancelled.pop(next(iter(self._cancelled)), None)
            return
        try:
            if content.get("type") != "request":
                raise RequestError("bad-request", "A message is a request or a cancel.")
            request = parse_request(content, buffers, self._handlers.max_key)
        except RequestError as error:
            self._send_error(request_id if is_id(request_id) else "", error.code, str(error))
            return
        thread = self._beside.get(request.method)
        if thread is None:
            self._answer(request)
        elif self._room.acquire(blocking=False):
            thread.submit(self._answer, request).add_done_callback(lambda _: self._room.release())
        else:
            self._send_error(request.id, "busy", f"{_MOST_WAITING:,} requests wait already: ask again later.")

    # -- answering -----------------------------------------------------------------------------------------------

    def _answer(self, request: Request) -> None:
        revision = self._handlers.revision
        try:
            if not self._send_answer(request):
                return
        except RequestError as error:
            self._send_error(request.id, error.code, str(error))
        except Exception as error:
            _log.exception("nbcurate: the request %r failed", request.method)
            self._send_error(request.id, "internal", f"{type(error).__name__}: {error}")
        else:
            if request.method in _CHANGES and self._handlers.revision == revision:
                self._send_selection(request.id)  # no mark changed, and the browser waits to hear so

    def _send_answer(self, request: Request) -> bool:
        """Send the parts of the answer; false if it was cancelled."""
        answer = [] if request.id in self._cancelled else self._handlers.handle(request)
        for part, make in enumerate(answer):
            if request.id in self._cancelled:
                break
            result, buffers = make()
            header = {"type": "response", "id": request.id, "part": part, "parts": len(answer), "result": result}
            if json_bytes(header) + sum(map(len, buffers)) > MAX_FRAME:
                raise RequestError("internal", "This answer is larger than a message may be.")
            self.send(header, buffers)
        cancelled = request.id in self._cancelled
        self._cancelled.pop(request.id, None)
        return not cancelled

    def _send_error(self, request_id: str, code: str, message: str) -> None:
        words = cut(message, _LONGEST_ERROR).encode("utf-8", "backslashreplace").decode()
        self.send({"type": "error", "id": request_id, "code": code, "message": words})

    # -- telling -------------------------------------------------------------------------------------------------

    def _tell_selection(self, _: SelectionChange) -> None:
        self._send_selection(self._handlers.acting_for)

    def _send_selection(self, ack: str | None) -> None:
        header, buffers = self._handlers.selection_state()
        self.send({"type": "event", "event": "selection", "ack": ack, **header}, buffers)

    def _send_columns(self, names: Sequence[str]) -> None:
        self.send({"type": "event", "event": "columns", "names": list(names), **self._handlers.told_columns()})

    def _tell_dataset(self) -> None:
        """Tell what has changed: of an edit the columns alone, which are then all that is asked for again."""
        version, changed = self._store.version, self._store.changed_since(self._told)
        self._told = version
        if changed:
            self._send_columns(sorted(changed))
        else:
            self._send_dataset()

    def _send_dataset(self) -> None:
        self.send({"type": "event", "event": "dataset", **self._handlers.dataset_state()})


_SESSIONS: weakref.WeakKeyDictionary[Store, weakref.WeakKeyDictionary[threading.Thread, Session]]
_SESSIONS = weakref.WeakKeyDictionary()
