"""An adapter helps where it was fitted, does no harm elsewhere, and is an encoder like any other."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.encoders.projected_encoder import ProjectedEncoder

from ..conftest import colour_layout


def parted(dataset: nbc.Dataset, folder: Path) -> nbc.Dataset:
    """The same data set in a store of its own, with a column ``part``: two thirds train, a sixth val, a sixth test."""
    shutil.copytree(dataset.store.path, folder, ignore=shutil.ignore_patterns("*.lock"))
    ds = nbc.Dataset.open(folder)
    dealt = np.random.default_rng(1).choice(["train", "val", "test"], len(ds), p=[0.66, 0.17, 0.17])
    return ds.add_column("part", dealt.tolist())


@pytest.fixture(scope="module")
def stamps_in_parts(stamp_set: nbc.Dataset, tmp_path_factory: pytest.TempPathFactory) -> nbc.Dataset:
    """The stamps, embedded with real weights, in three parts."""
    return parted(stamp_set, tmp_path_factory.mktemp("adapter") / "stamps.nbc")


@pytest.fixture(scope="module")
def adapter(stamps_in_parts: nbc.Dataset) -> Any:
    return nbc.fit_adapter(stamps_in_parts, split="part")


@pytest.fixture
def coloured(dataset: nbc.Dataset) -> Iterator[nbc.Dataset]:
    """24 pictures of three classes with vectors of a function, in three parts: for what is not about how good it is."""
    dataset.add_column("part", (["train"] * 5 + ["val", "test", "test"]) * 3)
    yield dataset
    dataset.close()


# -- how good --------------------------------------------------------------------------------------------------------


def test_held_out_items_are_nearer_to_their_class(adapter: Any) -> None:
    report = adapter.report
    assert report.part == "test"
    assert report.gain("knn_accuracy") >= 0.04
    assert report.gain("retrieval_map") >= 0.04
    assert report.gain("nmi") > 0
    assert "better in" in report.in_words() or "better than" in report.in_words()


def test_classes_that_it_never_saw_are_no_worse_and_it_says_so(adapter: Any) -> None:
    unseen = adapter.report.unseen
    for measure in ("nmi", "retrieval_map"):
        assert unseen.tuned[measure] >= unseen.frozen[measure] - 0.02
    assert f"never saw ({unseen.n_draws} draws of 2 left out)" in repr(adapter)
    assert "classes never seen" in adapter._repr_html_()
    frame = adapter.report.to_pandas()
    assert list(frame.columns) == ["frozen", "tuned", "unseen_frozen", "unseen_tuned"]


def test_no_held_out_item_is_learnt_from(coloured: nbc.Dataset) -> None:
    """Other labels of the test part change the report, and nothing of the projection; nor do rejected items."""
    before = nbc.fit_adapter(coloured, split="part")
    held_out = coloured.where("part = 'test'").ids
    coloured.relabel(dict(zip(held_out, np.roll(coloured.where("part = 'test'").labels, 2).tolist(), strict=True)))
    assert nbc.fit_adapter(coloured, split="part").key == before.key
    train = coloured.where("part = 'train'").ids
    coloured.selection.reject(train[:1])
    rejected = nbc.fit_adapter(coloured, split="part")
    assert rejected.key != before.key
    coloured.relabel(train[:1], "of no class")
    assert nbc.fit_adapter(coloured, split="part").key == rejected.key


# -- an encoder like any other ---------------------------------------------------------------------------------------


def test_embedding_runs_no_network_where_the_base_has_run(
    stamps_in_parts: nbc.Dataset, adapter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ds = stamps_in_parts
    base = ds.embeddings("efficientnet-lite0")
    with monkeypatch.context() as patched:
        for method in ("encode_prepared", "encode_images"):
            patched.setattr(adapter.base, method, lambda *_: pytest.fail("the base network was run"))
        ds.embed(adapter)
    vectors = ds.embeddings(adapter.name)
    np.testing.assert_allclose(vectors, adapter.project(base), atol=1e-6)
    image = ds.image(ds.ids[3])
    by_hand = adapter.base.encode_images([image]) @ adapter.matrix - adapter.offset
    by_hand /= np.linalg.norm(by_hand)
    np.testing.assert_allclose(adapter.encode_images([image]), by_hand, atol=1e-5)
    assert float(adapter.encode_images([image])[0] @ vectors[3]) > 0.999


def test_a_fresh_process_loads_it_and_gives_the_same_vectors(
    stamps_in_parts: nbc.Dataset, adapter: Any, tmp_path: Path
) -> None:
    """From the folder that it was saved to, and, to search by a picture, from the store."""
    ds = stamps_in_parts.embed(adapter)
    folder = adapter.save(tmp_path / "saved")
    assert sorted(file.suffix for file in folder.iterdir() if file.name.startswith("projection")) == [
        ".json",
        ".safetensors",
    ]
    picture = tmp_path / "picture.png"
    ds.image(ds.ids[7]).save(picture)
    code = (
        "import json, sys, numpy as np, nbcurate as nbc\n"
        "from PIL import Image\n"
        f"image = Image.open({str(picture)!r})\n"
        f"loaded = nbc.load_encoder({str(folder)!r})\n"
        f"ds = nbc.Dataset.open({str(ds.store.path)!r}, read_only=True)\n"
        "found = ds.search(image, k=1)\n"
        "said = [loaded.key, loaded.encode_images([image])[0].tolist(), found.ids, repr(nbc.Adapter.load("
        f"{str(folder)!r}))]\n"
        "print(json.dumps(said))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    key, vector, found, said = json.loads(done.stdout.splitlines()[-1])
    assert key == adapter.key
    np.testing.assert_allclose(vector, adapter.encode_images([Image.open(picture)])[0], atol=1e-5)
    assert found == [ds.ids[7]]
    assert said == repr(adapter)


def test_a_picture_that_comes_later_goes_through_base_and_projection(coloured: nbc.Dataset, folder: Path) -> None:
    adapter = nbc.fit_adapter(coloured, split="part")
    coloured.embed(adapter)
    Image.new("RGB", (90, 60), "teal").save(folder / "food" / "teal.png")
    grown = nbc.Dataset.from_folder(folder, store=coloured.store.path).embed(adapter)
    image = Image.new("RGB", (90, 60), "teal")
    vectors = dict(zip(grown.ids, grown.embeddings(adapter.name), strict=True))
    np.testing.assert_allclose(vectors["food/teal.png"], adapter.encode_images([image])[0], atol=1e-5)


def test_comparing_takes_an_adapter_its_folder_and_its_name(
    stamps_in_parts: nbc.Dataset, adapter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vectors are projected, not made again: only the few pictures that the speed is measured on are read."""
    ds = stamps_in_parts
    run: list[int] = []
    inner = type(adapter.base).encode_images
    monkeypatch.setattr(
        type(adapter.base), "encode_images", lambda self, images: run.append(len(images)) or inner(self, images)
    )
    compared = ds.compare_encoders(["efficientnet-lite0", adapter], sample=120)
    frame = compared.to_pandas()
    assert set(frame.index) == {"efficientnet-lite0", adapter.name}
    assert sum(run) <= 2 * (8 + 64)
    ds.embed(adapter)
    assert ds.compare_encoders([adapter.name], sample=40).to_pandas().index.tolist() == [adapter.name]
    with pytest.raises(ValueError, match="two of them are called"):
        ds.compare_encoders([adapter, adapter.model], sample=20)


def test_it_is_known_again_by_what_made_it(coloured: nbc.Dataset) -> None:
    first, again = (nbc.fit_adapter(coloured, split="part", seed=3) for _ in range(2))
    assert first.key == again.key
    assert first.model == again.model
    assert json.loads(json.dumps(first.recipe)) == first.recipe
    made: Any = first.recipe["projection"]
    assert made["function"] == "fit_adapter"
    assert made["parameters"] == {
        "label": "label", "learn_from": "label", "encoder": "colour_layout", "split": "part", "seed": 3,
    }  # fmt: skip
    assert (
        nbc.fit_adapter(coloured, **{**made["parameters"], "learn_from": made["parameters"]["learn_from"]}).key
        == first.key
    )
    assert isinstance(first, nbc.Encoder)


def test_an_adapter_may_stand_on_an_adapter(coloured: nbc.Dataset) -> None:
    first = nbc.fit_adapter(coloured, split="part", name="first")
    second = nbc.fit_adapter(coloured.embed(first), split="part", name="second")
    assert second.base.key == first.key
    coloured.embed(second)
    np.testing.assert_allclose(
        coloured.embeddings("second"), second.project(first.project(coloured.embeddings("colour_layout"))), atol=1e-5
    )


def test_vectors_that_were_given_can_be_projected(tmp_path: Path) -> None:
    from sklearn.datasets import load_digits

    pixels, truth = load_digits(n_class=6, return_X_y=True)
    ds = nbc.Dataset.from_embeddings(
        [f"d{n}" for n in range(400)], pixels[:400], labels=[str(one) for one in truth[:400]], store=tmp_path / "d.nbc"
    )
    ds.add_column("part", np.random.default_rng(0).choice(["train", "val", "test"], 400).tolist())
    adapter = nbc.fit_adapter(ds, split="part")
    assert adapter.report is not None
    assert adapter.report.gain("retrieval_map") > 0.02
    before = ds.embeddings()
    assert ds.embed(adapter).embeddings().shape == before.shape
    assert not np.allclose(ds.embeddings(), before)
    with pytest.raises(nbc.EncoderError, match="were given"):
        adapter.encode_images([Image.new("RGB", (8, 8))])


def test_a_store_that_can_only_be_read_gives_one_that_does_not_stay(coloured: nbc.Dataset) -> None:
    path = coloured.store.path
    coloured.close()
    ds = nbc.Dataset.open(path, read_only=True)
    ds._encoders.update(coloured._encoders)
    with pytest.warns(UserWarning, match="only be read"):
        assert nbc.fit_adapter(ds, split="part").report is not None


# -- what it learns from ---------------------------------------------------------------------------------------------


def test_pairs_and_the_selection_teach_too(coloured: nbc.Dataset) -> None:
    ids, labels = coloured.ids, coloured.labels
    pairs = [
        (a, b, x == y) for a, x in zip(ids, labels, strict=True) for b, y in zip(ids, labels, strict=True) if a < b
    ]
    adapter = nbc.fit_adapter(coloured, learn_from=pairs)
    assert adapter.report is not None
    assert adapter.report.to_pandas().index.tolist() == ["told_apart"]
    assert adapter.report.gain("told_apart") >= 0
    coloured.selection.set([item for item, label in zip(ids, labels, strict=True) if label == "food"])
    coloured.selection.reject([item for item, label in zip(ids, labels, strict=True) if label == "animals"])
    adapter = nbc.fit_adapter(coloured, learn_from="selection")
    assert adapter.about["classes"] == ["kept", "rejected"]
    assert adapter.report is not None
    assert "was not measured" in adapter.report.in_words()


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([], "an empty list"),
        ("labels", "give 'label', 'selection', or a list"),
        (3, "takes 'label', 'selection', or a list"),
        ([("animals/0", "b")], "takes 'label', 'selection', or a list"),
        ([(0, 1, True)], "all judged True: add some whose items do not belong"),
        ([(0, 1, False), (1, 2, False)], "all judged False: add some whose items belong"),
        ([(0, 0, True), (0, 1, False)], "with itself"),
    ],
)
def test_pairs_that_say_nothing_are_told(coloured: nbc.Dataset, pairs: Any, says: str) -> None:
    if isinstance(pairs, list):
        pairs = [tuple(coloured.ids[part] if type(part) is int else part for part in pair) for pair in pairs]
    with pytest.raises(ValueError, match=says):
        nbc.fit_adapter(coloured, learn_from=pairs)


def test_pairs_of_items_that_are_not_there_are_told(coloured: nbc.Dataset) -> None:
    with pytest.raises(nbc.UnknownItemError, match="no such item"):
        nbc.fit_adapter(coloured, learn_from=[("no such item.jpg", coloured.ids[0], True)])


def test_nothing_to_learn_from_is_told(coloured: nbc.Dataset) -> None:
    with pytest.raises(ValueError, match=r"0 items are kept.*selection.add"):
        nbc.fit_adapter(coloured, learn_from="selection")
    coloured.relabel({item: item for item in coloured.ids})
    with pytest.raises(ValueError, match="every class one item"):
        nbc.fit_adapter(coloured, split="part")
    coloured.relabel(coloured.ids, "all the same")
    with pytest.raises(ValueError, match="one class"):
        nbc.fit_adapter(coloured, split="part")
    coloured.relabel(coloured.ids, None)
    with pytest.raises(ValueError, match="No item has a label"):
        nbc.fit_adapter(coloured, split="part")


def test_a_base_that_is_gone_is_told(coloured: nbc.Dataset, tmp_path: Path) -> None:
    folder = nbc.fit_adapter(coloured, split="part").save(tmp_path / "saved")
    with pytest.raises(nbc.EncoderError, match="a function of yours"):
        nbc.load_encoder(folder)
    with pytest.raises(nbc.EncoderError, match="holds no adapter"):
        nbc.Adapter.load(tmp_path)


def test_it_is_a_projection_of_any_encoder() -> None:
    base = nbc.FunctionEncoder(colour_layout)
    first = ProjectedEncoder(base, np.eye(192, 12, dtype=np.float32), np.zeros(12, np.float32), name="first")
    image = Image.new("RGB", (30, 20), "olive")
    expected = base.encode_images([image])[:, :12]
    np.testing.assert_allclose(first.encode_images([image]), expected / np.linalg.norm(expected), atol=1e-6)
