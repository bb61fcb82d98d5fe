"""Files at http:// and https://, by urllib3: what may pass is tried again, what will not is told."""

from __future__ import annotations

import http.client
import threading
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3.exceptions import (
    HTTPError,
    IncompleteRead,
    LocationValueError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ResponseError,
    SSLError,
    TimeoutError,
)

from ..imaging import UnreachableFileError
from ..imaging.reading_threads import wait_until
from .download import Download, words_of
from .network import network

_BLOCK = 1 << 16
_REDIRECTS = 10
_CONNECTIONS = 16  # as many as threads read at once, or some more
_FIRST_PAUSE = 0.5
#: Answers that another attempt may change.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_HEADERS = {"User-Agent": "nbcurate", "Accept": "image/*,*/*;q=0.8", "Accept-Encoding": "identity"}
_RESET = "connection reset: the server ended it before the file was there"
_WORDS = {
    401: "the server asks who is there (401)",
    403: "the server does not allow to read it (403)",
    404: "the server has no such file (404)",
    410: "the server has the file no more (410)",
    429: "the server is asked too often (429)",
}


class _PassingError(UnreachableFileError):
    """A failure that may not come again.

    Parameters
    ----------
    pause : float or None
        Seconds after which the server asks to come again; None where it does not say.
    """

    def __init__(self, words: str, pause: float | None = None) -> None:
        super().__init__(words)
        self.pause = pause


def read_http(url: str, download: Download) -> None:
    """Read a file into ``download``; see :func:`nbcurate.sources.remote_file.open_remote`.

    Raises
    ------
    UnreachableFileError
        With what happened. What may pass has been tried ``network.attempts`` times, as far as the time allows.
    """
    for attempt in range(1, network.attempts + 1):
        download.begin()
        try:
            return _get(url, download)
        except _PassingError as error:
            pause = _FIRST_PAUSE * 2 ** (attempt - 1) if error.pause is None else error.pause
            if attempt == network.attempts:
                raise UnreachableFileError(f"{error}, {attempt} times") from None
            if pause >= download.left:
                again = f", and asks to come again in {error.pause:.0f} s" if error.pause is not None else ""
                raise UnreachableFileError(f"{error}{again}") from None
            wait_until(threading.Event().wait, pause)  # nobody sets it: the time passes, or reading is stopped
    raise AssertionError("unreachable")  # pragma: no cover


def _get(url: str, download: Download) -> None:
    """One attempt."""
    response = None
    try:
        response = _pool().request(
            "GET", url, headers=_headers(url), preload_content=False, decode_content=False, redirect=True,
            timeout=urllib3.Timeout(connect=network.connect, read=network.silence),
            retries=urllib3.Retry(total=None, connect=False, read=False, other=False, status=0, redirect=_REDIRECTS),
        )  # fmt: skip
        _require_success(response)
        length = response.headers.get("Content-Length", "")
        if length.isdigit():
            download.announce(int(length))
        while piece := response.read1(_BLOCK):  # what is there, and not until there are so many
            download.add(piece)
    except UnreachableFileError:
        raise
    except (HTTPError, OSError, ValueError) as error:
        raise _in_words(error) from error
    finally:
        if response is not None:
            response.close()


def _require_success(response: Any) -> None:
    """Tell an answer that is no file."""
    status: int = response.status
    if status in _PASSING:
        after = response.headers.get("Retry-After")
        raise _PassingError(_status_words(status), _seconds(after))
    if not 200 <= status < 300:
        raise UnreachableFileError(_status_words(status))


def _status_words(status: int) -> str:
    if status in _WORDS:
        return _WORDS[status]
    name = next((known.phrase for known in HTTPStatus if known == status), "an unknown answer")
    return f"the server {'fails' if status >= 500 else 'refuses'}: {name} ({status})"


def _seconds(after: str | None) -> float | None:
    """How long a server asks to wait, in seconds or until a date; None where it does not say."""
    try:
        return None if after is None else max(0.0, urllib3.Retry().parse_retry_after(after))
    except (HTTPError, ValueError, OverflowError):
        return None


def _in_words(error: Exception) -> UnreachableFileError:
    """What went wrong, as an error that may pass or one that will not."""
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason is not None else error
    match cause:
        case NewConnectionError():  # which urllib3 has for a kind of time-out
            return UnreachableFileError(words_of(cause))
        case TimeoutError():
            return UnreachableFileError(f"time-out: the server says nothing for {network.silence:g} s")
        case SSLError():
            return UnreachableFileError(f"no safe connection: {cause}")
        case ResponseError():
            return UnreachableFileError(f"the server sends from one address to another, more than {_REDIRECTS} times")
        case ProtocolError():
            return _PassingError(_RESET if _is_broken(cause) else "the server does not answer as one of HTTP does")
        case ConnectionError():
            return _PassingError(words_of(cause))
        case LocationValueError() | ValueError():
            return UnreachableFileError(f"no address that can be asked: {cause}")
    return UnreachableFileError(words_of(cause))


def _is_broken(error: ProtocolError) -> bool:
    """Whether the connection ended too early, and not in an answer that is none."""
    causes = [error, *(part for part in error.args if isinstance(part, Exception))]
    return any(isinstance(cause, ConnectionError | IncompleteRead | http.client.IncompleteRead) for cause in causes)


def _headers(url: str) -> dict[str, str]:
    """What is said to the server; with the name and password that the address has, if it has any."""
    place = urlsplit(url)
    if place.username is None:
        return _HEADERS
    login = f"{unquote(place.username)}:{unquote(place.password or '')}"
    return {**_HEADERS, **urllib3.make_headers(basic_auth=login)}


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(num_pools=64, maxsize=_CONNECTIONS)
