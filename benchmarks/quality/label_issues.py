"""Flipped labels: average precision of nbcurate, and of cleanlab on the same vectors in its best mode.

    python benchmarks/quality/label_issues.py [development]

cleanlab gets the out-of-fold probabilities of a logistic regression, as its tutorials make them; nbcurate is shown
alone, and with the same probabilities as ``pred_probs``. Folds are shuffled for both: in rows sorted by class,
unshuffled folds hold all the labels flipped from one class to another at once, and so give them away.
"""

from __future__ import annotations

import sys
import warnings

import numpy as np
from cleanlab.rank import get_label_quality_scores
from ground_truth import DEVELOPMENT_SEEDS, FINAL_SEEDS, embedded, flip_labels, photographs
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from nbcurate.curate.label_issues import find_label_issues
from nbcurate.search.graph import build_graph

SEEDS = DEVELOPMENT_SEEDS if "development" in sys.argv else FINAL_SEEDS
RATES = (0.05, 0.1, 0.2, 0.4)
_LEAST = 10  # classes with fewer pictures are left out


def cleanlab_modes(codes: NDArray[np.integer], probabilities: NDArray[np.floating]) -> dict[str, NDArray[np.floating]]:
    """Scores, higher for worse labels, of each way in which cleanlab ranks."""
    return {
        f"{method}{', adjusted' if adjusted else ''}": -get_label_quality_scores(
            codes, probabilities, method=method, adjust_pred_probs=adjusted
        )
        for method in ("self_confidence", "normalized_margin", "confidence_weighted_entropy")
        for adjusted in (False, True)
        if not (adjusted and method == "confidence_weighted_entropy")
    }


def datalab_scores(codes: NDArray[np.integer], vectors: NDArray[np.float32]) -> NDArray[np.floating]:
    """Datalab's label issues from features alone."""
    from cleanlab import Datalab

    lab = Datalab({"label": codes}, label_name="label", verbosity=0)
    lab.find_issues(features=vectors, issue_types={"label": {}})
    return -lab.get_issues("label")["label_score"].to_numpy()


def main() -> None:
    warnings.filterwarnings("ignore")
    pictures = photographs()
    vectors = embedded(pictures)
    names, counts = np.unique(pictures.labels, return_counts=True)
    inside = np.isin(pictures.labels, names[counts >= _LEAST])
    vectors, truth = vectors[inside], np.unique(pictures.labels[inside], return_inverse=True)[1]
    n_classes = int(truth.max()) + 1
    graph = build_graph(vectors)
    notes: set[str] = set()
    print(
        f"\nAverage precision; {len(truth):,} pictures of {pictures.folder.name}, {n_classes} classes, seeds {SEEDS}\n"
    )
    print("| noise | nbcurate | nbcurate + pred_probs | cleanlab's best | its mode | Datalab, features |")
    print("| --- | ---: | ---: | ---: | --- | ---: |")
    for kind in ("uniform", "similar"):
        for rate in RATES:
            rows: dict[str, list[float]] = {}
            for seed in SEEDS:
                codes, flipped = flip_labels(vectors, truth, rate, kind, seed)
                model, folds = LogisticRegression(max_iter=1_000), StratifiedKFold(5, shuffle=True, random_state=seed)
                probabilities = np.asarray(cross_val_predict(model, vectors, codes, cv=folds, method="predict_proba"))
                for name, given in (("nbcurate", None), ("with", probabilities)):
                    issues = find_label_issues(vectors, graph.rows, codes, n_classes, pred_probs=given)
                    rows.setdefault(name, []).append(float(average_precision_score(flipped, issues.score)))
                for mode, scores in cleanlab_modes(codes, probabilities).items():
                    rows.setdefault(mode, []).append(float(average_precision_score(flipped, scores)))
                try:
                    scores = datalab_scores(codes, vectors)
                    rows.setdefault("datalab", []).append(float(average_precision_score(flipped, scores)))
                except Exception as error:  # needs the `datasets` package
                    notes.add(f"Datalab did not run: {type(error).__name__}: {error}")
            modes = [name for name in rows if name not in ("nbcurate", "with", "datalab")]
            best = max(modes, key=lambda mode: np.mean(rows[mode]))
            cells = [_mean(rows["nbcurate"]), _mean(rows["with"]), _mean(rows[best]), best, _mean(rows.get("datalab"))]
            print(f"| {kind} {rate:.0%} | " + " | ".join(cells) + " |", flush=True)
    print("\n".join(["", *notes]))


def _mean(values: list[float] | None) -> str:
    return "–" if not values else f"{np.mean(values):.3f} ± {np.std(values):.3f}"


if __name__ == "__main__":
    main()
