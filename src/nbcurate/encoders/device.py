"""Where a model runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import EncoderError

if TYPE_CHECKING:
    import torch


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


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
