"""A column that is relabelled: whether it holds one label an item or several, and new labels in its form."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from ..store import Store
from ..store.columns import PROPERTIES, require_free_name, user_columns
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
            stacklevel=3,
        )
    return [[label] if isinstance(label, str) else label for label in labels], pa.list_(pa.string())


def back_to_texts(store: Store, column: str) -> None:
    """Let labels that are lists be texts again, as before an edit that is taken back; a warning where they stay lists.

    A column of the user's stays one of lists.
    """
    items = store.items
    labels = items.table.column(column)
    if not _is_list(labels.type):
        return
    lists = labels.to_pylist()
    if column != "label" or not all(one is None or len(one) == 1 for one in lists):
        warnings.warn(
            f"undo_edit: {column!r} held one label an item before, and holds lists still: "
            f"ds.where(\"list_contains({column}, 'x')\") asks for one of them.",
            stacklevel=3,
        )
        return
    texts = pa.array([None if one is None else one[0] for one in lists], pa.string())
    store.replace_columns(pa.table({"key": items.keys, column: texts}))


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
