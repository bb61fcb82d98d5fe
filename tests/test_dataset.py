"""The loop from a folder to vectors, on real weights, whatever the folder holds and whenever it is stopped."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.encoders.running import pipeline

from .conftest import colour_layout


def pictures(images: Sequence[Image.Image]) -> list[Image.Image]:
    """Without the blank one by which a function is asked for its width."""
    return [image for image in images if image.getcolors(1) is None]


@pytest.fixture
def hostile_folder(photographs: Path, tmp_path: Path) -> Path:
    """Good photographs among all that a folder can hold."""
    folder = tmp_path / "hostile"
    shutil.copytree(photographs, folder)
    photo = (photographs / "china.jpg").read_bytes()
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "cut.jpg").write_bytes(photo[: len(photo) // 2])
    (folder / "text.jpg").write_text("hello")
    (folder / "middle is noise.jpg").write_bytes(photo[:20_000] + bytes(20_000) + photo[40_000:])
    (folder / '<b>bold "quoted" it\'s.jpg').write_bytes(photo)
    Image.new("RGB", (30_000, 40), "green").save(folder / "panorama.png")
    Image.new("CMYK", (300, 200)).save(folder / "print.tif")
    Image.fromarray(np.arange(90_000, dtype=np.uint16).reshape(300, 300)).save(folder / "depth.png")
    Image.new("1", (2, 2)).save(folder / "tiny.png")
    (folder / "loop").symlink_to(folder)
    return folder


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_hostile_folder_is_embedded_to_the_end(hostile_folder: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_folder(hostile_folder, store=tmp_path / "s.nbc").embed("efficientnet-lite0")
    assert set(ds.errors["id"]) >= {"empty.jpg", "cut.jpg", "text.jpg"}
    assert set(ds.errors["id"]) <= {"empty.jpg", "cut.jpg", "text.jpg", "middle is noise.jpg"}
    assert ds.errors["error"].str.len().min() > 10
    vectors = ds.embeddings()
    assert vectors.shape == (len(ds), 1280)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert {"panorama.png", "print.tif", "depth.png", "tiny.png"} <= set(ds.ids)
    assert ds.search("cat.jpg", k=len(ds)).similarity.shape == (len(ds) - 1,)


def test_real_weights_know_what_is_alike(photographs: Path, tmp_path: Path) -> None:
    """A crop, a darker and a recompressed copy are nearer to their photograph than any other photograph is."""
    folder = tmp_path / "photos"
    shutil.copytree(photographs, folder)
    for file in sorted(photographs.iterdir()):
        image = Image.open(file)
        w, h = image.size
        image.crop((w // 20, h // 20, w, h)).save(folder / f"{file.stem}-crop.jpg")
        image.point(lambda v: int(v * 0.8)).save(folder / f"{file.stem}-dark.jpg")
        image.save(folder / f"{file.stem}-small.jpg", quality=40)
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc").embed()
    for file in photographs.iterdir():
        near = ds.search(file.name, k=3).ids
        assert {i.split("-")[0].removesuffix(".jpg") for i in near} == {file.stem}


def test_an_interrupt_keeps_what_is_done_and_the_next_run_goes_on(folder: Path, tmp_path: Path) -> None:
    seen: list[Image.Image] = []

    def stop_in_the_middle(images: Sequence[Image.Image]) -> np.ndarray:
        if len(seen) >= 8 and impatient:  # the batches that are under way, too
            raise KeyboardInterrupt
        seen.extend(pictures(images))
        return colour_layout(images)

    impatient = True
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "BATCH", 8)
        with pytest.raises(KeyboardInterrupt):
            ds.embed(stop_in_the_middle)
        with pytest.raises(ValueError, match=r"1[56] of 24"):
            ds.embeddings()
        impatient = False
        ds.embed(stop_in_the_middle)
    assert len(seen) == 23, "each distinct picture once"
    assert len(ds.embeddings()) == 24


def test_only_new_pictures_are_embedded(folder: Path, stamps: Path, tmp_path: Path) -> None:
    seen: list[Image.Image] = []

    def counting(images: Sequence[Image.Image]) -> np.ndarray:
        seen.extend(pictures(images))
        return colour_layout(images)

    before = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc").embed(counting)
    vectors = dict(zip(before.ids, before.embeddings(), strict=True))
    shutil.copy(next((stamps / "space").rglob("*.png")), folder / "new.png")
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc")
    with pytest.raises(ValueError, match="1 of 25 items have no vector"):
        ds.embeddings()
    ds.embed(counting).embed(counting)
    assert len(seen) == 24, "23 distinct pictures, and the new one"
    after = dict(zip(ds.ids, ds.embeddings(), strict=True))
    assert all(np.array_equal(after[i], vectors[i]) for i in vectors)


def test_vectors_of_two_encoders_live_side_by_side(dataset: nbc.Dataset) -> None:
    def grey_layout(images: Sequence[Image.Image]) -> np.ndarray:
        return np.stack([np.asarray(i.convert("L").resize((6, 6)), np.float32).ravel() - 99 for i in images])

    colours = dataset.embeddings()
    dataset.embed(grey_layout)
    assert dataset.embeddings().shape == (24, 36)
    assert np.array_equal(dataset.embeddings("colour_layout"), colours)
    assert dataset.search(dataset.ids[0], k=2, encoder="colour_layout").ids
    with pytest.raises(ValueError, match="'colour_layout', 'grey_layout'"):
        dataset.embeddings("another")


def test_a_vector_that_is_not_finite_costs_only_its_item(folder: Path, tmp_path: Path) -> None:
    def sometimes_nan(images: Sequence[Image.Image]) -> np.ndarray:
        vectors = colour_layout(images)
        vectors[[i for i, image in enumerate(images) if image.size == odd]] = np.nan
        return vectors

    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc")
    odd = ds.image(ds.ids[-1]).size
    with pytest.warns(UserWarning, match="could not be read"):
        ds.embed(sometimes_nan)
    assert "no finite vector" in ds.errors["error"].iloc[0]
    assert np.isfinite(ds.embeddings()).all()


def test_an_encoder_that_fails_on_most_images_costs_no_item(dataset: nbc.Dataset) -> None:
    def broken(images: Sequence[Image.Image]) -> np.ndarray:
        vectors = colour_layout(images)
        vectors[::2] = 0
        vectors[1::4] = np.nan
        return vectors

    before = dataset.embeddings()
    with pytest.raises(nbc.EncoderError, match=r"broken gave no finite vector, or one of zeros, for .* no item"):
        dataset.embed(broken)
    assert np.array_equal(dataset.embeddings(), before), "the vectors of the encoder before"
    assert len(dataset.errors) == 0


def test_what_no_vector_was_made_of_is_tried_again(folder: Path, tmp_path: Path) -> None:
    def sometimes_zero(images: Sequence[Image.Image]) -> np.ndarray:
        vectors = colour_layout(images)
        vectors[: len(images) // 3] = 0
        return vectors

    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc")
    everything = ds.ids
    with pytest.warns(UserWarning, match="could not be read"):
        ds.embed(sometimes_zero)
    assert len(ds) < 24
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc").embed(colour_layout)
    assert sorted(ds.ids) == sorted(everything)
    assert len(ds.embeddings()) == 24


def test_items_that_were_added_since_are_named_before_anything_is_looked_for(
    dataset: nbc.Dataset, folder: Path, stamps: Path
) -> None:
    shutil.copy(next((stamps / "space").rglob("*.png")), folder / "new.png")
    dataset.close()
    ds = nbc.Dataset.from_folder(folder, store=dataset.store.path)
    for find in (ds.duplicates, ds.rare, ds.split, ds.edge_cases, lambda: ds.diverse(3), lambda: ds.curate(3)):
        with pytest.raises(ValueError, match="1 of 25 items have no vector of 'colour_layout' yet"):
            find()


def test_a_file_deleted_before_it_was_embedded_comes_back_with_it(folder: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc")
    path = Path(ds.to_pandas()["path"].iloc[-1])
    path.rename(tmp_path / "away.png")
    with pytest.warns(UserWarning, match="could not be read"):
        ds.embed(colour_layout)
    assert ds.errors["error"].tolist() == ["the file is gone"]
    (tmp_path / "away.png").rename(path)
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc").embed(colour_layout)
    assert len(ds) == len(ds.embeddings()) == 24


def test_the_repr_says_what_it_holds(dataset: nbc.Dataset, reopen: Callable[[nbc.Dataset], nbc.Dataset]) -> None:
    for ds in (dataset, reopen(dataset)):
        assert "24 items, 3 labels, embedded with colour_layout" in repr(ds)


def test_widgets_refuse_what_they_do_not_know(dataset: nbc.Dataset) -> None:
    with pytest.raises(TypeError, match="Did you mean 'thumbnail_size'"):
        nbc.SimilarityGrid(dataset, thumbnail_sise=100)
    with pytest.raises(TypeError, match="is a Dataset, got str"):
        nbc.SimilarityGrid("photos")  # type: ignore[arg-type]
    grid = nbc.SimilarityGrid(dataset, thumbnail_size=90)
    grid.selected = dataset.ids[:2]
    assert dataset.selection.ids == dataset.ids[:2]
    assert repr(grid) == "SimilarityGrid(24 items, 2 selected)"
