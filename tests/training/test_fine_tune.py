"""Fine-tuning: what it learns from, what it keeps, and what becomes of it when things go wrong."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.encoders.loading.libraries import require_model_libraries

require_model_libraries()

import torch  # noqa: E402

from nbcurate.training.fine_tuning import trainer as training  # noqa: E402


def tuned_on(ds: nbc.Dataset, model: Path, **options: Any) -> nbc.TunedEncoder:
    given: dict[str, Any] = {"split": "part", "epochs": 2, "batch_size": 4, **options}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*one training picture")
        return nbc.fine_tune(ds, model, **given)


# -- what it learns from ----------------------------------------------------------------------------------------------


def test_what_is_rejected_in_the_selection_is_never_seen(photos: nbc.Dataset, tiny_vit: Path) -> None:
    rejected = photos.where("part = 'train'").ids[:4]
    without = tuned_on(photos.where([i for i in photos.ids if i not in rejected]), tiny_vit)
    with_all = tuned_on(photos, tiny_vit)
    photos.selection.reject(rejected)
    assert tuned_on(photos, tiny_vit).key == without.key != with_all.key


def test_labels_of_the_test_part_change_nothing(photos: nbc.Dataset, tiny_vit: Path) -> None:
    before = tuned_on(photos, tiny_vit)
    test = photos.where("part = 'test'").ids
    photos.relabel(dict.fromkeys(test[:-1], "food"))
    assert tuned_on(photos, tiny_vit).key == before.key


def test_validation_chooses_and_training_does_not_learn_from_it(photos: nbc.Dataset, tiny_vit: Path) -> None:
    val = photos.where("part = 'val'")
    before = tuned_on(photos, tiny_vit, epochs=1)
    photos.relabel(dict(zip(val.ids, ["food", "vehicles"] * len(val), strict=False)))
    after = tuned_on(photos, tiny_vit, epochs=1)
    same = ["train_loss", "train_accuracy"]
    if before.training["best_epoch"] == after.training["best_epoch"] == 1:
        assert before.key == after.key
    assert before.history.loc[1, "val_loss"] != after.history.loc[1, "val_loss"]
    assert before.history.loc[1, same].notna().all()


def test_without_a_split_one_is_made_and_told(photos: nbc.Dataset, tiny_vit: Path) -> None:
    photos.embed(tiny_vit)
    with pytest.warns(UserWarning, match="There was no split"):
        tuned = tuned_on(photos, tiny_vit, split="split", epochs=1)
    split = photos.column("split").to_pylist()
    assert tuned.training["items"] == {part: split.count(part) for part in ("train", "val", "test")}


def test_the_same_picture_on_both_sides_is_told(folder: Path, tmp_path: Path, tiny_vit: Path) -> None:
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "copies.nbc")
    copy, of = ds.where("copy_of is not null").to_pandas()[["id", "copy_of"]].iloc[0]
    ds.add_column("part", {i: "val" if i == copy or at % 4 == 1 else "train" for at, i in enumerate(ds.ids) if i != of})
    ds.add_column("part", {of: "train"})
    with pytest.warns(UserWarning, match="same pictures as items of the training part") as told:
        tuned_on(ds, tiny_vit, epochs=1)
    assert any("ds.split() keeps copies together" in str(one.message) for one in told)


def test_items_of_several_classes_train_an_answer_a_class(photos: nbc.Dataset, tiny_vit: Path) -> None:
    photos.add_column("all", [[label, "thing"] if at % 3 else ["thing"] for at, label in enumerate(photos.labels)])
    tuned = tuned_on(photos, tiny_vit, label="all")
    found = tuned.probabilities(photos)
    assert list(found.columns) == sorted({*photos.labels, "thing"})
    assert not np.allclose(found.sum(axis=1), 1)
    assert {"thing"} <= {name for said in tuned.predict(photos)["prediction"] for name in said}


def test_a_rare_class_is_shown_as_often_as_a_common_one() -> None:
    codes = np.array([0] * 90 + [1] * 10)
    sampler = training.EvenSampler(np.where(codes == 0, 1 / 90, 1 / 10), seed=0)
    shown = list(sampler)
    assert len(shown) == 100
    assert np.bincount(codes[shown]).tolist() == [50, 50]
    sampler.set_epoch(1)
    assert sorted(sampler) != sorted(shown)


# -- what it keeps ----------------------------------------------------------------------------------------------------


def test_an_interrupted_run_goes_on_to_the_same_history(
    photos: nbc.Dataset, tiny_vit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tuned_on(photos, tiny_vit, epochs=4, patience=9)
    compute, steps = training.FineTuner.compute_loss, []

    def interrupted(self: Any, model: Any, *args: Any, **more: Any) -> Any:
        steps.append(model.training)
        if sum(steps) == 9:
            raise KeyboardInterrupt
        return compute(self, model, *args, **more)

    photos.store.path.joinpath("models").rename(photos.store.path / "before")
    with monkeypatch.context() as patch:
        patch.setattr(training.FineTuner, "compute_loss", interrupted)
        stopped = tuned_on(photos, tiny_vit, epochs=4, patience=9)
    assert "interrupted in epoch 3" in stopped.stopped
    assert stopped.history.equals(whole.history.loc[:2])
    gone_on = tuned_on(photos, tiny_vit, epochs=4, patience=9)
    assert gone_on.history.equals(whole.history)
    assert gone_on.key == whole.key


def test_the_best_epoch_is_what_remains(photos: nbc.Dataset, tiny_vit: Path) -> None:
    tuned = tuned_on(photos, tiny_vit, epochs=4, patience=9, learning_rate=1e-4)
    best = tuned.training["best_epoch"]
    assert best == tuned.history["val_loss"].iloc[1:].idxmin()
    val = photos.where("part = 'val'")
    found = tuned.probabilities(val)
    of_their_class = [found.loc[item, label] for item, label in zip(val.ids, val.labels, strict=True)]
    assert -np.log(of_their_class).mean() == pytest.approx(tuned.history["val_loss"][best], abs=0.05)


def test_a_tuned_encoder_is_trained_further(photos: nbc.Dataset, tiny_vit: Path) -> None:
    first = tuned_on(photos, tiny_vit)
    further = tuned_on(photos, first, epochs=1)
    assert further.history.loc[0, "val_loss"] == pytest.approx(
        first.history.loc[first.training["best_epoch"], "val_loss"], abs=1e-4
    )
    assert further.training["base"]["key"] == first.key


def test_low_rank_matrices_are_added_up_in_the_end(photos: nbc.Dataset, tiny_vit: Path) -> None:
    tuned = tuned_on(photos, tiny_vit, method="lora", learning_rate=1e-4, epochs=3, patience=9)
    weights = tuned.checkpoint.folder / "model.safetensors"
    from safetensors.torch import load_file

    before, after = load_file(tiny_vit / "model.safetensors"), load_file(weights)
    changed = {name for name in before if not torch.equal(before[name], after[f"vit.{name}"])}
    assert not any("lora" in name for name in after)
    assert changed
    assert {name.split(".")[-1] for name in changed} == {"weight"}
    assert not any("norm" in name or "embedding" in name for name in changed)


def test_only_the_last_blocks_change(photos: nbc.Dataset, tiny_vit: Path) -> None:
    from safetensors.torch import load_file

    tuned = tuned_on(photos, tiny_vit, unfreeze=1, learning_rate=1e-4, epochs=3, patience=9)
    before, after = load_file(tiny_vit / "model.safetensors"), load_file(tuned.checkpoint.folder / "model.safetensors")
    changed = {name for name in before if not torch.equal(before[name], after[f"vit.{name}"])}
    assert changed
    assert all(".3." in name or name.startswith("layernorm") for name in changed)


def test_embedded_by_the_encoder_and_by_its_folder_it_is_one_set_of_vectors(
    photos: nbc.Dataset, tiny_vit: Path, tmp_path: Path
) -> None:
    tuned = tuned_on(photos, tiny_vit)
    photos.embed(tuned)
    saved = tuned.save(tmp_path / "mine")
    photos.embed(saved)
    assert [there.name for there in photos.store.embeddings()].count("tiny-vit-tuned") == 1
    picture = photos.image(photos.ids[0])
    assert photos.search(picture, k=1).ids == photos.ids[:1]
    assert nbc.TunedEncoder.load(saved).history.equals(tuned.history)


def test_a_later_kernel_searches_with_the_encoder_where_the_store_has_moved(
    photos: nbc.Dataset, tiny_vit: Path, tmp_path: Path
) -> None:
    photos.embed(tuned_on(photos, tiny_vit))
    first = photos.ids[0]
    photos.store.close()
    moved = (tmp_path / "photos.nbc").rename(tmp_path / "elsewhere.nbc")
    again = nbc.Dataset.open(moved)
    assert again.search(again.image(first), k=1).ids == [first]


def test_the_card_and_the_recipe_say_how_it_was_made(photos: nbc.Dataset, tiny_vit: Path) -> None:
    tuned = tuned_on(photos, tiny_vit, seed=3)
    card = (tuned.checkpoint.folder / "README.md").read_text()
    assert "animals, food, vehicles" in card
    assert f"train {tuned.training['items']['train']}" in card
    assert "| knn_accuracy |" in card
    made: Any = tuned.recipe["training"]
    assert made["arguments"]["seed"] == 3
    again = tuned_on(photos, tiny_vit, seed=made["arguments"]["seed"])
    assert again.key == tuned.key


def test_what_the_model_was_shown_can_be_looked_at(photos: nbc.Dataset, tiny_vit: Path) -> None:
    tuned = tuned_on(photos, tiny_vit, epochs=1)
    grid = tuned.augmented(6)
    assert isinstance(grid, Image.Image)
    assert grid.width > 3 * grid.height
    assert np.asarray(grid).std() > 10


# -- when things go wrong ---------------------------------------------------------------------------------------------


def test_a_full_memory_makes_smaller_passes(
    photos: nbc.Dataset, tiny_vit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute, sizes = training.FineTuner.compute_loss, []

    def narrow(self: Any, model: Any, inputs: Any, *args: Any, **more: Any) -> Any:
        if model.training:
            sizes.append(len(inputs["labels"]))
            if sizes[-1] > 2:
                raise torch.OutOfMemoryError("CUDA out of memory")
        return compute(self, model, inputs, *args, **more)

    monkeypatch.setattr(training.FineTuner, "compute_loss", narrow)
    with pytest.warns(UserWarning, match="Out of memory: from now on 2 pictures a pass, and 2 passes a step"):
        tuned = tuned_on(photos, tiny_vit)
    assert max(sizes[1:]) == 2
    assert tuned.history.index.tolist() == [0, 1, 2]


def test_a_loss_that_is_no_number_ends_it_and_keeps_the_best(
    photos: nbc.Dataset, tiny_vit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute, steps = training.FineTuner.compute_loss, []

    def spoilt(self: Any, model: Any, inputs: Any, *args: Any, **more: Any) -> Any:
        steps.append(model.training)
        if sum(steps) == 6:
            next(p for p in model.parameters() if p.requires_grad).data.fill_(float("nan"))
        return compute(self, model, inputs, *args, **more)

    monkeypatch.setattr(training.FineTuner, "compute_loss", spoilt)
    tuned = tuned_on(photos, tiny_vit, epochs=4)
    assert "the loss is nan at step 6: a lower learning_rate would help" in tuned.stopped
    assert np.isfinite(tuned.probabilities(photos).to_numpy()).all()


def test_a_picture_that_cannot_be_read_is_left_out_and_told(photos: nbc.Dataset, tiny_vit: Path, folder: Path) -> None:
    gone = photos.where("part = 'train'").ids[2]
    (folder / gone).unlink()
    with pytest.warns(UserWarning, match=f"1 pictures could not be read and were left out, such as {gone!r}"):
        nbc.fine_tune(photos, tiny_vit, split="part", epochs=1, batch_size=4)


def test_no_room_for_checkpoints_is_told_and_stops_nothing(
    photos: nbc.Dataset, tiny_vit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "_ROOM", 1 << 40)
    with pytest.warns(UserWarning, match="There is no room for checkpoints"):
        assert len(tuned_on(photos, tiny_vit).history) == 3


def test_a_model_that_cannot_be_kept_is_not_trained_twice(
    photos: nbc.Dataset, tiny_vit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (photos.store.path / "models").write_text("in the way")
    with pytest.raises(OSError, match=r"cannot be kept in .*models"):
        tuned_on(photos, tiny_vit)
    (photos.store.path / "models").unlink()
    steps: list[bool] = []
    compute = training.FineTuner.compute_loss

    def counted(self: Any, model: Any, *args: Any, **more: Any) -> Any:
        steps.append(model.training)
        return compute(self, model, *args, **more)

    monkeypatch.setattr(training.FineTuner, "compute_loss", counted)
    assert len(tuned_on(photos, tiny_vit).history) == 3
    assert sum(steps) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"method": "prompt"}, "method='prompt': give 'layers' or 'lora'"),
        ({"unfreeze": -1}, "unfreeze=-1: give how many of the last blocks"),
        ({"epochs": 0}, "epochs=0: give a whole number"),
        ({"augment": "strong"}, "augment='strong': 'auto', 'none', or a function"),
        ({"balance": "weights"}, "balance='weights': give 'sampler'"),
        ({"learning_rate": -3.0}, "learning_rate=-3.0: give a number between 0 and 1"),
    ],
)
def test_settings_that_make_no_sense_are_named(
    photos: nbc.Dataset, tiny_vit: Path, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        tuned_on(photos, tiny_vit, **change)


def test_what_cannot_be_trained_says_so(photos: nbc.Dataset, tiny_vit: Path) -> None:
    with pytest.raises(ValueError, match="There is one class"):
        tuned_on(photos.where("label = 'food'"), tiny_vit)
    with pytest.raises(ValueError, match="puts no labelled item in 'val'"):
        tuned_on(photos.where("part != 'val'"), tiny_vit)
    with pytest.raises(KeyError, match="kind"):
        tuned_on(photos, tiny_vit, label="kind")

    def grey(images: list[Image.Image]) -> np.ndarray:
        return np.stack([np.asarray(image.convert("L").resize((4, 4)), float).ravel() for image in images])

    with pytest.raises(nbc.EncoderError, match="'grey' is made of no checkpoint"):
        tuned_on(photos, grey)  # type: ignore[arg-type]


def test_a_class_with_one_picture_is_told(photos: nbc.Dataset, tiny_vit: Path) -> None:
    photos.relabel({photos.where("part = 'train'").ids[0]: "alone"})
    with pytest.warns(UserWarning, match="1 classes have one training picture, such as 'alone'"):
        nbc.fine_tune(photos, tiny_vit, split="part", epochs=1, batch_size=4)


# -- real weights -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def focus(stamps: Path, small_lite0: Path, tmp_path_factory: pytest.TempPathFactory) -> nbc.Dataset:
    from .conftest import blurred_pictures

    target = tmp_path_factory.mktemp("focus")
    ds = nbc.Dataset.from_folder(blurred_pictures(stamps, target / "pictures", 240), store=target / "focus.nbc")
    parts = np.random.default_rng(0).permutation(len(ds)) % 4
    ds.add_column("part", [("train", "train", "val", "test")[part] for part in parts])
    return ds


def test_tuned_tells_apart_what_frozen_does_not(focus: nbc.Dataset, small_lite0: Path) -> None:
    tuned = nbc.fine_tune(focus, small_lite0, split="part", epochs=6, batch_size=8, learning_rate=1e-3, patience=6)
    assert tuned.report is not None
    report = tuned.report.to_pandas()
    assert report.loc["knn_accuracy", "tuned"] > report.loc["knn_accuracy", "frozen"] + 0.1


def test_transformers_alone_loads_what_was_saved_and_gives_the_same(
    focus: nbc.Dataset, small_lite0: Path, tmp_path: Path
) -> None:
    tuned = nbc.fine_tune(focus, small_lite0, split="part", epochs=1)
    folder = tuned.save(tmp_path / "focus")
    picture = focus.image(focus.ids[0])
    picture.save(tmp_path / "picture.png")
    script = """
import sys, numpy as np, torch
try:
    import torchvision
except RuntimeError:  # built for another torch: what the library itself works around
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    declared = torch.library.Library("torchvision", "FRAGMENT")
    for op in ("nms", "qnms"):
        declared.define(op + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
from PIL import Image
from transformers import AutoImageProcessor, AutoModel, AutoModelForImageClassification
folder = sys.argv[1]
inputs = AutoImageProcessor.from_pretrained(folder)(images=Image.open(sys.argv[2]), return_tensors="pt")
with torch.inference_mode():
    vector = AutoModel.from_pretrained(folder).eval()(**inputs).pooler_output[0]
    classifier = AutoModelForImageClassification.from_pretrained(folder).eval()
    scores = classifier(**inputs).logits[0].softmax(0)
assert "nbcurate" not in sys.modules
np.savez(sys.argv[3], vector=vector / vector.norm(), scores=scores, names=list(classifier.config.id2label.values()))
"""
    found = tmp_path / "found.npz"
    subprocess.run([sys.executable, "-c", script, folder, tmp_path / "picture.png", found], check=True)
    with np.load(found) as said:
        assert said["vector"] @ tuned.encode_images([picture])[0] > 0.9999
        probabilities = tuned.probabilities([picture])
        assert said["names"].tolist() == list(probabilities.columns)
        assert np.abs(said["scores"] - probabilities.to_numpy()[0]).max() < 0.01
