"""A training epoch by epoch: as a table, as curves, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...plotting import pyplot

if TYPE_CHECKING:
    import pandas as pd

#: What the Trainer calls what is kept of an epoch.
_COLUMNS = {
    "loss": "train_loss",
    "eval_loss": "val_loss",
    "accuracy": "train_accuracy",
    "eval_accuracy": "val_accuracy",
    "learning_rate": "learning_rate",
}
#: From this loss on above the least so far, over so many epochs, validation is called rising.
_RISE, _FOR = 1.05, 2
#: From this difference in accuracy on, training and validation are called apart.
_APART = 0.1
_WIDTH, _HEIGHT, _MARGIN = 300, 150, 26


def history_of(logged: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """A row an epoch of what a Trainer logged.

    Returns
    -------
    DataFrame
        Indexed by ``epoch``; 0 is the new classifier on the network as it was. Columns ``train_loss``, ``val_loss``,
        ``train_accuracy``, ``val_accuracy`` (shares; of several classes an item F1), ``learning_rate``. The training
        loss is that of augmented pictures while they were learnt from, with smoothed answers.
    """
    import pandas as pd

    epochs: dict[int, dict[str, float]] = {}
    for entry in logged:
        held = {ours: entry[theirs] for theirs, ours in _COLUMNS.items() if theirs in entry}
        if held:
            epochs.setdefault(round(entry.get("epoch") or 0), {}).update(held)
    frame = pd.DataFrame.from_dict(epochs, orient="index", columns=list(_COLUMNS.values()), dtype=float)
    return frame.sort_index().rename_axis("epoch")


def drift(history: pd.DataFrame) -> str:
    """What the distance between training and validation says, in a sentence."""
    trained = history.dropna(subset=["train_loss"])
    if not len(trained):
        return "Nothing but the new classifier was trained."
    last = trained.iloc[-1]
    since = trained.index[-1] - trained["val_loss"].idxmin()
    gap = last["train_accuracy"] - last["val_accuracy"]
    if since >= _FOR and last["val_loss"] > _RISE * trained["val_loss"].min():
        return (
            "Training and validation drift apart: validation loss was lowest after epoch "
            f"{trained['val_loss'].idxmin()} and has risen since. More pictures, stronger augmentation or fewer "
            "unfrozen blocks would help; more epochs will not."
        )
    if gap > _APART:
        return (
            f"Training accuracy is {gap:.2f} above validation: the network knows the training pictures better than it "
            "knows the classes. More pictures or stronger augmentation would help."
        )
    if since == 0 and len(trained) > 1:
        return (
            "Training and validation go together, and validation loss was lowest after the last epoch: more may help."
        )
    return "Training and validation go together."


def history_html(history: pd.DataFrame) -> str:
    """Curves and table, readable on a light and on a dark ground."""
    curves = "".join(
        _curves(history, measure, title) for measure, title in (("loss", "loss"), ("accuracy", "accuracy"))
    )
    table = history.to_html(float_format="%.4g", na_rep="", border=0)
    return f'<div style="display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start">{curves}{table}</div>'


def plot_history(history: pd.DataFrame, kept: int) -> Any:
    """The curves of loss and accuracy, with what they say and the epoch that was kept: two matplotlib axes.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    """
    plt = pyplot()
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    for ax, measure in zip(axes, ("loss", "accuracy"), strict=True):
        for part, style in (("train", "--"), ("val", "-")):
            ax.plot(history.index, history[f"{part}_{measure}"], style, marker="o", markersize=3, label=part)
        ax.axvline(kept, color="0.6", linewidth=0.8, zorder=0)
        ax.set(xlabel="epoch", title=measure)
        ax.legend()
    figure.suptitle(drift(history), fontsize="medium", wrap=True)
    return axes


def _curves(history: pd.DataFrame, measure: str, title: str) -> str:
    """One small chart as SVG: training dashed, validation solid."""
    parts = {part: history[f"{part}_{measure}"].to_numpy(float) for part in ("train", "val")}
    values = np.concatenate(list(parts.values()))
    values = values[np.isfinite(values)]
    if not len(values):
        return ""
    low, high = float(values.min()), float(values.max())
    span = high - low or 1.0
    steps = max(len(history) - 1, 1)
    lines = []
    for part, series in parts.items():
        points = [
            (
                _MARGIN + at / steps * (_WIDTH - 2 * _MARGIN),
                _HEIGHT - _MARGIN - (value - low) / span * (_HEIGHT - 2 * _MARGIN),
            )
            for at, value in enumerate(series)
            if np.isfinite(value)
        ]
        dash = ' stroke-dasharray="4 3"' if part == "train" else ""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2"/>' for x, y in points)
        lines.append(
            f'<g fill="currentColor" stroke="none">{dots}</g>'
            f'<polyline points="{path}" fill="none" stroke="currentColor" stroke-width="1.5"{dash}/>'
        )
    text = 'font-size="11" fill="currentColor"'
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{title} by epoch">'
        f'<text x="{_MARGIN}" y="14" {text} font-weight="bold">{title}</text>'
        f'<text x="{_WIDTH - _MARGIN}" y="14" {text} text-anchor="end">– – training, — validation</text>'
        f'<text x="2" y="{_HEIGHT - _MARGIN}" {text}>{low:.2g}</text>'
        f'<text x="2" y="{_MARGIN + 4}" {text}>{high:.2g}</text>'
        f'<text x="{_MARGIN}" y="{_HEIGHT - 8}" {text}>{history.index[0]}</text>'
        f'<text x="{_WIDTH - _MARGIN}" y="{_HEIGHT - 8}" {text} text-anchor="end">epoch {history.index[-1]}</text>'
        f"{''.join(lines)}</svg>"
    )
