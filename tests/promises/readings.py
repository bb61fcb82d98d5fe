"""How the attack calls what reads and takes arguments: to see that it writes nothing but what can be made again."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

import nbcurate as nbc

from .operation import Operation
from .operations import OPERATIONS
from .world import World


def _three(world: World) -> list[str]:
    return world.ds.ids[:3]


def _predictions(world: World) -> dict[str, str]:
    return dict.fromkeys(world.ds.ids, "cat")


def _labelled(world: World) -> nbc.Dataset:
    return world.ds.where("label in ('cat', 'dog', 'owl')")


def _a_cluster(world: World) -> str:
    return nbc.ClusterBrowser(world.ds).table["name"].iloc[0]


def _model_of_a_function(world: World) -> None:
    with contextlib.suppress(ValueError):  # this kernel has not run it, and is told so
        world.ds.encoder_of()


def _of_objects(read: Callable[[nbc.Dataset], object]) -> Callable[[World], None]:
    def call(world: World) -> None:
        with contextlib.suppress(ValueError):  # of images on which nothing is known to be, that is told
            read(world.ds)

    return call


def _tag_by_words(world: World) -> None:
    with contextlib.suppress(ValueError):  # the encoder of this world knows no text, and is told so
        world.ds.tag_by_words({"dark": "a photo at night"})


def _shown_words(world: World) -> None:
    """The model of the world knows pictures alone, and the view says so."""
    with contextlib.suppress(ValueError):
        nbc.SimilarityGrid(world.ds).show_words("a cat")


def _loaded(world: World) -> nbc.Head:
    with tempfile.TemporaryDirectory() as folder:
        return nbc.Head.load(nbc.fit_head(world.ds).save(Path(folder) / "saved.head"), world.ds)


READINGS = {
    operation.name: operation
    for operation in [
        Operation("Dataset.search", lambda w: w.ds.search(w.ds.ids[0], k=3)),
        Operation("Dataset.expand", lambda w: w.ds.expand(_three(w), k=2)),
        Operation("Dataset.knn_graph", lambda w: w.ds.knn_graph(k=3)),
        Operation("Dataset.project", lambda w: w.ds.project(method="pca")),
        Operation("Dataset.duplicates", lambda w: w.ds.duplicates()),
        Operation("Dataset.duplicates: examples", lambda w: w.ds.duplicates(scenes=True)),
        Operation("Dataset.objects", _of_objects(lambda ds: ds.objects), world="boxes"),
        Operation("Dataset.odd_boxes", _of_objects(lambda ds: ds.odd_boxes()), world="boxes"),
        Operation("Dataset.box_issues", _of_objects(lambda ds: ds.box_issues()), world="boxes"),
        Operation("Dataset.tag_by_words", _tag_by_words),
        Operation("Dataset.check_split", lambda w: w.ds.check_split()),
        Operation("Dataset.rare", lambda w: w.ds.rare(n=2)),
        Operation("Dataset.common", lambda w: w.ds.common(n=2)),
        Operation("Dataset.edge_cases", lambda w: w.ds.edge_cases(n=2)),
        Operation("Dataset.label_issues", lambda w: w.ds.label_issues()),
        Operation("Dataset.weak_spots", lambda w: w.ds.weak_spots(_predictions(w))),
        Operation("Dataset.evaluate", lambda w: w.ds.evaluate("model")),
        Operation("ItemEvaluation.crop", lambda w: w.ds.evaluate("model").crop(0)),
        Operation("WeakSlices.slice", lambda w: w.ds.evaluate("model").slices(min_support=1).slice("tag: day")),
        Operation("PredictionSets.__getitem__", lambda w: w.ds.predictions["model"]),
        Operation("PredictionSets.versions", lambda w: w.ds.predictions.versions("model")),
        Operation("PredictionSets.version", lambda w: w.ds.predictions.version("model", 1)),
        Operation("Predictions.of", lambda w: w.ds.predictions["model"].of(w.ds.keys[:2])),
        Operation("Predictions.positions_of", lambda w: w.ds.predictions["model"].positions_of(w.ds.keys[:2])),
        Operation("Dataset.diverse", lambda w: w.ds.diverse(3)),
        Operation("Dataset.balanced", lambda w: w.ds.balanced(4)),
        Operation("Dataset.curate", lambda w: w.ds.curate(4)),
        Operation("Split.ids_of", lambda w: w.ds.check_split().ids_of("train")),
        Operation("Dataset.select_for_labelling", lambda w: w.ds.select_for_labelling(2, labelled=_three(w))),
        Operation("Dataset.report", lambda w: w.ds.report(_three(w))),
        Operation("Dataset.encoder_of", _model_of_a_function),
        Operation("Dataset.embeddings", lambda w: w.ds.embeddings()),
        Operation("Dataset.searcher", lambda w: w.ds.searcher()),
        Operation("Dataset.index_info", lambda w: w.ds.index_info()),
        Operation("Dataset.index", lambda w: w.ds.index()),
        Operation("Dataset.__getitem__", lambda w: w.ds[_three(w)]),
        Operation("Item.neighbours", lambda w: w.ds[w.ds.ids[0]].neighbours(2)),
        Operation("Dataset.where", lambda w: w.ds.where("label = 'cat'")),
        Operation("Dataset.column", lambda w: w.ds.column("weight")),
        Operation("Dataset.image", lambda w: w.ds.image(w.ds.ids[0])),
        Operation("Dataset.keys_of", lambda w: w.ds.keys_of(_three(w))),
        Operation("Dataset.to_torch", lambda w: _labelled(w).to_torch()),
        Operation("TorchImages.__getitem__", lambda w: _labelled(w).to_torch()[0]),
        Operation("Selection.of", lambda w: nbc.Selection.of(w.ds.store)),
        Operation("Selection.observe", lambda w: w.ds.selection.observe(print)),
        Operation("Selection.unobserve", lambda w: w.ds.selection.unobserve(print)),
        Operation("Slices.__getitem__", lambda w: w.ds.slices["first"]),
        Operation("SimilarityGrid.show_similar", lambda w: nbc.SimilarityGrid(w.ds).show_similar(_three(w))),
        Operation("SimilarityGrid.show_words", _shown_words),
        Operation("SimilarityGrid.show_all", lambda w: nbc.SimilarityGrid(w.ds).show_all()),
        Operation("ClusterBrowser.members", lambda w: nbc.ClusterBrowser(w.ds).members(_a_cluster(w))),
        Operation("ReportView.snapshot", lambda w: nbc.ReportView(w.ds, _three(w)).snapshot()),
        Operation("ConfusionMatrix.cell", lambda w: nbc.ConfusionMatrix(w.ds, w.ds.labels).cell("cat", "cat")),
        Operation("ConfusionMatrix.snapshot", lambda w: nbc.ConfusionMatrix(w.ds, w.ds.labels).snapshot()),
        Operation("PrecisionRecall.at", lambda w: nbc.PrecisionRecall(w.ds, "model").at(0.5)),
        Operation("PrecisionRecall.snapshot", lambda w: nbc.PrecisionRecall(w.ds, "model").snapshot()),
        Operation("Head.predict", lambda w: nbc.fit_head(w.ds).predict(w.ds)),
        Operation("Head.load", _loaded),
        Operation("Finding.head", lambda w: w.ds.rare(n=3).head(2)),
        Operation("Finding.reasons_at", lambda w: w.ds.rare(n=3).reasons_at(np.array([0]))),
    ]
}

#: All that the attack can call.
CALLS = OPERATIONS | READINGS
