"""Answers to what a FindingsPanel asks: the findings, their items a page at a time, and what a person decides."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..collection.item_labels import has_lists, labels_of
from ..dataset import Dataset
from ..findings.review import Review
from ..store.items import Keys
from .answers import Answer, Methods, known_keys, slices, whole
from .frames import MAX_TEXT, cut, fitting
from .history import History
from .label_requests import relabel
from .protocol import Request, RequestError

#: Labels that can be chosen from, of all columns together; of more, the commonest.
_MAX_LABELS, _LABEL_BYTES = 2_000, 512 * 1024
#: Characters of the reasons of an answer, and of its labels.
_REASON_CHARACTERS = 48_000


class ReviewRequests:
    """``findings``, ``finding``, ``reasons`` and ``decide`` of ``docs/wire.md``."""

    def __init__(self, dataset: Dataset, history: History) -> None:
        self._dataset = dataset
        self._history = history
        self._reviews: dict[int, dict[str, Review]] = {}
        self.methods: Methods = {
            "findings": self._findings,
            "finding": self._finding,
            "reasons": self._reasons,
            "decide": self._decide,
        }

    def show(self, view: int, reviews: dict[str, Review]) -> None:
        """Answer the requests of a view from these reviews, by name."""
        self._reviews[view] = reviews

    def forget(self, view: int) -> None:
        """A view was closed."""
        self._reviews.pop(view, None)

    def follow(self, column: str, keys: Keys, words: pa.Array) -> None:
        """Decisions were kept: every view that reviews by this column sees them."""
        for reviews in list(self._reviews.values()):
            for review in reviews.values():
                if review.column == column:
                    review.follow(keys, words)

    def _findings(self, request: Request) -> Answer:
        reviews = list(self._of(request).values())
        columns = sorted({review.label_column for review in reviews})
        labels = {column: self._labels(column, _LABEL_BYTES // len(columns)) for column in columns}
        return whole({"findings": [self._summary(review) for review in reviews], "labels": labels})

    def _finding(self, request: Request) -> Answer:
        review = self._review(request)
        finding, there = review.finding, review.standing
        groups = np.full(len(finding), -1, np.int32) if finding.groups is None else finding.groups
        columns: dict[str, tuple[str, str, Callable[[], NDArray[Any]]]] = {
            "key": ("uint32", "<u4", lambda: finding.keys),
            "score": ("float32", "<f4", lambda: finding.scores),
            "group": ("int32", "<i4", lambda: groups),
            "decision": ("int32", "<i4", lambda: review.codes),
            "partner": ("float64", "<f8", lambda: review.partners),
        }
        unknown = [name for name in request.params["names"] if name not in columns]
        if unknown:
            raise RequestError("unknown-column", f"A finding has no column {unknown[0]!r}.")
        return [
            one
            for name, (dtype, packed, values) in columns.items()
            if name in request.params["names"]
            for one in slices({"column": name, "kind": "number", "dtype": dtype}, values()[there].astype(packed))
        ]

    def _reasons(self, request: Request) -> Answer:
        review, start, count = self._review(request), request.params["start"], request.params["count"]
        places = review.standing[start : start + count]
        items = self._dataset.store.items
        known = review.label_column in items.table.column_names
        rows = items.rows_of_keys(review.finding.keys[places])
        given = items.table.column(review.label_column).take(rows).to_pylist() if known else [None] * len(rows)
        suggested = review.suggestions
        reasons = review.finding.reasons_at(places)
        longest = _REASON_CHARACTERS // count
        items = [
            {"reason": cut(reason, longest), "given": _told(label, longest), "suggested": _told(suggested[at], longest)}
            for reason, label, at in zip(reasons, given, places.tolist(), strict=True)
        ]
        return whole({"start": start, "items": items})

    def _decide(self, request: Request) -> Answer:
        review, keys = self._review(request), request.keys[0]
        decision, selection = request.params["decision"], self._dataset.selection
        if not len(keys):
            raise RequestError("bad-request", "decide: give at least one key.")
        review.places(known_keys(self._dataset.store.items, keys))  # all are there, before anything is changed
        new = self._new_labels(review, keys, request.params["label"]) if decision == "relabel" else []
        with self._history.together():
            if decision == "relabel":  # first: what cannot be relabelled is not decided
                relabel(self._history, Dataset(self._dataset.store), review.label_column, keys, new)
            back = review.decide(keys, decision)
            self._history.record(back, partial(review.decide, keys, decision))
            if decision != "relabel":
                selection.apply("unmark" if decision == "clear" else decision, keys)
        return whole({"decided": review.decided, "revision": selection.revision})

    def _new_labels(self, review: Review, keys: Keys, label: str | list[str] | None) -> list[Any]:
        """The label, or list of labels, that each item is to have: the given one, or what the finding suggests."""
        if label is not None:
            return [label] * len(keys)
        suggested = review.suggestions
        found = [suggested[place] for place in review.places(keys)]
        if None in found:
            raise RequestError("bad-request", "There is no suggested label: choose one.")
        return found

    def _labels(self, column: str, most_bytes: int) -> list[str]:
        if column not in self._dataset.column_names:
            return []
        labels = labels_of(self._dataset, column)
        commonest = (labels.names[c] for c in np.argsort(-labels.counts(), kind="stable")[:_MAX_LABELS])
        return sorted(fitting((name for name in commonest if len(name) <= MAX_TEXT), most_bytes))

    def _summary(self, review: Review) -> dict[str, Any]:
        finding, column, there = review.finding, review.label_column, review.standing
        numbers = None if finding.groups is None else finding.groups[there]
        groups = None if numbers is None else len(np.unique(numbers[numbers >= 0]))
        return {
            "name": review.name,
            "kind": finding.kind,
            "count": len(there),
            "groups": groups,
            "decided": review.decided,
            "column": review.column,
            "score_meaning": finding.score_meaning,
            "suggests": "suggested_label" in finding.columns,
            "pairs": "representative" in finding.columns,
            "label_column": column,
            "several": column in self._dataset.column_names and has_lists(self._dataset, column),
        }

    def _of(self, request: Request) -> dict[str, Review]:
        if request.params["view"] not in self._reviews:
            raise RequestError("bad-request", f"The view {request.params['view']} shows no findings.")
        return self._reviews[request.params["view"]]

    def _review(self, request: Request) -> Review:
        reviews = self._of(request)
        if request.params["finding"] not in reviews:
            raise RequestError("bad-request", f"There is no finding {request.params['finding']!r} here.")
        return reviews[request.params["finding"]]


def _told(label: object, longest: int) -> str | list[str] | None:
    """A label, or as many of several as together are not longer than so many characters."""
    if not isinstance(label, list):
        return None if label is None else cut(str(label), longest)
    told: list[str] = []
    for name in map(str, label):
        longest -= len(name) + 4
        if longest < 0:
            return [*told, "…"]
        told.append(name)
    return told
