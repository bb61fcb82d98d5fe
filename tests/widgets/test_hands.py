"""What hands do in the views: label what is kept, search by words or a picture, delete a slice and have it back."""

from __future__ import annotations

import io
import itertools
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import nbcurate as nbc
from nbcurate.widgets.session import Session

from .test_wire import Browser, keys_of, request


class ColouredWords:
    """Pictures as their colours, words as the colour that they name: an encoder that knows both."""

    name, key, width, image_size = "coloured words", "c0ffee", 48, 64
    recipe: ClassVar[dict[str, str]] = {"model": "coloured words"}

    def encode_images(self, images: Any) -> NDArray[np.float32]:
        small = [np.asarray(image.convert("RGB").resize((4, 4)), np.float32).ravel() / 255 - 0.5 for image in images]
        return np.stack(small) / np.linalg.norm(small, axis=1, keepdims=True)

    def encode_texts(self, texts: Any) -> NDArray[np.float32]:
        return self.encode_images([Image.new("RGB", (64, 64), colour) for colour in texts])


def labelled(dataset: nbc.Dataset, label: str, n: int, *, column: str = "label", op: str = "set") -> tuple[Any, ...]:
    params = {"column": column, "label": label, "op": op, "encoding": "keys"}
    return "label", params, dataset.keys[:n]


def events(browser: Browser) -> list[dict[str, Any]]:
    return [content for content, _ in browser.sent if content["type"] == "event"]


def file_of(picture: Image.Image, format: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format)
    return buffer.getvalue()


# -- labels ----------------------------------------------------------------------------------------------------------


def test_what_is_kept_is_labelled_in_one_edit_that_undo_takes_back(browser: Browser, dataset: nbc.Dataset) -> None:
    before = dataset.labels
    (result,), _ = browser.ask(*labelled(dataset, "  wild ", 5))
    assert result["changed"] == 5
    assert dataset.labels[:6] == ["wild"] * 5 + before[5:6]
    assert dataset.history["edit"].nunique() == 1
    # The items are the same: one column is asked for again, and not all there is.
    (column,) = [event for event in events(browser) if event["event"] != "selection"]
    assert (column["event"], column["names"]) == ("columns", ["label"])
    assert browser.ask("undo")[0][0]["changed"]
    assert dataset.labels == before
    assert browser.ask("redo")[0][0]["changed"]
    assert dataset.labels[:5] == ["wild"] * 5
    assert browser.ask(*labelled(dataset, "wild", 5))[0][0]["changed"] == 0


def test_labels_go_into_the_column_that_is_named(browser: Browser, dataset: nbc.Dataset) -> None:
    dataset.add_column("coarse", ["thing"] * len(dataset))
    dataset.add_column("sharp", np.arange(len(dataset)) / 7)
    dataset.add_column("cluster", ["one"] * len(dataset))  # where a ClusterBrowser keeps what it arranges
    assert browser.ask("hello")[0][0]["labels"] == ["coarse", "label"]
    browser.ask(*labelled(dataset, "being", 2, column="coarse"))
    assert dataset.column("coarse").to_pylist()[:3] == ["being", "being", "thing"]
    for column in ("sharp", "cluster", "width", "nothing"):
        method, params, keys = labelled(dataset, "x", 1, column=column)
        assert browser.refused(request(method, params), [keys.astype("<u4").tobytes()]) == "bad-request"


def test_of_lists_a_label_comes_to_those_there_are_or_takes_their_place(browser: Browser, dataset: nbc.Dataset) -> None:
    a, b, c = dataset.ids[:3]
    dataset.relabel({a: ["cat", "dog"], b: ["dog"], c: []})
    assert browser.ask(*labelled(dataset, "cat", 3, op="add"))[0][0]["changed"] == 2
    assert dataset.labels[:3] == [["cat", "dog"], ["dog", "cat"], ["cat"]]
    browser.ask(*labelled(dataset, "fox", 2))
    assert dataset.labels[:3] == [["fox"], ["fox"], ["cat"]]
    browser.ask("undo")
    assert dataset.labels[:3] == [["cat", "dog"], ["dog", "cat"], ["cat"]]


def test_a_label_that_cannot_be_given_changes_nothing(browser: Browser, dataset: nbc.Dataset) -> None:
    key = dataset.keys[:1].astype("<u4").tobytes()
    for refused, buffer in (
        (labelled(dataset, " ", 1)[1], key),
        (labelled(dataset, "x", 1)[1], b""),
        (labelled(dataset, "x", 1, op="add")[1], key),
        (labelled(dataset, "x", 1, op="drop")[1], key),
        (labelled(dataset, "x\ud800", 1)[1], key),
    ):
        assert browser.refused(request("label", refused), [buffer]) == "bad-request"
    gone = np.array([4_000_000_000], "<u4").tobytes()
    assert browser.refused(request("label", labelled(dataset, "x", 1)[1]), [gone]) == "unknown-keys"
    assert len(dataset.history) == 0
    assert not Session.of(dataset).history.can_undo


def test_a_store_that_can_only_be_read_offers_no_labels(dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = nbc.Dataset.open(dataset.store.path, read_only=True)
    browser = Browser(Session.of(reader), monkeypatch)
    assert browser.ask("hello")[0][0]["labels"] == []
    message = request("label", labelled(reader, "x", 1)[1])
    assert browser.refused(message, [reader.keys[:1].astype("<u4").tobytes()]) == "read-only"
    browser.session.close()
    reader.close()


# -- searches --------------------------------------------------------------------------------------------------------


def test_words_find_what_search_finds(browser: Browser, dataset: nbc.Dataset) -> None:
    assert browser.ask("hello")[0][0]["words"] is False
    refused = request("search", {"view": 0, "k": 5, "words": "red", "picture": None})
    assert browser.refused(refused) == "bad-request"
    dataset.embed(ColouredWords())
    assert browser.ask("hello")[0][0]["words"] is True
    parts, (keys, similarity) = browser.ask("search", {"view": 0, "k": 5, "words": " red ", "picture": None})
    found = dataset.search("red", k=5)
    assert parts[0] == {"loading": False}
    assert parts[1] == {"count": 5, "embeddings": "coloured words"}
    assert dataset.store.items.ids_of_keys(np.array(keys_of(keys), np.uint64)) == found.ids
    assert np.allclose(np.frombuffer(similarity, "<f4"), found.similarity)


def test_a_model_that_is_not_there_is_said_to_be_loaded_and_why_it_could_not(
    browser: Browser, dataset: nbc.Dataset
) -> None:
    """A store of another kernel: the model is known by its name alone."""
    dataset.embed(ColouredWords())
    dataset._encoders.clear()
    file = file_of(Image.new("RGB", (8, 8), "red"))
    (picture,), _ = browser.ask("picture", {}, file)
    message = request("search", {"view": 0, "k": 5, "words": None, **picture})
    (part, _), (error, _) = browser.raw(message)
    assert part["result"] == {"loading": True}
    assert (error["type"], error["code"]) == ("error", "bad-request")
    assert "coloured words" in error["message"]


def test_a_picture_that_is_handed_over_is_searched_by_and_shown(browser: Browser, dataset: nbc.Dataset) -> None:
    file = file_of(Image.new("RGB", (300, 200), "red"), "JPEG")
    (picture,), _ = browser.ask("picture", {}, file)
    parts, (keys, _, shown) = browser.ask("search", {"view": 0, "k": 4, "words": None, **picture})
    found = dataset.search(Image.open(io.BytesIO(file)), k=4)
    assert parts[1]["count"] == 4
    assert dataset.store.items.ids_of_keys(np.array(keys_of(keys), np.uint64)) == found.ids
    assert Image.open(io.BytesIO(shown)).size[0] <= 192
    for _ in range(20):  # others come, and this one is forgotten
        browser.ask("picture", {}, file_of(Image.effect_noise((16, 16), 80)))
    forgotten = request("search", {"view": 0, "k": 4, "words": None, **picture})
    assert browser.refused(forgotten) == "bad-request"


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"GIF89a",
        b"\xff\xd8\xff" + b"\0" * 1000,
        file_of(Image.new("RGB", (300, 200), "red"))[:60],
        file_of(Image.new("1", (5000, 20_000))),
        file_of(Image.new("1", (5000, 10))),
        b"\0" * (2**20 + 1),
    ],
    ids=["nothing", "cut off", "no picture", "cut short", "a bomb", "too wide", "too long"],
)
def test_a_file_that_is_no_picture_costs_a_sentence(browser: Browser, file: bytes) -> None:
    ((error, _),) = browser.raw(request("picture", {}), [file])
    assert (error["type"], error["code"]) == ("error", "bad-request")
    assert 20 < len(error["message"]) < 200


def test_words_can_be_shown_from_python(dataset: nbc.Dataset) -> None:
    grid = nbc.SimilarityGrid(dataset)
    with pytest.raises(ValueError, match="knows no words"):
        grid.show_words("red")
    dataset.embed(ColouredWords())
    grid.show_words("red")
    assert grid.query == {"positive": [], "negative": [], "words": "red"}
    grid.show_similar(dataset.ids[:1])
    assert "words" not in grid.query


# -- slices and sets -------------------------------------------------------------------------------------------------


def test_a_slice_that_was_deleted_or_saved_over_comes_back_whole(browser: Browser, dataset: nbc.Dataset) -> None:
    ids = dataset.ids
    dataset.selection.set([ids[4], ids[1]])
    dataset.selection.reject([ids[7]])
    browser.ask("slice", {"op": "save", "name": "night"})
    first = dataset.slices["night"]
    dataset.selection.set(ids[10:13])
    browser.ask("slice", {"op": "save", "name": "night"})
    browser.ask("slice", {"op": "drop", "name": "night"})
    assert list(dataset.slices) == []
    browser.ask("undo")
    assert dataset.slices["night"].ids == ids[10:13]
    browser.ask("undo")
    back = dataset.slices["night"]
    assert (back.ids, back.rejected, back.saved) == ([ids[4], ids[1]], [ids[7]], first.saved)
    assert dataset.selection.ids == ids[10:13]
    browser.ask("redo")
    browser.ask("redo")
    assert list(dataset.slices) == []


def test_a_set_of_items_is_held_for_the_next_page_and_not_too_many(browser: Browser, dataset: nbc.Dataset) -> None:
    bits = np.packbits(np.isin(np.arange(24), [1, 7]), bitorder="little").tobytes()
    (first,), _ = browser.ask("remember", {"encoding": "bitset"}, bits)
    assert browser.ask("remember", {"encoding": "keys"}, [7, 1])[0][0] == first  # the same items: held once
    (told,), (data,) = browser.ask("recall", first)
    assert (told, data) == ({"encoding": "bitset", "count": 2}, bits[:1])
    for pair in itertools.islice(itertools.combinations(dataset.keys[2:], 2), 40):
        browser.ask("remember", {"encoding": "keys"}, pair)
    assert browser.refused(request("recall", first)) == "bad-request"
    assert browser.refused(request("recall", {"set": "../../etc"})) == "bad-request"
    unknown = np.array([99_999], "<u4").tobytes()
    assert browser.refused(request("remember", {"encoding": "keys"}), [unknown]) == "unknown-keys"
