"""What a head says of itself."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ...display.frame import frame_table
from ...display.page import Page
from ...findings.recipe import Recipe

_CLASSES = 20


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


def head_page(summary: str, accuracy: pd.Series, classes: pd.DataFrame, part: str) -> Page:
    """The same for a notebook, with the table by class."""
    page = Page(summary)
    page.line(accuracy_in_words(accuracy), f"by class on {part}:")
    page.add(frame_table(classes.head(_CLASSES)))
    page.line(f"and {len(classes) - _CLASSES:,} more classes: .table has them all" if len(classes) > _CLASSES else "")
    return page
