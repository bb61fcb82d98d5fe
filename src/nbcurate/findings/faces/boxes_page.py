"""The page of boxes that look wrong: each on its picture, with what is wrong about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...collection.object_spread import boxes_of
from ...collection.pictured import album_of
from ...display.drawing import Drawing, Shape, draw_on
from ...display.layout import Tile, cards
from ...display.numbers import similarity_in_words
from ...display.page import Page
from ...display.picture import Picture
from .finding_page import begun, ended, tiles_with_reasons

if TYPE_CHECKING:
    from PIL import Image

    from ...collection.item_set import ItemSet
    from ..box_issues import BoxIssues
    from ..finding import Finding
    from ..odd_boxes import OddBoxFinding

_SHOWN, _SIDE, _LINE = 8, 120, 3
_LABELLED, _PREDICTED = (59, 125, 221), (217, 98, 43)


def odd_boxes_page(found: OddBoxFinding) -> Page:
    """Of boxes that are odd by their place and size alone."""
    return _boxes_page(found, found._images, ("ds.objects.remove(odd)", "nbc.FindingsPanel(ds.objects, odd)"))


def box_issues_page(found: BoxIssues) -> Page:
    """Of boxes that a model contradicts."""
    return _boxes_page(found, found._images, ("nbc.FindingsPanel(ds.objects, issues)", "issues.missing"))


def _boxes_page(found: Finding, images: ItemSet | None, steps: Sequence[str]) -> Page:
    """Cards of the first boxes, drawn on their pictures: what is labelled solid, what a model sees dashed.

    Parameters
    ----------
    images : ItemSet or None
        The pictures; None where they are not known, so that the boxes alone are shown.
    """
    page = begun(found)
    n = min(len(found), _SHOWN)
    if images is None:
        page.add(cards(tiles_with_reasons(found, n)))
        return ended(page, found, n, steps)
    first = found.head(n)
    shapes = _shapes(first)
    pictures = drawn_pictures(images, first.columns["image"].tolist(), shapes, _SIDE, first.reasons)
    facts = zip(pictures, first.columns["kind"], first.scores.tolist(), first.reasons, strict=True)
    page.add(
        cards([Tile(p, f"{similarity_in_words(score)} · {why}", strong=str(kind)) for p, kind, score, why in facts])
    )
    return ended(page, found, n, steps)


def drawn_pictures(
    images: ItemSet, names: Sequence[str], shapes: Sequence[Sequence[Shape]], side: int, words: Sequence[str]
) -> list[Picture]:
    """The small picture of each image, with shapes drawn on it, which are in px of the image."""
    there = images.store.items
    known = [name for name in dict.fromkeys(names) if name in there]
    keys = there.keys_of_ids(known)
    table = images.to_pandas(known)[["width", "height"]] if known else None
    sizes = {} if table is None else dict(zip(known, table.to_numpy().tolist(), strict=True))
    pictures = dict(zip(known, album_of(images).images(keys), strict=True))
    facts = zip(names, shapes, words, strict=True)
    return [Picture(_drawn(pictures.get(name), sizes.get(name), on), side, name, why) for name, on, why in facts]


def _drawn(image: Image.Image | None, size: Sequence[float] | None, shapes: Sequence[Shape]) -> Image.Image | None:
    if image is None or size is None or not np.isfinite(size).all():
        return image
    colours = {"labelled": _LABELLED, "predicted": _PREDICTED}
    return draw_on(image, Drawing(int(size[0]), int(size[1]), list(shapes)), colours, _LINE)


def _shapes(found: Finding) -> list[list[Shape]]:
    """The box of each item of a finding, and the one that is predicted there, where there is one."""
    boxes = boxes_of(found._items._only_with(found.keys)) if len(found) else np.empty((0, 4))
    order = np.argsort(np.argsort(found.keys))
    labelled = [[Shape("labelled", tuple(boxes[at]))] for at in order.tolist()]
    if "width" not in found.columns:
        return labelled
    predicted = np.stack([np.asarray(found.columns[side], float) for side in ("x", "y", "width", "height")], axis=1)
    sure = np.asarray(found.columns["prediction_score"], float)
    for shapes, box, score in zip(labelled, predicted, sure.tolist(), strict=True):
        if np.isfinite(box).all():
            shapes.append(Shape("predicted", tuple(box), score=score))
    return labelled
