"""Lists of labels with classes missing and classes too many: ranking and flags, beside cleanlab's.

    python benchmarks/quality/multilabel_issues.py [development]

cleanlab gets what its tutorial makes: out-of-fold probabilities of a logistic regression a class, on the same vectors.
So that one sees what is owed to the probes, it also gets those of nbcurate. Its flags are shown by each of its filters,
the best of them by the truth. A list is wrong that differs from the true one anywhere; a cell is one class of one item.
"""

from __future__ import annotations

import sys
import time
import warnings

import numpy as np
from cleanlab.multilabel_classification import get_label_quality_scores
from cleanlab.multilabel_classification.filter import find_label_issues as cleanlab_flags
from ground_truth import DEVELOPMENT_SEEDS, FINAL_SEEDS
from numpy.typing import NDArray
from several_labels import sets, wrong_lists
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.multiclass import OneVsRestClassifier

from nbcurate.curate.multilabel_issues import find_multilabel_issues
from nbcurate.curate.probe import principal_components
from nbcurate.search.graph import build_graph

SEEDS = (DEVELOPMENT_SEEDS if "development" in sys.argv else FINAL_SEEDS)[:2]
#: Shares of the classes that are there: how many go missing, how many are added.
NOISE = ((0.02, 0.02), (0.1, 0.0), (0.0, 0.1), (0.05, 0.05), (0.2, 0.2))
FILTERS = ("prune_by_noise_rate", "both", "confident_learning", "predicted_neq_given", "low_self_confidence")
AGGREGATES = ({"method": "exponential_moving_average", "alpha": 0.8}, {"method": "softmin"})

Numbers = dict[str, list[float]]


def by_cleanlab(
    given: NDArray[np.bool_], probabilities: NDArray[np.floating], wrong: NDArray[np.bool_], name: str, found: Numbers
) -> None:
    """Average precision of its rankings, and F1 of its flags."""
    lists = [np.flatnonzero(row).tolist() for row in given]
    for aggregate in AGGREGATES:
        score = 1 - get_label_quality_scores(lists, probabilities, aggregator_kwargs=aggregate)
        found.setdefault(f"AP {name}", []).append(float(average_precision_score(wrong, score)))
    for method in FILTERS:
        flags = cleanlab_flags(lists, probabilities, filter_by=method, n_jobs=1)
        found.setdefault(f"F {name} {method}", []).append(float(f1_score(wrong, flags)))


def main() -> None:
    warnings.filterwarnings("ignore")
    print(
        "| set | missing, extra | lists wrong, estimated | AP | cleanlab | on our probabilities | cells AP | cleanlab "
        "| flags P / R / F1 | cleanlab's default F1 | its best, by the truth | safe, of which right | s |"
    )
    print("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | --- | ---: | --- | --- | ---: |")
    for name, vectors, truth in sets():
        features, graph = principal_components(vectors), build_graph(vectors)
        for missing, extra in NOISE:
            found: Numbers = {}
            for seed in SEEDS:
                given = wrong_lists(truth, missing, extra, np.random.default_rng(seed))
                wrong = (given != truth).any(axis=1)
                started = time.perf_counter()
                issues = find_multilabel_issues(
                    vectors, graph.rows, graph.similarity, given, np.ones(len(given), bool), seed=seed
                )
                model = OneVsRestClassifier(LogisticRegression(max_iter=300))
                folds = KFold(5, shuffle=True, random_state=seed)
                theirs = np.asarray(cross_val_predict(model, features, given * 1, cv=folds, method="predict_proba"))
                right = (issues.suggested == truth).all(axis=1)
                for what, value in {
                    "s": time.perf_counter() - started,
                    "wrong": wrong.mean(), "noise": issues.noise,
                    "AP": average_precision_score(wrong, issues.score),
                    "cells": average_precision_score((given != truth).ravel(), issues.wrong.ravel()),
                    "cells of cleanlab": average_precision_score(
                        (given != truth).ravel(), np.where(given, 1 - theirs, theirs).ravel()
                    ),
                    "P": wrong[issues.flagged].mean(), "R": issues.flagged[wrong].mean(),
                    "F": f1_score(wrong, issues.flagged),
                    "safe": issues.safe.sum(), "right": right[issues.safe].sum(),
                }.items():  # fmt: skip
                    found.setdefault(what, []).append(float(value))
                by_cleanlab(given, theirs, wrong, "cleanlab", found)
                by_cleanlab(given, issues.evidence, wrong, "ours", found)
            mean = {what: float(np.mean(values)) for what, values in found.items()}
            best = max(FILTERS, key=lambda method: mean[f"F cleanlab {method}"])
            cells = [
                name, f"{missing:.0%}, {extra:.0%}", f"{mean['wrong']:.2f}, {mean['noise']:.2f}",
                f"**{mean['AP']:.3f}**", f"{mean['AP cleanlab']:.3f}", f"{mean['AP ours']:.3f}",
                f"{mean['cells']:.3f}", f"{mean['cells of cleanlab']:.3f}",
                f"{mean['P']:.2f} / {mean['R']:.2f} / **{mean['F']:.2f}**",
                f"{mean[f'F cleanlab {FILTERS[0]}']:.2f}", f"{mean[f'F cleanlab {best}']:.2f} ({best})",
                f"{mean['safe']:.0f}, {mean['right'] / max(mean['safe'], 1):.0%}", f"{mean['s']:.1f}",
            ]  # fmt: skip
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
