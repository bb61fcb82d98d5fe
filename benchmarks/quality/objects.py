"""Labels of boxes that are wrong on purpose: what is found of each kind, beside crop labels, cleanlab and ObjectLab.

    python benchmarks/quality/objects.py [development] [a seed ...]

Pictures are made of cut-outs on photographs (`objects/pasted.py`), so every box is known; 5 % of the labels have a
wrong class, 5 % are misplaced (overlap .3 to .7 with what they are of), 3 % are there twice, and 5 % are missing. The
predictions are **simulated** from the true boxes (`objects/simulated_detector.py`), with errors of their own; ObjectLab
(`cleanlab.object_detection`) is given the same. cleanlab's crop labels come from out-of-fold probabilities of a
logistic regression on the vectors that nbcurate uses, too. Average precision is over all labels, and of a double either
of the two counts; of missing ones over the places that are proposed, each object once, at an overlap of one half.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cleanlab.object_detection.rank import (
    compute_badloc_box_scores,
    compute_overlooked_box_scores,
    compute_swap_box_scores,
)
from cleanlab.rank import get_label_quality_scores
from ground_truth import DEVELOPMENT_SEEDS, FINAL_SEEDS
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

import nbcurate as nbc
from nbcurate.curate.box_pairs import overlapping
from nbcurate.curate.detection import Detections, Objects, average_precision
from nbcurate.curate.probe import principal_components

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this file, which is called as the folder there is
from objects.pasted import PastedSet, pasted
from objects.planted import KINDS
from objects.rankings import Ranking, annotations_of, doubles, either, odd_doubles, proposed, ranking
from objects.simulated_detector import GOOD, MIDDLING, Detector, simulated

_CHOSEN = tuple(int(one) for one in sys.argv[1:] if one.isdigit())
SEEDS = _CHOSEN or (DEVELOPMENT_SEEDS if "development" in sys.argv else FINAL_SEEDS)
PICTURES = 400
#: From which score on ObjectLab listens to a detection: its default first, and lower ones, of which the best is shown.
THRESHOLDS = {"swap": (0.95, 0.7, 0.4), "badloc": (0.5, 0.7, 0.2), "overlooked": (0.95, 0.7, 0.4)}
DETECTORS = {"middling": MIDDLING, "good": GOOD}


def main() -> None:
    warnings.filterwarnings("ignore")
    found: dict[tuple[str, str, str], list[Ranking]] = {}
    about: dict[str, list[list[float]]] = {}
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as name:
            made = pasted(Path(name) / "set", PICTURES, seed)
            ds = nbc.Dataset.from_coco(
                made.folder / "instances.json",
                images=made.folder / "images",
                objects=False,
                store=Path(name) / "set.nbc",
            )
            said = {kind: simulated(made.truth, made.seen, made.classes, seed, of) for kind, of in DETECTORS.items()}
            for kind, detections in said.items():
                ds.add_predictions(kind, _table(made, detections))
                about.setdefault(kind, []).append(_quality(made, detections))
            alone = {kind: ds.box_issues(kind) for kind in said}
            odd = ds.odd_boxes()
            ds.objects.embed("efficientnet-lite0")
            crops = {
                "nbcurate, crops alone (label_issues)": _by_label(ds.objects.label_issues(), made)["score"].to_numpy(),
                "cleanlab, crops alone": cleanlab_crops(made, ds),
            }
            for kind, detections in said.items():
                rankings = judged(made, ds.box_issues(kind), detections, alone[kind], odd, crops)
                for (what, way), one in rankings.items():
                    found.setdefault((kind, what, way), []).append(one)
            ds.close()
    for kind in DETECTORS:
        report(kind, np.mean(about[kind], axis=0), {key[1:]: all_ for key, all_ in found.items() if key[0] == kind})


def judged(
    made: PastedSet,
    issues: Any,
    detections: Detections,
    alone: Any,
    odd: nbc.Finding,
    crops: dict[str, NDArray[np.floating]],
) -> dict[tuple[str, str], Ranking]:
    """The rankings of each kind of error, by each way of looking."""
    wrong, shifted = (made.kind == KINDS.index(name) for name in ("wrong class", "shifted"))
    lab = object_lab(made, detections)
    ours, theirs = _by_label(issues, made), _by_label(alone, made)
    both = ours.reset_index()
    found: dict[tuple[str, str], Ranking] = {
        ("wrong class", "nbcurate"): ranking(ours["wrong_class"].to_numpy(), wrong),
        ("wrong class", "nbcurate, predictions alone"): ranking(theirs["wrong_class"].to_numpy(), wrong),
        **{("wrong class", way): ranking(score, wrong, flagged=False) for way, score in crops.items()},
        ("shifted", "nbcurate"): ranking(ours["shifted"].to_numpy(), shifted),
        ("double", "nbcurate"): doubles(made, both["double"].to_numpy(), both["other"].to_numpy()),
        ("double", "nbcurate without predictions (odd_boxes)"): odd_doubles(made, odd),
        ("shifted or double", "nbcurate"): either(made, both),
    }
    missing = issues.missing
    boxes = missing[["x", "y", "width", "height"]].to_numpy(float)
    number = {name: at for at, name in enumerate(made.names)}
    on = np.array([number[name] for name in missing["image"]], int)
    found["missing", "nbcurate"] = proposed(made, on, boxes, missing["score"].to_numpy(float))
    for (name, least), score in lab.items():
        what, way = (
            {"swap": "wrong class", "badloc": "shifted", "overlooked": "missing"}[name],
            f"ObjectLab ({name}, {least})",
        )
        if name == "overlooked":
            found[what, way] = proposed(made, detections.images, detections.boxes, score, flagged=False)
        else:
            found[what, way] = ranking(score, wrong if name == "swap" else shifted, flagged=False)
    return found


# -- the other ways ---------------------------------------------------------------------------------------------------


def cleanlab_crops(made: PastedSet, ds: nbc.Dataset) -> NDArray[np.float64]:
    """How bad cleanlab finds the label of each crop, by its self-confidence."""
    rows = annotations_of(ds.objects.ids)
    vectors = np.empty_like(ds.objects.embeddings())
    vectors[rows] = ds.objects.embeddings()
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    model = LogisticRegression(max_iter=300)
    given = cross_val_predict(
        model, principal_components(vectors), made.labels.classes, cv=folds, method="predict_proba"
    )
    return -get_label_quality_scores(made.labels.classes, np.asarray(given), method="self_confidence")


def object_lab(made: PastedSet, detections: Detections) -> dict[tuple[str, float], NDArray[np.float64]]:
    """ObjectLab's scores by kind and threshold, higher for worse: of labels, or of detections (NaN for no proposal)."""
    labels, predictions, of_label, of_detection = [], [], [], []
    for image in range(len(made.names)):
        rows = np.flatnonzero(made.labels.images == image)
        labels.append({"bboxes": _corners(made.labels.boxes[rows]), "labels": made.labels.classes[rows]})
        here = np.flatnonzero(detections.images == image)
        parts = [here[detections.classes[here] == kind] for kind in range(len(made.classes))]
        boxes = _corners(detections.boxes)
        predictions.append(
            np.array(
                [np.c_[boxes[part], detections.scores[part]].astype(np.float32) for part in parts] + [None], object
            )[:-1]
        )
        of_label.append(rows)
        of_detection.append(np.concatenate(parts))
    known = [at for at, rows in enumerate(of_label) if len(rows)]  # it fails on pictures without labels
    given = {"labels": [labels[at] for at in known], "predictions": [predictions[at] for at in known]}
    ways: dict[str, tuple[Callable[..., list[NDArray]], str, list, int]] = {
        "swap": (compute_swap_box_scores, "high_probability_threshold", of_label, len(made.labels)),
        "badloc": (compute_badloc_box_scores, "low_probability_threshold", of_label, len(made.labels)),
        "overlooked": (compute_overlooked_box_scores, "high_probability_threshold", of_detection, len(detections)),
    }
    found: dict[tuple[str, float], NDArray[np.float64]] = {}
    for name, (compute, sure, rows_of, count) in ways.items():
        for least in THRESHOLDS[name]:
            score = np.full(count, np.nan)
            for at, scores in zip(known, compute(**given, **{sure: least}), strict=True):
                score[rows_of[at]] = 1 - np.asarray(scores, float)
            found[name, least] = score if name == "overlooked" else np.nan_to_num(score, nan=0.0)
    return found


# -- tables -----------------------------------------------------------------------------------------------------------


def report(kind: str, about: NDArray[np.floating], found: dict[tuple[str, str], list[Ranking]]) -> None:
    detector: Detector = DETECTORS[kind]
    print(
        f"\n## A {kind} detector, simulated: AP {about[0]:.2f}, AP50 {about[1]:.2f}; it sees {about[2]:.0%} of the "
        f"objects at an overlap of .5, places {detector.badly_placed:.1%} badly, confuses {detector.confused:.1%}\n"
    )
    print(f"{PICTURES} pictures, {about[3]:.0f} labels, seeds {SEEDS}; mean over seeds (least of them)\n")
    print("| planted | found by | planted, a set | AP | P at R >= .9 | flagged P | flagged R |")
    print("| --- | --- | " + "---: | " * 5)
    for (what, way), all_ in _shown(found).items():
        precision = [one.precision for one in all_]
        flags = np.mean([one.flags() for one in all_], axis=0)
        cells = [
            what, way, f"{np.mean([one.there for one in all_]):.0f}",
            f"**{np.mean(precision):.3f}** ({min(precision):.3f})", f"{np.mean([one.at_recall() for one in all_]):.2f}",
            *("–" if np.isnan(value) else f"{value:.2f}" for value in flags),
        ]  # fmt: skip
        print("| " + " | ".join(cells) + " |", flush=True)


def _shown(found: dict[tuple[str, str], list[Ranking]]) -> dict[tuple[str, str], list[Ranking]]:
    """By what was planted; of ObjectLab's lower thresholds the best one."""
    shown: dict[tuple[str, str], list[Ranking]] = {}
    for wanted in dict.fromkeys(what for what, _ in found):
        of_it = {key: all_ for key, all_ in found.items() if key[0] == wanted}
        lab = [key for key in of_it if "ObjectLab" in key[1]]
        best = max(lab[1:], key=lambda key: np.mean([one.precision for one in of_it[key]]), default=None)
        shown |= {key: all_ for key, all_ in of_it.items() if key not in lab[1:] or key == best}
    return shown


def _quality(made: PastedSet, detections: Detections) -> list[float]:
    """AP and AP50 by the true boxes, the share of objects with a box on them, and the number of labels."""
    truth = made.truth
    objects = Objects(
        truth.images, truth.classes, truth.boxes, truth.boxes[:, 2:].prod(axis=1), np.zeros(len(truth), bool)
    )
    precision = average_precision(objects, detections, len(made.classes))
    pairs = overlapping(detections.boxes, truth.boxes, detections.images, truth.images, least=0.5)
    return [precision.of(), precision.of(overlap=0.5), len(np.unique(pairs.second)) / len(truth), len(made.labels)]


def _table(made: PastedSet, detections: Detections) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "image": np.array(made.names, object)[detections.images],
            "label": np.array(made.classes, object)[detections.classes],
            "score": detections.scores,
        }
    )
    table[["x", "y", "width", "height"]] = detections.boxes
    return table


def _by_label(finding: nbc.Finding, made: PastedSet) -> pd.DataFrame:
    """A row a label, in the order of the labels."""
    table = finding.to_pandas()
    return table.set_index(annotations_of(table["id"])).loc[np.arange(len(made.labels))]


def _corners(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)


if __name__ == "__main__":
    main()
