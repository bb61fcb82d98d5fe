"""Every public operation that writes: how the attack calls it. A test sees to it that none is missing."""

from __future__ import annotations

from typing import Any

import nbcurate as nbc

from .messages import MESSAGES
from .operation import Call, Operation, nothing, opened
from .world import World, change_pictures, corners, grey


def _first(world: World, n: int, start: int = 0) -> list[str]:
    return world.ds.ids[start : start + n]


def _view(kind: str, **options: Any) -> Call:
    """What makes a widget of the data set ready."""

    def make(world: World) -> None:
        world.kept["view"] = getattr(nbc, kind)(world.ds, **options)

    return make


def _clusters(world: World) -> None:
    """The clusters as they were left: those that are found anew are other ones when something was done halfway."""
    world.kept["view"] = nbc.ClusterBrowser(world.ds)


def _cluster_names(world: World) -> list[str]:
    return world.kept["view"].table["name"].tolist()


def _finding(world: World) -> None:
    world.kept["finding"] = world.ds.rare(n=3)


def _dogs(world: World) -> None:
    world.ds.add_predictions("model", dict.fromkeys(_first(world, 5), "dog"))


def _forget_predictions(world: World) -> None:
    del world.ds.predictions["model"]


def _select_weak_slice(world: World) -> None:
    world.ds.evaluate("model").slices(min_support=1).select("tag: day")


def _two_encoders(world: World) -> None:
    world.ds.embed(corners)


def _head(world: World) -> None:
    world.kept["head"] = nbc.fit_head(world.ds)


def _selected_twice(world: World) -> None:
    world.ds.selection.set(_first(world, 2))
    world.ds.selection.set(_first(world, 3, 2))


def _selected_and_undone(world: World) -> None:
    _selected_twice(world)
    world.ds.selection.undo()


def _move(world: World) -> None:
    world.pictures.rename(world.folder / "moved")


def _edit(world: World) -> None:
    """The data set is not as it was when its curation was saved."""
    world.ds.relabel(_first(world, 4), "moth").untag(_first(world, 2), "day")
    world.ds.selection.clear()


def _drop_slice(world: World) -> None:
    del world.ds.slices["first"]


def _set_shared(world: World) -> None:
    world.kept["view"].selected = _first(world, 4)


def _from_folder(world: World) -> object:
    return nbc.Dataset.from_folder(world.pictures, store=world.store)


def _from_table(world: World) -> object:
    return nbc.Dataset.from_table(world.files / "table.csv", label="label", root=world.pictures, store=world.store)


def _from_coco(world: World) -> object:
    return nbc.Dataset.from_coco(world.files / "boxes.json", images=world.pictures, store=world.store)


def _label_files(world: World) -> None:
    """What ultralytics and VOC would have beside the pictures."""
    (world.files / "Annotations").mkdir(exist_ok=True)
    for number, picture in enumerate(sorted(world.pictures.rglob("0*.png"))[:6]):
        picture.with_suffix(".txt").write_text(f"{number % 2} .5 .5 .4 .4\n7 .1 .1 .1 .1\n")
        box = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>20</xmax><ymax>22</ymax></bndbox>"
        name = picture.relative_to(world.pictures)
        text = f"<annotation><filename>{name}</filename><object><name>cat</name>{box}</object></annotation>"
        (world.files / "Annotations" / f"{number}.xml").write_text(text)
    names = "path: .\ntrain: .\nnames: [cat, dog]\n"
    (world.pictures / "data.yaml").write_text(names)


def _from_yolo(world: World) -> object:
    return nbc.Dataset.from_yolo(world.pictures / "data.yaml", store=world.store)


def _from_voc(world: World) -> object:
    return nbc.Dataset.from_voc(world.files / "Annotations", images=world.pictures, store=world.store)


def _from_embeddings(world: World) -> object:
    vectors = [[n, 1.0, n % 3] for n in range(8)]
    return nbc.Dataset.from_embeddings(
        [f"row {n}" for n in range(8)], vectors, labels=["a", "b"] * 4, store=world.store
    )


def _from_huggingface(world: World) -> object:
    import datasets

    rows = {"label": ["cat", "dog"] * 4, "image": [str(p) for p in sorted(world.pictures.rglob("0*.png"))[:8]]}
    data = datasets.Dataset.from_dict(rows).cast_column("image", datasets.Image())
    return nbc.Dataset.from_huggingface(data, store=world.store)


def _from_pandas_pictures(world: World) -> object:
    import pandas as pd

    cells = [{"bytes": path.read_bytes(), "path": path.name} for path in sorted(world.more.rglob("*.png"))]
    return nbc.Dataset.from_table(pd.DataFrame({"image": cells}), image="image", store=world.store)


def _export(format: Any, name: str, **options: Any) -> Call:
    return lambda world: world.ds.export(format, to=world.out / name, **options)


SOURCES = [
    Operation("Dataset.from_folder", _from_folder, nothing, "pictures", resumes=True),
    Operation("Dataset.from_folder: again", _from_folder, nothing, "curated", change_pictures, resumes=True),
    Operation("Dataset.from_folder: more", lambda w: nbc.Dataset.from_folder(w.more, store=w.store), nothing,
              resumes=True),
    Operation("Dataset.from_table", _from_table, nothing, "pictures", resumes=True),
    Operation("Dataset.from_table: onto others", _from_table, nothing, "curated", resumes=True),
    Operation("Dataset.from_table: pictures in cells", _from_pandas_pictures, nothing, "pictures", resumes=True),
    Operation("Dataset.from_coco", _from_coco, nothing, "pictures", resumes=True),
    Operation("Dataset.from_coco: onto others", _from_coco, nothing, "curated", resumes=True),
    Operation("Dataset.from_yolo", _from_yolo, nothing, "pictures", _label_files, resumes=True),
    Operation("Dataset.from_voc", _from_voc, nothing, "pictures", _label_files, resumes=True),
    Operation("Dataset.from_embeddings", _from_embeddings, nothing, "pictures", resumes=True),
    Operation("Dataset.from_huggingface", _from_huggingface, nothing, "pictures", resumes=True),
    Operation("Dataset.tiles", lambda w: w.ds.tiles(40), resumes=True),
    Operation("Dataset.images_of", lambda w: w.ds.images and w.ds.images_of(_first(w, 2)), world="boxes", resumes=True),
    Operation("Dataset.objects_of", lambda w: w.ds.objects_of(w.ds.images.ids[:1]), world="boxes", resumes=True),
    Operation("Dataset.reroot", lambda w: w.ds.reroot(w.folder / "moved"), meanwhile=_move),
]  # fmt: skip

EDITS = [
    Operation("Dataset.relabel", lambda w: w.ds.relabel(_first(w, 3), "ibex")),
    Operation("Dataset.relabel: each", lambda w: w.ds.relabel(dict(zip(_first(w, 3), "xyz", strict=True)))),
    Operation("Dataset.relabel: none", lambda w: w.ds.relabel(_first(w, 2, 5), None)),
    Operation("Dataset.relabel: lists", lambda w: w.ds.relabel({_first(w, 1)[0]: ["cat", "dog"]})),
    Operation("Dataset.relabel: a new column", lambda w: w.ds.relabel(_first(w, 3), "mammal", column="coarse")),
    Operation("Dataset.relabel: items without edits", lambda w: w.ds.relabel(_first(w, 3), "ibex"), world="items"),
    Operation("Dataset.tag", lambda w: w.ds.tag(_first(w, 6), "day", "new")),
    Operation("Dataset.untag", lambda w: w.ds.untag(_first(w, 6), "day")),
    Operation("Dataset.split", lambda w: w.ds.split(train=0.5, val=0.25, test=0.25, seed=7)),
    Operation("Dataset.remove", lambda w: w.ds.remove(["cat/00.png", "cat/03.png", "dog/01.png"])),
    Operation("Dataset.restore", lambda w: w.ds.restore(["owl/11.png"])),
    Operation("Dataset.undo_edit", lambda w: w.ds.undo_edit()),
    Operation("Dataset.add_column: new", lambda w: w.ds.add_column("age", list(range(len(w.ds))))),
    Operation("Dataset.add_column", lambda w: w.ds.add_column("weight", [n * 2.0 for n in range(len(w.ds))])),
    Operation("Dataset.add_column: another type", lambda w: w.ds.add_column("weight", ["x"] * len(w.ds))),
    Operation("Dataset.add_column: some, another type", lambda w: w.ds.add_column("weight", {_first(w, 1)[0]: "x"})),
    Operation("Dataset.add_column: some", lambda w: w.ds.add_column("weight", {_first(w, 1)[0]: 99.5})),
    Operation("Head.add_to", lambda w: w.kept["head"].add_to(w.ds), _head, resumes=True),
    Operation("Dataset.drop_column", lambda w: w.ds.drop_column("note")),
    Operation("Dataset.merge_annotations", lambda w: w.ds.merge_annotations(w.files / "labels.csv")),
    Operation("Dataset.merge_annotations: boxes", lambda w: w.ds.merge_annotations(w.files / "corrected.json"),
              world="boxes"),
    Operation("Dataset.import_labels", lambda w: w.ds.import_labels("labelstudio", w.files / "answers.json")),
    Operation("Dataset.replay", lambda w: w.ds.replay(w.files / "curation.json", overwrite=True), meanwhile=_edit,
              resumes=True),
    Operation("Dataset.clusters", lambda w: w.ds.clusters(k=2)),
    Operation("Dataset.add_predictions", lambda w: w.ds.add_predictions("new", dict.fromkeys(_first(w, 5), "dog"))),
    Operation("Dataset.add_predictions: again", _dogs),
    Operation("PredictionSets.__delitem__", _forget_predictions),
]  # fmt: skip

MARKS = [
    Operation("Dataset.save_slice", lambda w: w.ds.save_slice("third", _first(w, 4))),
    Operation("Dataset.save_slice: over", lambda w: w.ds.save_slice("first", _first(w, 4))),
    Operation("Slices.__delitem__", _drop_slice),
    Operation("Slice.select", lambda w: w.ds.slices["second"].select()),
    Operation("Selection.set", lambda w: w.ds.selection.set(_first(w, 5, 4))),
    Operation("Selection.add", lambda w: w.ds.selection.add(_first(w, 2, 9))),
    Operation("Selection.reject", lambda w: w.ds.selection.reject(_first(w, 2))),
    Operation("Selection.remove", lambda w: w.ds.selection.remove(_first(w, 2))),
    Operation("Selection.clear", lambda w: w.ds.selection.clear()),
    Operation("Selection.apply", lambda w: w.ds.selection.apply("keep", w.ds.keys[6:8])),
    Operation("Selection.replace", lambda w: w.ds.selection.replace(w.ds.keys[:2], w.ds.keys[2:3])),
    Operation("Selection.follow", lambda w: w.ds.selection.follow(lambda keys: keys[1:])),
    Operation("Selection.undo", lambda w: w.ds.selection.undo(), _selected_twice),
    Operation("Selection.redo", lambda w: w.ds.selection.redo(), _selected_and_undone),
    Operation("WeakSlices.select", _select_weak_slice),
    Operation("Finding.select", lambda w: w.kept["finding"].select(), _finding),
]  # fmt: skip

VECTORS = [
    Operation("Dataset.embed", lambda w: w.ds.embed(grey), opened, "items", resumes=True),
    Operation("Dataset.embed: another", lambda w: w.ds.embed(corners), resumes=True),
    Operation("Dataset.use", lambda w: w.ds.use("grey"), _two_encoders),
    Operation("Dataset.drop_embeddings", lambda w: w.ds.drop_embeddings("grey"), resumes=True),
    Operation("Dataset.compare_encoders", lambda w: w.ds.compare_encoders([grey, corners]), resumes=True),
    Operation("Dataset.measure", lambda w: w.ds.measure(), opened, "items", resumes=True),
    Operation("Dataset.close", lambda w: (nbc.SimilarityGrid(w.ds).snapshot(), w.ds.close()), opened, "items",
              resumes=True),
    Operation("Dataset.open", lambda w: nbc.Dataset.open(w.store), nothing, resumes=True),
]  # fmt: skip

FILES = [
    Operation("Dataset.export: csv", _export("csv", "items.csv")),
    Operation("Dataset.export: parquet", _export("parquet", "items.parquet")),
    Operation("Dataset.export: folder", _export("folder", "folder"), resumes=True),
    Operation("Dataset.export: coco", _export("coco", "coco", copy=True), resumes=True),
    Operation("Dataset.export: huggingface", _export("huggingface", "hub"), resumes=True),
    Operation("Dataset.export: webdataset", _export("webdataset", "shards"), resumes=True),
    Operation("Dataset.export: labelstudio", _export("labelstudio", "tasks.json")),
    Operation("Dataset.export: usearch", _export("usearch", "index")),
    Operation("Dataset.save_recipe", lambda w: w.ds.save_recipe(w.out / "recipe.json")),
    Operation("Head.save", lambda w: w.kept["head"].save(w.out / "garments.head"), _head),
    Operation("View.snapshot", lambda w: w.kept["view"].snapshot(w.out / "view.html"), _view("SimilarityGrid")),
    Operation("ContactSheet.save", lambda w: w.kept["view"].snapshot().save(w.out / "s.html"), _view("SimilarityGrid")),
]  # fmt: skip

VIEWS = [
    Operation("View.selected", _set_shared, _view("SimilarityGrid")),
    Operation("ClusterBrowser.rename", lambda w: w.kept["view"].rename(_cluster_names(w)[0], "renamed"), _clusters),
    Operation("ClusterBrowser.merge", lambda w: w.kept["view"].merge(_cluster_names(w)[:2]), _clusters),
    Operation("ClusterBrowser.split", lambda w: w.kept["view"].split(_cluster_names(w)[0]), _clusters),
    Operation("ClusterBrowser.set_level", lambda w: w.kept["view"].set_level(2), _clusters),
]  # fmt: skip

OPERATIONS = {
    operation.name: operation for operation in [*SOURCES, *EDITS, *MARKS, *VECTORS, *FILES, *VIEWS, *MESSAGES]
}
