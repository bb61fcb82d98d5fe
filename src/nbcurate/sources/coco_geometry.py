"""Whether boxes were drawn on the picture that is there: before it was turned or resized, they lie elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..imaging.reading_threads import in_order, reading_threads
from ..imaging.turning import StoredSize, stored_size
from .coco_file import CocoImage
from .coco_problems import Problems
from .root import Root

_THREADS = 8  # reading waits for the disk or the network more than for a core


def turned_images(
    root: Root, images: Sequence[CocoImage], paths: Mapping[str, str], problems: Problems
) -> dict[str, StoredSize]:
    """The images whose boxes are those of the picture as it lies in its file, by their file names.

    Where the annotation file tells the size of a picture that is turned by a quarter, and it is the one before, the
    boxes are from before, too. A picture on its head, mirrored or square has the same size both ways: it is taken to be
    as the others of the file are, and if there are none, to be upright. A picture of any other size is told of: what
    was done to it since its boxes were drawn is not known.

    Parameters
    ----------
    paths : mapping
        Where each file name is found below the root.
    """
    sized = [image for image in images if image.size is not None]
    with reading_threads(_THREADS) as pool:
        found = list(in_order(pool, lambda image: _look(root, paths[image.file_name]), sized))
    clear: dict[str, StoredSize] = {}
    unclear: dict[str, StoredSize] = {}
    upright = 0
    for image, stored in zip(sized, found, strict=True):
        if stored is None:
            continue
        as_stored, as_shown = image.size == (stored.width, stored.height), image.size == stored.upright
        if not as_stored and not as_shown:
            _tell(image, stored, problems)
        elif stored.orientation != 1 and as_stored and as_shown:
            unclear[image.file_name] = stored
        elif as_stored and stored.sideways:
            clear[image.file_name] = stored
        elif stored.sideways:
            upright += 1
    return {**clear, **unclear} if clear and not upright else clear


def _look(root: Root, path: str) -> StoredSize | None:
    try:
        with root.open(path) as stream:
            return stored_size(stream)
    except Exception:  # each file system has errors of its own, and reading the item will tell of it
        return None


def _tell(image: CocoImage, stored: StoredSize, problems: Problems) -> None:
    """Note a picture of another size than the annotation file says."""
    (width, height), (wide, high) = image.size or (0, 0), stored.upright
    kind = "images have another size than the annotation file says: their boxes, left as they are, may lie elsewhere"
    times = f", {wide / width:.3g} times that" if abs(wide / width - high / height) < 1 / min(width, height) else ""
    problems.note(kind, f"{image.file_name!r}: {width} x {height} there, {wide} x {high} px in its file{times}")
