"""Labels that look wrong, where an item has one at most."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arguments import require_count
from ..collection.distinct import DistinctItems, distinct_items
from ..collection.item_labels import labels_of
from ..collection.vector_set import VectorSet
from ..curate import label_issues as judging
from ..display.numbers import share_in_words
from .label_finding import MODEL, LabelIssues, of_column
from .label_lists import find_list_issues_of
from .probabilities import read_probabilities
from .recipe import make_recipe


def find_label_issues_of(
    dataset: VectorSet,
    n: int | None,
    *,
    label: str,
    pred_probs: ArrayLike | None,
    second_opinion: bool,
    encoder: str | None,
    seed: int,
) -> LabelIssues:
    """See :meth:`Dataset.label_issues`."""
    n = None if n is None else require_count("n", n)
    labels = labels_of(dataset, label)
    if labels.several:
        return find_list_issues_of(
            dataset, n, labels, label=label, pred_probs=pred_probs, second_opinion=second_opinion, encoder=encoder,
            seed=seed,
        )  # fmt: skip
    codes, classes = labels.single, labels.names
    if len(classes) < 2:
        where = "" if label == "label" else f" in the column {label!r}"
        raise ValueError(f"label_issues needs labels of two classes or more: there are {classes or 'none'}{where}.")
    given = None if pred_probs is None else read_probabilities(dataset, pred_probs, classes)
    distinct = distinct_items(dataset, encoder)
    issues = judging.find_label_issues(
        distinct.vectors, *distinct.graph, codes[distinct.rows], len(classes),
        pred_probs=None if given is None else given[distinct.rows], seed=seed,
    )  # fmt: skip
    score, flagged, disagreeing = _of_items(issues, distinct, codes)
    suggested = issues.suggested[distinct.inverse]
    order = np.lexsort((dataset.keys, codes < 0, -score))[:n]
    names = np.array([*classes, None], object)
    columns: dict[str, Any] = {
        "given_label": names[codes[order]],
        "suggested_label": names[suggested[order]],
        "confidence": issues.confidence[distinct.inverse][order],
        "safe": (issues.safe[distinct.inverse] & (codes == codes[distinct.rows][distinct.inverse]))[order],
    }
    if second_opinion:
        columns["cleanlab"] = _cleanlab_issues(codes, issues.evidence[distinct.inverse])[order]

    def reasons(at: NDArray[np.intp]) -> list[str]:
        rows = order[at]
        there = distinct.inverse[rows]
        votes = issues.votes[there].tolist()
        evidence, model = (issues.evidence[there], MODEL) if given is None else (given[rows], "your model")
        at_given = np.where(codes[rows] < 0, 0.0, evidence[np.arange(len(rows)), codes[rows]])
        at_suggested = evidence[np.arange(len(rows)), suggested[rows]]
        facts = zip(
            names[codes[rows]], names[suggested[rows]], votes, at_suggested, at_given, disagreeing[rows], strict=True
        )
        return [_reason(model, *fact) for fact in facts]

    parameters = {
        "n": n, **of_column(label), "pred_probs": given, "second_opinion": second_opinion, "encoder": encoder,
        "seed": seed,
    }  # fmt: skip
    finding = LabelIssues(
        dataset, "label_issues", dataset.keys[order], score[order], reasons,
        recipe=make_recipe("label_issues", parameters, dataset.keys, distinct.embeddings),
        score_meaning="how likely the given label is wrong; 0.5 is as likely as not", columns=columns,
        flagged=flagged[order],
    )  # fmt: skip
    finding.noise, finding.label_column = issues.noise, label
    return finding


def _of_items(
    issues: judging.LabelIssues, distinct: DistinctItems, codes: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Score, flag, and whether exact copies have another label, of every item."""
    first = codes[distinct.rows][distinct.inverse]
    theirs = judging.wrong_score(issues.probabilities[distinct.inverse], codes)
    score = np.where(codes == first, issues.score[distinct.inverse], theirs)
    score[codes < 0] = 0.0
    pairs = np.unique(np.stack([distinct.inverse, codes], axis=1)[codes >= 0], axis=0)
    labels_of_content = np.bincount(pairs[:, 0], minlength=len(distinct))
    disagreeing = (labels_of_content[distinct.inverse] > 1) & (codes >= 0)
    differs = issues.suggested[distinct.inverse] != codes
    score = np.where(disagreeing & differs, np.maximum(score, 0.9), score)
    return score, issues.flagged[distinct.inverse] & (codes == first) | (disagreeing & differs), disagreeing


def _reason(
    model: str,
    given: str | None,
    suggested: str,
    votes: list[int],
    at_suggested: float,
    at_given: float,
    disagreeing: bool,
) -> str:
    said = f"{votes[0]} of the {votes[1]} items most like it are labelled {suggested}"
    said += f"; {model} says {suggested} with {share_in_words(at_suggested)}"
    if given is None:
        return f"no label: {said}"
    if given != suggested:
        said += f", and {given}, as it is labelled, with {share_in_words(at_given)}"
    if disagreeing:
        return f"the very same file has another label elsewhere; {said}"
    return f"fits {given}: {said}" if given == suggested else said


def _cleanlab_issues(codes: NDArray[np.int32], probabilities: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which labels cleanlab calls issues, from the same probabilities."""
    try:
        from cleanlab.filter import find_label_issues as cleanlab_find  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise ImportError("second_opinion=True asks cleanlab: run `pip install 'nbcurate[second-opinion]'`.") from None
    labelled = codes >= 0
    issues = np.zeros(len(codes), bool)
    issues[labelled] = cleanlab_find(codes[labelled], probabilities[labelled].astype(np.float64), n_jobs=1)
    return issues
