"""How far each row has to look for its neighbours, and by what: measured on rows whose neighbours are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .cell_sweep import CellSweep
from .cells import fit_cells
from .codes import Codes, Coding, products, similarity_by_codes
from .neighbours import EQUAL

_CELLS = 2.0  # times the square root of n: a row looks into many cells, so that small ones fit its surroundings better
_CODES_MISS = 0.004  # share of the neighbours that codes may miss, were all looked through; the reach makes up for it
_ROUNDS = (8, 40)  # cells' worth of rows that the rounds before the last one compare
_STEP = 8


@dataclass(frozen=True, slots=True, eq=False)
class SweepPlan:
    """A sweep that meets its target, and what it costs.

    Attributes
    ----------
    compared, probes : float
        Rows and cells that a row is compared with on average.
    """

    sweep: CellSweep
    compared: float
    probes: float


def plan_sweep(
    vectors: NDArray[np.float32],
    sample: NDArray[np.intp],
    truth: NDArray[np.int32],
    target_recall: float,
    *,
    device: str = "cpu",
    seed: int = 0,
) -> SweepPlan:
    """Divide ``vectors`` into cells and set the reach that finds ``target_recall`` of ``truth`` ``[q, k]``.

    Parameters
    ----------
    sample : int array [q]
        The rows whose true neighbours ``truth`` are.
    """
    cells = fit_cells(vectors, min(len(vectors), round(_CELLS * len(vectors) ** 0.5)), device=device, seed=seed)
    codes, centres, candidates, missed = _codes(vectors, cells.centres, sample, truth, device)
    scores = products((vectors if codes is None else codes)[sample], centres, device).cpu().numpy()
    gaps = scores.max(axis=1, keepdims=True) - scores
    needed = np.take_along_axis(gaps, cells.of_rows()[truth].astype(np.intp), axis=1)
    reach = float(np.quantile(needed, min(target_recall + missed, 1.0), method="higher"))
    within = gaps <= reach
    compared = float((within * cells.sizes).sum(axis=1).mean())
    shares = [cells_worth / len(cells.centres) for cells_worth in _ROUNDS]
    nearer = [float(np.quantile(gaps, share)) for share in shares if share * len(vectors) < compared]
    by_cell = None if codes is None else codes[cells.rows]
    sweep = CellSweep(vectors, cells, by_cell, centres, (*nearer, reach), candidates, device)
    return SweepPlan(sweep, compared, float(within.sum(axis=1).mean()))


def _codes(
    vectors: NDArray[np.float32],
    centres: NDArray[np.float32],
    sample: NDArray[np.intp],
    truth: NDArray[np.int32],
    device: str,
) -> tuple[NDArray[np.int8] | None, Codes, int, float]:
    """Codes of vectors and centres, how many candidates they have to give, and the share of neighbours they miss.

    None, and the centres as they are, where codes would miss too many, and on a GPU, which multiplies floats as fast.
    """
    k = truth.shape[1]
    if device == "cpu":
        coding = Coding.of(vectors)
        codes = coding.encode(vectors)
        found = similarity_by_codes(codes, vectors, sample, 4 * k + _STEP)
        wanted = np.einsum("qd,qkd->qk", vectors[sample], vectors[truth])
        for candidates in range(k + _STEP, 4 * k + _STEP + 1, _STEP):
            best = -np.sort(-found[:, :candidates], axis=1)[:, :k]
            missed = float((best < wanted - EQUAL).mean())
            if missed <= _CODES_MISS:
                return codes, coding.encode(centres), candidates, missed
    return None, centres, k, 0.0
