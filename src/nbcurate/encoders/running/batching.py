"""How many images a forward pass: measured, and halved when the memory does not suffice."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..network.preprocessing import Inputs

# On a CPU small batches win: the activations of larger ones leave the cache. A GPU is idle on them.
_CPU_SIZES = (1, 2, 4, 8)
_GPU_SIZES = (16, 32, 64, 128, 256)
_CPU_DEFAULT, _GPU_DEFAULT = 4, 32

_SECONDS = 3.0  # what a measurement may take, the pass under way not counted
_REPEATS = 2
_WORTH = 1.05  # a larger batch must be so much faster

_OUT_OF_MEMORY = ("out of memory", "not enough memory", "failed to allocate", "bad_alloc")


def default_batch(device: str) -> int:
    """Return the size for a few images, on which a measurement does not pay."""
    return _CPU_DEFAULT if device == "cpu" else _GPU_DEFAULT


def fastest_batch(run: Callable[[int], object], device: str) -> int:
    """Return the batch size with the most images a second.

    Sizes are tried from the smallest on, until a larger one is slower, the memory does not suffice, or seconds are up.

    Parameters
    ----------
    run : callable
        Embeds a batch of the given size.
    device : str
        Type of the device.
    """
    best, best_rate = default_batch(device), 0.0
    started = time.perf_counter()
    for size in _CPU_SIZES if device == "cpu" else _GPU_SIZES:
        try:
            run(size)  # not counted: kernels are chosen at the first pass of a shape
            rate = max(size / _seconds(run, size) for _ in range(_REPEATS))
        except Exception as error:
            if is_out_of_memory(error) and best_rate > 0:
                break
            raise
        if rate > best_rate * _WORTH:
            best, best_rate = size, rate
        elif rate < best_rate / _WORTH:
            break
        if time.perf_counter() - started > _SECONDS:
            break
    return best


def run_in_batches(
    run: Callable[[Sequence[Inputs]], NDArray[np.float32]], inputs: Sequence[Inputs], size: int
) -> tuple[list[NDArray[np.float32]], int]:
    """Run on all of ``inputs``, ``size`` at a time; whenever the memory does not suffice, on half as many from then on.

    Returns
    -------
    list of ndarray, int
        What each batch gave, in order, and the size that went through.
    """
    outputs: list[NDArray[np.float32]] = []
    start = 0
    while start < len(inputs):
        batch = inputs[start : start + size]
        try:
            outputs.append(run(batch))
        except Exception as error:
            if len(batch) == 1 or not is_out_of_memory(error):
                raise
            size = len(batch) // 2
        else:
            start += len(batch)
            continue
        _release_memory()  # out here, where the error no longer holds on to the tensors of the failed pass
    return outputs, size


def is_out_of_memory(error: Exception) -> bool:
    """Whether an error says that the memory did not suffice; torch and onnxruntime have several for it."""
    return isinstance(error, MemoryError) or any(words in str(error).lower() for words in _OUT_OF_MEMORY)


def _release_memory() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _seconds(run: Callable[[int], object], size: int) -> float:
    started = time.perf_counter()
    run(size)
    return max(time.perf_counter() - started, 1e-9)
