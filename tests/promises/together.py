"""Several threads of one process: what comes out is what would have come out one after the other."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import nbcurate as nbc

from .attack import Attack, Verdict
from .operations import OPERATIONS
from .state import State, differences, disagreements, observe
from .world import World, corners, grey

#: Operations that close the data set, whose files are others with each thread, or that move it, are not for threads.
_ALONE = ("Dataset.close", "Dataset.open", "Dataset.reroot", "Dataset.export", "View.snapshot", "ContactSheet")


def at_once(world: World, calls: Sequence[Callable[[World], object]]) -> list[str]:
    """Make calls in a thread each, at once; what they raised."""
    raised: list[str] = []
    start = threading.Barrier(len(calls))

    def run(call: Callable[[World], object]) -> None:
        start.wait()
        try:
            call(world)
        except Exception as error:
            raised.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


# -- any two operations ------------------------------------------------------------------------------------------------


def pairs(seed: int = 0) -> Iterator[tuple[str, str]]:
    """Every two operations of one world, in the order of chance."""
    there = [o for o in OPERATIONS.values() if o.world == "curated" and not o.of.startswith(_ALONE)]
    mixed = list(itertools.combinations([operation.name for operation in there], 2))
    random.Random(seed).shuffle(mixed)
    yield from mixed


def do_pair(folder: str, names: tuple[str, str], threads: bool) -> tuple[State, list[str]]:
    """Do two operations at once or one after the other; the state then, and what they raised. As a job."""
    world = World(Path(folder))
    operations = [OPERATIONS[name] for name in names]
    worlds = [World(world.folder) for _ in operations]  # what is prepared for one is not the other's
    for operation, own in zip(operations, worlds, strict=True):
        operation.before(own)
    calls = [lambda _, o=o, own=own: o.do(own) for o, own in zip(operations, worlds, strict=True)]
    raised = at_once(world, calls) if threads else [text for call in calls for text in at_once(world, [call])]
    worlds[0].ds.close()
    return observe(World(world.folder)), sorted(raised)


def pair(attack: Attack, one: str, other: str) -> Verdict:
    """Do two operations at once; it is a fault if what comes out comes out in neither order."""
    orders = []
    for names in ((one, other), (other, one)):
        attack.fresh("curated")
        orders.append(attack.must("together:do_pair", str(attack.case), names, False))
    attack.fresh("curated")
    done = attack.run("together:do_pair", str(attack.case), (one, other), True)
    if not done.ok:
        return Verdict(f"{one} beside {other}", [f"the process {done.ended}"])
    state, raised = done.value
    wrong = disagreements(state)
    if state not in [order for order, _ in orders]:
        wrong += min((differences(state, order) for order, _ in orders), key=len)
    if raised not in [texts for _, texts in orders]:
        wrong.append(f"raised {raised}, one after the other {orders[0][1]}")
    return Verdict(f"{one} beside {other}", wrong)


# -- many of one kind --------------------------------------------------------------------------------------------------


def eight_taggers(world: World) -> list[str]:
    """Eight threads give eight tags to the same items."""
    ids = world.ds.ids[:5]
    raised = at_once(world, [lambda w, k=k: w.ds.tag(ids, f"tag {k}") for k in range(8)])
    missing = [f"tag {k}" for k in range(8) if world.ds.tags.get(f"tag {k}") != len(ids)]
    return raised + [f"lost: {tag}" for tag in missing]


def the_same_folder_four_times(world: World) -> list[str]:
    """Four threads read one folder into one new store."""
    store = world.folder / "another.nbc"
    raised = at_once(world, [lambda w: nbc.Dataset.from_folder(w.pictures, store=store)] * 4)
    ds = nbc.Dataset.open(store)
    keys = ds.store.items.keys.tolist()
    return raised + ([f"{len(keys)} rows for 14 files"] if len(keys) != 14 or len(set(keys)) != 14 else [])


def four_folders(world: World) -> list[str]:
    """Four threads read a folder each into one new store."""
    store = world.folder / "another.nbc"
    folders = [world.pictures / "cat", world.pictures / "dog", world.more / "cat", world.more / "dog"]
    raised = at_once(world, [lambda _, f=f: nbc.Dataset.from_folder(f, store=store) for f in folders])
    ds = nbc.Dataset.open(store)
    keys, files = ds.store.items.keys.tolist(), sum(len(list(folder.iterdir())) for folder in folders)
    return raised + ([f"{len(keys)} rows for {files} files"] if len(set(keys)) != files else [])


def eight_undos(world: World) -> list[str]:
    """Eight threads take edits back, and then edits go on."""
    for k in range(8):
        world.ds.relabel(world.ds.ids[k : k + 1], f"name {k}")
    raised = at_once(world, [lambda w: w.ds.undo_edit()] * 8)
    left = [label for label in world.ds.labels if str(label).startswith("name")]
    world.ds.relabel(world.ds.ids[9:10], "later")
    world.ds.close()
    again = World(world.folder).ds
    taken_back = again.undo_edit() and "later" not in again.labels
    return raised + [f"not taken back: {label}" for label in left] + ([] if taken_back else ["the log is broken"])


def slices_come_and_go(world: World) -> list[str]:
    """Eight threads save and delete slices."""
    ids = world.ds.ids
    for k in range(12):
        world.ds.save_slice(f"old {k}", ids[:2])

    def save(w: World, k: int) -> None:
        for j in range(3):
            w.ds.save_slice(f"new {k} {j}", ids[: k + 1])

    def drop(w: World, k: int) -> None:
        for j in range(3):
            del w.ds.slices[f"old {3 * k + j}"]

    steps = [lambda w, k=k, step=step: step(w, k) for k in range(4) for step in (save, drop)]
    raised = at_once(world, steps)
    world.ds.close()
    names = list(World(world.folder).ds.slices)
    wrong = [name for name in names if name.startswith("old")]
    return raised + wrong + ([f"{len(names)} slices for 14"] if len(names) != 14 else [])


def two_encoders(world: World) -> list[str]:
    """Two threads embed, two measure, one shows."""
    calls = [
        lambda w: w.ds.embed(grey),
        lambda w: w.ds.embed(corners),
        lambda w: w.ds.measure(),
        lambda w: w.ds.measure(),
    ]
    raised = at_once(world, [*calls, lambda w: nbc.SimilarityGrid(w.ds).snapshot()])
    state = observe(World(world.folder))
    vectors = sum(name.startswith("vector") for name in state)
    return raised + disagreements(state) + ([f"{vectors} vectors for 24"] if vectors != 24 else [])


def marks(world: World) -> list[str]:
    """Threads keep and reject; every mark is there at the end, in the process and on disk."""
    ids = world.ds.ids
    world.ds.selection.clear()
    calls = [lambda w, k=k: w.ds.selection.add(ids[k : k + 1]) for k in range(5)]
    calls += [lambda w, k=k: w.ds.selection.reject(ids[k : k + 1]) for k in range(5, 9)]
    raised = at_once(world, calls)
    kept, rejected = sorted(world.ds.selection.ids), sorted(world.ds.selection.rejected)
    state = observe(World(world.folder))
    right = kept == sorted(ids[:5]) and rejected == sorted(ids[5:9])
    same = sorted(state["kept"]) == kept and sorted(state["rejected"]) == rejected
    return raised + ([] if right else [f"{kept}, {rejected}"]) + ([] if same else ["not so on disk"])


def edits_beside_a_source(world: World) -> list[str]:
    """A folder is added while items are edited and removed."""
    ids = world.ds.ids
    calls = [
        lambda w: nbc.Dataset.from_folder(w.more, store=w.store),
        lambda w: w.ds.relabel(ids[:4], "edited"),
        lambda w: w.ds.remove(ids[6:8]),
        lambda w: w.ds.add_column("beside", {item_id: n for n, item_id in enumerate(ids[:6])}),
        lambda w: w.ds.split(train=0.5, val=0.5),
    ]
    raised = at_once(world, calls)
    state = observe(World(world.folder))
    edited = [row for row in state["labels"] if row == "edited"]
    count = len(state["ids"])
    return (
        raised + disagreements(state) + ([] if len(edited) == 4 and count == len(ids) + 4 else [f"{edited}, {count}"])
    )


#: Each with the world that it needs.
CROWDS: dict[str, tuple[Callable[[World], list[str]], str]] = {
    crowd.__name__: (crowd, world)
    for crowd, world in [
        (eight_taggers, "items"),
        (the_same_folder_four_times, "pictures"),
        (four_folders, "pictures"),
        (eight_undos, "items"),
        (slices_come_and_go, "curated"),
        (two_encoders, "items"),
        (marks, "items"),
        (edits_beside_a_source, "curated"),
    ]
}


def run_crowd(folder: str, name: str) -> list[str]:
    """What went wrong, as a job."""
    return CROWDS[name][0](World(Path(folder)))


def crowd(attack: Attack, name: str) -> Verdict:
    """Let many threads do one thing."""
    attack.fresh(CROWDS[name][1])
    done = attack.run("together:run_crowd", str(attack.case), name)
    return Verdict(name, done.value if done.ok else [f"the process {done.ended}"])
