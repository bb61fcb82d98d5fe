"""Libraries that end the process when they are loaded in the wrong order.

The wheel of usearch carries a C++ library of its own. Where it is the first to bring one, onnxruntime is bound to parts
of it, and dies while it is imported (seen with usearch 2.26 and onnxruntime 1.32 on Linux). Not so where the system's
C++ library was loaded before usearch: pyarrow and torch load it.
"""

from __future__ import annotations

import sys

_BRING_THE_SYSTEMS = ("pyarrow.lib", "torch._C", "onnxruntime")


def onnxruntime_would_crash() -> bool:
    """Whether usearch came before all that makes it safe to import onnxruntime."""
    order = {name: place for place, name in enumerate(sys.modules)}
    usearch = order.get("usearch.compiled")
    return usearch is not None and all(order.get(name, usearch) >= usearch for name in _BRING_THE_SYSTEMS)
