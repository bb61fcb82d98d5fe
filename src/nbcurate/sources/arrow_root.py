"""Pictures inside Arrow files, such as those of a Hugging Face data set: read where they lie, never copied."""

from __future__ import annotations

import bisect
import io
import json
import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from ..imaging import open_regular

ARROW_MARK = "arrow:"

#: Data sets that are in memory only, by the text of their root: readable as long as this process lives.
_IN_MEMORY: dict[str, pa.ChunkedArray] = {}
#: Rows of such data sets that another process has sent, by their numbers.
_SENT: dict[str, dict[int, dict[str, Any] | None]] = {}


class ArrowRoot:
    """Rows of an image column in Arrow files (the format that ``datasets`` caches). A path is a row number.

    Parameters
    ----------
    files : list of str
        Arrow stream files, in the order of the rows; empty for a data set that is only in memory.
    column : str
        Holds structs of ``bytes`` and ``path``.
    name : str
        Of the data set: tells those in memory apart.
    """

    def __init__(self, files: list[str], column: str, name: str) -> None:
        self.files = files
        self._column = column
        self._name = name
        self._guard = threading.Lock()
        self._opened: tuple[list[Any], list[int], list[pa.ChunkedArray]] | None = None

    @classmethod
    def from_text(cls, text: str) -> ArrowRoot:
        return cls(**json.loads(text.removeprefix(ARROW_MARK)))

    @property
    def text(self) -> str:
        return ARROW_MARK + json.dumps(
            {"files": self.files, "column": self._column, "name": self._name}, ensure_ascii=False
        )

    def in_folder(self, folder: Path) -> ArrowRoot:
        """The same files in another folder."""
        return ArrowRoot([str(folder / Path(file).name) for file in self.files], self._column, self._name)

    def hold(self, pictures: pa.ChunkedArray) -> None:
        """Serve these pictures, of a data set that lies in no file, as long as the process lives."""
        _IN_MEMORY[self.text] = pictures

    def held(self, rows: Iterable[int]) -> dict[int, dict[str, Any] | None]:
        """By row, the pictures of a data set in memory, to send to another process; those that are there."""
        whole, sent = _IN_MEMORY.get(self.text), _SENT.get(self.text, {})
        if whole is not None:
            return {row: whole[row].as_py() for row in rows}
        return {row: sent[row] for row in rows if row in sent}

    def hold_rows(self, pictures: dict[int, dict[str, Any] | None]) -> None:
        """Serve pictures that another process :meth:`held`."""
        _SENT.setdefault(self.text, {}).update(pictures)

    def has(self, path: str) -> bool:
        """Whether the picture can be had, as far as memory goes: of one in a file that is not looked at."""
        return bool(self.files) or self.text in _IN_MEMORY or int(path) in _SENT.get(self.text, {})

    def open(self, path: str) -> IO[bytes]:
        row = self._row(int(path))
        if row is None:
            raise FileNotFoundError(f"row {path} of {self._name} holds no picture")
        if row.get("bytes") is not None:
            return io.BytesIO(row["bytes"])
        return open_regular(row["path"])

    def place(self, path: str) -> str:
        return f"{self._name}[{path}]"

    def _row(self, number: int) -> dict[str, Any] | None:
        if not self.files:
            if not self.has(str(number)):
                raise FileNotFoundError(
                    f"the data set {self._name!r} was only in memory: make it again with Dataset.from_huggingface, "
                    "or save it with hf_dataset.save_to_disk before"
                )
            return self.held([number])[number]
        starts, columns = self._open_files()
        part = bisect.bisect_right(starts, number) - 1
        if number - starts[part] >= len(columns[part]):
            raise FileNotFoundError(f"{self._name} has no row {number} any more")
        return columns[part][number - starts[part]].as_py()

    def _open_files(self) -> tuple[list[int], list[pa.ChunkedArray]]:
        """First row and image column of each file; mapped, so opening reads nothing. One saved anew is opened anew."""
        with self._guard:
            facts = [(found.st_ino, found.st_size, found.st_mtime_ns) for found in map(_facts_of, self.files)]
            if self._opened is None or self._opened[0] != facts:
                starts, columns, row = [], [], 0
                for file in self.files:
                    with pa.ipc.open_stream(pa.memory_map(file)) as stream:
                        column = stream.read_all().column(self._column)
                    starts.append(row)
                    columns.append(column)
                    row += len(column)
                self._opened = (facts, starts, columns)
            return self._opened[1], self._opened[2]


def _facts_of(file: str) -> os.stat_result:
    """What the system says of a file that is opened for that: one that has become a pipe is not waited for."""
    with open_regular(file) as opened:
        return os.fstat(opened.fileno())
