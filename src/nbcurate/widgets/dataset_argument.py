"""The first argument of every view: a data set, or an error that says what to write."""

from __future__ import annotations

import inspect
import os
from typing import Any, Self

from ..dataset import Dataset

#: Where a view takes a finding.
_WITH_FINDING = {
    "Curator": "ds, findings=[finding]",
    "FindingsPanel": "ds, finding",
    "ReportView": "ds, finding.ids",
    "SimilarityGrid": "ds, finding=finding",
}


class TakesDataset:
    """Refuses to be made of anything but a :class:`Dataset`, before an ``__init__`` trips over what it lacks.

    Raises
    ------
    TypeError
        With the call that was probably meant.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        _, *others = inspect.signature(cls.__init__).parameters.values()
        cls.__signature__ = inspect.Signature(others)  # what help shows; else it is that of __new__

    def __new__(cls, *arguments: Any, **options: Any) -> Self:
        if not arguments and "dataset" not in options:
            return super().__new__(cls, **options)  # Python itself says what is missing
        given = arguments[0] if arguments else options["dataset"]
        if not isinstance(given, Dataset):
            raise TypeError(
                f"{cls.__name__}: the first argument, dataset, is a Dataset, got {type(given).__name__}. "
                f"Write {_meant(cls.__name__, given)}."
            )
        return super().__new__(cls, *arguments, **options)


def _meant(view: str, given: object) -> str:
    """The call that shows what was given."""
    from ..findings.clusters import Clusters
    from ..findings.finding import Finding
    from ..findings.report import Report

    if isinstance(given, Report):
        return "nbc.ReportView(ds, ids, report=report), with the ids that the report is on"
    if isinstance(given, Clusters):
        return f"nbc.{'Curator' if view == 'Curator' else 'ClusterBrowser'}(ds, clusters)"
    if isinstance(given, Finding) and view in _WITH_FINDING:
        return f"nbc.{view}({_WITH_FINDING[view]})"
    if isinstance(given, str | os.PathLike):
        return f"nbc.{view}(nbc.Dataset.open(path)), or nbc.Dataset.from_folder(path) for a folder of images"
    if hasattr(given, "ids"):
        return f"nbc.{view}(ds.where(found.ids)), with what was found"
    return f"nbc.{view}(ds), with what nbc.Dataset.open or nbc.Dataset.from_folder returns"
