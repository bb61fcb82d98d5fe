"""The pictures of items on their way out: the very bytes of the file, or, of a box on one, what is inside it."""

from __future__ import annotations

import io
import mimetypes
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import IO, Any, Protocol

from PIL import Image
from tqdm.auto import tqdm

from ..imaging import UnreadableImageError
from ..store.paths import encode_path

#: A box is cut out of its picture and kept without loss.
_CUT_FORMAT, _CUT_SUFFIX = "PNG", ".png"


class Root(Protocol):
    """What the paths of files are relative to."""

    @property
    def text(self) -> str: ...


class Original(Protocol):
    """The file of an item, wherever it lies."""

    @property
    def root(self) -> Root: ...

    @property
    def box(self) -> tuple[float, ...] | None: ...

    @property
    def name(self) -> str: ...

    @property
    def place(self) -> str:
        """Where it is, for people; empty where the item has no picture."""
        ...

    @property
    def path(self) -> str:
        """Where it is below its root, as it is to be written."""
        ...

    @property
    def is_file(self) -> bool:
        """Whether it is a file of its own, and no part of another."""
        ...

    def open(self) -> IO[bytes]: ...

    def decode(self) -> Image.Image: ...


@dataclass
class Pictures:
    """Reads the pictures of rows one after the other, and keeps account of those that cannot be had.

    Parameters
    ----------
    rows : list of dict
        The items; ``id`` and ``format`` of each are used.
    files : sequence of Original
        That of each row.
    """

    rows: Sequence[dict[str, Any]]
    files: Sequence[Original]
    #: Ids of those that could not be read, with the reason.
    missing: dict[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[dict[str, Any], str, bytes | None]]:
        """Each row, the file name of its picture, and the bytes; None for what cannot be read."""
        for row, file in tqdm(
            zip(self.rows, self.files, strict=True), total=len(self.rows), desc="exporting", unit="img"
        ):
            try:
                data = _bytes_of(file)
            except (OSError, UnreadableImageError) as error:
                self.missing[row["id"]] = str(error)
                data = None
            yield row, file_name(row, file), data

    def warn_of_missing(self, stacklevel: int) -> None:
        """Say what could not be taken along."""
        if self.missing:
            item_id, reason = next(iter(self.missing.items()))
            warnings.warn(
                f"{len(self.missing):,} of {len(self.rows):,} pictures could not be copied, such as that of "
                f"{item_id!r}: {reason}",
                stacklevel=stacklevel + 1,
            )


def require_pictures(files: Sequence[Original], format: str) -> None:
    """Refuse to export items without pictures where pictures are what the format is for.

    Raises
    ------
    ValueError
        If none has one, or there are no items.
    """
    if not files:
        raise ValueError("There is nothing to export: no items were given.")
    if not any(file.place for file in files):
        raise ValueError(
            f"These items have no pictures, their vectors were given: export({format!r}) needs pictures. "
            "export('csv') and export('parquet') write what is known of them."
        )


def file_name(row: dict[str, Any], file: Original) -> str:
    """What the picture of an item is called: as its file, with a mark of its own where it is a box on that."""
    if file.box is None:
        return whole_name(file, row.get("format"))
    mark = re.sub(r"\W+", "-", row["id"].rpartition("#")[2]) if "#" in row["id"] else "box"
    return f"{PurePath(encode_path(file.name)).stem}-{mark}{_CUT_SUFFIX}"


def whole_name(file: Original, format: str | None) -> str:
    """What the file is called, with the ending of its format where it has none."""
    name = encode_path(file.name)
    return name if PurePath(name).suffix else f"{name}{suffix_of(format)}"


def suffix_of(format: str | None) -> str:
    """The usual file name ending of a format as Pillow names it; empty where that is not known."""
    kind = Image.MIME.get(format or "")
    return (kind and mimetypes.guess_extension(kind, strict=False)) or (f".{format.lower()}" if format else "")


def _bytes_of(file: Original) -> bytes:
    if file.box is None:
        with file.open() as stream:
            return stream.read()
    cut = io.BytesIO()
    file.decode().save(cut, _CUT_FORMAT)
    return cut.getvalue()
