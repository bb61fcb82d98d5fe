"""Any text as the name of a file or folder that every system takes, and different names for different texts."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import quote

#: What Windows forbids, what is a way to elsewhere, and the sign that marks what was replaced.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*%\x00-\x1f\x7f]|[. ]+$|^[. ]+')
_DEVICES = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\.|$)", re.IGNORECASE)
_MAX_BYTES = 120


def safe_name(text: str) -> str:
    """``text`` as a name on any system: what cannot be part of one is percent-encoded, what is too long is cut.

    Different texts have different names, as long as upper and lower case differ.
    """
    name = _FORBIDDEN.sub(lambda found: _encoded(found.group()), text)
    name = _DEVICES.sub(lambda found: _encoded(found.group()[0]) + found.group()[1:], name)
    if len(name.encode("utf-8", "surrogatepass")) <= _MAX_BYTES:
        return name
    stem, dot, suffix = name.rpartition(".")
    end = f"-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"
    end += f".{suffix}" if dot and len(suffix) <= 8 else ""
    return f"{_first_bytes(stem if len(end) > 11 else name, _MAX_BYTES - len(end.encode()))}{end}"


class Names:
    """Gives out paths, none of them twice, also where upper and lower case are the same.

    Parameters
    ----------
    reserved : iterable of str
        Paths that are taken from the beginning.
    """

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._taken = {_folded(name) for name in reserved}
        self._folders: dict[str, str] = {}
        self._next: dict[str, int] = {}

    def file(self, folder: PurePosixPath, name: str) -> PurePosixPath:
        """A free path in a folder: ``name``, or with a number where that is taken."""
        wanted = folder / safe_name(name)
        key = _folded(str(wanted))
        path, number = wanted, self._next.get(key, 2)
        while _folded(str(path)) in self._taken:
            path, number = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}"), number + 1
        self._next[key] = number
        self._taken.add(_folded(str(path)))
        return path

    def folder(self, above: PurePosixPath, text: str) -> PurePosixPath:
        """The folder for a text: always the same, and that of no other text."""
        key = f"{above}/{text}"
        if key not in self._folders:
            self._folders[key] = str(self.file(above, text))
        return PurePosixPath(self._folders[key])


def _encoded(part: str) -> str:
    return "".join(f"%{ord(letter):02X}" if ord(letter) < 128 else quote(letter) for letter in part)


def _first_bytes(text: str, most: int) -> str:
    return text.encode("utf-8", "surrogatepass")[:most].decode("utf-8", "ignore")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
