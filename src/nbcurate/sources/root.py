"""Where the files of items lie: a folder, a place behind a URL, or the inside of a Hugging Face data set."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Protocol

from ..imaging import UnreachableFileError, open_regular
from ..store.paths import MARK, decode_path, encode_path
from .arrow_root import ARROW_MARK, ArrowRoot
from .remote_file import open_remote

#: The root of items that have no picture.
NO_PICTURES = "none:"
#: The root of pictures that lie on several servers.
URLS = "urls:"


class Root(Protocol):
    """What the paths of some items are relative to."""

    @property
    def text(self) -> str:
        """How the store notes it; :func:`open_root` makes the root of it again."""
        ...

    def open(self, path: str) -> IO[bytes]:
        """The bytes of a file.

        Raises
        ------
        Exception
            What the file system raises; the readers turn it into an UnreachableFileError.
        """
        ...

    def place(self, path: str) -> str:
        """Where a file is, for people: text that can be stored and printed."""
        ...


class FolderRoot:
    """A local folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._start = os.path.join(folder, "")

    @property
    def text(self) -> str:
        return encode_path(self.folder)

    def path_of(self, path: str) -> Path:
        """The file itself."""
        return self.folder / decode_path(path)

    def file(self, path: str) -> str:
        """As :meth:`path_of`, as text and without ``..``: for a million paths, at a tenth of the time."""
        joined = os.path.join(self._start, os.fspath(decode_path(path)) if path.startswith(MARK) else path)
        return os.path.normpath(joined) if "/." in joined else joined

    def open(self, path: str) -> IO[bytes]:
        return open_regular(self.path_of(path))

    def place(self, path: str) -> str:
        return encode_path(self.path_of(path))


class RemoteRoot:
    """A place behind a URL: ``https://host/photos``, or what fsspec has a driver for, ``s3://bucket/photos``."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    @property
    def text(self) -> str:
        return self._url

    def open(self, path: str) -> IO[bytes]:
        return open_remote(self.place(path))

    def place(self, path: str) -> str:
        return f"{self._url}/{path}"


class UrlRoot(RemoteRoot):
    """No place in common: each path is a whole URL, of one server or another."""

    def __init__(self) -> None:
        super().__init__(URLS)

    def place(self, path: str) -> str:
        return path


class NoRoot:
    """Of items that are vectors alone."""

    text = NO_PICTURES

    def open(self, path: str) -> IO[bytes]:
        raise UnreachableFileError("the item has no picture: its vector was given")

    def place(self, path: str) -> str:
        return ""


def open_root(text: str) -> Root:
    """The root that the store notes as ``text``."""
    if text == NO_PICTURES:
        return NoRoot()
    if text == URLS:
        return UrlRoot()
    if text.startswith(ARROW_MARK):
        return ArrowRoot.from_text(text)
    return RemoteRoot(text) if is_url(text) else FolderRoot(decode_path(text))


def root_of(place: str | os.PathLike[str]) -> Root:
    """The root for a folder or URL that a person gives."""
    text = os.fspath(place)
    return RemoteRoot(text) if is_url(text) else FolderRoot(Path(text).expanduser().resolve())


def is_url(text: str) -> bool:
    """Whether ``text`` begins like ``s3://``; a drive letter (``C:``) does not."""
    scheme, found, _ = text.partition("://")
    return bool(found) and scheme.isalnum() and len(scheme) > 1
