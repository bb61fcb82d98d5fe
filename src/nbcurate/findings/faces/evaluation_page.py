"""The page of an evaluation: how a model fares class by class, and pictures of what it gets most wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...display.drawing import Shape
from ...display.frame import frame_table
from ...display.layout import Tile, cards, mosaic
from ...display.page import Page
from .boxes_page import drawn_pictures
from .finding_page import ended, tiles_with_reasons

if TYPE_CHECKING:
    import pandas as pd

    from ..evaluation import Evaluation
    from ..evaluation_of_objects import ObjectEvaluation
    from ..evaluation_slices import WeakSlices

_CLASSES, _SHOWN, _SIDE = 8, 8, 100
_STEPS = ("nbc.ConfusionMatrix(ds, evaluation)", "evaluation.errors", "evaluation.slices()")


def evaluation_page(found: Evaluation) -> Page:
    """Of a model that classifies items."""
    page = _begun(found)
    page.add(cards(tiles_with_reasons(found, _SHOWN)))
    return ended(page, found, _SHOWN, _STEPS)


def object_evaluation_page(found: ObjectEvaluation) -> Page:
    """Of a model that finds objects: its surest errors, each on its picture."""
    page = _begun(found)
    errors = _first_errors(found)
    reasons = errors["reason"].tolist()
    pictures = drawn_pictures(found.images, errors["image"].tolist(), _shapes(errors), _SIDE, reasons)
    kinds = errors["kind"].tolist()
    page.add(cards([Tile(one, why, strong=kind) for one, why, kind in zip(pictures, reasons, kinds, strict=True)]))
    return ended(page, found, 0 if not len(errors) else len(found), _STEPS)


def weak_slices_page(slices: WeakSlices) -> Page:
    """The slices in which a model errs most, and pictures of the first."""
    from ...collection.pictured import album_of

    page = Page(slices.note, opens=slices)
    page.add(
        frame_table(
            slices.table.head(_CLASSES).set_index("slice"), ["of", "support", "errors", "rate", "elsewhere", "chance"]
        )
    )
    if len(slices):
        name = str(slices.table["slice"].iloc[0])
        ids = slices.slice(name)[:_SHOWN]
        items = slices._items
        page.heading(f"the first: {name}")
        pictures = album_of(items).pictures(items.store.items.keys_of_ids(ids), 80)
        page.add(mosaic([Tile(picture) for picture in pictures], _SHOWN))
        page.steps((f"slices.select({name!r})",))
    return page


def _begun(found: Evaluation) -> Page:
    page = Page(found._summary(), opens=found)
    page.add(frame_table(found.table.head(_CLASSES), list(found.table.columns)[:6]))
    if len(found.table) > _CLASSES:
        page.line(f"and {len(found.table) - _CLASSES:,} more classes: .table has them all")
    page.line(f"what it gets wrong, worst first; score, from 0 to 1: {found.score_meaning}" if len(found) else "")
    return page


def _first_errors(found: ObjectEvaluation) -> pd.DataFrame:
    """An error of each of the worst images, or of each of the objects that were not found."""
    errors = found.errors
    of = "image" if found._items is found.images else "object"
    wanted = found.ids[:_SHOWN]
    first = (
        errors.loc[errors[of].isin(wanted)].sort_values(by="score", ascending=False, kind="stable").drop_duplicates(of)
    )
    return first.set_index(of, drop=False).reindex([one for one in wanted if one in set(first[of])])


def _shapes(errors: pd.DataFrame) -> list[list[Shape]]:
    return [
        [Shape("labelled", box) if np.isnan(score) else Shape("predicted", box, score=score)]
        if np.isfinite(box).all()
        else []
        for *box_values, score in errors[["x", "y", "width", "height", "score"]].to_numpy(float).tolist()
        for box in [tuple(box_values)]
    ]
