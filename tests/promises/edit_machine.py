"""Any public edits in any order, beside a model in plain Python: after each of them both say the same."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import nbcurate as nbc

from .edit_model import EditModel, Item
from .world import picture

_WORDS = st.sampled_from(["cat", "dog", "owl", "Ünïcode", "a b", "x,y", "'q'"])
_PARTS = st.sampled_from(["train", "val"])
_SOME = st.lists(st.integers(0, 7), min_size=1, max_size=4, unique=True)
_N = 5


class EditMachine(RuleBasedStateMachine):
    """Labels, tags, splits, columns, removals, marks, slices, undo, the same source again, and opening anew."""

    pictures: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="nbcurate-machine-"))
        self.model = EditModel()
        self.count = 0

    @initialize()
    def read(self) -> None:
        for kind in ("cat", "dog"):
            (self.folder / "pictures" / kind).mkdir(parents=True)
        for _ in range(_N):
            self._draw()
        self.ds = nbc.Dataset.from_folder(self.folder / "pictures", store=self.folder / "set.nbc")

    def _draw(self) -> None:
        """One picture more, which sorts behind the others of its class."""
        kind = ("cat", "dog")[self.count % 2]
        picture(self.count).save(self.folder / "pictures" / kind / f"{self.count:03}.png")
        self.model.items[f"{kind}/{self.count:03}.png"] = Item(kind)
        self.count += 1

    def _chosen(self, places: list[int]) -> list[str]:
        ids = self.model.ids
        return list(dict.fromkeys(ids[place % len(ids)] for place in places))

    def has_items(self) -> bool:
        return bool(self.model.ids)

    # -- edits ------------------------------------------------------------------------------------------------------

    @precondition(has_items)
    @rule(places=_SOME, word=st.none() | _WORDS)
    def label(self, places: list[int], word: str | None) -> None:
        ids = self._chosen(places)
        self.ds.relabel(ids, word)
        self.model.edit(dict.fromkeys(ids, word), "label")

    @precondition(has_items)
    @rule(places=_SOME, words=st.lists(_WORDS, min_size=1, max_size=2, unique=True))
    def tag(self, places: list[int], words: list[str]) -> None:
        ids = self._chosen(places)
        self.ds.tag(ids, *words)
        there = {item_id: self.model.items[item_id].tags for item_id in ids}
        self.model.edit({i: [*tags, *(w for w in words if w not in tags)] for i, tags in there.items()}, "tags")

    @precondition(has_items)
    @rule(places=_SOME, word=_WORDS)
    def untag(self, places: list[int], word: str) -> None:
        ids = self._chosen(places)
        self.ds.untag(ids, word)
        self.model.edit({i: [tag for tag in self.model.items[i].tags if tag != word] for i in ids}, "tags")

    @precondition(has_items)
    @rule(places=_SOME)
    def remove(self, places: list[int]) -> None:
        ids = self._chosen(places)
        self.ds.remove(ids)
        self.model.edit(dict.fromkeys(ids, True), "removed")

    @rule(places=_SOME)
    def restore(self, places: list[int]) -> None:
        gone = [item_id for item_id, item in self.model.items.items() if item.removed]
        ids = list(dict.fromkeys(gone[place % len(gone)] for place in places)) if gone else []
        self.ds.restore(ids)
        self.model.edit(dict.fromkeys(ids, False), "removed")

    @rule()
    def undo_edit(self) -> None:
        assert self.ds.undo_edit() == self.model.undo_edit()

    @precondition(has_items)
    @rule(values=st.lists(st.none() | st.floats(-9, 9), min_size=1, max_size=3), name=st.sampled_from(["age", "größe"]))
    def add_column(self, values: list[float | None], name: str) -> None:
        given = {i: values[n % len(values)] for n, i in enumerate(self.ds.ids)}
        self.ds.add_column(name, list(given.values()))
        for item_id, item in self.model.items.items():
            item.columns[name] = given.get(item_id)

    @precondition(has_items)
    @rule(places=_SOME, value=st.floats(-9, 9))
    def add_to_column(self, places: list[int], value: float) -> None:
        ids = self._chosen(places)
        self.ds.add_column("age", dict.fromkeys(ids, value))
        for item_id in ids:
            self.model.items[item_id].columns["age"] = value

    # -- marks ------------------------------------------------------------------------------------------------------

    @precondition(has_items)
    @rule(places=_SOME)
    def select(self, places: list[int]) -> None:
        ids = self._chosen(places)
        self.ds.selection.set(ids)
        self.model.mark(ids, [i for i in self.model.rejected if i not in ids])

    @precondition(has_items)
    @rule(places=_SOME)
    def reject(self, places: list[int]) -> None:
        ids = self._chosen(places)
        self.ds.selection.reject(ids)
        more = [i for i in ids if i not in self.model.rejected]
        self.model.mark([i for i in self.model.kept if i not in ids], [*self.model.rejected, *more])

    @rule()
    def undo_mark(self) -> None:
        assert self.ds.selection.undo() == self.model.undo_mark()

    @rule(name=_WORDS)
    def save_slice(self, name: str) -> None:
        self.ds.save_slice(name)
        self.model.slices[name] = (self.model.kept, self.model.rejected)

    @precondition(lambda self: self.model.slices)
    @rule(data=st.data())
    def load_slice(self, data: Any) -> None:
        name = data.draw(st.sampled_from(sorted(self.model.slices)))
        self.ds.slices[name].select()
        self.model.mark(*self._slice(name))

    @precondition(lambda self: self.model.slices)
    @rule(data=st.data())
    def drop_slice(self, data: Any) -> None:
        name = data.draw(st.sampled_from(sorted(self.model.slices)))
        del self.ds.slices[name]
        del self.model.slices[name]

    # -- time goes by -----------------------------------------------------------------------------------------------

    @rule(new=st.booleans())
    def read_again(self, new: bool) -> None:
        if new and self.count < 12:
            self._draw()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.ds = nbc.Dataset.from_folder(self.folder / "pictures", store=self.folder / "set.nbc")

    @rule()
    def open_anew(self) -> None:
        """As another kernel would: what can be undone of the marks is gone."""
        self.ds.close()
        self.ds = nbc.Dataset.open(self.folder / "set.nbc")
        self.model.undo = []

    # -- both say the same ------------------------------------------------------------------------------------------

    def _slice(self, name: str) -> tuple[list[str], list[str]]:
        """What of a slice is still in."""
        kept, rejected = ([i for i in ids if not self.model.items[i].removed] for ids in self.model.slices[name])
        return kept, rejected

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "ds"):
            return
        model, items = self.model, self.model.items
        ids = self.ds.ids
        assert sorted(ids) == sorted(model.ids)
        assert self.ds.labels == [items[i].label for i in ids]
        assert [tags or [] for tags in self.ds.column("tags").to_pylist()] == [items[i].tags for i in ids]
        for name in {name for item in items.values() for name in item.columns}:
            assert self.ds.column(name).to_pylist() == [items[i].columns.get(name) for i in ids]
        assert (self.ds.selection.ids, self.ds.selection.rejected) == (model.kept, model.rejected)
        assert {name: (self.ds.slices[name].ids, self.ds.slices[name].rejected) for name in self.ds.slices} == {
            name: self._slice(name) for name in model.slices
        }

    def teardown(self) -> None:
        if hasattr(self, "ds"):
            self.ds.close()
        shutil.rmtree(self.folder)
