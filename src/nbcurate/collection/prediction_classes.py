"""What the classes of predictions are called here: numbers by a list, others renamed; and those that nothing is of."""

from __future__ import annotations

import difflib
import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..sources.coco_document import read_documents
from ..sources.given_file import read_given
from ..sources.predictions import GivenPredictions
from ..store import Store
from ..store.class_order import class_order
from ..store.coco_columns import as_key, hold_objects

#: What a user gives to say what classes are called: names in the order of their numbers; names by number or by the
#: name that the model has; or ultralytics' data.yaml.
ClassNames = Sequence[str] | Mapping[Any, str] | str | os.PathLike[str]
_MOST_BYTES = 10 << 20
_LIKE = 0.6  # difflib's own


def known_classes(store: Store, *, boxes: bool, label: str = "label") -> list[str]:
    """The classes that items, or the objects on images, are labelled with, or that their source names: sorted."""
    items = store.items
    if boxes and not hold_objects(items.table.schema):
        return []
    column = items.table.column("objects" if boxes else label).filter(pa.array(items.shown))
    flat = pc.list_flatten(column) if pa.types.is_list(column.type) else column  # pyright: ignore[reportAttributeAccessIssue]
    named = category_names(store).values() if boxes else class_order(store).get(label, [])
    return sorted({*(str(name) for name in flat.unique().to_pylist() if name not in (None, "")), *named})


def name_classes(store: Store, given: GivenPredictions, classes: ClassNames | None, known: Sequence[str]) -> list[str]:
    """What each of the classes of the predictions is called.

    Parameters
    ----------
    classes : list, mapping or path, optional
        See :data:`ClassNames`.
    known : sequence of str
        The classes of the data set.

    Raises
    ------
    ValueError
        If numbers have no names; the message says how to give them.
    """
    named = _read_yaml(classes) if isinstance(classes, str | os.PathLike) else classes
    if isinstance(named, Mapping):
        renamed = {as_key(name): str(there) for name, there in named.items()}
        rest = [name for name in given.classes if name not in renamed]
        others = dict(zip(rest, _by_number(store, given, rest, None, known), strict=True)) if rest else {}
        return [_renamed(name, renamed, others) for name in given.classes]
    return _by_number(store, given, given.classes, named, known)


def _renamed(name: str, renamed: Mapping[str, str], others: Mapping[str, str]) -> str:
    """By number or by name; a number's name may be renamed, too."""
    if name in renamed:
        return renamed[name]
    return renamed.get(others[name], others[name])


def _by_number(
    store: Store, given: GivenPredictions, names: Sequence[str], listed: Sequence[str] | None, known: Sequence[str]
) -> list[str]:
    """Names of classes that are given by number; names as they are."""
    if listed is not None:
        return _from_list(given, names, [str(name) for name in listed])
    match given.classes_as:
        case "categories":
            by_id = category_names(store)
            if not by_id and set(names) <= set(known):
                return list(names)
            return [by_id[name] if name in by_id else _nameless(given, name, by_id) for name in names]
        case "places":
            listed = class_order(store).get("label") or _in_order(category_names(store))
            if not listed:
                raise ValueError(
                    f"{given.title} tells classes by number, and this data set has no order of classes: give "
                    "classes= the names in the order of the model, such as classes=list(model.names.values()), or "
                    'classes="data.yaml".'
                )
            return _from_list(given, names, listed)
    return list(names)


def _nameless(given: GivenPredictions, name: str, by_id: Mapping[str, str]) -> str:
    there = ", ".join(f"{number} ({text})" for number, text in list(by_id.items())[:5])
    raise ValueError(
        f"{given.title} has the category {name}, of which the data set knows no name"
        f"{f': it knows {there}' if there else ''}. Give classes={{{name}: name, …}}."
    )


def _from_list(given: GivenPredictions, names: Sequence[str], listed: Sequence[str]) -> list[str]:
    """By the place in a list, from 0; from 1 where a file counts categories so."""
    if not all(name.isdigit() for name in names):
        if given.classes_as == "names":
            return list(names)
        raise ValueError(
            f"{given.title} has classes that are no numbers, such as {next(n for n in names if not n.isdigit())!r}."
        )
    numbers = [int(name) for name in names]
    first = 1 if given.classes_as == "categories" and 0 not in numbers and len(listed) in numbers else 0
    if numbers and max(numbers) - first >= len(listed):
        raise ValueError(
            f"{given.title} has the class number {max(numbers)}, and classes= names {len(listed)}: give them all, or "
            "{number: name}."
        )
    return [listed[number - first] for number in numbers]


def require_known(given: GivenPredictions, names: Sequence[str], known: Sequence[str]) -> None:
    """Tell of classes that nothing in the data set is labelled with.

    Raises
    ------
    ValueError
        If that is true of all; the message offers a map of them to the classes that are there.

    Warns
    -----
    UserWarning
        If it is true of some.
    """
    unknown = sorted(set(names) - set(known))
    if not known or not unknown:
        return
    offered = {name: like for name in unknown if (like := _like(name, known)) is not None}
    hint = f" Did you mean classes={offered!r}?" if offered else ""
    if len(unknown) == len(set(names)):
        raise ValueError(
            f"{given.title}: none of the classes that are predicted ({_listed(unknown)}) is one of this data set "
            f"({_listed(known)}). Give classes={{name there: name here}}.{hint}"
        )
    counts = np.bincount(given.codes, minlength=len(names))
    count = sum(int(number) for name, number in zip(names, counts, strict=True) if name in set(unknown))
    warnings.warn(
        f"{given.title}: {count:,} of {len(given):,} predictions are of classes that nothing here is labelled with "
        f"({_listed(unknown)}): they are kept, and not judged.{hint}",
        stacklevel=5,
    )


def _like(name: str, known: Sequence[str]) -> str | None:
    folded = {_folded(one): one for one in known}
    near = difflib.get_close_matches(_folded(name), list(folded), n=1, cutoff=_LIKE)
    return folded[near[0]] if near else None


def _folded(name: str) -> str:
    return name.casefold().replace("_", " ").replace("-", " ").strip()


def category_names(store: Store) -> dict[str, str]:
    """Names of categories by id, of all COCO files that items came from."""
    found: dict[str, str] = {}
    for document in read_documents(store).values():
        for category in document.says["categories"]:
            if isinstance(category.get("name"), str):
                found.setdefault(as_key(category["id"]), category["name"])
    return found


def _in_order(categories: Mapping[str, str]) -> list[str]:
    """The names of categories that are numbered without a gap, as YOLO's are; none of others."""
    numbers = sorted(int(number) for number in categories if number.isdigit())
    without_gap = len(numbers) == len(categories) and numbers in (
        [*range(len(numbers))],
        [*range(1, len(numbers) + 1)],
    )
    return [categories[str(number)] for number in numbers] if without_gap else []


def _read_yaml(path: str | os.PathLike[str]) -> dict[str, str]:
    """Names by number, of ``data.yaml``."""
    import yaml

    file = Path(path).expanduser()
    if not file.is_file():
        raise FileNotFoundError(f"classes: there is no file {file}: give data.yaml, a list of names or a dict.")
    content = yaml.load(read_given(file, _MOST_BYTES).decode("utf-8-sig"), yaml.BaseLoader)
    names = content.get("names") if isinstance(content, Mapping) else None
    pairs = enumerate(names) if isinstance(names, list) else names.items() if isinstance(names, Mapping) else ()
    found = {str(number): str(name) for number, name in pairs}
    if not found:
        raise ValueError(f"classes: {file} names no classes: names is a list of them, or a mapping of number to name.")
    return found


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
