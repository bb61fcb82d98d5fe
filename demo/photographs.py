"""Photographs for the demo, in folders by class, from the learning games of GCompris as Debian packages them.

    python demo/photographs.py FOLDER_OF_THE_PACKAGE TARGET

Some 260 photographs of animals, fishes, monuments, tools, household things, wind mills and solar cells. Their authors
gave them under CC BY, CC BY-SA, the GPL, or into the public domain; the package's ``copyright`` names each, and is
copied beside them. GCompris keeps them in Qt's resource files: a tree of names, and their bytes one after the other.
"""

from __future__ import annotations

import shutil
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

#: From a resource file and a folder in it to the class of its pictures.
CLASSES = {
    ("categorization", "images/fishes"): "fishes",
    ("categorization", "images/monuments"): "monuments",
    ("categorization", "images/others"): "household",
    ("categorization", "images/renewable"): "energy",
    ("categorization", "images/tools"): "tools",
    ("erase", "resource"): "animals",
    ("explore_farm_animals", "resource/animals"): "animals",
    ("explore_monuments", "resource"): "monuments",
    ("explore_world_animals", "resource/animals"): "animals",
}

_ENTRY = 22  # bytes of a node of the tree, from version 2 of the format on
_IS_FOLDER, _BY_ZLIB = 2, 1


def resources(file: Path) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of each file in a resource file (https://doc.qt.io/qt-6/resources.html; ``rcc --binary``)."""
    raw = file.read_bytes()
    magic, version, tree, data, names = struct.unpack_from(">4s4I", raw)
    if magic != b"qres" or version < 2:
        raise ValueError(f"{file} is no resource file of Qt, or one of an old version.")

    def name_at(offset: int) -> str:
        (length,) = struct.unpack_from(">H", raw, names + offset)
        start = names + offset + 6  # past a hash
        return raw[start : start + 2 * length].decode("utf-16-be")

    def walk(node: int, path: str) -> Iterator[tuple[str, bytes]]:
        name, flags, count, first = struct.unpack_from(">IHII", raw, tree + node * _ENTRY)
        here = f"{path}/{name_at(name)}" if node else ""
        if flags & _IS_FOLDER:
            for child in range(first, first + count):
                yield from walk(child, here)
            return
        at = data + first
        (size,) = struct.unpack_from(">I", raw, at)
        content = raw[at + 4 : at + 4 + size]
        yield here, zlib.decompress(content[4:]) if flags & _BY_ZLIB else content

    yield from walk(0, "")


def class_of(file: Path, path: str) -> str | None:
    """The class of a picture in a resource file; None for what is no photograph."""
    folder, _, name = path.rpartition("/")
    if not name.endswith(".webp") or "background" in name:
        return None
    known = (kind for (stem, part), kind in CLASSES.items() if stem == file.stem and f"/{part}" in folder)
    return next(known, None)


def unpack(package: Path, target: Path) -> int:
    """Write the photographs of an unpacked package into folders by class; how many there are."""
    count = 0
    for file in sorted((package / "usr/share/gcompris-qt/rcc").glob("*.rcc")):
        for path, content in resources(file):
            kind = class_of(file, path)
            if kind is None or len(content) < 4_000:  # small ones are buttons
                continue
            picture = target / kind / Path(path).name
            if picture.exists():
                picture = picture.with_stem(f"{picture.stem}-{Path(path).parent.name}")
            picture.parent.mkdir(parents=True, exist_ok=True)
            picture.write_bytes(content)
            count += 1
    shutil.copy(package / "usr/share/doc/gcompris-qt-data/copyright", target / "copyright.txt")
    return count


if __name__ == "__main__":
    print(unpack(Path(sys.argv[1]), Path(sys.argv[2])), "photographs")
