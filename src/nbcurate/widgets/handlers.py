"""Answers to the browser's requests. Knows a data set and the wire, not Jupyter."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from ..collection.search_set import knows_words
from ..dataset import Dataset
from ..store.items import Items, UnknownItemError
from .answers import Answer, Methods, Part, known_keys, part, slices, whole
from .cluster_requests import ClusterRequests
from .columns import Columns, Kind, encode_category, encode_date, encode_list, encode_number
from .drawn_labels import has_objects
from .drawn_requests import DrawnRequests
from .frames import MAX_TEXT, fitting
from .history import History
from .interrupts import unbroken
from .label_requests import LabelRequests
from .picture_requests import PictureRequests
from .protocol import PROTOCOL, Request, RequestError, encode_keys
from .review_requests import ReviewRequests
from .search_requests import SearchRequests
from .set_requests import SetRequests
from .shown_views import ShownViews
from .slice_requests import SliceRequests

#: Bytes of the list of columns, of which there may be thousands.
_COLUMNS_BYTES = 512 * 1024


class Handlers:
    """One method per request of ``docs/wire.md``; each gives the parts of its answer."""

    def __init__(self, dataset: Dataset, on_columns: Callable[[Sequence[str]], object]) -> None:
        self._dataset = dataset
        self._store = dataset.store
        self.columns = Columns(dataset, on_columns)
        self.history = History(dataset.selection)
        self.clusters = ClusterRequests(self.history)
        self.reviews = ReviewRequests(dataset, self.history)
        self._views = ShownViews()
        self.drawing = DrawnRequests(dataset, self._views)
        self._acting = threading.local()
        topics = (
            PictureRequests(dataset.store),
            SearchRequests(dataset, self._views),
            SetRequests(dataset.store),
            LabelRequests(dataset, self.columns, self.history),
            SliceRequests(dataset, self.history),
            self.drawing,
            self.clusters,
            self.reviews,
        )
        self._methods: Methods = {name: method for topic in topics for name, method in topic.methods.items()}

    def add_view(self, dataset: Dataset) -> tuple[int, int]:
        """Number of a new view that shows the items of ``dataset``, and that of the first view that does."""
        return self._views.add(dataset)

    def close_view(self, number: int) -> None:
        """Forget a view, and what was registered for it."""
        self._views.close(number)
        self.clusters.forget(number)
        self.reviews.forget(number)
        self.drawing.sets.forget(number)

    def close(self) -> None:
        """Watch the selection no longer."""
        self.history.close()

    @property
    def max_key(self) -> int:
        """The largest key there is."""
        return _max_key(self._store.items)

    @property
    def revision(self) -> int:
        """Of the selection."""
        return self._dataset.selection.revision

    @property
    def acting_for(self) -> str | None:
        """Id of the request that this thread is carrying out."""
        return getattr(self._acting, "request_id", None)

    def handle(self, request: Request) -> Answer:
        """Carry out the request; the parts of its answer.

        Raises
        ------
        RequestError
            For keys that are no items, a view that is not there, embeddings that are missing, and where something is to
            be changed that can only be read.
        """
        method = self._methods.get(request.method) or getattr(self, f"_{request.method}")
        self._acting.request_id = request.id
        try:
            return method(request)
        except UnknownItemError as error:
            raise RequestError("unknown-keys", str(error)) from error
        except PermissionError as error:
            raise RequestError("read-only", str(error)) from error
        finally:
            self._acting.request_id = None

    # -- state of the data set -----------------------------------------------------------------------------------

    def dataset_state(self) -> dict[str, Any]:
        """What a browser must know of the data set before anything else."""
        items = self._store.items
        embeddings = self._store.embeddings()
        return {
            "protocol": PROTOCOL,
            "name": self._store.path.stem,
            "count": int(items.shown.sum()),
            **self.told_columns(),
            "embeddings": embeddings[-1].name[:MAX_TEXT] if embeddings else None,
            "words": knows_words(self._dataset),
            "max_key": _max_key(items),
            "objects": has_objects(self._store),
            "predictions": fitting([name[:MAX_TEXT] for name in self._dataset.predictions], _COLUMNS_BYTES),
        }

    def told_columns(self) -> dict[str, Any]:
        """What can be shown, and which of it are labels that can be changed; of very many columns the first."""
        columns = [{"name": name, "kind": kind} for name, kind in self.columns.kinds().items()]
        labels = fitting(sorted(self.columns.labels()), _COLUMNS_BYTES // 4)
        return {"columns": fitting(columns, _COLUMNS_BYTES), "labels": labels}

    def selection_state(self) -> Part:
        """The SelectionHeader of the wire, and the buffers of what is kept and what is rejected."""
        selection = self._dataset.selection
        revision, marks = selection.revision, selection.marks
        max_key = _max_key(self._store.items)
        kept_encoding, kept = encode_keys(marks.kept, max_key)
        rejected_encoding, rejected = encode_keys(marks.rejected, max_key)
        header = {
            "revision": revision,
            "kept": {"encoding": kept_encoding, "count": len(marks.kept)},
            "rejected": {"encoding": rejected_encoding, "count": len(marks.rejected)},
            "can_undo": self.history.can_undo,
            "can_redo": self.history.can_redo,
        }
        return header, [kept, rejected]

    def _hello(self, request: Request) -> Answer:
        header, buffers = self.selection_state()
        return whole({**self.dataset_state(), "selection": header}, *buffers)

    def _columns(self, request: Request) -> Answer:
        view, kinds = self._views.dataset(request.params["view"]), self.columns.kinds()
        answer: Answer = []
        for name in request.params["names"]:
            if name == "key":
                answer += slices({"column": name, "kind": "key", "dtype": "uint32"}, view.keys.astype("<u4"))
                continue
            if name not in kinds:
                raise RequestError("unknown-column", f"There is no column {name!r} that can be shown.")
            answer += _column(name, kinds[name], self.columns.values(view, name))
        return answer

    def _projection(self, request: Request) -> Answer:
        view, method = self._views.dataset(request.params["view"]), request.params["method"]
        which = {name: request.params[name] for name in ("encoder", "onto")}
        try:
            points = view.project(method=method, **which)
        except ImportError:
            method = "pca"  # UMAP is an extra; a map without it is still a map, and says what it is
            points = view.project(method=method, **which)
        except ValueError as error:
            raise RequestError("no-embeddings", str(error)) from error
        header = {"method": method, "dtype": "float32"}
        return [
            one
            for axis, name in enumerate("xy")
            for one in slices({**header, "column": name, "kind": "number"}, points[:, axis].astype("<f4"))
        ]

    def _ping(self, request: Request) -> Answer:
        return whole({})

    # -- selection -----------------------------------------------------------------------------------------------

    def _select(self, request: Request) -> Answer:
        selection, keys = self._dataset.selection, known_keys(self._store.items, request.keys[0])
        with unbroken():
            selection.apply(request.params["op"], keys)
        return whole({"revision": selection.revision})

    def _undo(self, request: Request) -> Answer:
        return whole({"changed": self.history.undo(), "revision": self._dataset.selection.revision})

    def _redo(self, request: Request) -> Answer:
        return whole({"changed": self.history.redo(), "revision": self._dataset.selection.revision})


def _column(name: str, kind: Kind, values: pa.Array) -> Answer:
    """A column in slices; the names of a category travel in a part of their own: a frame holds them or a slice."""
    header = {"column": name, "kind": kind}
    if kind == "date":
        return slices({**header, "dtype": "float64"}, encode_date(values).astype("<f8"))
    if kind == "number":
        numbers = encode_number(values)
        return slices({**header, "dtype": str(numbers.dtype)}, numbers.astype(numbers.dtype.newbyteorder("<")))
    if kind == "list":
        codes, starts, categories, distinct = encode_list(values)
        arrays = [("codes", codes), ("starts", starts)]
    else:
        codes, categories, distinct = encode_category(values)
        arrays = [("codes", codes)]
    named = {"categories": categories, "distinct": distinct, "dtype": "int32", "offset": 0, "total": len(codes)}
    answer: Answer = [partial(part, {**header, **named, "array": "codes"}, b"")]
    for array, numbers in arrays:
        answer += slices({**header, "dtype": "int32", "array": array}, numbers.astype("<i4"))
    return answer


def _max_key(items: Items) -> int:
    return int(items.keys[-1]) if len(items) else 0
