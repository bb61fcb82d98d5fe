"""Answers to what a FindingsPanel asks: the findings, their items a page at a time, and what a person decides."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ..collection.item_labels import has_lists, labels_of
from ..dataset import Dataset
from ..findings.review import Review
from ..store.items import Keys
from .answers import Answer, Methods, slices, whole
from .history import History
from .protocol import Request, RequestError

#: Labels that can be chosen from; of more, the commonest.
_MAX_LABELS = 2_000


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

    def _findings(self, request: Request) -> Answer:
        reviews = list(self._of(request).values())
        columns = {review.label_column for review in reviews}
        labels = {column: self._labels(column) for column in sorted(columns)}
        return whole({"findings": [self._summary(review) for review in reviews], "labels": labels})

    def _finding(self, request: Request) -> Answer:
        review = self._review(request)
        finding = review.finding
        groups = np.full(len(finding), -1, np.int32) if finding.groups is None else finding.groups
        columns = {
            "key": ("uint32", finding.keys.astype("<u4")),
            "score": ("float32", finding.scores.astype("<f4")),
            "group": ("int32", groups.astype("<i4")),
            "decision": ("int32", review.codes.astype("<i4")),
            "partner": ("float64", review.partners.astype("<f8")),
        }
        return [
            one
            for name, (dtype, values) in columns.items()
            if name in request.params["names"]
            for one in slices({"column": name, "kind": "number", "dtype": dtype}, values)
        ]

    def _reasons(self, request: Request) -> Answer:
        review, start, count = self._review(request), request.params["start"], request.params["count"]
        stop = min(start + count, len(review.finding))
        places = np.arange(start, max(start, stop))
        items = self._dataset.store.items
        known = review.label_column in items.table.column_names
        rows = items.rows_of_keys(review.finding.keys[places])
        given = items.table.column(review.label_column).take(rows).to_pylist() if known else [None] * len(rows)
        suggested = review.suggestions
        reasons = review.finding.reasons_at(places)
        items = [
            {"reason": reason, "given": label, "suggested": suggested[place]}
            for reason, label, place in zip(reasons, given, places.tolist(), strict=True)
        ]
        return whole({"start": start, "items": items})

    def _decide(self, request: Request) -> Answer:
        review, keys = self._review(request), request.keys[0]
        decision, selection = request.params["decision"], self._dataset.selection
        review.places(keys)  # all are in the finding, before anything is changed
        new = self._new_labels(review, keys, request.params["label"]) if decision == "relabel" else {}
        with self._history.together():
            if decision == "relabel":
                self._relabel(review, new)  # first: what cannot be relabelled is not decided
            back = review.decide(keys, decision)
            self._history.record(back, partial(review.decide, keys, decision))
            if decision != "relabel":
                selection.apply("unmark" if decision == "clear" else decision, keys)
        return whole({"decided": review.decided, "revision": selection.revision})

    def _relabel(self, review: Review, new: dict[str, Any]) -> None:
        """Give items their new labels, to be undone; labels that were so already are no edit to take back.

        Raises
        ------
        RequestError
            If the column holds no labels that can be changed.
        """
        edits = self._dataset.store.edits
        relabel = partial(Dataset(self._dataset.store).relabel, column=review.label_column)
        before = len(edits.table)
        try:
            relabel(new)
        except (TypeError, ValueError) as error:
            raise RequestError("bad-request", str(error)) from error
        if len(edits.table) > before:
            self._history.record(self._dataset.undo_edit, partial(relabel, new))

    def _new_labels(self, review: Review, keys: Keys, label: str | list[str] | None) -> dict[str, Any]:
        """The label, or list of labels, that each item is to have: the given one, or what the finding suggests."""
        ids = self._dataset.store.items.ids_of_keys(keys)
        if label is not None:
            return dict.fromkeys(ids, label)
        suggested = review.suggestions
        found = [suggested[place] for place in review.places(keys)]
        if None in found:
            raise RequestError("bad-request", "There is no suggested label: choose one.")
        return dict(zip(ids, found, strict=True))

    def _labels(self, column: str) -> list[str]:
        if column not in self._dataset.column_names:
            return []
        labels = labels_of(self._dataset, column)
        return sorted(labels.names[c] for c in np.argsort(-labels.counts(), kind="stable")[:_MAX_LABELS])

    def _summary(self, review: Review) -> dict[str, Any]:
        finding, column = review.finding, review.label_column
        groups = None if finding.groups is None else len(np.unique(finding.groups[finding.groups >= 0]))
        return {
            "name": review.name,
            "kind": finding.kind,
            "count": len(finding),
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
