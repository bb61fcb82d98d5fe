"""What goes wrong with a table on disk, in words for a person: which table, what happened, what to do."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from .forked import require_tables

_OS_ERROR = re.compile(r"\(os error (\d+)\)")
#: What happened, by what the table format calls it.
_WORDS = (
    (re.compile(r"Not found", re.I), "one of its files is missing"),
    (
        re.compile(r"size 0 bytes|Invalid range|too small|EOF|unexpected end|failed to fill", re.I),
        "one of its files is cut off",
    ),
)


class TableError(OSError):
    """A table of a store cannot be read or written. ``errno`` is set where the system gave a reason.

    Attributes
    ----------
    table : Path
        Its folder.
    gone : bool
        Whether files are missing that the table speaks of: they are damaged, or another process has tidied up.
    """

    def __init__(self, table: Path, words: str, *, number: int | None = None, gone: bool = False) -> None:
        super().__init__(number, words) if number is not None else super().__init__(words)
        self._words = words
        self.table = table
        self.gone = gone

    def __str__(self) -> str:
        return self._words


class TornCommitError(TableError):
    """A commit whose files a failing disk has cut off: it was taken back."""

    def __init__(self, table: Path) -> None:
        words = f"{_name(table)} could not be written, and is as it was: see whether that disk is well, and try again."
        super().__init__(table, words, number=errno.EIO)


def reading(table: Path) -> AbstractContextManager[None]:
    """Whatever fails within, in reading a table, is a :class:`TableError`."""
    return _in_our_words(table, "cannot be read: it is damaged")


def writing(table: Path) -> AbstractContextManager[None]:
    """Whatever fails within, in writing a table, is a :class:`TableError`; what was in it stays."""
    return _in_our_words(table, "could not be written, and is as it was")


@contextmanager
def _in_our_words(table: Path, failed: str) -> Iterator[None]:
    require_tables()
    try:
        yield
    except BaseException as error:
        if not _is_of_the_format(error):
            raise
        raise _in_words(table, error, failed, _what_to_do(table)) from error


def half_made(table: Path) -> TableError:
    """The error of a table that has values and nothing that says which of them count."""
    words = f"{_name(table)} has no list of its versions any more (its folder _versions): {_what_to_do(table)}"
    return TableError(table, words, gone=True)


def changed_list(table: Path, manifest: Path) -> TableError:
    """The error of a table whose newest list of what it holds was changed by something else than us."""
    words = (
        f"{_name(table)} is damaged: {manifest.name} in its folder _versions is not as it was written. Restore {table} "
        "from a copy of the data set; or move that file away, and the table is as it was one change before."
    )
    return TableError(table, words)


def no_folder(table: Path) -> TableError:
    """The error of something else that lies where a table is to be."""
    return TableError(table, f"{_name(table)} is no folder: move it away, and {_what_to_do(table)}")


def lost_table(table: Path) -> TableError:
    """The error of a table that is gone, whose rows others name."""
    return TableError(
        table, f"{_name(table)} is gone, and what is left names its rows: {_what_to_do(table)}", gone=True
    )


def lost_columns(table: Path, names: list[str]) -> TableError:
    """The error of a table without columns that it must have."""
    return TableError(table, f"{_name(table)} is damaged: it has no column {names[0]!r}; {_what_to_do(table)}")


def _is_of_the_format(error: BaseException) -> bool:
    # A panic of the format's library is no Exception, so that nobody catches it by chance.
    ours = isinstance(error, TableError | MemoryError)
    return (isinstance(error, Exception) and not ours) or type(error).__name__ == "PanicException"


def _in_words(table: Path, error: BaseException, failed: str, remedy: str) -> TableError:
    text = str(error)
    if found := _OS_ERROR.search(text):
        number = int(found.group(1))
        if number in (errno.ENOSPC, errno.EDQUOT):
            remedy = "free some space on that disk and try again."
        elif number in (errno.EACCES, errno.EPERM, errno.EROFS):
            remedy = "see who may write that folder, or open the data set with read_only=True."
        elif number != errno.ENOENT:
            remedy = "see whether that disk is well, and try again."
        return TableError(
            table,
            f"{_name(table)} {failed}: {os.strerror(number)}; {remedy}",
            number=number,
            gone=number == errno.ENOENT,
        )
    what = next((words for pattern, words in _WORDS if pattern.search(text)), _first_words(text))
    gone = what == _WORDS[0][1]
    return TableError(table, f"{_name(table)} {failed} ({what}); {remedy}", gone=gone)


def _first_words(text: str) -> str:
    """The beginning of an error of the format, without places in its source code."""
    line = text.splitlines()[0] if text.strip() else "no reason was given"
    line = re.sub(r",? ?/(home|rustc|root)/\S+", "", line)
    line = re.sub(r"^(External error: |LanceError\(\w+\): |Generic \w+ error: )+", "", line)
    return line[:160].strip()


def _name(table: Path) -> str:
    return f"{table.name} of {table.parent}"


def _what_to_do(table: Path) -> str:
    if table.parent.name == "embeddings":
        return "run ds.embed again, which makes them anew, or restore that folder from a copy."
    if table.name == "edits.lance":
        return f"restore {table} from a copy of the data set, or move it away: ds.history is empty then."
    return f"restore {table} from a copy of the data set."
