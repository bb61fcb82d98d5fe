"""What is told of every source that a data set was made from."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Self

from ..collection.vector_set import VectorSet
from ..store import Store

if TYPE_CHECKING:
    from ..sources.report import SourceReport
    from ..sources.window import WindowSetting


class SourcedSet(VectorSet):
    """Items that a source gave, and what was said of them. Core of the classes that read sources."""

    _reports: tuple[SourceReport, ...] = ()

    @classmethod
    def _taken_up(cls, store: Store, *reports: SourceReport, window: WindowSetting) -> Self:
        for report in reports:
            _warn_of(report)
        for remark in window.keep():
            warnings.warn(remark, stacklevel=3)
        store.announce()
        made = cls(store)
        made._reports = reports
        return made

    @property
    def source_reports(self) -> tuple[SourceReport, ...]:
        """What reading the source did that this data set was made from: one report, or one a part of a DatasetDict.

        Printed, a report says what was added, changed, corrected, has gone and was left alone. Empty for a data set
        that was only opened, and for views.
        """
        return self._reports


def _warn_of(report: SourceReport) -> None:
    """Say what did not go as a user would expect."""
    for remark in report.remarks():
        warnings.warn(remark, stacklevel=4)
