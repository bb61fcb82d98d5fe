"""A JupyterLab server and a Chromium, for the browser tests and the benchmark of the front end."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Where a hub puts the server of one person: what works behind it works at the root.
PREFIX = "/user/jo"


def chromium() -> dict[str, object]:
    """How Playwright starts Debian's Chromium, without a GPU and without the connections that it makes for itself."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    assert path, "the browser tests need Chromium: run `make browsers`"
    quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    return {"executable_path": path, "args": ["--no-sandbox", "--disable-gpu", "--disable-sync", *quiet]}


def firefox() -> dict[str, object]:
    """How Playwright starts Debian's Firefox: by WebDriver BiDi, which needs no build of Playwright's own."""
    path = next((found for name in ("firefox-esr", "firefox") if (found := shutil.which(name))), None)
    assert path, "this test needs Firefox: run `make browsers`"
    return {"executable_path": path, "channel": "moz-firefox"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(command: list[str], answers_at: str, work: Path) -> Iterator[None]:
    """A server that runs in the folder ``work`` and answers; its log is ``work/server.log``."""
    quiet = {"HF_HUB_OFFLINE": "1", "IPYTHONDIR": str(work / "settings"), "JUPYTER_PLATFORM_DIRS": "1"}
    with (work / "server.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **quiet}, cwd=work)
        try:
            while not _answers(answers_at):
                assert process.poll() is None, (work / "server.log").read_text()
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:  # a server that is told to stop while a kernel stops may wait for ever
                process.kill()
                process.wait()


@contextmanager
def lab_server(work: Path) -> Iterator[str]:
    """Address of a JupyterLab that shows the folder ``work``, with its token; Notebook 7 and Voilà are beside it."""
    port, token = free_port(), secrets.token_hex(16)
    settings = work / "settings"
    notifications = settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    notifications.parent.mkdir(parents=True)
    notifications.write_text('{"fetchNews": "false"}')  # or a question lies over the page
    command = [
        sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={work}",
        "--expose-app-in-browser", "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        f"--LabApp.user_settings_dir={settings}", f"--LabApp.workspaces_dir={settings}",
        f"--ServerApp.base_url={PREFIX}/", "--JupyterNotebookApp.expose_app_in_browser=True",
    ]  # fmt: skip
    address = f"http://127.0.0.1:{port}{PREFIX}"
    with serving(command, f"{address}/api?token={token}", work):
        yield f"{address}/lab?token={token}"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False
