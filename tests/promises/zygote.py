"""Processes that start in no time: one has everything imported, and each job runs in a fork of it.

Starting Python and importing the library takes three seconds, a fork ten milliseconds. Nothing of Lance's may have run
in the parent, whose threads would not be there in the child: it imports, and does nothing else.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import os
import pickle
import pkgutil
import select
import signal
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbcurate
from nbcurate.encoders.loading.libraries import require_model_libraries

ROOT = Path(__file__).resolve().parents[2]
#: What the library imports late, beside its own modules.
_IMPORTS = (
    "lance", "pandas", "pyarrow.parquet", "pyarrow.compute", "duckdb",
    "sklearn.cluster", "sklearn.neighbors", "sklearn.linear_model", "scipy.sparse", "cv2", "usearch.index",
    "graspologic_native", "torch",
)  # fmt: skip
#: Where the jobs are.
_JOBS = ("world", "jobs", "public", "damages", "interrupts", "together")
_LAST_WORDS = 1.0  # seconds in which a job that hangs says where it stands
#: No job takes so many seconds; one that hangs is a fault.
PATIENCE = 60.0


@dataclass
class Outcome:
    """How a job ended.

    Attributes
    ----------
    value
        What it returned.
    error : str
        The traceback of what it raised; of one that hung, where every thread stood.
    signal : int
        What killed it; 0 if nothing did.
    hung : bool
    seconds : float
    """

    value: Any = None
    error: str = ""
    signal: int = 0
    hung: bool = False
    seconds: float = 0.0
    printed: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        return not (self.error or self.signal or self.hung)

    @property
    def ended(self) -> str:
        """How it ended, in words."""
        if self.signal:
            return f"was killed by {signal.Signals(self.signal).name}: {self.printed[-800:]}"
        return f"ended with {self.error[-2_000:]}" if self.error else "ended well"


class Zygote:
    """A process with everything imported, of which jobs are forked, one after the other."""

    def __init__(self) -> None:
        environment = {
            **os.environ, "HF_HUB_OFFLINE": "1", "TQDM_DISABLE": "1", "OMP_NUM_THREADS": "1", "RUST_LOG": "off",
            "PYTHONHASHSEED": "0",
        }  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", "from tests.promises.zygote import serve; serve()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=environment,
        )  # fmt: skip

    def run(self, job: str, *arguments: Any, patience: float = PATIENCE) -> Outcome:
        """Run ``module:function`` of this package with arguments that can be pickled."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        pickle.dump((job, arguments, patience), self._process.stdin)
        self._process.stdin.flush()
        return pickle.load(self._process.stdout)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def __enter__(self) -> Zygote:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def serve() -> None:
    """Fork a child for each job that comes in, and hand its outcome out."""
    require_model_libraries()  # which the modules that train are imported after
    ours = (module.name for module in pkgutil.walk_packages(nbcurate.__path__, "nbcurate."))
    for name in (*_IMPORTS, *ours, *(f"{__package__}.{module}" for module in _JOBS)):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # no child looks through, and so copies, what was imported
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed goes to stderr
    while True:
        try:
            job, arguments, patience = pickle.load(requests)
        except EOFError:
            return
        pickle.dump(_forked(job, arguments, patience), answers)
        answers.flush()


def _forked(job: str, arguments: tuple[Any, ...], patience: float) -> Outcome:
    reading, writing = os.pipe()
    said = os.memfd_create("said")
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _child(job, arguments, writing, said)
    os.close(writing)
    sent, hung = _read_until(reading, began + patience)
    if hung:
        os.kill(pid, signal.SIGABRT)  # faulthandler says where it stands, and then it ends
        _read_until(reading, time.monotonic() + _LAST_WORDS)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    seconds = time.monotonic() - began
    printed = os.pread(said, 1 << 20, 0).decode(errors="replace")
    for descriptor in (reading, said):
        os.close(descriptor)
    killed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if hung:
        return Outcome(error=f"still running after {patience:.0f} s\n{printed}", hung=True, seconds=seconds)
    if killed:
        return Outcome(signal=killed, seconds=seconds, printed=printed)
    value, error = pickle.loads(sent) if sent else (None, f"ended without a word\n{printed}")
    return Outcome(value, error, seconds=seconds, printed=printed)


def _read_until(descriptor: int, deadline: float) -> tuple[bytes, bool]:
    """All that a pipe brings until it is closed; and whether it still was not at the deadline."""
    parts: list[bytes] = []
    while True:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return b"".join(parts), True
        part = os.read(descriptor, 1 << 16)
        if not part:
            return b"".join(parts), False
        parts.append(part)


def _child(job: str, arguments: tuple[Any, ...], writing: int, said: int) -> None:
    """Run a job and leave, without the parent's clean-up: a process that ends has nothing left to commit."""
    os.dup2(said, 1)
    os.dup2(said, 2)
    faulthandler.enable(all_threads=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    value, error = None, ""
    try:
        module, _, function = job.partition(":")
        value = getattr(importlib.import_module(f"{__package__}.{module}"), function)(*arguments)
        sent = pickle.dumps((value, ""))
    except BaseException:
        error = traceback.format_exc()
        sent = pickle.dumps((None, error))
    os.set_blocking(writing, True)
    with os.fdopen(writing, "wb") as out:
        out.write(sent)
    os._exit(0)
