"""Points of a view as a picture for its snapshot: the map as it is kept, or one column over another."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..collection.layout import kept_layout
from ..dataset import Dataset
from ..display.bars import legend
from ..display.markup import escaped
from ..display.page import Pieces
from ..display.points import points_picture, shown_rows
from .palette import NEUTRAL, Rgb, class_colour, ramp_colours
from .session import Session

SELECTION = "selection"
_NAMED = 12


def drawn_map(session: Session, dataset: Dataset, method: str, encoder: str | None, color: str | None) -> Pieces:
    """The map with its legend as markup; nothing where none is kept: making one takes long."""
    try:
        embeddings = dataset.store.embeddings_named(encoder)
    except ValueError:
        return []
    contents, plane = kept_layout(embeddings, method)
    items = dataset.store.items
    wanted = items.contents[items.rows_of_keys(dataset.keys)]
    if not len(contents):
        return []
    at = np.searchsorted(contents, wanted).clip(max=len(contents) - 1)
    places = np.where((contents[at] == wanted)[:, None], plane[at], np.nan)
    return _drawn(session, dataset, places, color, f"a map of {len(wanted):,} items by {method.upper()}")


def drawn_scatter(
    session: Session, dataset: Dataset, axes: tuple[str, str], logs: tuple[bool, bool], color: str | None
) -> Pieces:
    """One column over another, with the legend, as markup."""
    columns = [_numbers(session.values(dataset, name), logarithm) for name, logarithm in zip(axes, logs, strict=True)]
    scales = [f"{name} (logarithmic)" if log else name for name, log in zip(axes, logs, strict=True)]
    words = f"{scales[1]}, up, over {scales[0]}, across, of {len(dataset):,} items"
    return [*_drawn(session, dataset, np.stack(columns, axis=1), color, words), f"<p>{escaped(words)}</p>"]


def _drawn(session: Session, dataset: Dataset, places: NDArray[np.floating], color: str | None, words: str) -> Pieces:
    kept = np.isin(dataset.keys, dataset.selection.marks.kept)
    rows = shown_rows(places, kept)
    colours, entries = _coloured(session, dataset, color, kept, rows)
    return [points_picture(places[rows], colours, kept[rows], words), *legend(entries)]


def _coloured(
    session: Session, dataset: Dataset, color: str | None, kept: NDArray[np.bool_], rows: NDArray[np.intp]
) -> tuple[NDArray[np.uint8], list[tuple[str, Rgb]]]:
    """The colours of the items in these rows (uint8 [m, 3]), and what the colours stand for."""
    if color is None:
        return np.tile(np.array(class_colour(0), np.uint8), (len(rows), 1)), []
    if color == SELECTION:
        both = np.array([NEUTRAL, class_colour(0)], np.uint8)
        return both[kept[rows].astype(np.intp)], [("kept", class_colour(0)), ("not kept", NEUTRAL)]
    values = session.values(dataset, color)
    if session.shows_classes(color):
        return _by_class(values, rows)
    numbers = _numbers(values, logarithm=False)
    low, high = (float(np.nanmin(numbers)), float(np.nanmax(numbers))) if np.isfinite(numbers).any() else (0.0, 1.0)
    first, last = ramp_colours(np.array([0.0, 1.0])).tolist()
    entries = [(f"{color} {low:.4g}", tuple(first)), (f"{color} {high:.4g}", tuple(last))]
    return ramp_colours((numbers[rows] - low) / max(high - low, 1e-12)), entries


def _by_class(values: pa.Array, rows: NDArray[np.intp]) -> tuple[NDArray[np.uint8], list[tuple[str, Rgb]]]:
    """The most frequent classes have the colours that differ most, as on the map."""
    flat = values.flatten() if pa.types.is_list(values.type) else values
    counted = pc.value_counts(flat.drop_null()).to_pylist()  # pyright: ignore[reportAttributeAccessIssue]
    ranked = [str(one["values"]) for one in sorted(counted, key=lambda one: -one["counts"])]
    of_name = {name: class_colour(rank) for rank, name in enumerate(ranked)}
    names = [_first_of(value) for value in values.take(pa.array(rows)).to_pylist()]
    colours = np.array([NEUTRAL if name is None else of_name[name] for name in names], np.uint8).reshape(-1, 3)
    more = [(f"and {len(ranked) - _NAMED:,} more", NEUTRAL)] if len(ranked) > _NAMED else []
    return colours, [*((name, of_name[name]) for name in ranked[:_NAMED]), *more]


def _first_of(value: object) -> str | None:
    """What an item is coloured by: its class, of several the first."""
    if isinstance(value, list):
        value = value[0] if value else None
    return None if value is None else str(value)


def _numbers(values: pa.Array, logarithm: bool) -> NDArray[np.float64]:
    """The values as numbers, dates as milliseconds; not-a-number where there is none."""
    if pa.types.is_temporal(values.type):
        values = values.cast(pa.timestamp("ms")).cast(pa.int64())
    numbers = values.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.log10(np.where(numbers > 0, numbers, np.nan)) if logarithm else numbers
