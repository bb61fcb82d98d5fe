"""A step of `scale.py`: what a decision of a review costs, and a label that is given in a view."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

#: Decisions that are timed, after one that finds everything as it was when the store was opened.
DECISIONS, LABELS = 60, 8


def review(folder: Path) -> dict[str, float]:
    """Half of the items are under review. A decision goes on while those before it wait for their commit.

    A label counts until the browser has been sent the column anew, which is all that it asks for then.
    """
    import nbcurate as nbc
    from nbcurate.findings.finding import Finding
    from nbcurate.widgets.session import Session

    ds = nbc.Dataset.open(folder / "scale.nbc")
    keys = ds.keys[::2]
    reasons, scores = ["odd"] * len(keys), np.ones(len(keys))
    odd = Finding(ds, "odd", keys, scores, reasons, recipe={}, score_meaning="oddness")
    panel = nbc.FindingsPanel(ds, odd)
    session = Session.of(ds)
    sent: list[dict[str, Any]] = []
    session.send = lambda content, buffers=None: sent.append(content)  # pyright: ignore[reportAttributeAccessIssue]

    def took(method: str, params: dict[str, Any], *buffers: bytes) -> float:
        sent.clear()
        started = time.perf_counter()
        session._receive(None, {"type": "request", "id": "scale:1", "method": method, "params": params}, list(buffers))
        assert all(content["type"] != "error" for content in sent), sent
        return 1000 * (time.perf_counter() - started)

    def key(at: int) -> bytes:
        return keys[at : at + 1].astype("<u4").tobytes()

    decide = {"view": panel.view, "finding": "odd", "label": None}
    column = {"view": panel.view, "names": ["label"]}
    label = {"column": "label", "op": "set", "encoding": "keys"}
    took("columns", column)
    decided = [
        took("decide", {**decide, "decision": "keep" if at % 3 else "reject"}, key(at)) for at in range(DECISIONS)
    ]
    labelled = [
        took("label", {**label, "label": f"other {at}"}, key(at)) + took("columns", column) for at in range(LABELS)
    ]
    return {
        "decide_first": decided[0],
        "decide_p50": float(np.median(decided[1:])),
        "decide_p95": float(np.percentile(decided[1:], 95)),
        "label_ms": float(np.median(labelled[1:])),
    }
