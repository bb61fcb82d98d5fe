"""Nothing but the kernel: no socket, no network, no telemetry; and a quick import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

#: Runs before everything else: any use of a socket, other than pairs inside the process, is an error.
NO_SOCKETS = """
import socket, sys
def audit(event, args):
    if event in ("socket.bind", "socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise AssertionError(f"asked for the network: {event} {args[1:]}")
sys.addaudithook(audit)
"""


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", NO_SOCKETS + code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_guard_itself_works() -> None:
    with pytest.raises(AssertionError, match="asked for the network"):
        python("import socket; socket.create_connection(('127.0.0.1', 9))")


def test_importing_loads_no_model_library_and_no_widget() -> None:
    loaded = python(
        "import nbcurate; print(sorted(set(sys.modules) & {'torch', 'transformers', 'timm', 'lance', 'ipywidgets'}))"
    )
    assert loaded == "[]"


def test_importing_embedding_and_showing_open_no_socket_and_ask_nothing_of_the_network(
    folder: Path, tmp_path: Path
) -> None:
    """With real weights, without the variables that would keep a hub's client quiet."""
    out = python(f"""
import os
os.environ.pop("HF_HUB_OFFLINE", None)
import nbcurate as nbc
ds = nbc.Dataset.from_folder({str(folder)!r}, store={str(tmp_path / "s.nbc")!r}).embed("efficientnet-lite0")
grid = nbc.SimilarityGrid(ds)
grid.selected = ds.search(ds.ids[0], k=3).ids
print(len(grid.selected), len(ds.embeddings()[0]))
""")
    assert out == "3 1280"
