"""The JSON of a COCO annotation file, in any usual encoding."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .encodings import marked_encoding
from .given_file import read_given

#: An annotation file, or its content.
Annotations = str | os.PathLike[str] | dict[str, Any]

_PARTS = ("images", "annotations", "categories")


def read_coco(annotations: Annotations) -> dict[str, Any]:
    """The content of a COCO annotation file: JSON in UTF-8, 16 or 32, as it is or compressed by gzip; or of a dict.

    Raises
    ------
    ValueError
        If it is none; the message says what is missing.
    """
    if isinstance(annotations, Mapping):
        name, content = "The dict", _as_text(annotations)
    else:
        name = Path(annotations).expanduser()
        content = _parsed(name)
    if isinstance(content, list):
        raise ValueError(
            f"{name} is a list, and no COCO annotation file: detections (image_id, category_id, bbox, score) lack the "
            "names of images and categories. Give {'images': …, 'annotations': that list, 'categories': …}."
        )
    missing = [part for part in _PARTS if not isinstance(content, dict) or part not in content]
    if missing:
        raise ValueError(f"{name} is no COCO annotation file: it has no {', '.join(missing)}.")
    for part in _PARTS:
        if not isinstance(content[part], list):
            raise ValueError(f"{name} is no COCO annotation file: its {part} are no list.")
    return dict(content)


def _parsed(path: Path) -> Any:
    data = read_given(path)
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:4] == b"PK\x03\x04":
        raise ValueError(f"{path} is a zip file: unpack it, and give the JSON file in it.")
    encoding = marked_encoding(data) or "utf-8"
    try:
        content = json.loads(data.decode(encoding))
        return without_halves(content) if rb"\ud" in data.lower() else content
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text in UTF-8, as JSON is to be: {error}") from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"{path} is no JSON file: {error}") from None


def _as_text(content: Mapping[str, Any]) -> Any:
    """A dict as it is, or without halves of characters, if it holds any."""
    try:
        json.dumps(content, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return without_halves(content)
    except (TypeError, ValueError, RecursionError):  # no JSON: what cannot be used of it is told one by one
        return content
    return content


def without_halves(content: Any) -> Any:
    """JSON without halves of characters, which escapes may write and no text can hold."""
    return json.loads(json.dumps(content, ensure_ascii=False, default=str).encode("utf-8", "replace"))
