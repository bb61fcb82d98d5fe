"""Objects in another frame than their box: with a margin, or with grey where they are not."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ..imaging.masks import Polygon, upright_polygons
from ..imaging.memory import decoding
from ..imaging.reduction import reduction
from ..imaging.turning import StoredSize
from ..store import Store
from ..store.export_mark import COCO_ENTRY
from ..store.items import Keys
from .picture_files import picture_files
from .reader import Original, pixel_box

#: What covers a picture where the object is not: the mean of what most models were trained on.
_GREY = (124, 116, 104)


@dataclass(frozen=True, slots=True)
class FramedFile:
    """A file, and the objects on it as they are framed; see :class:`nbcurate.sources.picture_files.PictureFile`."""

    rows: NDArray[np.intp]
    items: Sequence[Original]
    texts: Sequence[str | None]
    context: float
    covered: bool

    def pictures(self, at_least: int | None = None) -> Generator[Image.Image]:
        """Each object, from one decoding of the picture."""
        with decoding.kept():
            whole = self.items[0].decode_whole()
            for item, text in zip(self.items, self.texts, strict=True):
                yield self._framed(whole, item, text, at_least)

    def _framed(self, whole: Image.Image, item: Original, text: str | None, at_least: int | None) -> Image.Image:
        if item.box is None:
            return whole
        x, y, width, height = item.box
        across, down = width * self.context, height * self.context
        edges = pixel_box((x - across, y - down, width + 2 * across, height + 2 * down), whole.size)
        cut = whole.crop(edges).convert("RGB")
        if self.covered:
            mask = Image.new("L", cut.size, 0)
            for outline in _outlines(text) or [[x, y, x + width, y, x + width, y + height, x, y + height]]:
                corners = zip(outline[::2], outline[1::2], strict=True)
                ImageDraw.Draw(mask).polygon(
                    [(right - edges[0], lower - edges[1]) for right, lower in corners], fill=255
                )
            cut = Image.composite(cut, Image.new("RGB", cut.size, _GREY), mask)
        factor = reduction(cut.size, at_least)
        return cut.reduce(factor) if factor > 1 else cut


def framed_files(store: Store, context: float, covered: bool, keys: Keys) -> Iterator[FramedFile]:
    """The files of objects, in the order in which ``keys`` first come to each."""
    items = store.items
    for file in picture_files(store, keys):
        texts: list[str | None] = [None] * len(file.rows)
        if covered and "annotation" in items.table.column_names:
            rows = pa.array(items.rows_of_keys(keys[file.rows]))
            texts = items.table.column("annotation").take(rows).to_pylist()
        yield FramedFile(file.rows, file.items, texts, context, covered)


def _outlines(text: str | None) -> list[Polygon]:
    """The outlines of an object on the upright picture; none where it has no mask, or one that nobody can read."""
    try:
        given: dict[str, Any] = json.loads(text or "{}")
        stored = given.get(COCO_ENTRY, {}).get("stored")
        return upright_polygons(given.get("segmentation"), StoredSize(*stored) if stored else None)
    except (ValueError, AttributeError):
        return []
