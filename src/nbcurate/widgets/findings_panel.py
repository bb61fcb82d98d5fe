"""FindingsPanel: what was found, to be looked through and decided item by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import traitlets

from ..dataset import Dataset
from ..findings.finding import Finding
from ..findings.review import WORDS, Review
from .bundle import bundle
from .contact_sheet import Section
from .session import Session
from .view import View

#: Reasons that a snapshot makes.
_IN_SNAPSHOT = 500


class FindingsPanel(View):
    """Findings with their counts and reasons, stepped through with the keyboard.

    ``K`` keeps the item, ``X`` rejects it, ``L`` gives it the suggested label, an arrow goes on, space shows it large,
    ctrl+Z takes back what was done last. Copies are shown beside the one that stays. What is decided is a column of the
    data set, ``review_<finding>``, and is kept or rejected in ``ds.selection`` or changed in ``ds.labels``, or in the
    column whose labels the finding is about: ``ds.label_issues(label="coarse")``. Lists of labels are typed with commas
    between. A review that was interrupted goes on where it was.

    Parameters
    ----------
    dataset : Dataset
    findings : Finding, sequence of Finding or mapping of str to Finding
        What was found, each under the name of its kind or under one of your own. Of a ranking of all items, those past
        its threshold.
    finding : str, default: the first
        Name of the finding that is shown.
    position : int, default 0
        Which of its items is shown, from 0.
    height : int, default 520
        Height of the widget in px.
    linked : bool, default True
        Whether it shares its filter with the other views of the data set.
    columns : DataFrame, or mapping of str to array-like [n] or Finding, optional
        Values of your own to filter by.

    Examples
    --------
    >>> panel = nbc.FindingsPanel(ds, [ds.duplicates(), ds.rare(n=50), ds.label_issues()])
    >>> panel                              # press K, X or L
    >>> panel.reviews["duplicates"].to_pandas()[["id", "reason", "decision"]]
    >>> panel.reviews["duplicates"].decide(ds.duplicates().keys, "reject")  # as X does
    >>> ds.where("review_duplicates = 'rejected'").ids
    """

    _esm = bundle("findings.js")

    #: Height in px.
    height = traitlets.Int(520, min=240, max=4000).tag(sync=True)
    #: Name of the finding that is shown.
    finding = traitlets.Unicode("").tag(sync=True)
    #: Which of its items is shown.
    position = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(
        self, dataset: Dataset, findings: Finding | Sequence[Finding] | Mapping[str, Finding], **options: Any
    ) -> None:
        named = named_findings(findings)
        if options.setdefault("finding", next(iter(named), "")) not in named and named:
            raise ValueError(f"There is no finding {options['finding']!r}: there are {', '.join(named)}.")
        super().__init__(dataset, **options)
        keep = Session.of(dataset).keep_column
        #: The decisions by name of the finding.
        self.reviews = {name: Review(dataset, finding, name, keep=keep) for name, finding in named.items()}
        self._session.reviews.show(self.view, self.reviews)

    def _sections(self) -> Iterable[Section]:
        for name, review in self.reviews.items():
            finding = review.finding
            places = np.arange(min(len(finding), _IN_SNAPSHOT))
            decided = [WORDS[code] or "" for code in review.codes[places]]
            section = Section(name, finding.keys, finding.reasons_at(places), decided)
            yield section if "representative" not in finding.columns else _beside_what_stays(finding, section)


def _beside_what_stays(finding: Finding, section: Section) -> Section:
    """The section of copies, before each group of them the picture that stays."""
    items = finding._items.store.items
    names = [str(name) for name in finding.columns["representative"][: len(section.captions)]]
    stays = dict(zip(names, items.keys_of_ids(names).tolist(), strict=True))
    shown: dict[int, tuple[str, str]] = {}  # a picture that stays comes once, before the first of its copies
    for name, key, why, mark in zip(names, finding.keys.tolist(), section.captions, section.marks, strict=False):
        shown.setdefault(stays[name], ("", "stays"))
        shown[key] = why, mark
    rest = finding.keys[len(section.captions) :]
    keys = np.concatenate([np.fromiter(shown, np.uint64, len(shown)), rest])
    return Section(section.title, keys, [why for why, _ in shown.values()], [mark for _, mark in shown.values()])


def named_findings(findings: Finding | Sequence[Finding] | Mapping[str, Finding]) -> dict[str, Finding]:
    """The findings by name: those of one kind have a number behind it.

    Raises
    ------
    TypeError
        If one is not a finding.
    """
    if isinstance(findings, Finding):
        findings = [findings]
    listed = list(findings.items()) if isinstance(findings, Mapping) else [(None, one) for one in findings]
    named: dict[str, Finding] = {}
    for name, finding in listed:
        if not isinstance(finding, Finding):
            raise TypeError(f"A finding is what ds.duplicates() and the like return, got {type(finding).__name__}.")
        base = str(name or finding.kind)
        number = 1 + sum(other == base or other.rpartition(" ")[0] == base for other in named)
        # Of a ranking of all items only the first are worth a look.
        named[base if number == 1 else f"{base} {number}"] = finding.to_review()
    return named
