"""Vectors as whole numbers of 8 bits, whose products cost a fifth of those of floats, and find the same candidates.

Vectors are turned at random first, one turn for all, which changes no product: so all components are alike in size, and
one step fits them, whatever the encoder puts in its first component. Whether so coarse a vector still tells neighbours
apart is measured (:func:`similarity_by_codes`): in a burst of all but equal pictures it may not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from time import thread_time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..store.import_whole import import_whole
from .neighbours import merge_best, tensor

if TYPE_CHECKING:
    from torch import Tensor

#: Vectors as they are multiplied: int8 codes, or float32 vectors as they are.
Codes = NDArray[np.int8] | NDArray[np.float32]

_CLIPPED = 1e-4  # share of the components that may lie beyond the largest code
_SAMPLE = 5_000
_BLOCK = 16_384


@dataclass(frozen=True, slots=True, eq=False)
class Coding:
    """How vectors become codes.

    Attributes
    ----------
    turn : float32 array [d, d]
        Orthogonal.
    scale : float
        Codes are turned vectors times this, rounded.
    """

    turn: NDArray[np.float32]
    scale: float

    @classmethod
    def of(cls, vectors: NDArray[np.float32], *, seed: int = 0) -> Coding:
        """The one that suits ``vectors`` ``[n, d]``."""
        rng = np.random.default_rng(seed)
        width = vectors.shape[1]
        turn = np.linalg.qr(rng.normal(size=(width, width)))[0].astype(np.float32)
        rows = np.sort(rng.choice(len(vectors), min(len(vectors), _SAMPLE), replace=False))
        largest = np.quantile(np.abs(vectors[rows] @ turn), 1 - _CLIPPED)
        return cls(turn, 127 / max(float(largest), 1e-6))

    def encode(self, vectors: NDArray[np.float32]) -> NDArray[np.int8]:
        """Codes ``[n, d]``."""
        codes, turn = np.empty(vectors.shape, np.int8), tensor(self.turn, "cpu") * self.scale
        for start in range(0, len(vectors), _BLOCK):
            turned = tensor(vectors[start : start + _BLOCK], "cpu") @ turn
            codes[start : start + _BLOCK] = turned.round_().clamp_(-127, 127).numpy()
        return codes


def products(a: Codes, b: Codes, device: str) -> Tensor:
    """Products ``[n, m]`` of codes ``[n, d]`` and ``[m, d]``: int32 or float32. The same ones on any machine."""
    import_whole("torch")
    import torch

    rows, columns = tensor(a, device), tensor(b, device)
    if a.dtype != np.int8:
        return rows @ columns.T
    if _whole_products_pay():
        return torch.ops.aten._int_mm(rows, columns.T)
    return (rows.float() @ columns.float().T).int()  # whole numbers below 2**24: exact


@cache
def _whole_products_pay() -> bool:
    """Whether this machine multiplies whole numbers rightly, and faster than floats.

    Processors without instructions for it may be slower, or saturate.
    """
    import_whole("torch")
    import torch

    a, b = (np.random.default_rng(seed).integers(-127, 128, (512, 384), np.int8) for seed in (0, 1))
    codes, floats = (tensor(a, "cpu"), tensor(b, "cpu").T), (tensor(a, "cpu").float(), tensor(b, "cpu").float().T)
    extreme = torch.full((32, 384), 127, dtype=torch.int8)
    try:
        multiply = torch.ops.aten._int_mm
        exact = bool((multiply(*codes) == (floats[0] @ floats[1]).int()).all())
        exact = exact and bool((multiply(extreme, extreme.T) == 384 * 127**2).all())
        return exact and _seconds(multiply, codes) < _seconds(torch.matmul, floats)
    except (AttributeError, RuntimeError):  # another torch
        return False


def _seconds(multiply: Callable[..., object], operands: tuple[Tensor, Tensor]) -> float:
    """Of this thread, the least of some runs."""
    took: list[float] = []
    for _ in range(5):
        began = thread_time()
        multiply(*operands)
        took.append(thread_time() - began)
    return min(took)


def similarity_by_codes(
    codes: Codes, vectors: NDArray[np.float32], rows: NDArray[np.intp], most: int
) -> NDArray[np.float32]:
    """Cosines ``[q, most]`` of ``rows`` ``[q]`` to those of all ``codes`` that are nearest by these, in that order.

    The row itself is not among them. Told by cosines, not by names: of rows that are all but equal any will do.
    """
    import_whole("torch")
    import torch

    best = torch.full((len(rows), most + 1), -torch.inf)
    names = torch.full((len(rows), most + 1), -1, dtype=torch.int64)
    for start in range(0, len(codes), _BLOCK):
        merge_best(best, names, products(codes[rows], codes[start : start + _BLOCK], "cpu").float(), start)
    similarity = np.full((len(rows), most), -np.inf, np.float32)
    for row, near, found in zip(rows, names.numpy(), similarity, strict=True):
        others = near[(near != row) & (near >= 0)][:most]
        found[: len(others)] = vectors[others] @ vectors[row]
    return similarity
