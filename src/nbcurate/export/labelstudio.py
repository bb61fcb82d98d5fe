"""Items as tasks of Label Studio, with the labels that they have or are to have as predictions."""

from __future__ import annotations

import base64
import os
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

import pyarrow as pa
from PIL import Image

from ..imaging.turning import stored_size
from ..store.coco_columns import annotating
from ..store.json_text import to_json
from ..store.paths import decode_path
from .pictures import Original, require_pictures
from .target import new_file

#: Names of the control and of the picture in the labelling interface.
_CONTROL, _IMAGE = "label", "image"
#: What no XML can hold, not even escaped.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Members of a task that ``ds.import_labels`` knows it by.
_ID, _GIVEN, _COLUMN, _HANDED_OUT = "nbcurate_id", "nbcurate_label", "nbcurate_column", "nbcurate_boxes"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a finding says that an item should be, and how sure it is, from 0 to 1."""

    labels: list[str]
    score: float
    made_by: str


@dataclass(frozen=True, slots=True)
class _Item:
    """An item on its way out."""

    row: dict[str, Any]
    file: Original
    suggestion: Suggestion | None

    @property
    def labels(self) -> list[str]:
        label = self.row["label"]
        own = [label] if isinstance(label, str) else list(label or [])
        return own if self.suggestion is None else self.suggestion.labels


def write_labelstudio(
    rows: pa.Table,
    files: Sequence[Original],
    to: str | os.PathLike[str],
    *,
    suggestions: Mapping[str, Suggestion] | None = None,
    column: str = "label",
    overwrite: bool = False,
) -> Path:
    """Write tasks to import into Label Studio; the file that was written.

    Beside ``tasks.json`` lies ``tasks.xml``, the labelling interface to paste. Pictures are named as Label Studio's
    local files: below the folder that the first lines of ``tasks.xml`` name, which it is to be started with. Those at a
    URL are named by it, and those that are no files of their own are in the task itself.

    A task is an image: an item, or those of the items that are boxes on it; it notes which these are, so that others
    stay when it comes back. What is to be reviewed is a prediction: the label
    that is suggested, else the one that the item has; of boxes with their place, in percent. The score is that of the
    suggestion.

    Parameters
    ----------
    rows : pyarrow.Table
        One row an item.
    files : sequence of Original
        That of each row.
    suggestions : mapping of id to Suggestion, optional
    column : str
        The column of labels that is to be reviewed.

    Raises
    ------
    ValueError
        If no item has a picture, or a label has control characters.
    FileExistsError
        If there is something already; see :func:`nbcurate.export.target.new_file`.
    """
    require_pictures(files, "labelstudio")
    found = [
        _Item({**row, "label": row[column]}, file, (suggestions or {}).get(row["id"]))
        for row, file in zip(annotating(rows).to_pylist(), files, strict=True)
        if file.place
    ]
    if without := len(files) - len(found):
        warnings.warn(f"{without:,} items have no picture, and are no tasks.", stacklevel=3)
    root = _common_folder([item.file for item in found])
    several = pa.types.is_list(rows.schema.field(column).type)
    images: dict[tuple[str, str], list[_Item]] = {}
    for item in found:
        alone = item.row["box"] is None
        images.setdefault((item.file.place, item.row["id"] if alone else ""), []).append(item)
    tasks = [_task(items, root) for items in images.values()]
    if column != "label":
        tasks = [{**task, "data": {**task["data"], _COLUMN: column}} for task in tasks]
    path = Path(to).expanduser()
    boxes = any(item.row["box"] is not None or item.row.get("boxes") for item in found)
    text = _interface(found, root, boxes=boxes, several=several)
    left = _is_there(_beside(path), text)  # by an export that was killed between the two
    with new_file(path, overwrite=overwrite) as file, new_file(_beside(path), overwrite=overwrite or left) as interface:
        file.write_text(to_json(tasks, indent=1), encoding="utf-8")
        interface.write_text(text, encoding="utf-8")
    return path


def _is_there(path: Path, text: str) -> bool:
    """Whether a file holds just this."""
    return path.is_file() and path.read_bytes() == text.encode()


def _task(items: Sequence[_Item], root: str | None) -> dict[str, Any]:
    """The task of one image."""
    first = items[0]
    data: dict[str, Any] = {_IMAGE: _address(first, root)}
    if first.row["box"] is not None:
        regions = list(_boxes(items))
        data |= {_ID: first.file.path, _HANDED_OUT: [region["id"] for region in regions]}
        return {"data": data, "predictions": _prediction(items, regions)}
    data |= {_ID: first.row["id"], _GIVEN: first.row["label"]}
    if first.row.get("boxes"):
        return {
            "data": {_IMAGE: data[_IMAGE], _ID: data[_ID]},
            "predictions": _prediction(items, list(_objects(first))),
        }
    choices = {"id": "label", "type": "choices", "value": {"choices": first.labels}}
    regions = [{**choices, "from_name": _CONTROL, "to_name": _IMAGE}] if first.labels else []
    return {"data": data, "predictions": _prediction(items, regions)}


def _prediction(items: Sequence[_Item], regions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The one prediction of a task; none where nothing is known of it."""
    if not regions:
        return []
    suggested = [item.suggestion for item in items if item.suggestion is not None]
    if not suggested:
        return [{"model_version": "labels before", "result": regions}]
    score = min(suggestion.score for suggestion in suggested)
    return [{"model_version": suggested[0].made_by, "score": score, "result": regions}]


def _boxes(items: Sequence[_Item]) -> Iterator[dict[str, Any]]:
    size = _size(items[0].file)
    for item in items:
        if size is not None:
            region = _region(item.row["id"], item.row["box"], item.labels, size)
            yield region if item.suggestion is None else {**region, "score": item.suggestion.score}


def _objects(item: _Item) -> Iterator[dict[str, Any]]:
    size = _size(item.file)
    flat = item.row["boxes"]
    for at, name in enumerate(item.row.get("objects") or []):
        if size is not None and len(flat) >= 4 * at + 4:
            yield _region(f"{at + 1}", flat[4 * at : 4 * at + 4], [name] if name else [], size)


def _region(name: str, box: Sequence[float], labels: list[str], size: tuple[int, int]) -> dict[str, Any]:
    across, down = size
    x, y, width, height = box
    place = {"x": x / across, "y": y / down, "width": width / across, "height": height / down}
    percent = {side: 100 * share for side, share in place.items()}
    return {
        "id": name, "type": "rectanglelabels", "from_name": _CONTROL, "to_name": _IMAGE,
        "original_width": across, "original_height": down, "image_rotation": 0,
        "value": {**percent, "rotation": 0, "rectanglelabels": labels},
    }  # fmt: skip


def _size(file: Original) -> tuple[int, int] | None:
    """Width and height of the whole picture as it is shown, px; None if it cannot be read."""
    try:
        with file.open() as stream:
            found = stored_size(stream)
    except OSError:
        return None
    return None if found is None else found.upright


def _address(item: _Item, root: str | None) -> str:
    """Where Label Studio finds a picture."""
    file = item.file
    if "://" in file.place and not os.path.isabs(file.place):
        return file.place
    if file.is_file and root is not None:
        below = os.path.relpath(os.fsencode(decode_path(file.place)), os.fsencode(root))
        return f"/data/local-files/?d={quote(below)}"
    kind = Image.MIME.get(item.row.get("format") or "", "application/octet-stream")
    with file.open() as stream:
        return f"data:{kind};base64,{base64.b64encode(stream.read()).decode()}"


def _common_folder(files: Sequence[Original]) -> str | None:
    """The folder that all local files lie below."""
    places = (os.fspath(decode_path(file.place)) for file in files if file.is_file)
    folders = {os.path.dirname(place) for place in places if os.path.isabs(place)}
    return os.path.commonpath(folders) if folders else None


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.stem}.xml")


def _interface(items: Sequence[_Item], root: str | None, *, boxes: bool, several: bool) -> str:
    """The labelling interface: the classes, as choices or as boxes."""
    names = _classes(items)
    tag, inner = ("RectangleLabels", "Label") if boxes else ("Choices", "Choice")
    choice = "" if boxes else f' choice="{"multiple" if several else "single"}"'
    served = "" if root is None else (
        "  <!-- Start Label Studio with LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true and\n"
        f"       LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT={_NO_XML.sub('?', root.replace('--', '- -'))}\n"
        "       and add a folder below that as Local Files storage, without syncing it. -->\n"
    )  # fmt: skip
    lines = "\n".join(f"    <{inner} value={quoteattr(name)}/>" for name in names)
    return (
        f'<View>\n{served}  <Image name="{_IMAGE}" value="${_IMAGE}" zoom="true"/>\n'
        f'  <{tag} name="{_CONTROL}" toName="{_IMAGE}"{choice}>\n{lines}\n  </{tag}>\n</View>\n'
    )


def _classes(items: Sequence[_Item]) -> list[str]:
    """All classes to choose from.

    Raises
    ------
    ValueError
        If one has letters that the interface, which is XML, cannot hold.
    """
    own = (
        name for item in items for name in [*_texts(item.row["label"]), *item.labels, *(item.row.get("objects") or [])]
    )
    names = sorted({name for name in own if name})
    if odd := [name for name in names if _NO_XML.search(name)]:
        raise ValueError(
            f"The label {odd[0]!r} has control characters, which Label Studio's interface cannot hold: relabel its "
            "items first."
        )
    return names


def _texts(label: Any) -> list[str]:
    return [label] if isinstance(label, str) else list(label or [])
