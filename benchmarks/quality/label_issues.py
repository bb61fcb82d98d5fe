"""Labels wrong on purpose: ranking, flags, calibration, and what is taken unseen, beside cleanlab in every mode.

    python benchmarks/quality/label_issues.py [development]

cleanlab gets the out-of-fold probabilities of a logistic regression, as its tutorials make them, on the same vectors;
its rankings and flags, and "predicted is not what is given", are of the same run. Folds are shuffled: in rows sorted by
class, unshuffled folds hold all the labels flipped from one class to another at once, and so give them away. Labels are
wrong to any other class, to the most similar one, or by a random matrix with a rate for each class. The last table
trains a probe on what is left when suggestions are taken, and asks it about pictures that were kept aside.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np
from cleanlab.filter import find_label_issues as cleanlab_flags
from cleanlab.rank import get_label_quality_scores
from ground_truth import DEVELOPMENT_SEEDS, FINAL_SEEDS, embedded, flip_labels, photographs
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, precision_recall_fscore_support
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from nbcurate.curate.label_issues import LabelIssues, find_label_issues
from nbcurate.curate.probe import principal_components
from nbcurate.search.graph import build_graph

SEEDS = DEVELOPMENT_SEEDS if "development" in sys.argv else FINAL_SEEDS
KINDS, RATES = ("uniform", "similar", "by class"), (0.005, 0.05, 0.1, 0.2, 0.4, 0.6)
FILTERS = (
    "prune_by_class", "prune_by_noise_rate", "both", "confident_learning", "low_normalized_margin",
    "low_self_confidence", "predicted_neq_given",
)  # fmt: skip
_LEAST = 10  # classes with fewer pictures are left out


def mislabelled(
    vectors: NDArray[np.float32], truth: NDArray[np.integer], rate: float, kind: str, seed: int
) -> NDArray[np.integer]:
    """Labels of which about that share is wrong."""
    if kind != "by class":
        return flip_labels(vectors, truth, rate, kind, seed)[0]
    rng = np.random.default_rng(seed)
    codes, n_classes = truth.copy(), int(truth.max()) + 1
    rates = np.clip(rate * rng.gamma(1.5, 1 / 1.5, n_classes), 0, 0.8)
    for name in range(n_classes):
        others = np.delete(np.arange(n_classes), name)
        wrong = np.flatnonzero((truth == name) & (rng.random(len(truth)) < rates[name]))
        codes[wrong] = rng.choice(others, len(wrong), p=rng.dirichlet(np.full(n_classes - 1, 0.3)))
    return codes


def judged(vectors: NDArray[np.float32], codes: NDArray[np.integer], n_classes: int) -> LabelIssues:
    graph = build_graph(vectors)
    return find_label_issues(vectors, graph.rows, graph.similarity, codes, n_classes)


def cleanlab_rankings(codes: NDArray[np.integer], probabilities: NDArray[np.floating]) -> dict[str, NDArray]:
    """Scores, higher for worse labels, of each way in which cleanlab ranks."""
    found = {}
    for method in ("self_confidence", "normalized_margin", "confidence_weighted_entropy"):
        for adjusted in (False, True)[: 1 if method == "confidence_weighted_entropy" else 2]:
            scores = get_label_quality_scores(codes, probabilities, method=method, adjust_pred_probs=adjusted)
            found[f"{method}{', adjusted' if adjusted else ''}"] = -scores
    return found


def calibration(score: NDArray[np.floating], wrong: NDArray[np.bool_]) -> str:
    """Mean score and share wrong of five bins."""
    bins = [np.minimum((5 * score).astype(int), 4) == at for at in range(5)]
    return " ".join(f"{score[b].mean():.2f}:{wrong[b].mean():.2f}" if b.sum() >= 10 else "–" for b in bins)


def main() -> None:
    warnings.filterwarnings("ignore")
    pictures = photographs()
    vectors = embedded(pictures)
    names, counts = np.unique(pictures.labels, return_counts=True)
    inside = np.isin(pictures.labels, names[counts >= _LEAST])
    vectors, truth = vectors[inside], np.unique(pictures.labels[inside], return_inverse=True)[1]
    nothing: Any = 0  # typed as text in scikit-learn
    features, n_classes = principal_components(vectors), int(truth.max()) + 1
    print(f"\n{len(truth):,} pictures of {pictures.folder.name}, {n_classes} classes, seeds {SEEDS[:2]}\n")
    print(
        "| noise | wrong, estimated | AP | self_confidence | cleanlab's best | first 100 | self_confidence | flagged "
        "P / R / F1 | flagged | cleanlab's best F1 | predicted ≠ given | mean score : wrong, in fifths |"
    )
    print("| --- | --- | " + "---: | " * 5 + "--- | ---: | --- | ---: | --- |")
    for kind in KINDS:
        for rate in RATES:
            rows: dict[str, list[float]] = {}
            bins: tuple[list, list] = ([], [])
            for seed in SEEDS[:2]:
                codes = mislabelled(vectors, truth, rate, kind, seed)
                wrong, issues = codes != truth, judged(vectors, codes, n_classes)
                folds = StratifiedKFold(5, shuffle=True, random_state=seed)
                model = LogisticRegression(max_iter=300)
                given = np.asarray(cross_val_predict(model, features, codes, cv=folds, method="predict_proba"))
                rankings = {"nbcurate": issues.score, **cleanlab_rankings(codes, given)}
                flags = {"nbcurate": issues.flagged}
                flags |= {name: cleanlab_flags(codes, given, filter_by=name, n_jobs=1) for name in FILTERS}
                for name, score in rankings.items():
                    rows.setdefault(f"AP {name}", []).append(float(average_precision_score(wrong, score)))
                    first = wrong[np.argsort(-score, kind="stable")[:100]].sum()
                    rows.setdefault(f"first {name}", []).append(float(first))
                for name, flag in flags.items():
                    values = precision_recall_fscore_support(wrong, flag, average="binary", zero_division=nothing)[:3]
                    for measure, value in zip("PRF", values, strict=True):
                        rows.setdefault(f"{measure} {name}", []).append(float(value))
                rows.setdefault("flagged", []).append(float(issues.flagged.mean()))
                rows.setdefault("wrong", []).append(float(wrong.mean()))
                rows.setdefault("noise", []).append(issues.noise)
                bins[0].append(issues.score)
                bins[1].append(wrong)
            mean = {name: float(np.mean(values)) for name, values in rows.items()}
            ranking = max(
                (name for name in mean if name.startswith("AP ") and "nbcurate" not in name),
                key=lambda name: mean[name],
            )
            flag = max(FILTERS, key=lambda name: mean[f"F {name}"])
            cells = [
                f"{kind} {rate:.1%}", f"{mean['wrong']:.3f}, {mean['noise']:.3f}", f"{mean['AP nbcurate']:.3f}",
                f"{mean['AP self_confidence']:.3f}", f"{mean[ranking]:.3f}", f"{mean['first nbcurate']:.0f}",
                f"{mean['first self_confidence']:.0f}",
                f"{mean['P nbcurate']:.2f} / {mean['R nbcurate']:.2f} / **{mean['F nbcurate']:.2f}**",
                f"{mean['flagged']:.1%}", f"{mean[f'F {flag}']:.2f} ({flag})", f"{mean['F predicted_neq_given']:.2f}",
                calibration(np.concatenate(bins[0]), np.concatenate(bins[1])),
            ]  # fmt: skip
            print("| " + " | ".join(cells) + " |", flush=True)
    taken_unseen(vectors, features, truth, n_classes)


def taken_unseen(
    vectors: NDArray[np.float32], features: NDArray[np.float32], truth: NDArray[np.integer], n_classes: int
) -> None:
    """Accuracy of a probe on pictures kept aside, by the labels that it learnt from."""
    print("\n| noise | as they are | safe ones taken | all flagged taken | truth | safe, of which right |")
    print("| --- | " + "---: | " * 5)
    for kind in KINDS:
        for rate in (0.005, 0.05, 0.2):
            rows: list[list[float]] = []
            for seed in SEEDS:
                aside = np.random.default_rng(seed).random(len(truth)) < 1 / 3
                codes = mislabelled(vectors[~aside], truth[~aside], rate, kind, seed)
                issues = judged(vectors[~aside], codes, n_classes)
                safe = issues.safe
                labels = [
                    codes, np.where(safe, issues.suggested, codes), np.where(issues.flagged, issues.suggested, codes),
                    truth[~aside],
                ]  # fmt: skip
                probe = LogisticRegression(max_iter=300)
                accuracy = [probe.fit(features[~aside], by).score(features[aside], truth[aside]) for by in labels]
                right = float((issues.suggested == truth[~aside])[safe].sum())
                rows.append([*map(float, accuracy), float(safe.sum()), right])
            mean = np.mean(rows, axis=0)
            gain = np.std([row[1] - row[0] for row in rows])
            cells = [f"{mean[0]:.3f}", f"{mean[1]:.3f} ({mean[1] - mean[0]:+.3f} ± {gain:.3f})"]
            cells += [f"{mean[2]:.3f}", f"{mean[3]:.3f}", f"{mean[4]:.1f}, {mean[5]:.1f}"]
            print(f"| {kind} {rate:.1%} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
