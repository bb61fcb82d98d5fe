"""Two stores of the same pictures, one in the folder of the other: of whole images, and of the objects on them."""

from __future__ import annotations

from pathlib import Path

from .store import Store

#: Folders of the one that came later, in the folder of the one that was there first.
OBJECTS, IMAGES = "objects.nbc", "images.nbc"
_TILES = "tiles-"


def companion_of(store: Store, name: str) -> Path:
    """Where the companion of a store lies, or would lie: around it, where it is one itself, or else in it."""
    return store.path.parent if is_companion(store) else store.path / name


def is_companion(store: Store) -> bool:
    """Whether a store was made for the one whose folder it lies in."""
    return store.path.name in (OBJECTS, IMAGES) and (store.path.parent / "store.json").exists()


def tiles_folder(size: int, overlap: float) -> str:
    """The folder of tiles of one size and overlap, in that of the store of the images."""
    return f"{_TILES}{size}-{round(100 * overlap)}.nbc"


def is_of_tiles(store: Store) -> bool:
    """Whether the items of a store are tiles of the images of the one that it lies in."""
    return store.path.name.startswith(_TILES) and (store.path.parent / "store.json").exists()


def has_companion(store: Store) -> bool:
    """Whether a store has had a companion made."""
    return is_companion(store) or any((store.path / name / "store.json").exists() for name in (OBJECTS, IMAGES))


def open_companion(store: Store, name: str) -> Store:
    """The companion of a store, as the store itself was opened; made where there is none.

    Raises
    ------
    PermissionError
        If there is none yet, and the store is only read.
    """
    path = companion_of(store, name)
    if store.read_only and not (path / "store.json").exists():
        kind = name.partition(".")[0]
        raise PermissionError(
            f"The {kind} of {store.path} were not asked for before, and it was opened with read_only=True: open it "
            f"once without, and ask for ds.{kind}."
        )
    companion = Store.open(path, read_only=store.read_only, create=not store.read_only)
    store.close_with(companion)
    return companion
