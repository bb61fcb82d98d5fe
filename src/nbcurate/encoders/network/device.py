"""Where a model runs, and at what precision it may."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Lock, Thread
from typing import TYPE_CHECKING

from ...store.import_whole import import_whole
from ..errors import EncoderError

if TYPE_CHECKING:
    import_whole("torch")
    import torch


_one_at_a_time = Lock()


def choose_device(device: str = "auto") -> torch.device:
    """Turn a device's name into a torch device.

    Parameters
    ----------
    device : str
        ``"auto"`` takes CUDA where there is one, else Apple's MPS, else the CPU; or a name that torch knows,
        such as ``"cpu"`` or ``"cuda:1"``.

    Raises
    ------
    EncoderError
        If torch does not know the name, or has no such device here.
    """
    import_whole("torch")
    import torch

    if device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        chosen = torch.device(device)
        torch.empty(1, device=chosen)  # a name that is well formed may still be that of an absent device
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise EncoderError(f"The device {device!r} cannot be used here: {_first_line(error)}") from error
    return chosen


def half_precision(device: torch.device) -> torch.dtype | None:
    """Return the 16-bit type that a device computes with faster than with float32; None where there is none.

    A CPU without bfloat16 units emulates it, at a tenth of the speed of float32 or less.
    """
    import_whole("torch")
    import torch

    match device.type:
        case "cuda":
            return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
        case "mps":
            return torch.float16
        case _:
            return None


def usable_cpus() -> int:
    """Return how many threads of this process can compute at once: what the system grants, and the user's own limit."""
    import_whole("torch")
    import torch

    granted = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(granted, torch.get_num_threads()))


def forward_threads(count: int) -> ThreadPoolExecutor:
    """Return a pool of threads for forward passes. Of several, each computes on one core.

    Passes that share their cores wait for one another at every layer, and for whatever else the machine does.
    """
    initializer = compute_on_one_core if count > 1 else None
    return ThreadPoolExecutor(count, thread_name_prefix="nbcurate-forward", initializer=initializer)


def compute_on_one_core() -> None:
    """Have torch use one core for what it computes in this thread; all other threads keep what they have."""
    import_whole("torch")
    import torch

    with _one_at_a_time:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # for this thread, and for those that begin after it: which another one takes back
        other = Thread(target=torch.set_num_threads, args=(threads,))
        other.start()
        other.join()


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
