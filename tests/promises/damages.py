"""Files of a store that were changed behind its back: it opens right, or says which file is damaged."""

from __future__ import annotations

import random
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .attack import Attack, Verdict
from .state import State, differences, observe
from .world import World

Damage = Callable[[bytes, random.Random], bytes | None]


def _flip(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _zeros(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes(min(64, len(data) - at)) + data[at + 64 :]


#: What happens to files: a bit turns, a block is lost, the end is missing, the file is gone or another's.
DAMAGES: dict[str, Damage] = {
    "a bit": _flip,
    "a bit again": _flip,
    "a block of zeros": _zeros,
    "its second half gone": lambda data, rng: data[: len(data) // 2],
    "its last byte gone": lambda data, rng: data[:-1],
    "emptied": lambda data, rng: b"",
    "deleted": lambda data, rng: None,
    "garbage": lambda data, rng: rng.randbytes(len(data)),
    "text": lambda data, rng: b"this is no such file\n",
    "more at its end": lambda data, rng: data + rng.randbytes(16),
}


@dataclass
class Opened:
    """A damaged store, as people find it: for reading, for writing, and after an edit; and the warnings."""

    reading: State
    writing: State
    edited: State
    warned: list[str]


def open_damaged(folder: str) -> Opened:
    """Open a store that was damaged and edit it, as a job."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        reading, writing = (observe(World(Path(folder)), read_only=flag) for flag in (True, False))
        edited = writing
        if "ids" in writing:
            world = World(Path(folder))
            world.ds.tag(world.ds.ids[:1], "afterwards")
            world.ds.close()
            edited = observe(World(Path(folder)))
    return Opened(reading, writing, edited, [str(warning.message) for warning in warned])


def undamaged(attack: Attack) -> Opened:
    """What is found where nothing is damaged."""
    attack.fresh("curated")
    return attack.must("damages:open_damaged", str(attack.case))


def cases(attack: Attack, seed: int = 0) -> Iterator[tuple[str, str, int]]:
    """Every file of the curated store with every damage, in the order of chance: path, damage, seed."""
    world = attack.fresh("curated")
    files = sorted(
        p.relative_to(world.folder).as_posix() for p in world.store.rglob("*") if p.stat().st_size and p.is_file()
    )
    pairs = [(file, damage) for file in files for damage in DAMAGES]
    random.Random(seed).shuffle(pairs)
    yield from ((file, damage, seed + number) for number, (file, damage) in enumerate(pairs))


def damaged(attack: Attack, whole: Opened, file: str, damage: str, seed: int) -> Verdict:
    """Damage one file of a store, and judge how it is found.

    Parameters
    ----------
    whole : Opened
        See :func:`undamaged`.
    file : str
        Path below the case's folder; the numbers of Lance's files are other ones in another run.
    """
    path = attack.fresh("curated").folder / file
    data = DAMAGES[damage](path.read_bytes(), random.Random(seed))
    path.unlink() if data is None else path.write_bytes(data)
    found = attack.run("damages:open_damaged", str(attack.case))
    wrong = _judge(file, whole, found.value) if found.ok else [f"the process {found.ended}"]
    return Verdict(f"{file}, {damage} (seed {seed})", wrong)


def _judge(file: str, whole: Opened, found: Opened) -> list[str]:
    wrong = _opened("opened for reading", file, whole.reading, found.reading, found.warned)
    wrong += _opened("opened", file, whole.writing, found.writing, found.warned)
    if "ids" in found.writing:
        wrong += _opened("edited", file, whole.edited, found.edited, found.warned)
    return wrong


def _opened(how: str, file: str, whole: State, found: State, warned: list[str]) -> list[str]:
    """It is as it was; or what is missing is told; or it cannot be opened, and the file is named."""
    if error := found.get("CANNOT BE OPENED"):
        foreign = re.search(r"LanceError|/rust/|ArrowInvalid|panick", error)
        named = _named(file, [error])
        return (
            []
            if named and not foreign
            else [f"{how}: {'not in our words' if named else 'file not named'}: {error[:300]}"]
        )
    if found == whole:
        return []
    if "/data/" in file:
        return []  # Lance has no checksums: a value that is another one is not seen; that is said in docs/promises.md
    lost = {name for name in whole if found.get(name) in (None, [], {}, ([], []))}
    other = [text for text in differences(found, whole) if text.partition(":")[0] not in lost]
    silent = [] if not lost or _named(file, warned) else [f"{how}: lost without a word: {sorted(lost)[:3]}"]
    return silent + [f"{how}: {text}" for text in other if not _follows(text, lost)]


def _follows(text: str, lost: set[str]) -> bool:
    """What is another because something is lost that it is made of."""
    return text.startswith("encoders") and any(name.startswith("vector") for name in lost)


def _named(file: str, texts: list[str]) -> bool:
    """Whether a message names the file, or the table that it is a part of."""
    name = next((part for part in file.split("/") if part.endswith(".lance")), file.split("/")[-1])
    return any(name in text for text in texts)
