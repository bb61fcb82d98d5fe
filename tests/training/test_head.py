"""A new head on the vectors that are there: it learns, is honest about it, and goes into everything else."""

from __future__ import annotations

import json
import shutil
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from PIL import Image

import nbcurate as nbc

from ..conftest import colour_layout
from ..several_labels import drawn

SHARES = (0.66, 0.17, 0.17)


def copy_of(dataset: nbc.Dataset, folder: Path) -> nbc.Dataset:
    """The same data set in a store of its own, with a column ``part``."""
    shutil.copytree(dataset.store.path, folder, ignore=shutil.ignore_patterns("*.lock"))
    ds = nbc.Dataset.open(folder)
    first = ds.to_pandas().set_index("id")["copy_of"]  # copies are in one part
    parts = dict(zip(ds.ids, np.random.default_rng(5).choice(["train", "val", "test"], len(ds), p=SHARES), strict=True))
    return ds.add_column("part", [parts[item if pd.isna(first[item]) else first[item]] for item in ds.ids])


@pytest.fixture
def parted(stamp_set: nbc.Dataset, tmp_path: Path) -> Iterator[nbc.Dataset]:
    """The stamps, embedded with real weights, in three parts."""
    ds = copy_of(stamp_set, tmp_path / "parted.nbc")
    yield ds
    ds.close()


@pytest.fixture(scope="module")
def stamps_in_parts(stamp_set: nbc.Dataset, tmp_path_factory: pytest.TempPathFactory) -> nbc.Dataset:
    """The same for tests that only read."""
    return copy_of(stamp_set, tmp_path_factory.mktemp("head") / "parted.nbc")


@pytest.fixture(scope="module")
def head(stamps_in_parts: nbc.Dataset) -> nbc.Head:
    return nbc.fit_head(stamps_in_parts, split="part")


@pytest.fixture
def lists(tmp_path: Path) -> nbc.Dataset:
    """Items with lists of classes, in three parts."""
    vectors, held = drawn(500)
    ds = nbc.Dataset.from_embeddings([f"{n:03}" for n in range(500)], vectors, store=tmp_path / "lists.nbc")
    ds.relabel(dict(zip(ds.ids, held, strict=True)))
    return ds.add_column("part", (["train"] * 300 + ["val"] * 100 + ["test"] * 100))


def numbers(head: nbc.Head) -> dict[str, bytes]:
    """All that a head consists of, to the bit."""
    return {name: array.tobytes() for name, array in head._classifier.to_arrays().items()}


def ids_of(ds: nbc.Dataset, part: str) -> list[str]:
    return ds.where(f"part = '{part}'").ids


# -- it learns -------------------------------------------------------------------------------------------------------


def test_it_predicts_items_that_nothing_has_seen_far_better_than_the_largest_class(
    stamps_in_parts: nbc.Dataset, head: nbc.Head
) -> None:
    share = pd.Series(stamps_in_parts.labels).value_counts(normalize=True).iloc[0]
    assert list(head.accuracy.index) == ["train", "val", "test"]
    assert (head.accuracy > share + 0.25).all()
    predicted = head.predict(stamps_in_parts.where("part = 'test'"))
    given = stamps_in_parts.to_pandas().set_index("id").loc[predicted.index, "label"]
    assert (predicted["prediction"] == given).mean() == pytest.approx(head.accuracy["test"])
    assert (predicted["confidence"].between(0, 1)).all()


def test_table_and_confusion_are_of_the_test_part(stamps_in_parts: nbc.Dataset, head: nbc.Head) -> None:
    test = stamps_in_parts.where("part = 'test'")
    assert head.table["items"].to_dict() == {name: test.labels.count(name) for name in head.classes}
    assert head.confusion.to_numpy().sum() == len(test)
    np.testing.assert_array_equal(np.diag(head.confusion) / head.table["items"], head.table["recall"])
    assert np.trace(head.confusion) / len(test) == pytest.approx(head.accuracy["test"])
    assert (head.confusion.index.name, head.confusion.columns.name) == ("given", "predicted")
    assert "test" in repr(head)
    assert "animals" in head._repr_html_()


def test_the_confusion_is_a_picture_too(head: nbc.Head, monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib

    matplotlib.use("agg")
    axes = head.confusion.plot()
    assert [tick.get_text() for tick in axes.get_yticklabels()] == head.classes
    assert len(head.plot().texts) == np.count_nonzero(head.confusion)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"nbcurate\[plot\]"):
        head.plot()


def test_a_hidden_layer_and_weights_are_asked_for_by_name(stamps_in_parts: nbc.Dataset) -> None:
    hidden = nbc.fit_head(stamps_in_parts, split="part", hidden=24, balance="weights")
    assert hidden.recipe["chosen"]["hidden"] == 24
    assert hidden.accuracy["test"] > 0.5


# -- it is honest ----------------------------------------------------------------------------------------------------


def test_what_it_has_learnt_from_it_is_not_asked_of(stamps_in_parts: nbc.Dataset, head: nbc.Head) -> None:
    train = ids_of(stamps_in_parts, "train")
    itself = head._classifier.probabilities(stamps_in_parts.where(train).embeddings())
    given = stamps_in_parts.where(train).labels
    by_heart = np.mean([head.classes[code] == label for code, label in zip(itself.argmax(axis=1), given, strict=True)])
    assert by_heart > head.accuracy["train"] + 0.1
    probabilities = head.probabilities(train)
    assert np.mean(probabilities.idxmax(axis=1).to_numpy() == given) == pytest.approx(head.accuracy["train"])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-4)


def test_exact_copies_tell_nothing_of_one_another(stamps: Path, tmp_path: Path) -> None:
    (tmp_path / "twice").mkdir()
    for number, file in enumerate(sorted(stamps.rglob("*.png"))[:120]):
        for copy in "ab":
            shutil.copy(file, tmp_path / "twice" / f"{number:03}{copy}.png")
    ds = nbc.Dataset.from_folder(tmp_path / "twice", store=tmp_path / "twice.nbc").embed(colour_layout)
    ds.add_column("part", ["train"] * len(ds))
    accuracies = []
    for seed in range(3):
        ds.relabel(dict(zip(ds.ids, np.repeat(np.random.default_rng(seed).choice(["x", "y"], 120), 2), strict=True)))
        accuracies.append(nbc.fit_head(ds, split="part").accuracy["train"])
    assert np.mean(accuracies) < 0.62, "labels were drawn: whoever has seen the copy knows them"


def test_boxes_on_one_picture_are_held_out_together(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    annotations = []
    for n in range(12):
        name = f"{n:02}.png"
        Image.fromarray(np.random.default_rng(n).integers(0, 255, (60, 90, 3), np.uint8)).save(
            tmp_path / "images" / name
        )
        for at in range(3):
            box = [30 * at, 0, 30, 60]
            annotations.append(
                {"id": len(annotations), "image_id": n, "category_id": 1 + n % 2, "bbox": box, "area": 1}
            )
    images = [{"id": n, "file_name": f"{n:02}.png", "width": 90, "height": 60} for n in range(12)]
    categories = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
    (tmp_path / "boxes.json").write_text(
        json.dumps({"images": images, "annotations": annotations, "categories": categories})
    )
    ds = nbc.Dataset.from_coco(
        tmp_path / "boxes.json", images=tmp_path / "images", objects=True, store=tmp_path / "boxes.nbc"
    ).embed(colour_layout)
    ds.add_column("part", ["train"] * len(ds))
    head = nbc.fit_head(ds, split="part")
    seen = head._classifier.seen
    paths = ds.to_pandas()["path"]
    assert len(ds) == 36
    assert pd.Series(seen.folds_of(ds.store.embeddings_named(None), ds.keys)).groupby(paths).nunique().max() == 1


def test_no_test_item_leaks(parted: nbc.Dataset) -> None:
    before = nbc.fit_head(parted, split="part")
    test = ids_of(parted, "test")
    labels = parted.where(test).labels
    parted.relabel(dict(zip(test, np.random.default_rng(0).permutation(labels).tolist(), strict=True)))
    after = nbc.fit_head(parted, split="part")
    assert numbers(after) == numbers(before)
    assert after.recipe["chosen"] == before.recipe["chosen"]
    assert after.accuracy["test"] < before.accuracy["test"] - 0.2
    val = ids_of(parted, "val")
    parted.relabel(dict.fromkeys(val, "animals"))
    assert nbc.fit_head(parted, split="part").recipe["chosen"] != before.recipe["chosen"]


def test_what_is_rejected_or_has_no_label_is_not_learnt_from(parted: nbc.Dataset) -> None:
    train = ids_of(parted, "train")
    parted.selection.reject(train[::3])
    rejecting = nbc.fit_head(parted, split="part")
    assert rejecting.recipe["parts"]["train"]["items"] == len(train) - len(train[::3])
    parted.selection.clear()
    parted.relabel(train[::3], None)
    unlabelled = nbc.fit_head(parted, split="part")
    assert numbers(unlabelled) == numbers(rejecting) != numbers(nbc.fit_head(parted, split="part", seed=1))
    assert rejecting.probabilities().notna().all(axis=None), "they are predicted, like what is new"


def test_the_recipe_fits_it_again(stamps_in_parts: nbc.Dataset, head: nbc.Head) -> None:
    recipe = json.loads(json.dumps(head.recipe))
    assert recipe["function"] == "fit_head"
    assert numbers(nbc.fit_head(stamps_in_parts, **recipe["parameters"])) == numbers(head)


# -- what it says goes into everything else --------------------------------------------------------------------------


def test_the_loop_of_curation(parted: nbc.Dataset) -> None:
    labels = dict(zip(parted.ids, parted.labels, strict=True))
    wrong = ids_of(parted, "train")[:200:10]
    parted.relabel({item: "food" if labels[item] != "food" else "animals" for item in wrong})
    head = nbc.fit_head(parted, split="part")
    issues = parted.label_issues(pred_probs=head.probabilities())
    assert len(set(issues.ids[:40]) & set(wrong)) > 12
    predicted = head.predict(parted)
    spots = parted.weak_spots(predicted["prediction"], confidence=predicted["confidence"])
    assert spots.recipe["parameters"]["predictions"] == predicted["prediction"].to_dict()
    parted.relabel(ids_of(parted, "test"), None)
    picks = parted.select_for_labelling(5, uncertainty=1 - head.predict(parted)["confidence"])
    assert set(picks.ids) <= set(ids_of(parted, "test"))


def test_predictions_become_columns(parted: nbc.Dataset) -> None:
    head = nbc.fit_head(parted, split="part")
    head.add_to(parted)
    frame = parted.to_pandas().set_index("id")
    predicted = head.predict(parted)
    assert frame["predicted"].tolist() == predicted["prediction"].tolist()
    np.testing.assert_allclose(frame["predicted_confidence"], predicted["confidence"], rtol=1e-6)
    wrong = parted.where("predicted <> label and part = 'test'")
    assert 1 - len(wrong) / len(ids_of(parted, "test")) == pytest.approx(head.accuracy["test"])
    head.add_to(parted.where("part = 'test'"), name="again")
    assert parted.to_pandas()["again"].notna().sum() == len(ids_of(parted, "test"))


def test_lists_of_classes(lists: nbc.Dataset) -> None:
    head = nbc.fit_head(lists, split="part")
    assert head.several
    assert head.accuracy["test"] > 0.75
    assert (head.table.loc[["cat", "dog", "tree"], "f1"] > 0.9).all()
    test = lists.where("part = 'test'")
    predicted = head.predict(lists)
    right = [set(p) == set(g) for p, g in zip(predicted.loc[test.ids, "prediction"], test.labels, strict=True)]
    assert np.mean(right) == pytest.approx(head.accuracy["test"])
    assert list(head.confusion.index) == [*head.classes, "(nothing)"]
    missed = head.confusion.loc["cat"].sum() - head.confusion.loc["cat", "cat"]
    assert (missed > 0) == (head.table.loc["cat", "recall"] < 1)
    lists.label_issues(pred_probs=head.probabilities())
    lists.weak_spots(predicted["prediction"])
    lists.relabel(test.ids, None)
    assert len(lists.select_for_labelling(5, uncertainty=1 - predicted["confidence"])) == 5
    head.add_to(lists)
    assert lists.column("predicted").to_pylist() == predicted["prediction"].tolist()


def test_pictures_are_embedded_as_items_are(stamps_in_parts: nbc.Dataset, head: nbc.Head, tmp_path: Path) -> None:
    frame = stamps_in_parts.where("part = 'test'").to_pandas().head(5)
    of_items = head.predict(stamps_in_parts.where(frame["id"].tolist()))
    of_files = head.predict(frame["path"].tolist())
    assert of_files.index.tolist() == list(range(5))
    assert of_files["prediction"].tolist() == of_items["prediction"].tolist()
    np.testing.assert_allclose(of_files["confidence"], of_items["confidence"], atol=0.02)
    alone = head.predict(stamps_in_parts.image(frame["id"][0]))
    assert alone["prediction"].tolist() == of_items["prediction"].tolist()[:1]
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.warns(UserWarning, match=r"1 of 2 pictures could not be read.*broken\.png"):
        some = head.predict([tmp_path / "broken.png", frame["path"][0]])
    assert some["prediction"].isna().tolist() == [True, False]
    with pytest.raises(TypeError, match="PIL images or paths"):
        head.predict([3])


# -- a head as a file ------------------------------------------------------------------------------------------------


def test_a_head_is_a_small_file_that_knows_what_it_has_learnt_from(
    stamps_in_parts: nbc.Dataset, head: nbc.Head, tmp_path: Path
) -> None:
    path = head.save(tmp_path / "stamps.head")
    assert path.stat().st_size < 1_000_000
    loaded = nbc.Head.load(path, stamps_in_parts)
    pd.testing.assert_frame_equal(loaded.probabilities(), head.probabilities())
    pd.testing.assert_frame_equal(loaded.confusion, head.confusion)
    pd.testing.assert_frame_equal(loaded.table, head.table)
    assert repr(loaded) == repr(head)
    assert loaded.recipe == head.recipe
    with pytest.raises(FileExistsError):
        head.save(path)
    with pytest.raises(ValueError, match=r"Head\.load\(path, ds\)"):
        nbc.Head.load(path).probabilities()


def test_a_loaded_head_predicts_pictures_without_a_data_set(
    stamps_in_parts: nbc.Dataset, head: nbc.Head, tmp_path: Path
) -> None:
    loaded = nbc.Head.load(head.save(tmp_path / "stamps.head"))
    pictures = stamps_in_parts.where("part = 'test'").to_pandas()["path"][:3].tolist()
    assert loaded.predict(pictures)["prediction"].tolist() == head.predict(pictures)["prediction"].tolist()
    pd.testing.assert_frame_equal(loaded.predict(stamps_in_parts), head.predict(stamps_in_parts))


def test_what_is_no_head_is_told(head: nbc.Head, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="There is no file"):
        nbc.Head.load(tmp_path / "none.head")
    (tmp_path / "text.head").write_text("no head")
    with pytest.raises(ValueError, match="is no head"):
        nbc.Head.load(tmp_path / "text.head")
    path = head.save(tmp_path / "cut.head")
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(ValueError, match="damaged"):
        nbc.Head.load(path)


# -- bad input -------------------------------------------------------------------------------------------------------


@pytest.fixture
def vectors() -> NDArray[np.float32]:
    rng = np.random.default_rng(0)
    return (rng.normal(size=(120, 8)) + np.repeat(np.eye(8)[:2] * 4, 60, axis=0)).astype(np.float32)


@pytest.fixture
def two(vectors: NDArray[np.float32], tmp_path: Path) -> nbc.Dataset:
    """Two classes of sixty, without a split."""
    ids = [f"{n:03}" for n in range(120)]
    return nbc.Dataset.from_embeddings(ids, vectors, labels=["a"] * 60 + ["b"] * 60, store=tmp_path / "two.nbc")


def test_a_split_is_made_where_there_is_none(two: nbc.Dataset) -> None:
    with pytest.warns(UserWarning, match="There was no split"):
        head = nbc.fit_head(two)
    assert head.accuracy["test"] > 0.9
    assert set(two.column("split").to_pylist()) == {"train", "val", "test"}


def test_no_validation_part_is_no_reason_to_stop(two: nbc.Dataset) -> None:
    two.add_column("part", ["train", "train", "test"] * 40)
    head = nbc.fit_head(two, split="part")
    assert head.recipe["chosen"]["by"] == "cross-validation"
    assert list(head.accuracy.index) == ["train", "test"]


def test_classes_with_one_item_are_told_and_do_no_harm(two: nbc.Dataset) -> None:
    two.add_column("part", ["train", "train", "test"] * 40)
    two.relabel([two.ids[0]], "alone")
    two.relabel([two.ids[2]], "elsewhere")
    with pytest.warns(UserWarning, match=r"Too few items.*'alone', 'elsewhere'.*ds\.relabel"):
        head = nbc.fit_head(two, split="part")
    assert head.classes == ["a", "alone", "b", "elsewhere"]
    assert head.accuracy["test"] > 0.9
    two.label_issues(pred_probs=head.probabilities())


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda ds: ds.relabel(ds.ids, "a"), {}, "There is one class"),
        (lambda ds: ds.relabel(ds.ids, None), {}, "No item has a label"),
        (lambda ds: ds.add_column("part", ["val", "test"] * 60), {}, "no labelled item in 'train'"),
        (lambda ds: ds.add_column("part", ["train"] * 60 + ["test"] * 60), {}, "holds one class"),
        (lambda ds: ds.selection.reject(ds.ids[:60]), {}, "holds one class"),
        (lambda ds: None, {"encoder": "dinov2-small"}, "dinov2-small"),
        (lambda ds: None, {"hidden": 0}, "hidden=0: give a whole number"),
        (lambda ds: None, {"balance": "sampler"}, "balance='sampler': give 'weights'"),
        (lambda ds: None, {"seed": -1}, "seed=-1"),
    ],
)
def test_what_cannot_be_learnt_is_said_in_a_sentence(two: nbc.Dataset, change, options, message: str) -> None:
    two.add_column("part", ["train", "train", "val", "test"] * 30)
    change(two)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match=message):
            nbc.fit_head(two, split="part", **options)


def test_items_without_a_vector_are_told(dataset: nbc.Dataset, stamps: Path, tmp_path: Path) -> None:
    dataset.add_column("part", ["train", "test"] * 12)
    head = nbc.fit_head(dataset, split="part")
    shutil.copy(next(stamps.rglob("*.png")), tmp_path / "pictures" / "animals" / "new.png")
    more = nbc.Dataset.from_folder(tmp_path / "pictures", store=dataset.store.path)
    with pytest.warns(UserWarning, match=r"1 of 25 items have no vector.*no prediction"):
        assert head.predict(more).loc["animals/new.png"].isna().all()
    with pytest.raises(ValueError, match=r"no vector of 'colour_layout' yet: run ds\.embed"):
        head.probabilities()
    more.add_column("part", ["train"] * 25)
    with pytest.raises(ValueError, match=r"run ds\.embed"):
        nbc.fit_head(more, split="part")
