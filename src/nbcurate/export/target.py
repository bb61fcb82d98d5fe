"""Where an export goes: a whole file or folder appears there, or nothing, and nothing that was there is lost.

It is made in a hidden folder beside, which holds a lock as long as the export runs. What a killed process left there is
seen by the next export to the same place: what it had moved out of its way goes back, and the rest is removed.
"""

from __future__ import annotations

import errno
import glob
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from ..imaging import probe_file, why_not_regular
from ..store.export_mark import foreign_files, write_mark
from ..store.store_file import StoreFile

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
#: How many files of another's a message names.
_NAMED = 3
#: In the hidden folder: what is locked while an export runs, the name of its target, and what was there before.
_LOCK, _TARGET, _BEFORE = "lock", "target", "before"
#: Seconds after which an export has written the name of its target, if it is not killed: it does so first of all.
_BEGINNING = 1.0


def place_of(to: str | os.PathLike[str]) -> Path:
    """The path that ``to`` names.

    Raises
    ------
    ValueError
        If it can be none.
    OSError
        If it is longer than a path can be here.
    """
    if _URL.match(os.fspath(to)):
        raise ValueError(f"to={os.fspath(to)!r} is a URL: files of this machine are written. Copy them from there.")
    path = Path(to).expanduser()
    try:
        os.lstat(path)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            words = f"to= is a longer name than can be here ({str(path)[:60]}…): give a shorter one."
            raise OSError(errno.ENAMETOOLONG, words) from None
    except ValueError as error:
        held = "half of a character" if isinstance(error, UnicodeError) else "a zero character"
        raise ValueError(f"to={str(path)!r} holds {held}: no file has such a name.") from None
    return path


def store_around(place: Path) -> Path | None:
    """The folder of the store of a data set that a place lies in."""
    return next(
        (above for above in place.resolve().parents if StoreFile.is_in(above) and (above / "items.lance").exists()),
        None,
    )


@contextmanager
def new_file(to: str | os.PathLike[str], *, overwrite: bool = False) -> Iterator[Path]:
    """A file beside ``to`` to write; it takes that place in one step when the block ends well.

    Raises
    ------
    FileExistsError
        If there is something already and ``overwrite`` is false, or it is a picture, a pipe, a socket, a
        device or a part of a store.
    IsADirectoryError, NotADirectoryError, PermissionError
        If ``to`` is a folder, lies below a file, or may not be written.
    """
    path = place_of(to)
    _require_replaceable_file(path, overwrite)
    with _temporary(path) as temporary:
        yield temporary / path.name
        _require_replaceable_file(path, overwrite)  # somebody may have put something there meanwhile
        os.replace(temporary / path.name, path)


@contextmanager
def new_folder(to: str | os.PathLike[str], format: str, *, overwrite: bool = False) -> Iterator[Path]:
    """A folder beside ``to`` to fill; it takes that place, marked as ours, when the block ends well.

    Raises
    ------
    FileExistsError
        If ``to`` is there and not empty, and ``overwrite`` is false or something lies in it that no export wrote.
    NotADirectoryError, PermissionError
        If ``to`` is a file, lies below one, or may not be written.
    """
    folder = Path(to).expanduser()
    folder = folder.resolve() if folder.is_symlink() else folder
    _sweep(folder)
    _require_replaceable(folder, overwrite)
    with _temporary(folder) as temporary:
        fresh = temporary / folder.name
        fresh.mkdir()
        yield fresh
        write_mark(fresh, format)
        _require_replaceable(folder, overwrite)  # somebody may have put something there meanwhile
        _exchange(fresh, folder, temporary / _BEFORE)


def _require_outside_of_stores(path: Path) -> None:
    if (store := store_around(path)) is not None:
        raise FileExistsError(f"to={str(path)!r} is a part of the store of a data set, {store}: give another place.")


def _require_replaceable_file(path: Path, overwrite: bool) -> None:
    _require_outside_of_stores(path)
    if path.is_dir():
        raise IsADirectoryError(f"to={str(path)!r} is a folder: name the file to write, such as {path / 'items.csv'}.")
    if special := why_not_regular(path):  # in the place of a device all programs of the machine would find the file
        raise FileExistsError(
            f"{path} is {special}: overwrite=True replaces tables and exports alone. Give another to=."
        )
    if path.exists() and not overwrite:
        raise FileExistsError(f"{path} is there already: give another to=, or overwrite=True.")
    if path.exists() and probe_file(path).error is None:
        raise FileExistsError(
            f"{path} is a picture: overwrite=True replaces tables and exports alone. Give another to=."
        )


def _require_replaceable(folder: Path, overwrite: bool) -> None:
    _require_outside_of_stores(folder)
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir():
        raise NotADirectoryError(f"to={str(folder)!r} is a file: this format needs a folder.")
    if not any(folder.iterdir()):
        return
    if not overwrite:
        raise FileExistsError(f"{folder} is not empty: give to= a new folder, or overwrite=True.")
    if foreign := foreign_files(folder):
        more = f" and {len(foreign) - _NAMED:,} more" if len(foreign) > _NAMED else ""
        raise FileExistsError(
            f"{folder} holds what no export of nbcurate wrote ({', '.join(foreign[:_NAMED])}{more}): "
            "overwrite=True replaces exports alone. Give to= a new folder."
        )


def _exchange(fresh: Path, folder: Path, before: Path) -> None:
    """Let ``fresh`` take the place of ``folder``, which goes to ``before``; where that fails, it stays."""
    if folder.exists():
        os.replace(folder, before)
    try:
        os.replace(fresh, folder)
    except OSError:
        if before.exists():
            os.replace(before, folder)
        raise


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """A hidden folder of our own beside ``path``, for as long as the block lasts; it holds nothing yet of that name."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        above = Path(tempfile.mkdtemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent))
    except (FileExistsError, NotADirectoryError):
        raise NotADirectoryError(f"to={str(path)!r} lies below {_file_above(path)}, which is a file.") from None
    except PermissionError as error:
        raise PermissionError(f"to={str(path)!r} may not be written: {error.strerror} ({error.filename}).") from None
    lock = FileLock(above / _LOCK)
    try:
        with suppress(OSError, NotImplementedError):  # not every medium has locks: what is left there is not swept
            lock.acquire(timeout=0)
        (above / _TARGET).write_text(path.name, encoding="utf-8", errors="surrogateescape")
        work = above / "new"
        work.mkdir()
        yield work
    finally:
        lock.release()
        shutil.rmtree(above, ignore_errors=True)


def _sweep(path: Path) -> None:
    """Put right what exports to ``path`` have left that were killed."""
    pattern = glob.escape(f".{path.name[:40]}.")
    for above in path.parent.glob(f"{pattern}*.part"):
        try:
            if not _is_of(above, path.name):
                continue
            with FileLock(above / _LOCK, timeout=0):
                before = above / "new" / _BEFORE
                if before.exists() and not os.path.lexists(path):  # killed between the two renames
                    os.replace(before, path)
        except (OSError, NotImplementedError):  # another runs, or it is nothing of ours
            continue
        shutil.rmtree(above, ignore_errors=True)


def _is_of(above: Path, name: str) -> bool:
    """Whether a hidden folder is of an export to something of this name; or was left before it could say so."""
    said = ""
    with suppress(FileNotFoundError):
        said = (above / _TARGET).read_text(encoding="utf-8", errors="surrogateescape")
    if said != name and name.startswith(said):  # killed while it said so
        return time.time() - above.stat().st_mtime > _BEGINNING
    return said == name


def _file_above(path: Path) -> Path:
    return next((above for above in path.parents if above.exists() and not above.is_dir()), path.parent)
