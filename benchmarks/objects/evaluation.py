"""CPU seconds of judging predictions of boxes, beside pycocotools on the very same ones.

    python benchmarks/objects/evaluation.py [predictions]

A million predictions by default, of 80 classes on a tenth as many pictures, with half as many objects on them: most are
right or nearly so, others moved, double, of another class, or of nothing. No pictures are read. Both sides begin with
what a program holds after it has read its files (a list of results, an index of the annotations), and end with the six
average precisions; ours tells the errors and makes its tables as well. The answers are compared to the last digit.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

sys.path.insert(0, str(Path(__file__).parent.parent))
from measure import measured

import nbcurate as nbc
from nbcurate.findings.evaluation_of_objects import ObjectEvaluation

CLASSES = 80
N = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 1_000_000


def made_up(predictions: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Annotations as COCO has them, and results of a model on them."""
    rng = np.random.default_rng(0)
    images, objects = predictions // 10, predictions // 2
    sizes = np.exp(rng.uniform(np.log(8), np.log(250), (objects, 2)))
    boxes = np.round(np.column_stack([rng.uniform(0, 500, (objects, 2)), sizes]), 2)
    places = np.sort(rng.integers(0, images, objects))
    kinds = np.minimum(rng.geometric(0.06, objects), CLASSES)
    crowd = rng.random(objects) < 0.01
    annotations = [
        {"id": n + 1, "image_id": int(i), "category_id": int(k), "bbox": b, "area": b[2] * b[3], "iscrowd": int(c)}
        for n, (i, k, b, c) in enumerate(zip(places, kinds, boxes.tolist(), crowd, strict=True))
    ]
    copied = np.concatenate([np.arange(objects), rng.integers(0, objects, predictions - objects)])
    moved = boxes[copied] + rng.normal(0, 0.12, (predictions, 4)) * np.tile(boxes[copied, 2:], 2)
    moved[:, 2:] = np.maximum(moved[:, 2:], 1)
    labels = np.where(rng.random(predictions) < 0.85, kinds[copied], rng.integers(1, CLASSES + 1, predictions))
    given = zip(places[copied], labels, np.round(moved, 2).tolist(), np.round(rng.random(predictions), 5), strict=True)
    results = [{"image_id": int(i), "category_id": int(k), "bbox": b, "score": float(s)} for i, k, b, s in given]
    document = {
        "images": [{"id": n, "file_name": f"{n:07}.jpg"} for n in range(images)],
        "annotations": annotations,
        "categories": [{"id": n, "name": f"class {n:02}"} for n in range(1, CLASSES + 1)],
    }
    return document, results


def as_data_set(document: dict[str, Any], folder: Path) -> nbc.Dataset:
    """The annotations in a store: what is on each image, as ``from_coco`` would have it."""
    import json

    names = [image["file_name"] for image in document["images"]]
    kind = {one["id"]: one["name"] for one in document["categories"]}
    on: list[list[dict[str, Any]]] = [[] for _ in names]
    for one in document["annotations"]:
        on[one["image_id"]].append(one)
    ds = nbc.Dataset.from_embeddings(names, np.ones((len(names), 2), np.float32), store=folder / "many.nbc")
    columns = {
        "objects": pa.array([[kind[one["category_id"]] for one in found] for found in on], pa.list_(pa.string())),
        "boxes": pa.array([[side for one in found for side in one["bbox"]] for found in on], pa.list_(pa.float32())),
        "annotations": pa.array([[json.dumps(one) for one in found] for found in on], pa.list_(pa.string())),
    }
    ds.store.set_columns(pa.table({"key": pa.array(ds.keys, pa.uint64()), **columns}))
    return ds


def by_pycocotools(truth: COCO, results: list[dict[str, Any]]) -> list[float]:
    with contextlib.redirect_stdout(io.StringIO()):
        judged = COCOeval(truth, truth.loadRes(results), "bbox")  # pyright: ignore[reportArgumentType]
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    return judged.stats[:6].tolist()


def main() -> None:
    document, results = made_up(N)
    kind = {str(one["id"]): one["name"] for one in document["categories"]}
    with tempfile.TemporaryDirectory() as folder:
        ds = as_data_set(document, Path(folder))
        named = [{**one, "image_id": document["images"][one["image_id"]]["file_name"]} for one in results]
        with measured() as adding:
            ds.add_predictions("model", named, classes=kind)
        key = ds.keys[len(ds) // 2 : len(ds) // 2 + 60]
        with measured() as opening:
            ds.predictions["model"].keys  # noqa: B018
        with measured() as looking:
            ds.predictions["model"].of(key)
        with measured() as ours:
            evaluation = ds.evaluate("model")
        with measured() as telling:
            errors = evaluation.errors
        with measured() as slicing:
            evaluation.slices()
        del named
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = document  # pyright: ignore[reportAttributeAccessIssue]
        truth.createIndex()
    with measured() as theirs:
        expected = by_pycocotools(truth, results)
    assert isinstance(evaluation, ObjectEvaluation)
    found = list(evaluation.average_precision.values())
    print(f"\n{len(results):,} predictions, {len(document['annotations']):,} objects, {len(ds):,} pictures\n")
    print("| step | CPU s | wall s | CPU, nbcurate's evaluation = 1 |\n| --- | ---: | ---: | ---: |")
    steps = {
        "`ds.evaluate`: AP, kinds of errors, tables, curves": ours,
        "pycocotools: loadRes, evaluate, accumulate, summarize": theirs,
        "`ds.add_predictions`": adding,
        "`ds.predictions`, the first time": opening,
        "predictions of 60 pictures": looking,
        f"`.errors`: {len(errors):,} rows with reasons": telling,
        "`.slices()`": slicing,
    }
    for name, cost in steps.items():
        print(f"| {name} | {cost.cpu:.3f} | {cost.wall:.3f} | {cost.cpu / ours.cpu:.2f} |")
    print(f"\nAP, AP50, AP75, small, medium, large: {', '.join(f'{value:.4f}' for value in found)}")
    print("equal to pycocotools to the last digit" if found == expected else f"DIFFERENT from pycocotools: {expected}")


if __name__ == "__main__":
    main()
