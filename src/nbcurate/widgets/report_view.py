"""ReportView: a subset before and after, drawn: class balance, coverage, redundancy, against random draws."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterable
from typing import Any

import traitlets

from ..collection.item_labels import labels_of
from ..dataset import Dataset
from ..findings.report import MEASURES, Report
from .bundle import bundle
from .contact_sheet import ContactSheet
from .view import View

#: Classes that are drawn; the rest are counted together.
_MAX_CLASSES = 200


class ReportView(View):
    """What a subset covers, repeats and balances, against the whole and against random draws of the same size.

    Parameters
    ----------
    dataset : Dataset
        Embedded: ``ds.embed()`` was run.
    ids : iterable of str, optional
        The subset; what is selected by default.
    report : Report, optional
        What ``ds.report(ids)`` returned, where it is there already.
    height : int, default 420
        Height of the widget in px.
    linked : bool, default True
        Whether it shares its filter with the other views of the data set.
    columns : DataFrame, or mapping of str to array-like [n] or Finding, optional
        Values of your own to offer the other views.

    Examples
    --------
    >>> picked = ds.balanced(500, by="label")
    >>> nbc.ReportView(ds, picked.ids)
    >>> nbc.ReportView(ds)                       # of ds.selection
    """

    _esm = bundle("report.js")

    #: Height in px.
    height = traitlets.Int(420, min=160, max=4000).tag(sync=True)
    #: What is drawn: ``size``, ``total``, ``measures`` and ``classes``.
    content = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        dataset: Dataset,
        ids: Iterable[str] | None = None,
        *,
        report: Report | None = None,
        **options: Any,
    ) -> None:
        chosen = dataset.selection.ids if ids is None else list(ids)
        if not chosen:
            raise ValueError("There is nothing to report on: give ids, or select some items first.")
        self.report = report if report is not None else dataset.report(chosen)
        super().__init__(dataset, content=report_content(dataset, chosen, self.report), **options)

    def snapshot(self, to: str | os.PathLike[str] | None = None, **size: Any) -> ContactSheet:
        """The report as plain HTML: its table. There are no pictures, so ``n`` and ``size`` change nothing.

        Parameters
        ----------
        to : path, optional
            File to write it to, a page of its own.
        """
        sheet = ContactSheet(self.report._repr_html_())
        if to is not None:
            sheet.save(to)
        return sheet


def report_content(dataset: Dataset, ids: list[str], report: Report) -> dict[str, Any]:
    """What is drawn of a report, as JSON: numbers that are none are null, infinite ones are text."""
    better = report.better_than_random()
    measures = [
        {
            "name": str(name),
            "meaning": MEASURES.get(str(name), ""),
            "better": better.get(str(name)),
            **{column: _plain(value) for column, value in row.items()},
        }
        for name, row in report.to_pandas().iterrows()
    ]
    whole, subset = _class_counts(dataset), _class_counts(dataset.where(ids))
    classes = [[name, whole[name], subset[name]] for name, _ in whole.most_common(_MAX_CLASSES)]
    return {"size": report.size, "total": report.total, "measures": measures, "classes": classes}


def _class_counts(dataset: Dataset) -> Counter[str]:
    """Items of each class; one of several classes counts in each."""
    labels = labels_of(dataset)
    counts = Counter(dict(zip(labels.names, labels.counts().tolist(), strict=True)))
    counts["(none)"] = int((labels.sizes == 0).sum())
    return +counts


def _plain(value: float) -> float | str | None:
    return None if math.isnan(value) else float(value) if math.isfinite(value) else "∞"
