"""Average precision is that of pycocotools, to the last digit; and the kinds of errors are what they are called."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from nbcurate.curate.detection import AREAS, Detections, Objects, average_precision
from nbcurate.curate.detection_curves import best_score, precision_recall
from nbcurate.curate.detection_kinds import Kind, kinds_of


def boxes_near(boxes: np.ndarray, rng: np.random.Generator, shift: float) -> np.ndarray:
    """Boxes as a model would place them: moved and stretched."""
    moved = boxes + rng.normal(size=boxes.shape) * shift * np.tile(boxes[:, 2:], 2)
    return np.column_stack([moved[:, :2], np.maximum(moved[:, 2:], 1)])


def scene(seed: int, *, images: int = 40, per_image: int = 8, classes: int = 3, decimals: int | None = None):
    """Objects of all sizes, some of them crowds; detections that are right, moved, double, of another class."""
    rng = np.random.default_rng(seed)
    n = images * per_image
    sizes = np.exp(rng.uniform(np.log(8), np.log(200), (n, 2)))
    boxes = np.column_stack([rng.uniform(0, 400, (n, 2)), sizes])
    places, kinds = rng.integers(0, images, n), rng.integers(0, classes, n)
    objects = Objects(places, kinds, boxes, sizes.prod(axis=1) * rng.uniform(0.5, 1, n), rng.random(n) < 0.06)
    copies = np.concatenate([np.arange(n), rng.integers(0, n, n)])
    given = boxes_near(boxes[copies], rng, 0.12)
    labels = np.where(rng.random(len(copies)) < 0.8, kinds[copies], rng.integers(0, classes, len(copies)))
    scores = rng.random(len(copies))
    scores = scores if decimals is None else np.round(scores, decimals)
    return objects, Detections(places[copies], labels, given, scores)


def by_pycocotools(objects: Objects, detections: Detections, classes: int, images: int) -> COCOeval:
    listed = zip(objects.images, objects.classes, objects.boxes, objects.areas, objects.crowd, strict=True)
    truth = {
        "images": [{"id": n} for n in range(images)],
        "categories": [{"id": n} for n in range(classes)],
        "annotations": [
            {
                "id": n + 1,
                "image_id": int(i),
                "category_id": int(c),
                "bbox": b.tolist(),
                "area": float(a),
                "iscrowd": int(w),
            }
            for n, (i, c, b, a, w) in enumerate(listed)
        ],
    }
    said = zip(detections.images, detections.classes, detections.boxes, detections.scores, strict=True)
    results = [
        {"image_id": int(i), "category_id": int(c), "bbox": b.tolist(), "score": float(s)} for i, c, b, s in said
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = truth
        coco.createIndex()
        judged = COCOeval(coco, coco.loadRes(results), "bbox")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    return judged


@pytest.mark.parametrize(
    ("seed", "options"),
    [
        (0, {}),
        (1, {"per_image": 30, "classes": 2}),
        (2, {"decimals": 1}),
        (3, {"images": 3, "per_image": 220, "classes": 1}),
    ],
    ids=["many pictures", "crowded pictures", "equal scores", "more than a hundred of a class on a picture"],
)
def test_average_precision_is_that_of_pycocotools_to_the_last_digit(seed: int, options: dict) -> None:
    objects, detections = scene(seed, **options)
    images, classes = options.get("images", 40), options.get("classes", 3)
    theirs = by_pycocotools(objects, detections, classes, images)
    ours = average_precision(objects, detections, classes)
    assert np.array_equal(ours.precision, theirs.eval["precision"][..., -1])
    assert np.array_equal(ours.recall, theirs.eval["recall"][..., -1])
    summary = [
        ours.of(),
        ours.of(overlap=0.5),
        ours.of(overlap=0.75),
        *(ours.of(area=area) for area in list(AREAS)[1:]),
    ]
    assert summary == theirs.stats[:6].tolist()
    assert 0.1 < summary[0] < 0.9


def one_picture(objects: list, detections: list) -> tuple[Objects, Detections]:
    """Objects as (class, box) or (class, box, crowd), detections as (class, box, score)."""
    truth = [(*one, False)[:3] for one in objects]
    boxes = np.array([box for _, box, _ in truth], float).reshape(-1, 4)
    found = np.array([box for _, box, _ in detections], float).reshape(-1, 4)
    kinds = np.array([kind for kind, *_ in truth], np.int64)
    crowd = np.array([crowd for *_, crowd in truth], bool)
    labels = np.array([kind for kind, *_ in detections], np.int64)
    scores = np.array([score for *_, score in detections], float)
    return (
        Objects(np.zeros(len(truth), np.int64), kinds, boxes, boxes[:, 2:].prod(axis=1), crowd),
        Detections(np.zeros(len(found), np.int64), labels, found, scores),
    )


CAT, DOG = 0, 1


@pytest.mark.parametrize(
    ("objects", "detections", "kinds", "missed"),
    [
        ([(CAT, (0, 0, 10, 10))], [(CAT, (0, 0, 10, 10), 0.9)], ["right"], []),
        ([(CAT, (0, 0, 10, 10))], [(CAT, (0, 0, 10, 4), 0.9)], ["badly placed"], []),
        ([(CAT, (0, 0, 10, 10))], [(DOG, (0, 0, 10, 9), 0.9)], ["confused"], []),
        ([(CAT, (0, 0, 10, 10))], [(CAT, (0, 0, 10, 10), 0.5), (CAT, (0, 0, 10, 9), 0.9)], ["double", "right"], []),
        ([(CAT, (0, 0, 10, 10))], [(CAT, (50, 0, 10, 10), 0.9)], ["false positive"], [0]),
        ([(CAT, (0, 0, 10, 10))], [(DOG, (0, 0, 10, 4), 0.9)], ["false positive"], [0]),
        ([(CAT, (0, 0, 10, 10))], [], [], [0]),
        ([(CAT, (0, 0, 10, 10), True)], [(CAT, (2, 2, 3, 3), 0.9), (CAT, (4, 2, 3, 3), 0.8)], ["ignored"] * 2, []),
        ([], [(CAT, (0, 0, 10, 10), 0.9)], ["false positive"], []),
        # The cat is found; what is called a cat as well lies on the dog.
        (
            [(CAT, (0, 0, 10, 10)), (DOG, (4, 0, 10, 10))],
            [(CAT, (0, 0, 10, 10), 0.9), (CAT, (4, 0, 10, 10), 0.8)],
            ["right", "confused"],
            [],
        ),
    ],
)
def test_each_detection_is_what_it_is_called(objects: list, detections: list, kinds: list, missed: list) -> None:
    truth, said = one_picture(objects, detections)
    found = kinds_of(truth, said)
    assert [Kind(kind).words for kind in found.kinds] == kinds
    assert np.flatnonzero(found.missed(truth, np.ones(len(said), bool))).tolist() == missed


def test_a_miss_depends_on_the_score_that_is_asked_for() -> None:
    truth, said = one_picture([(CAT, (0, 0, 10, 10))], [(CAT, (0, 0, 10, 10), 0.4)])
    found = kinds_of(truth, said)
    assert not found.missed(truth, said.scores >= 0.3).any()
    assert found.missed(truth, said.scores >= 0.5).all()


def test_what_is_right_is_what_average_precision_counts() -> None:
    objects, detections = scene(7)
    theirs = by_pycocotools(objects, detections, 3, 40)
    right = {
        int(number) - 1
        for image in theirs.evalImgs
        if image is not None and image["aRng"] == [0, 1e10]
        for number, match, ignored in zip(image["dtIds"], image["dtMatches"][0], image["dtIgnore"][0], strict=True)
        if match and not ignored
    }
    assert set(np.flatnonzero(kinds_of(objects, detections).kinds == Kind.RIGHT).tolist()) == right


def test_the_score_that_is_proposed_is_that_of_the_best_f1() -> None:
    curve = precision_recall(np.array([0.9, 0.8, 0.8, 0.3]), np.array([True, False, True, False]), wanted=2)
    assert curve.scores.tolist() == [0.9, 0.8, 0.3]
    assert curve.precision.tolist() == [1, 2 / 3, 0.5]
    assert curve.recall.tolist() == [0.5, 1, 1]
    assert best_score(curve) == 0.8
