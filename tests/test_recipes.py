"""What was decided about a data set goes into a file, and is so again on a colleague's copy; nothing else happens."""

from __future__ import annotations

import json
import os
import shutil
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nbcurate as nbc

from .conftest import colour_layout


@pytest.fixture
def mine(dataset: nbc.Dataset) -> nbc.Dataset:
    return dataset


@pytest.fixture
def theirs(folder: Path, tmp_path: Path) -> nbc.Dataset:
    """A copy of the pictures in another folder, with a store of its own."""
    copy = tmp_path / "elsewhere" / "copy"
    shutil.copytree(folder, copy)
    return nbc.Dataset.from_folder(copy, store=tmp_path / "theirs.nbc")


@pytest.fixture
def renamed(folder: Path, tmp_path: Path) -> nbc.Dataset:
    """A copy one folder deeper, read in another order: other ids, other keys."""
    copy = tmp_path / "renamed" / "all"
    shutil.copytree(folder, copy / "data")
    for at, file in enumerate(sorted((copy / "data" / "food").iterdir())):
        file.rename(copy / f"{100 - at}.png")
    return nbc.Dataset.from_folder(copy, store=tmp_path / "renamed.nbc")


def saved(dataset: nbc.Dataset, tmp_path: Path, **options: Any) -> Path:
    return dataset.save_recipe(tmp_path / "curation.json", **options)


def quietly(dataset: nbc.Dataset, path: Path, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return dataset.replay(path, **options)


def decide(dataset: nbc.Dataset) -> dict[str, list[str]]:
    """One decision of each kind; which items are in each."""
    ids = dataset.ids
    animals, food, vehicles = ids[:8], ids[8:16], ids[16:]
    dataset.relabel(food[:2], "cake")
    dataset.relabel(animals[2:3], None)
    dataset.tag(food[1:4], "night", "blurry")
    dataset.remove(vehicles[:2])
    dataset.save_slice("best", [food[5], food[4]])
    dataset.selection.set([food[3], animals[4]])
    dataset.selection.reject([vehicles[5]])
    return {
        "cake": food[:2], "none": animals[2:3], "night": food[1:4], "removed": vehicles[:2], "best": [food[5], food[4]],
        "kept": [food[3], animals[4]], "rejected": [vehicles[5]],
    }  # fmt: skip


def state(dataset: nbc.Dataset) -> dict[str, Any]:
    frame = dataset.to_pandas()
    return {
        "labels": dict(zip(frame["id"], dataset.labels, strict=True)),
        "tags": {
            item: list(tags or []) for item, tags in zip(frame["id"], dataset.column("tags").to_pylist(), strict=True)
        },
        "split": dict(zip(frame["id"], dataset.column("split").to_pylist(), strict=True)),
        "kept": dataset.selection.ids,
        "rejected": dataset.selection.rejected,
        "slices": {name: (part.ids, part.rejected) for name, part in dataset.slices.items()},
    }


def test_a_colleagues_copy_is_as_mine_is(mine: nbc.Dataset, theirs: nbc.Dataset, tmp_path: Path) -> None:
    decide(mine)
    mine.split(train=0.5, val=0.5, pixels=False, scenes=False)
    report = quietly(theirs, saved(mine, tmp_path))
    assert state(theirs) == state(mine)
    assert (report.removed, report.not_found, report.conflicts) == (2, [], [])
    assert "22 changed, 0 added, 2 removed" in repr(report)


def test_a_second_time_nothing_changes(mine: nbc.Dataset, theirs: nbc.Dataset, tmp_path: Path) -> None:
    decide(mine)
    path = saved(mine, tmp_path)
    first = quietly(theirs, path)
    there, edits, revision = state(theirs), len(theirs.history), theirs.selection.revision
    second = quietly(theirs, path)
    assert (second.changed, second.removed, second.notes) == (0, 0, [])
    assert second.unchanged == first.changed + first.removed
    assert (state(theirs), len(theirs.history), theirs.selection.revision) == (there, edits, revision)


def test_on_itself_nothing_changes(mine: nbc.Dataset, tmp_path: Path) -> None:
    decide(mine)
    there = state(mine)
    report = quietly(mine, saved(mine, tmp_path))
    assert (state(mine), report.changed, report.removed) == (there, 0, 0)


def test_one_undo_takes_labels_tags_splits_and_removals_back(
    mine: nbc.Dataset, theirs: nbc.Dataset, tmp_path: Path
) -> None:
    before = state(theirs)
    decide(mine)
    quietly(theirs, saved(mine, tmp_path))
    assert set(theirs.history["column"]) == {"label", "tags", "status"}
    assert theirs.undo_edit()
    assert not theirs.undo_edit()
    assert theirs.selection.undo()
    assert {**state(theirs), "slices": {}} == before


def test_items_of_other_names_are_found_by_their_content(
    mine: nbc.Dataset, renamed: nbc.Dataset, tmp_path: Path
) -> None:
    picked = decide(mine)
    with pytest.warns(UserWarning, match="'data' here, where 'animals' became None: that was taken"):
        report = renamed.replay(saved(mine, tmp_path))
    assert len(renamed) == len(mine)
    names = {
        f"food/{name}": f"{100 - at}.png" for at, name in enumerate(sorted(os.listdir(tmp_path / "pictures/food")))
    }
    there = [names.get(item, f"data/{item}") for item in picked["kept"]]
    assert renamed.selection.ids == there
    assert [label for item, label in zip(renamed.ids, renamed.labels, strict=True) if label == "cake"] == ["cake"] * 2
    assert {names[item] for item in picked["cake"]} == {
        item for item, label in zip(renamed.ids, renamed.labels, strict=True) if label == "cake"
    }
    assert "have another id here" in repr(report)


def test_of_exact_copies_the_one_that_was_removed_goes(mine: nbc.Dataset, renamed: nbc.Dataset, tmp_path: Path) -> None:
    kept, dropped = mine.ids[:2]
    mine.remove([dropped])
    quietly(renamed, saved(mine, tmp_path))
    assert f"data/{kept}" in renamed.ids
    assert f"data/{dropped}" not in renamed.ids


def test_the_last_copy_of_a_picture_stays(mine: nbc.Dataset, folder: Path, tmp_path: Path) -> None:
    """I dropped one of two copies; where there is one alone, under a third name, it is not dropped."""
    kept, dropped = mine.ids[:2]
    mine.remove([dropped])
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(folder / kept, alone / f"x-{Path(dropped).name}")
    other = nbc.Dataset.from_folder(alone, store=tmp_path / "alone.nbc")
    with pytest.warns(UserWarning, match="not found"):
        report = other.replay(saved(mine, tmp_path))
    assert (len(other), report.removed, report.not_found) == (1, 0, [dropped])


def test_what_is_not_there_is_told_and_costs_nothing_else(mine: nbc.Dataset, folder: Path, tmp_path: Path) -> None:
    picked = decide(mine)
    copy = tmp_path / "fewer"
    shutil.copytree(folder, copy)
    (copy / picked["cake"][0]).unlink()
    other = nbc.Dataset.from_folder(copy, store=tmp_path / "fewer.nbc")
    with pytest.warns(UserWarning, match="curation.json: not found: food/"):
        report = other.replay(saved(mine, tmp_path))
    assert report.not_found == picked["cake"][:1]
    assert other.labels[other.ids.index(picked["cake"][1])] == "cake"


def test_an_id_of_another_picture_is_not_taken_for_it(mine: nbc.Dataset, folder: Path, tmp_path: Path) -> None:
    """Two files have changed names, a third is another picture: the label goes with the picture, or nowhere."""
    first, second, third = mine.ids[8:11]
    mine.relabel([first], "cake")
    mine.relabel([third], "soup")
    copy = tmp_path / "exchanged"
    shutil.copytree(folder, copy)
    (copy / first).rename(copy / "x.png")
    (copy / second).rename(copy / first)
    (copy / "x.png").rename(copy / second)
    shutil.copy(next((tmp_path / "pictures" / "vehicles").iterdir()), copy / third)
    other = nbc.Dataset.from_folder(copy, store=tmp_path / "exchanged.nbc")
    with pytest.warns(UserWarning, match=f"{third}' is another picture here"):
        report = other.replay(saved(mine, tmp_path))
    labels = dict(zip(other.ids, other.labels, strict=True))
    assert (labels[first], labels[second], labels[third]) == ("food", "cake", "food")
    assert len(report.conflicts) == 1


def test_what_a_colleague_has_decided_otherwise_stays_unless_asked(
    mine: nbc.Dataset, theirs: nbc.Dataset, tmp_path: Path
) -> None:
    item, tagged = mine.ids[8:10]
    mine.relabel([item], "cake")
    mine.tag([tagged], "night")
    mine.save_slice("best", [item])
    theirs.relabel([item], "soup")
    theirs.tag([tagged], "mine")
    theirs.save_slice("best", [tagged])
    path = saved(mine, tmp_path)
    with pytest.warns(UserWarning, match="label is 'soup' here, where 'food' became 'cake'"):
        report = theirs.replay(path)
    assert len(report.conflicts) == 2
    assert "there is another one of that name" in repr(report)
    assert theirs.labels[8] == "soup"
    assert theirs.column("tags").to_pylist()[9] == ["mine", "night"]
    report = quietly(theirs, path, overwrite=True)
    assert (theirs.labels[8], theirs.slices["best"].ids, report.conflicts) == ("cake", [item], [])


def test_the_filter_of_a_view_and_the_picks_go_along(mine: nbc.Dataset, theirs: nbc.Dataset, tmp_path: Path) -> None:
    view = mine.where("label != 'vehicles'").where(mine.ids[4:12])
    picks = view.diverse(3)
    assert picks.recipe["where"][0] == "label != 'vehicles'"
    path = saved(view, tmp_path, picks=picks)
    assert json.loads(path.read_text())["where"][0] == "label != 'vehicles'"
    report = quietly(theirs, path)
    assert report.view.ids == view.ids
    assert report.view.conditions == ["label != 'vehicles'", {"ids": mine.ids[4:12]}]
    assert (report.picks[0].ids, report.picks[0].reasons) == (picks.ids, picks.reasons)
    assert theirs.selection.ids == []


def test_a_filter_over_a_column_that_is_not_there_is_told(
    mine: nbc.Dataset, theirs: nbc.Dataset, tmp_path: Path
) -> None:
    mine.add_column("stars", list(range(24)))
    content = changed(saved(mine.where("stars > 3"), tmp_path), columns={})
    with pytest.warns(UserWarning, match="the view cannot be made here: There is no column 'stars'"):
        report = theirs.replay(content)
    assert report.view is None


@pytest.mark.parametrize(
    ("values", "condition"),
    [
        (list(range(24)), "stars > 3"),
        ([at / 4 if at % 5 else float("inf") for at in range(24)], '"Stars" > 3'),
        ([f"of {at % 4}" for at in range(24)], "stars = 'of 2'"),
        ([at % 3 == 0 for at in range(24)], "stars"),
        ([datetime(2026, 1, 1 + at, tzinfo=UTC) for at in range(24)], "stars > '2026-01-10'"),
        ([["a", "b"][: at % 3] for at in range(24)], "list_contains(stars, 'b')"),
    ],
)
def test_a_column_that_the_filter_names_goes_along(
    values: list[Any], condition: str, mine: nbc.Dataset, theirs: nbc.Dataset, renamed: nbc.Dataset, tmp_path: Path
) -> None:
    mine.add_column("stars", values)
    view = mine.where(condition)
    path = saved(view, tmp_path)
    report = quietly(theirs, path)
    assert report.view.ids == view.ids
    assert 0 < len(view) < 24
    assert theirs.column("stars").type == mine.column("stars").type
    assert theirs.column("stars").to_pylist() == mine.column("stars").to_pylist()
    assert quietly(theirs, path).notes == []
    assert len(quietly(renamed, path).view) == len(view)


def test_a_column_of_the_filter_that_is_another_here_stays(
    mine: nbc.Dataset, theirs: nbc.Dataset, tmp_path: Path
) -> None:
    mine.add_column("stars", list(range(24)))
    theirs.add_column("stars", {theirs.ids[5]: 100})
    path = saved(mine.where("stars > 3"), tmp_path)
    with pytest.warns(UserWarning, match=r"column 'stars': 1 of its values are others here"):
        theirs.replay(path)
    assert theirs.column("stars").to_pylist() == [*range(5), 100, *range(6, 24)]
    quietly(theirs, path, overwrite=True)
    assert theirs.column("stars").to_pylist() == list(range(24))


def test_columns_that_are_not_in_the_file_are_told(mine: nbc.Dataset, folder: Path, tmp_path: Path) -> None:
    mine.add_column("stars", list(range(24))).add_column("moons", list(range(24)))
    with pytest.warns(UserWarning, match=r"does not hold the columns 'moons': .* ds\.add_column takes them"):
        saved(mine.where("stars > 3"), tmp_path)
    table = pd.DataFrame({"path": mine.ids, "stars": range(24)})  # what a source gives, a copy has
    of_table = nbc.Dataset.from_table(table, root=folder, store=tmp_path / "t.nbc")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        saved(of_table, tmp_path, overwrite=True)


def test_labels_in_other_columns_and_lists_go_along(mine: nbc.Dataset, theirs: nbc.Dataset, tmp_path: Path) -> None:
    mine.relabel(mine.ids[:3], "alive", column="coarse")
    with pytest.warns(UserWarning, match="list of labels"):
        mine.relabel({mine.ids[8]: ["food", "sweet"], mine.ids[9]: []})
    with pytest.warns(UserWarning, match="list of labels"):
        theirs.replay(saved(mine, tmp_path))
    assert theirs.column("coarse").to_pylist() == mine.column("coarse").to_pylist()
    assert theirs.labels == mine.labels
    assert theirs.undo_edit()
    assert theirs.labels[8:10] == [["food"], ["food"]]


def test_boxes_by_name_and_place(photographs: Path, tmp_path: Path) -> None:
    coco = {
        "images": [{"id": 1, "file_name": "cat.jpg"}], "categories": [{"id": 1, "name": "eye"}],
        "annotations": [{"id": n, "image_id": 1, "category_id": 1, "bbox": [10 * n, 9, 30, 20]} for n in (1, 2, 3)],
    }  # fmt: skip
    mine = nbc.Dataset.from_coco(coco, images=photographs, store=tmp_path / "mine.nbc")
    shutil.copytree(photographs, tmp_path / "copy")
    renumbered = [{**one, "id": one["id"] + 1} for one in coco["annotations"]]
    theirs = nbc.Dataset.from_coco(
        {**coco, "annotations": renumbered}, images=tmp_path / "copy", store=tmp_path / "theirs.nbc"
    )
    mine.relabel(["cat.jpg#2"], "nose")
    mine.remove(["cat.jpg#3"])
    quietly(theirs, saved(mine, tmp_path))
    assert dict(zip(theirs.ids, theirs.labels, strict=True)) == {"cat.jpg#2": "eye", "cat.jpg#3": "nose"}


def test_a_change_that_was_taken_back_is_none(mine: nbc.Dataset, theirs: nbc.Dataset, tmp_path: Path) -> None:
    mine.relabel(mine.ids[:2], "cake")
    mine.undo_edit()
    mine.remove(mine.ids[3:4])
    mine.undo_edit()
    mine.relabel(mine.ids[5:6], "cake")
    mine.relabel(mine.ids[5:6], mine.labels[4])
    report = quietly(theirs, saved(mine, tmp_path))
    assert (report.changed, report.removed, len(theirs)) == (0, 0, 24)


def test_removing_is_in_the_history_and_can_be_undone(mine: nbc.Dataset) -> None:
    ids = mine.ids
    mine.remove(ids[:3])
    assert mine.ids == ids[3:]
    assert mine.history[["id", "column", "old", "new"]].to_numpy().tolist()[0] == [
        ids[0],
        "status",
        '"ok"',
        '"removed"',
    ]
    assert mine.undo_edit()
    assert mine.ids == ids


def test_what_was_removed_can_be_brought_back_by_id(mine: nbc.Dataset) -> None:
    ids = mine.ids
    mine.remove(ids[:3])
    mine.relabel(ids[5:6], "cake")
    with pytest.raises(KeyError, match="was not removed"):
        mine.restore([ids[0], "nowhere.png"])
    mine.restore([ids[1], ids[9]])
    assert mine.ids == ids[1:2] + ids[3:]
    mine.restore(ids[:1])
    assert mine.undo_edit()
    assert mine.ids == ids[1:2] + ids[3:]


def test_a_file_that_is_there_is_not_written_over(mine: nbc.Dataset, tmp_path: Path) -> None:
    path = saved(mine, tmp_path)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        saved(mine, tmp_path)
    assert saved(mine, tmp_path, overwrite=True) == path


def test_a_file_with_the_recipe_of_a_finding_is_replayed_too(mine: nbc.Dataset, tmp_path: Path) -> None:
    picks = mine.where("label = 'food'").diverse(3)
    path = tmp_path / "picks.json"
    path.write_text(json.dumps(picks.recipe))
    assert quietly(mine, path).ids == picks.ids


def test_a_read_only_data_set_is_not_touched(mine: nbc.Dataset, theirs: nbc.Dataset, tmp_path: Path) -> None:
    decide(mine)
    path = saved(mine, tmp_path)
    place = theirs.store.path
    theirs.close()
    with pytest.raises(PermissionError, match="read_only"):
        nbc.Dataset.open(place, read_only=True).replay(path)


def changed(path: Path, **parts: Any) -> dict[str, Any]:
    return {**json.loads(path.read_text()), **parts}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"version": 99}, "upgrade"),
        ({"version": "1"}, "version '1'"),
        ({"format": "pickle"}, "no curation"),
        ({"run": "import os"}, "a part 'run' that this version does not know"),
        ({"removed": [10**9]}, "names the item 1000000000"),
        ({"removed": [-1]}, "names the item -1"),
        ({"removed": [True]}, "names the item True"),
        ({"removed": "all"}, "is a list"),
        ({"ids": [3]}, "a text is expected"),
        ({"ids": ["a", "b"], "contents": []}, "2 ids and 0 contents"),
        ({"edits": {"path": {"items": [0], "old": [None], "new": ["/etc/passwd"]}}}, "may not: 'path' is a column"),
        ({"edits": {"root": {"items": [0], "old": [0], "new": [1]}}}, "may not: 'root'"),
        ({"edits": {"status": {"items": [0], "old": [None], "new": ["ok"]}}}, "may not: 'status'"),
        ({"edits": {"label": {"items": [0], "old": [None], "new": [{"a": 1}]}}}, "is a list"),
        ({"edits": {"label": {"items": [0], "old": [None], "new": []}}}, "not as many"),
        ({"edits": {"label": {"items": [0], "old": [None], "new": ["a"], "code": 1}}}, "a part 'code'"),
        ({"columns": {"status": {"items": [0], "values": ["ok"]}}}, "may not: 'status'"),
        ({"columns": {"stars": {"items": [0], "values": []}}}, "not as many"),
        ({"columns": {"stars": {"items": [0], "values": ["x"], "type": "int8"}}}, "none of the type 'int8'"),
        ({"columns": {"stars": {"items": [0], "values": [1], "code": "x"}}}, "a part 'code'"),
        ({"selection": {"kept": [0], "rejected": 3}}, "is a list"),
        ({"where": [{"sql": "1"}]}, "is a list"),
    ],
)
def test_a_file_is_checked_before_any_of_it_is_done(
    mine: nbc.Dataset, theirs: nbc.Dataset, tmp_path: Path, parts: dict[str, Any], words: str
) -> None:
    decide(mine)
    content = changed(saved(mine, tmp_path), **parts)
    before = state(theirs)
    hostile = tmp_path / "hostile.json"
    hostile.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=words):
        theirs.replay(hostile)
    assert (state(theirs), len(theirs.history)) == (before, 0)


@pytest.mark.parametrize(
    "condition",
    [
        "true); copy (select 1) to '{folder}/written.csv'; select (true",
        "true) from items; copy (select 1) to '.tmp/written.csv'; select 1, (true",
        "true) from items; create table other as select 1; select 1, (true",
        "(select value from duckdb_settings() where name = 'threads') = (select value from read_text('.'))",
        "true); attach '{folder}/written.db'; select (true",
        "(select count(*) from read_text('/etc/passwd')) > 0",
        "(select count(*) from glob('/etc/*')) > 0",
        "true); install httpfs; select (true",
    ],
)
def test_a_condition_reads_and_writes_nothing_but_columns(
    mine: nbc.Dataset, theirs: nbc.Dataset, tmp_path: Path, condition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the database keeps temporary files in ./.tmp, unless it is told not to
    (tmp_path / ".tmp").mkdir()
    content = changed(saved(mine, tmp_path), where=[condition.format(folder=tmp_path)])
    before = sorted(os.listdir(tmp_path))
    with pytest.warns(UserWarning, match="the view cannot be made here"):
        report = theirs.replay(content)
    assert report.view is None
    assert sorted(os.listdir(tmp_path)) == before
    assert os.listdir(tmp_path / ".tmp") == []


def test_what_is_no_file_of_ours(mine: nbc.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, nested = tmp_path / "broken.json", tmp_path / "nested.json"
    broken.write_bytes(b"\x80\x04cos\nsystem\n")
    nested.write_text("[" * 200_000)
    for path in (broken, nested):
        with pytest.raises(ValueError, match="is no JSON file"):
            mine.replay(path)
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, tmp_path / "none.json"):
        with pytest.raises(FileNotFoundError, match=r"ds\.save_recipe"):
            mine.replay(path)
    path = saved(mine, tmp_path)
    monkeypatch.setattr("nbcurate.findings.curation_file.MOST_BYTES", 10)
    with pytest.raises(ValueError, match="at most"):
        mine.replay(path)


def test_a_copy_without_labels_takes_them(mine: nbc.Dataset, folder: Path, tmp_path: Path) -> None:
    mine.relabel(mine.ids[8:10], "cake")
    bare = nbc.Dataset.from_folder(folder, store=tmp_path / "bare.nbc", label=None).embed(colour_layout)
    quietly(bare, saved(mine, tmp_path))
    assert bare.labels[8:11] == ["cake", "cake", None]
