"""What a head says of itself."""

from __future__ import annotations

import html
from collections.abc import Sequence

import pandas as pd

from ...findings.recipe import Recipe


def summary_of(recipe: Recipe, classes: Sequence[str]) -> str:
    """What it is, what it has learnt from, and what was chosen, by what."""
    chosen, learnt = recipe["chosen"], recipe["parts"]["train"]["items"]
    if "penalty" in chosen:
        said = f"penalty {chosen['penalty']:.3g}"
    else:
        said = f"{chosen['hidden']} hidden, {chosen['epochs']} epochs"
    return (
        f"Head of {len(classes)} classes on {recipe['embeddings']['name']!r}, learnt from {learnt:,} items ({said}, "
        f"chosen by {chosen['by']})"
    )


def accuracy_in_words(accuracy: pd.Series) -> str:
    """The accuracy on each part."""
    told = [f"{part} {share:.3f}{' (out of fold)' if part == 'train' else ''}" for part, share in accuracy.items()]
    return f"accuracy: {', '.join(told)}"


def as_html(summary: str, accuracy: pd.Series, table: pd.DataFrame, part: str) -> str:
    """The same for a notebook, with the table by class."""
    rows = table.to_html(float_format="%.3f", na_rep="–")
    told = (
        f"<b>{html.escape(summary)}</b><br>{html.escape(accuracy_in_words(accuracy))}; by class on {html.escape(part)}:"
    )
    return f"<p>{told}</p>{rows}"
