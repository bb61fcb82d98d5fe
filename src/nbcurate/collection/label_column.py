"""A column that is relabelled: whether it holds one label an item or several, and new labels in its form."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from ..store.columns import PROPERTIES, require_free_name, user_columns
from ..store.edits import Change
from ..store.items import Items
from .item_set import ItemSet


def in_form_of_column(
    items: ItemSet, column: str, labels: Sequence[str | list[str] | None], *, for_all: bool
) -> tuple[list[Any], pa.DataType]:
    """New labels as the column holds them, and the type that it is to have.

    Where it holds one label an item, lists of another length than one make it a column of lists; a warning tells.

    Parameters
    ----------
    column : str
        ``label``, or a column of the user's; one that is not there is made.
    for_all : bool
        Whether one label was given for all of the items. Then a list may be meant as a label for each, so it makes no
        column one of lists.

    Raises
    ------
    TypeError
        If the column holds no text, or a list was given for all and it holds no lists.
    ValueError
        If it is a column that nbcurate fills itself.
    """
    there = _type_of(items, column)
    one = not any(isinstance(label, list) for label in labels) if there is None else not _is_list(there)
    if one:
        widens = any(isinstance(label, list) and len(label) != 1 for label in labels)
        if not widens:
            return [label[0] if isinstance(label, list) else label for label in labels], pa.string()
        if for_all:
            raise TypeError(
                f"label: a label is a text, got {labels[0]!r} of type list, and {column!r} holds one label an item. To "
                "give each item its own, write relabel({id: label}); to give one several, relabel({id: [label, …]})."
            )
        warnings.warn(
            f"relabel: {column!r} held one label an item, and holds a list of labels now, as some of the new ones are "
            f"lists: ds.where(\"list_contains({column}, 'x')\") asks for one of them.",
            stacklevel=4,
        )
    return [[label] if isinstance(label, str) else label for label in labels], pa.list_(pa.string())


def back_to_texts(items: Items, changes: Sequence[Change]) -> pa.Table | None:
    """The labels as texts, where an edit that is taken back made them lists; a warning where they have to stay lists.

    A column of the user's stays one of lists.

    Parameters
    ----------
    items : Items
        As they are.
    changes : sequence of Change
        What takes the edit back.

    Returns
    -------
    pyarrow.Table or None
        The column by the keys of all items, with these changes; None where none was of texts before, or is one now.
    """
    texts: pa.Table | None = None
    for change in changes:
        if not any(isinstance(value, str) for value in change.new):
            continue
        labels = items.table.column(change.column)
        if not _is_list(labels.type):
            continue
        lists = dict(zip(items.keys.tolist(), labels.to_pylist(), strict=True))
        lists |= zip(change.items.tolist(), change.new, strict=True)
        after = [one[0] if isinstance(one, list) and len(one) == 1 else one for one in lists.values()]
        if change.column != "label" or any(isinstance(one, list) for one in after):
            warnings.warn(
                f"undo_edit: {change.column!r} held one label an item before, and holds lists still: "
                f"ds.where(\"list_contains({change.column}, 'x')\") asks for one of them.",
                stacklevel=3,
            )
            continue
        texts = pa.table({"key": pa.array(items.keys), change.column: pa.array(after, pa.string())})
    return texts


def _type_of(items: ItemSet, column: str) -> pa.DataType | None:
    """The type of a column that can be relabelled; None if it is to be made, or holds nothing yet."""
    if column == "tags":
        raise ValueError("relabel: tags are changed by ds.tag and ds.untag.")
    if column != "label" and column not in user_columns(items.store):
        if column in {known.name for known in PROPERTIES}:
            raise ValueError(f"relabel: {column!r} is filled by nbcurate: name 'label' or a column of yours.")
        require_free_name(column)
        return None
    values = items.store.items.table.column(column)
    there = values.type
    inner = there.value_type if _is_list(there) else there
    text = pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_null(inner)
    if not text and not (pa.types.is_dictionary(inner) and pa.types.is_string(inner.value_type)):
        raise TypeError(f"relabel: the column {column!r} holds {there}; labels are text, or lists of text.")
    return there if values.null_count < len(values) else None


def _is_list(kind: pa.DataType) -> bool:
    return pa.types.is_list(kind) or pa.types.is_large_list(kind)
