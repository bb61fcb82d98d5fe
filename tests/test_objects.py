"""Images and the objects on them are one data set: each is reached from the other, and both say the same."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

import nbcurate as nbc

from .pasted import pasted


@pytest.fixture(params=[True, False], ids=["objects first", "images first"])
def scenes(request: pytest.FixtureRequest, stamps: Path, tmp_path: Path) -> nbc.Dataset:
    pasted(stamps, tmp_path)
    return nbc.Dataset.from_coco(
        tmp_path / "instances.json", images=tmp_path / "images", objects=request.param, store=tmp_path / "scenes.nbc"
    )


def test_each_is_reached_from_the_other(scenes: nbc.Dataset) -> None:
    assert len(scenes.images) == 12
    assert len(scenes.objects) == sum(len(names) for names in scenes.images.column("objects").to_pylist())
    assert scenes.objects.images.ids == scenes.images.ids
    assert scenes.images.objects.ids == scenes.objects.ids
    assert scenes.objects.column("image").to_pylist()[0] in scenes.images.ids


def test_a_view_gives_what_belongs_to_it(scenes: nbc.Dataset) -> None:
    three = scenes.images.ids[:3]
    on_them = scenes.images.where(three).objects
    assert set(on_them.column("image").to_pylist()) <= set(three)
    assert scenes.objects_of(three) == on_them.ids
    birds = scenes.objects.where("label = 'birds'")
    assert birds.images.ids == [i for i in scenes.images.ids if i in set(birds.column("image").to_pylist())]
    scenes.images.selection.set(scenes.images_of(birds))
    assert sorted(scenes.images.selection.ids) == sorted(birds.images.ids)


def test_what_is_changed_in_one_is_seen_in_the_other(scenes: nbc.Dataset) -> None:
    objects, images = scenes.objects, scenes.images
    first = objects.ids[0]
    image = objects.column("image").to_pylist()[0]
    before = images.where([image]).column("objects").to_pylist()[0]
    objects.relabel([first], "penguin")
    assert images.where([image]).column("objects").to_pylist()[0] == ["penguin", *before[1:]]
    objects.remove([first])
    assert images.where([image]).column("objects").to_pylist()[0] == before[1:]
    objects.restore([first])
    images.remove([image])
    assert image not in objects.column("image").to_pylist()
    images.restore([image])
    assert first in objects.ids


def test_the_split_of_an_image_is_that_of_its_objects(scenes: nbc.Dataset) -> None:
    images = scenes.images.embed(_colour)
    images.split(train=0.5, val=0.5, scenes=False)
    half = dict(zip(images.ids, images.column("split").to_pylist(), strict=True))
    of_object = dict(zip(scenes.objects.ids, scenes.objects.column("split").to_pylist(), strict=True))
    on = dict(zip(scenes.objects.ids, scenes.objects.column("image").to_pylist(), strict=True))
    assert all(of_object[name] == half[on[name]] for name in of_object)


def test_both_have_a_selection_of_their_own(scenes: nbc.Dataset) -> None:
    scenes.objects.selection.set(scenes.objects.ids[:2])
    assert scenes.images.selection.ids == []
    assert len(scenes.objects.selection) == 2


def test_a_later_kernel_finds_both_as_they_were(scenes: nbc.Dataset) -> None:
    scenes.objects.relabel(scenes.objects.ids[:1], "penguin")
    assert len(scenes.images) == 12
    place = scenes.store.path
    scenes.close()
    again = nbc.Dataset.open(place)
    assert again.objects.labels[0] == "penguin"
    assert "penguin" in again.images.column("objects").to_pylist()[0]
    again.close()
    read = nbc.Dataset.open(place, read_only=True)
    assert len(read.images) == 12
    assert read.objects.labels[0] == "penguin"


def test_images_without_objects_say_so(dataset: nbc.Dataset) -> None:
    with pytest.raises(ValueError, match="Nothing is known of objects"):
        _ = dataset.objects
    assert dataset.images is dataset


def test_read_only_what_was_never_made_is_told(stamps: Path, tmp_path: Path) -> None:
    pasted(stamps, tmp_path)
    store = tmp_path / "scenes.nbc"
    nbc.Dataset.from_coco(tmp_path / "instances.json", images=tmp_path / "images", store=store).close()
    with pytest.raises(PermissionError, match="read_only"):
        _ = nbc.Dataset.open(store, read_only=True).images


def test_odd_boxes_are_found_and_the_others_are_not(stamps: Path, tmp_path: Path) -> None:
    content = pasted(stamps, tmp_path, n=40)
    good = list(content["annotations"])
    x, y, width, height = good[0]["bbox"]
    odd = {
        "double": [x, y, width, height],
        "outside": [300.0, 100.0, 60.0, 50.0],
        "tiny": [100.0, 200.0, 2.0, 3.0],
        "huge": [0.0, 0.0, 320.0, 240.0],
        "narrow": [10.0, 230.0, 200.0, 6.0],
    }
    for number, box in enumerate(odd.values(), 1000):
        content["annotations"].append({**good[0], "id": number, "bbox": box})
    content["annotations"].append({**good[0], "id": 2000, "category_id": 1 + good[0]["category_id"] % 3})
    ds = nbc.Dataset.from_coco(content, images=tmp_path / "images", store=tmp_path / "scenes.nbc")
    found = ds.odd_boxes().to_pandas().set_index("id")["kind"].to_dict()
    image = content["images"][good[0]["image_id"]]["file_name"]
    assert found == {
        **{f"{image}#{number}": kind for number, kind in enumerate(odd, 1000)},
        f"{image}#2000": "two classes",
    }
    for asked in (ds, ds.images):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert asked.replay(asked.odd_boxes().recipe).ids == ds.odd_boxes().ids


def test_balanced_objects_lie_evenly_over_looks_sizes_and_places(stamps: Path, tmp_path: Path) -> None:
    pasted(stamps, tmp_path, n=80)
    ds = nbc.Dataset.from_coco(tmp_path / "instances.json", images=tmp_path / "images", store=tmp_path / "s.nbc")
    ds.embed(_colour)
    even, typical = (ds.balanced(30, within=within) for within in ("clusters", "typical"))
    assert even.shares is not None
    assert even.shares["picked"].tolist() == [10, 10, 10]
    report = even.report.to_pandas()
    for measure in ("size_evenness", "place_evenness"):
        assert report.loc[measure, "subset"] > report.loc[measure, "random_mean"]
        assert report.loc[measure, "subset"] >= typical.report.to_pandas().loc[measure, "subset"]


def test_objects_are_embedded_with_what_is_around_them_or_without(stamps: Path, tmp_path: Path) -> None:
    content = pasted(stamps, tmp_path, n=8)
    for one in content["annotations"]:
        x, y, width, height = one["bbox"]
        one["segmentation"] = [[x, y, x + width / 2, y, x + width / 2, y + height, x, y + height]]
    ds = nbc.Dataset.from_coco(content, images=tmp_path / "images", store=tmp_path / "s.nbc").embed(_shape)
    plain = ds.embeddings()
    wide = ds.embed(_shape, context=0.5).embeddings(encoder="_shape:context 0.5")
    assert wide.shape == plain.shape
    assert not np.allclose(wide, plain)
    ds.embed(_grey, mask="grey")
    half = ds.embeddings(encoder="_grey:mask grey")
    assert (half[:, 1] > 0.3 * np.hypot(*half.T[:2])).all(), "half of each box lies outside of its mask"
    assert ds.search(ds.ids[0], k=3, encoder="_shape:context 0.5").ids
    thumbnails = [ds.image(name).size for name in ds.ids]
    assert thumbnails == [tuple(int(side) for side in box[2:]) for box in ds.column("box").to_pylist()]
    with pytest.raises(ValueError, match="context=-1"):
        ds.embed(_shape, context=-1)
    with pytest.raises(ValueError, match=r"ds.objects.embed"):
        ds.images.embed(_shape, context=0.2)


def test_images_are_balanced_by_the_objects_on_them(stamps: Path, tmp_path: Path) -> None:
    pasted(stamps, tmp_path, n=40)
    ds = nbc.Dataset.from_coco(
        tmp_path / "instances.json", images=tmp_path / "images", objects=False, store=tmp_path / "s.nbc"
    )
    shares = ds.embed(_colour).balanced(12, by="objects").shares
    assert shares is not None
    assert shares["picked"].max() - shares["picked"].min() <= 1


def test_of_small_objects_nothing_is_called_a_copy(stamps: Path, tmp_path: Path) -> None:
    content = pasted(stamps, tmp_path, n=24)
    for annotation in content["annotations"]:
        annotation["bbox"][2:] = [30, 30]
    ds = nbc.Dataset.from_coco(content, images=tmp_path / "images", store=tmp_path / "s.nbc").embed(_colour)
    assert len(ds.duplicates()) == 0


def _colour(pictures: list) -> np.ndarray:
    means = [np.asarray(picture, float).reshape(-1, 3).mean(axis=0) for picture in pictures]
    return np.array([[*mean, 1.0] for mean in means])


def _shape(pictures: list) -> np.ndarray:
    return np.array([[picture.width, picture.height, 30.0] for picture in pictures])


def _grey(pictures: list) -> np.ndarray:
    covered = [(np.asarray(picture) == (124, 116, 104)).all(axis=2).mean() for picture in pictures]
    return np.array([[1 - share, share] for share in covered])
