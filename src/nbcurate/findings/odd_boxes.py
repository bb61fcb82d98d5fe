"""Boxes that are doubled, out of their picture, or of no usual size or shape, as a finding on objects."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..collection.item_labels import labels_of
from ..collection.item_set import ItemSet
from ..collection.object_spread import boxes_of, sizes_by_name
from ..curate.odd_boxes import KINDS, OddBoxes, find_odd_boxes
from ..store.objects import image_ids
from .finding import Finding
from .recipe import make_recipe, of_view


class OddBoxFinding(Finding):
    """Boxes as :meth:`Dataset.odd_boxes` finds them."""

    _page_at = "findings.faces.boxes_page.odd_boxes_page"

    _images: ItemSet | None = None


def find_odd_boxes_of(
    asked: ItemSet,
    objects: ItemSet,
    images: ItemSet | None,
    *,
    label: str,
    tiny: float,
    huge: float,
    narrow: float,
    overlap: float,
) -> OddBoxFinding:
    """See :meth:`Dataset.odd_boxes`.

    Parameters
    ----------
    asked : ItemSet
        The data set that was asked: these objects, or their images. It makes the finding again.
    images : ItemSet or None
        The pictures, which tell how large they are; None where that is not known.
    """
    objects = objects._as_it_is()
    items, rows = objects._rows()
    boxes = boxes_of(objects)
    names = image_ids(items, rows)
    on, codes = np.unique(np.asarray(names.to_numpy(zero_copy_only=False), object).astype(str), return_inverse=True)
    known = np.full((len(on), 2), np.nan) if images is None else sizes_by_name(images.store, on)
    sizes = known[codes]
    labels = labels_of(objects, label)
    values = [str(value) for value in labels.values()]
    classes = np.unique(np.array(values, object).astype(str), return_inverse=True)[1] if values else np.empty(0, int)
    odd = find_odd_boxes(boxes, codes, classes, sizes, tiny=tiny, huge=huge, narrow=narrow, overlap=overlap)
    found = np.flatnonzero(odd.kind >= 0)
    found = found[np.lexsort((found, -odd.score[found], odd.kind[found]))]
    ids = items.ids.take(pa.array(rows)).to_pylist()

    def reasons(at: NDArray[np.intp]) -> list[str]:
        return [_reason(row, boxes, sizes, odd, values, ids) for row in found[at].tolist()]

    parameters = {"label": label, "tiny": tiny, "huge": huge, "narrow": narrow, "overlap": overlap}
    keys = items.keys[rows]
    finding = OddBoxFinding(
        objects, "odd_boxes", keys[found], odd.score[found], reasons,
        recipe=of_view(make_recipe("odd_boxes", parameters, asked.keys), asked),
        score_meaning="how far the box is from a usual one: overlap of doubles, share outside of the picture, ...",
        columns={
            "kind": np.array([KINDS[kind] for kind in odd.kind[found]], object),
            "image": np.array([on[code] for code in codes[found]], object),
            "other": np.array([ids[row] if row >= 0 else None for row in odd.other[found]], object),
            "overlap": odd.overlap[found],
            "outside": odd.outside[found],
        },
    )  # fmt: skip
    finding._images = images
    return finding


def _reason(row: int, boxes: NDArray, sizes: NDArray, odd: OddBoxes, values: list[str], ids: list[str]) -> str:
    width, height = boxes[row, 2:]
    match KINDS[odd.kind[row]]:
        case "double":
            return f"lies where {ids[odd.other[row]]} does, of the same class: they share {odd.overlap[row]:.0%}"
        case "two classes":
            other = odd.other[row]
            return f"in the place of {ids[other]}, which is called {values[other]}, and this {values[row]}"
        case "outside":
            return f"{odd.outside[row]:.0%} of it lies outside of its picture"
        case "tiny":
            return f"only {width:g} x {height:g} px"
        case "huge":
            share = width * height / sizes[row].prod()
            return f"covers {min(share, 1):.0%} of its picture, far more than {values[row]} usually does"
        case _:
            return f"{max(width, height) / min(width, height):.0f} times as long as wide: {width:g} x {height:g} px"
