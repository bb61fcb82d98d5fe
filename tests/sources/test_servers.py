"""Servers that are slow, silent, endless, that fail or refuse: each picture costs itself, with what happened."""

from __future__ import annotations

import io
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.sources import download

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def png() -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(sink, "PNG")
    return sink.getvalue()


class Server(ThreadingHTTPServer):
    """Answers as the name of the picture says, and counts how often it was asked for each."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: Counter[str] = Counter()
        self.over = threading.Event()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{name}.png"

    def handle_error(self, *_: object, **__: object) -> None:
        """A reader that goes away is what is tested."""


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def log_message(self, *_: object, **__: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        name = self.path.strip("/").removesuffix(".png")
        self.server.asked[name] += 1
        first = self.server.asked[name] == 1
        match name.split("-"):
            case ["good"]:
                self.send(png())
            case ["status", status]:
                self.send(b"", int(status))
            case ["once", "reset"] if first:
                self.connection.shutdown(socket.SHUT_RDWR)
            case ["once", "cut"] if first:
                self.send(png()[:30], length=len(png()))
                self.connection.shutdown(socket.SHUT_RDWR)
            case ["once", status] if first:
                self.send(b"", int(status), wait="0")
            case ["once", _]:
                self.send(png())
            case ["later"]:
                self.send(b"", 429, wait="3600")
            case ["reset"]:
                self.connection.shutdown(socket.SHUT_RDWR)
            case ["silent"]:
                self.server.over.wait(60)
            case ["stalls"]:
                self.send(png()[:30], length=len(png()))
                self.server.over.wait(60)
            case ["drips"]:
                self.send(b"", length=10_000)
                self.repeat(b"x", pause=0.05)
            case ["endless"]:
                self.send_response(200)
                self.end_headers()
                self.repeat(bytes(1 << 20))
            case ["large"]:
                self.send(b"", length=10**12)

    def send(self, content: bytes, status: int = 200, *, length: int | None = None, wait: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        if wait is not None:
            self.send_header("Retry-After", wait)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def repeat(self, piece: bytes, pause: float = 0.0) -> None:
        while not self.server.over.wait(pause):
            self.wfile.write(piece)
            self.wfile.flush()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a user would set it; half a second in the place of half a minute."""
    monkeypatch.setattr(nbc.network, "silence", 0.5)
    monkeypatch.setattr(nbc.network, "total", 3.0)
    monkeypatch.setattr(nbc.network, "attempts", 2)
    monkeypatch.setattr(nbc.network, "largest", 20 << 20)


def read(urls: list[str], store: Path) -> nbc.Dataset:
    return nbc.Dataset.from_table(pd.DataFrame({"path": urls, "name": urls}), id="name", store=store)


def test_each_picture_that_does_not_come_says_what_happened(server: Server, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        reasons = {
            server.url("status-404"): "no such file (404)",
            server.url("status-403"): "does not allow to read it (403)",
            server.url("status-418"): "refuses: I'm a Teapot (418)",
            server.url("status-503"): "fails: Service Unavailable (503), 2 times",
            server.url("later"): "asked too often (429), and asks to come again in 3600 s",
            server.url("reset"): "connection reset",
            server.url("silent"): "time-out: the server says nothing for 0.5 s",
            server.url("stalls"): "time-out: the server says nothing for 0.5 s",
            server.url("drips"): "time-out",
            server.url("endless"): "too large, or has no end: more than 21 MB",
            server.url("large"): "too large: 1,000,000 MB",
            f"http://127.0.0.1:{nobody.getsockname()[1]}/x.png": "connection refused",
            "http://no-such-host.invalid/x.png": "name of the server was not found",
            "http://[::bad/x.png": "no address that can be asked",
            "nosuch://host/x.png": "no driver for nosuch://",
        }
        ds = read([server.url("good"), *reasons], tmp_path / "s.nbc")
    assert list(ds.ids) == [server.url("good")]
    errors = dict(zip(ds.errors["id"], ds.errors["error"], strict=True))
    assert {url: reason for url, reason in reasons.items() if reason not in errors[url]} == {}


@pytest.mark.parametrize("name", ["once-503", "once-429", "once-reset", "once-cut"])
def test_what_may_pass_is_tried_again(name: str, server: Server, tmp_path: Path) -> None:
    assert len(read([server.url(name)], tmp_path / "s.nbc")) == 1
    assert server.asked[name] == 2


@pytest.mark.parametrize("name", ["status-404", "status-403", "later", "silent"])
def test_what_will_not_pass_is_asked_for_once(name: str, server: Server, tmp_path: Path) -> None:
    assert len(read([server.url(name)], tmp_path / "s.nbc")) == 0
    assert server.asked[name] == 1


def test_what_failed_is_read_when_the_server_is_back(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nbc.network, "attempts", 1)
    assert len(read([server.url("once-503")], tmp_path / "s.nbc")) == 0
    assert len(read([server.url("once-503")], tmp_path / "s.nbc")) == 1


@pytest.mark.parametrize(
    ("name", "restarts"), [("silent", False), ("silent", True), ("drips", True), ("endless", False)]
)
def test_an_interrupt_does_not_wait_for_a_server(
    name: str, restarts: bool, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nbc.network, "silence", 50)
    monkeypatch.setattr(nbc.network, "total", 50)
    monkeypatch.setattr(nbc.network, "largest", 1 << 29)
    monkeypatch.setattr(download, "_IN_MEMORY", 1 << 20)
    signal.siginterrupt(signal.SIGINT, not restarts)  # where polars was imported, waits are gone on with
    interrupt = threading.Timer(0.7, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
    interrupt.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        read([server.url(name), *(server.url(f"{name}-{at}") for at in range(30))], tmp_path / "s.nbc")
    interrupt.join()
    signal.siginterrupt(signal.SIGINT, True)
    assert time.monotonic() - started < 20  # a generous guard: each of them would have taken 50 s


def test_a_table_may_name_pictures_of_several_servers(server: Server, tmp_path: Path) -> None:
    other = server.url("good").replace("127.0.0.1", "localhost")
    ds = read([server.url("good"), other], tmp_path / "s.nbc")
    assert len(ds) == 2
    assert len(nbc.Dataset.open(tmp_path / "s.nbc")) == 2
