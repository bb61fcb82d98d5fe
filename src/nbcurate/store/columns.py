"""The columns of an item: which are ours, which the user's, and what each means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from .items import ITEM_SCHEMA, Items, Keys
from .properties import MEASURED
from .store import Store
from .table_errors import TableError


@dataclass(frozen=True, slots=True)
class Property:
    """What a column holds: where it comes from, its unit and range, and its meaning."""

    name: str
    source: Literal["given", "file", "pixels"]
    unit: str
    range: str
    meaning: str


#: Columns of every data set that can be asked for by name, in the order in which they are shown.
PROPERTIES = (
    Property("id", "given", "", "", "the item's name"),
    Property("label", "given", "", "", "class"),
    Property("split", "given", "", "", "train, val or test"),
    Property("tags", "given", "", "", "words given by ds.tag"),
    Property("box", "given", "px", "", "x, y, width, height of an object on its image; none for a whole image"),
    Property("status", "file", "", "ok, missing", "whether the file is still there"),
    Property("bytes", "file", "B", "0…", "size of the file"),
    Property("width", "file", "px", "1…", "width as shown, after the EXIF rotation"),
    Property("height", "file", "px", "1…", "height as shown"),
    Property("aspect", "file", "", "0…", "width divided by height"),
    Property("format", "file", "", "", "file format: JPEG, PNG, …"),
    Property("mode", "file", "", "", "pixel format: RGB, L, I;16, … as in Pillow, or RGB;16, float64, 5 x uint8, …"),
    Property("taken", "file", "", "", "when, by EXIF, in the camera's time zone"),
    Property("camera", "file", "", "", "maker and model, by EXIF"),
    Property("latitude", "file", "°", "-90…90", "where, by EXIF; north is positive"),
    Property("longitude", "file", "°", "-180…180", "where, by EXIF; east is positive"),
    Property("brightness", "pixels", "", "0…1", "mean luma"),
    Property("contrast", "pixels", "", "0…0.5", "standard deviation of the luma"),
    Property("sharpness", "pixels", "", "0…", "root mean square of the Laplacian of the thumbnail; near 0 is blurry"),
    Property("colourfulness", "pixels", "", "0…", "Hasler and Süsstrunk 2003; 0 grey, over 80 very colourful"),
    Property("entropy", "pixels", "bit", "0…8", "of the luma's histogram; near 0 is blank"),
    Property("dominant_colour", "pixels", "", "12 names", "the colour that most pixels are close to"),
    Property("dominant_rgb", "pixels", "", "#rrggbb", "its value"),
    Property("transparency", "pixels", "", "0…1", "share of the picture that is not opaque"),
    Property("perceptual_hash", "pixels", "", "16 hex digits", "DCT hash; few bits differ between look-alikes"),
)
#: Of objects. A column of the user's that is called so goes before it.
IMAGE = Property("image", "given", "", "", "id of the image that an object is on")
_OURS = {*ITEM_SCHEMA.names, *MEASURED, *(p.name for p in PROPERTIES), "copy_of"}


def user_columns(store: Store) -> list[str]:
    """Names of the columns that users have added."""
    return _of_users(store.items)


def column_names(items: Items) -> list[str]:
    """Names of the columns that a snapshot has: those of every data set, and of users, which a thread may change."""
    own = _of_users(items)
    names = [known.name for known in (*PROPERTIES, *([] if IMAGE.name in own else of_objects(items)))]
    return names + own


def of_objects(items: Items) -> list[Property]:
    """What is known of items that are boxes beside :data:`PROPERTIES`."""
    return [IMAGE] if items.are_boxes.any() else []


def _of_users(items: Items) -> list[str]:
    return [name for name in items.table.column_names if name not in ITEM_SCHEMA.names]


def is_ours(name: str) -> bool:
    """Whether nbcurate fills a column of this name itself."""
    return name in _OURS


def require_free_name(name: str, others: Iterable[str] = ()) -> None:
    """Refuse a name for a user's column that means something else.

    Parameters
    ----------
    others : iterable of str
        Names of the user's other columns. SQL does not tell upper and lower case apart: two columns of one name but for
        that could not be asked for.

    Raises
    ------
    ValueError
    """
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"A column's name is a text that is not empty, got {name!r}.")
    if not name.isascii() and name.encode(errors="replace").decode() != name:
        raise ValueError(f"A column's name is a text, and {name!r} holds half of a character.")
    if name in _OURS:
        raise ValueError(f"{name!r} is a column that nbcurate fills itself: choose another name.")
    same = {other.casefold(): other for other in (*others, *_OURS)}.get(name.casefold(), name)
    if same != name:
        raise ValueError(
            f"{name!r} and {same!r} differ in upper and lower case only, which a query cannot tell apart: choose "
            "another name."
        )


def add_user_columns(store: Store, keys: Keys, columns: pa.Table) -> dict[str, str]:
    """Commit the columns of a source, one value for each of these keys.

    A column that cannot be kept costs none of the others.

    Returns
    -------
    dict of str
        The columns that were left out, or changed their type, each with what to say of it.
    """
    told: dict[str, str] = {}
    fitting: dict[str, pa.ChunkedArray] = {}
    there = user_columns(store)
    for name in columns.column_names:
        try:
            require_free_name(name, [*there, *fitting])
            fitting[name] = columns.column(name)
        except ValueError as error:
            told[name] = f"is left out: {error}"
    if not len(keys):
        return told
    by_key = {"key": pa.array(keys, pa.uint64())}
    new = {name: column for name, column in fitting.items() if name not in there}
    batches = [new, *({name: fitting[name]} for name in fitting if name in there)]
    while batches:
        batch = batches.pop(0)
        try:
            told |= store.set_columns(pa.table({**by_key, **batch})) if batch else {}
        except (TypeError, ValueError, TableError, NotImplementedError) as error:
            if isinstance(error, TableError) and error.errno is not None:
                raise  # the disk's, not the column's
            if len(batch) == 1:
                told |= dict.fromkeys(batch, f"is left out: {str(error).splitlines()[0]}")
            else:
                batches = [{name: column} for name, column in batch.items()] + batches
    return told
