"""Makes a torchvision that was built for another torch importable.

torchvision from the package registry is built for CUDA. Beside a CPU-only torch its compiled operators do not load,
and ``import torchvision`` dies with "operator torchvision::nms does not exist", which takes timm and the image
processors of transformers down with it. None of them calls those operators to embed an image: it is enough to declare
the operators' signatures before the import.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading

_lock = threading.Lock()
_declarations: list[object] = []  # torch forgets the declared operators once their library object is collected


def repair_torchvision() -> bool:
    """Import torchvision, repairing it if, and only if, it fails for want of its compiled operators.

    To be called before transformers or timm touch torchvision. Safe to call often and from several threads.

    Returns
    -------
    bool
        Whether torchvision can be used. False where it is not installed.

    Raises
    ------
    Exception
        What ``import torchvision`` raised, where the cause is another one.
    """
    if importlib.util.find_spec("torchvision") is None:
        return False
    with _lock:
        try:
            importlib.import_module("torchvision")
        except RuntimeError as error:
            if "operator torchvision::" not in str(error):
                raise
            _forget_half_imported()
            _declare_operators()
            importlib.import_module("torchvision")
    return True


def _forget_half_imported() -> None:
    for module in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[module]


def _declare_operators() -> None:
    import torch

    if _declarations:
        return
    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in ("nms", "qnms"):
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _declarations.append(library)
