"""Lists of labels that look wrong: a class missing, a class too many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..collection.distinct import DistinctItems, distinct_items
from ..collection.vector_set import VectorSet
from ..curate.class_labels import ClassLabels, in_words, labels_from_members
from ..curate.multilabel_issues import MultilabelIssues, find_multilabel_issues
from ..display.numbers import share_in_words
from .label_finding import MODEL, LabelIssues, of_column
from .probabilities import read_independent_probabilities
from .recipe import make_recipe

#: Doubt from which a list is suspicious of which the same bytes have another one elsewhere.
_DISAGREEING = 0.9
_TOLD = 3  # changes that a reason tells


def find_list_issues_of(
    dataset: VectorSet,
    n: int | None,
    labels: ClassLabels,
    *,
    label: str,
    pred_probs: ArrayLike | None,
    second_opinion: bool,
    encoder: str | None,
    seed: int,
) -> LabelIssues:
    """See :meth:`Dataset.label_issues`, of a column of lists.

    Raises
    ------
    ValueError
        If there is no class that some labelled items have and others have not.
    """
    have = labels.counts()
    if not ((have > 0) & (have < labels.known.sum())).any():
        raise ValueError(
            f"label_issues needs a class that some items have and others have not: of {int(labels.known.sum()):,} "
            f"labelled items, the classes in {label!r} are {labels.names[:20] or 'none'}."
        )
    given = None if pred_probs is None else read_independent_probabilities(dataset, pred_probs, labels.names)
    distinct = distinct_items(dataset, encoder)
    members = labels.members.toarray() > 0
    judged = find_multilabel_issues(
        distinct.vectors, *distinct.graph, members[distinct.rows], labels.known[distinct.rows],
        pred_probs=None if given is None else given[distinct.rows], seed=seed,
    )  # fmt: skip
    of_items = _of_items(judged, distinct, members, labels.known)
    evidence, model = (judged.evidence[distinct.inverse], MODEL) if given is None else (given, "your model")
    reasons = _Reasons(labels, members, distinct, judged, of_items, evidence, model)
    order = np.lexsort((dataset.keys, ~labels.known, -of_items.score))[:n]
    now, better = members[order], of_items.suggested[order]
    columns: dict[str, Any] = {
        "given_label": labels.values()[order],
        "suggested_label": labels_from_members(better, labels.names).values(),
        "missing": labels_from_members(better & ~now, labels.names).values(),
        "extra": labels_from_members(now & ~better, labels.names).values(),
        "confidence": judged.confidence[distinct.inverse][order],
        "safe": (judged.safe[distinct.inverse] & ~of_items.differs)[order],
    }
    if second_opinion:
        columns["cleanlab"] = _cleanlab_issues(members, labels.known, judged.evidence[distinct.inverse])[order]
    parameters = {
        "n": n, **of_column(label), "pred_probs": given, "second_opinion": second_opinion, "encoder": encoder,
        "seed": seed,
    }  # fmt: skip
    finding = LabelIssues(
        dataset, "label_issues", dataset.keys[order], of_items.score[order],
        lambda at: [reasons.of(int(row)) for row in order[at]],
        recipe=make_recipe("label_issues", parameters, dataset.keys, distinct.embeddings),
        score_meaning="how likely the list is wrong somewhere; 0.5 is as likely as not", columns=columns,
        flagged=of_items.flagged[order],
    )  # fmt: skip
    finding.noise, finding.label_column = judged.noise, label
    return finding


@dataclass(frozen=True, slots=True, eq=False)
class _OfItems:
    """What was found of distinct contents, for all items [n]: copies may have other lists than the one judged."""

    score: NDArray[np.float64]
    suggested: NDArray[np.bool_]
    flagged: NDArray[np.bool_]
    differs: NDArray[np.bool_]  # from the list that was judged
    disagreeing: NDArray[np.bool_]  # the same bytes have another list elsewhere


def _of_items(
    issues: MultilabelIssues, distinct: DistinctItems, members: NDArray[np.bool_], known: NDArray[np.bool_]
) -> _OfItems:
    inverse, judged = distinct.inverse, members[distinct.rows]
    there = np.where(judged, 1 - issues.wrong, issues.wrong)[inverse]
    differs = (members != judged[inverse]).any(axis=1) | (known != known[distinct.rows][inverse])
    score, suggested = issues.score[inverse], issues.suggested[inverse]
    doubt = np.where(members, 1 - there, there)[differs]
    score[differs] = -np.expm1(np.log1p(-doubt.clip(0, 1 - 1e-12)).sum(axis=1))
    split = np.zeros(len(distinct), bool)
    split[inverse[differs & known]] = True
    disagreeing = split[inverse] & known
    contradicted = disagreeing & (suggested != members).any(axis=1)
    score[contradicted] = np.maximum(score[contradicted], _DISAGREEING)
    score[~known] = 0.0
    return _OfItems(score, suggested, (issues.flagged[inverse] & ~differs) | contradicted, differs, disagreeing)


@dataclass(frozen=True, slots=True, eq=False)
class _Reasons:
    """Why items are where they are in the ranking, in words."""

    labels: ClassLabels
    members: NDArray[np.bool_]
    distinct: DistinctItems
    issues: MultilabelIssues
    items: _OfItems
    evidence: NDArray[np.floating]  # by item
    model: str

    def of(self, row: int) -> str:
        now, better, known = self.members[row], self.items.suggested[row], self.labels.known[row]
        if not known:
            told = "; ".join(self._seen(row, c, "fits") for c in np.flatnonzero(better)[:_TOLD])
            return f"no label; {told or 'no class fits'}"
        doubt = self.issues.wrong[self.distinct.inverse[row]]
        changed = np.flatnonzero(now != better)
        if not len(changed):
            least = int(doubt.argmax())
            return (
                f"fits {in_words(self.labels.take(np.array([row])).values()[0])}; {self._seen(row, least, 'in doubt')}"
            )
        changed = changed[np.argsort(-doubt[changed], kind="stable")]
        told = [self._seen(row, c, "may be too many" if now[c] else "may be missing") for c in changed[:_TOLD]]
        more = [f"{len(changed) - _TOLD} more"] if len(changed) > _TOLD else []
        same = ["the very same file has other labels elsewhere"] if self.items.disagreeing[row] else []
        return "; ".join([*same, *told, *more])

    def _seen(self, row: int, c: int, said: str) -> str:
        near = self.distinct.graph[0][self.distinct.inverse[row]]
        there = self.distinct.rows[near[near >= 0]]
        there = there[self.labels.known[there]]
        having, has = int(self.members[there, c].sum()), "has" if len(there) == 1 else "have"
        sure = share_in_words(float(self.evidence[row, c]))
        seen = f"{having} of the {len(there)} items most like it {has} it; {self.model} gives it {sure}"
        return f"{self.labels.names[c]} {said}: {seen}"


def _cleanlab_issues(
    members: NDArray[np.bool_], known: NDArray[np.bool_], probabilities: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Which lists cleanlab calls issues, from the same probabilities."""
    try:
        from cleanlab.multilabel_classification.filter import (  # pyright: ignore[reportMissingImports]
            find_label_issues as cleanlab_find,
        )
    except ImportError:
        raise ImportError("second_opinion=True asks cleanlab: run `pip install 'nbcurate[second-opinion]'`.") from None
    issues = np.zeros(len(members), bool)
    lists = [np.flatnonzero(row).tolist() for row in members[known]]
    issues[known] = cleanlab_find(lists, probabilities[known].astype(np.float64), n_jobs=1)
    return issues
