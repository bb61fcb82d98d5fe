"""The labels of items as arrays, whichever column they stand in."""

from __future__ import annotations

import pyarrow as pa

from ..curate.class_labels import ClassLabels, encode_labels
from .item_set import ItemSet
from .words import class_name


def labels_of(items: ItemSet, column: str = "label") -> ClassLabels:
    """The classes of each item by a column of classes or of lists of classes.

    Parameters
    ----------
    items : ItemSet
    column : str
        Of text, truths or whole numbers, or of lists of these.

    Raises
    ------
    KeyError
        If there is no such column; the message suggests the nearest one.
    TypeError
        If its values are no classes: fractions, dates, numbers in lists that are no whole ones.
    """
    if not isinstance(column, str):
        raise TypeError(f"label: expected the name of a column, got {column!r:.80}.")
    return classes_of(items.column(column), column)


def classes_of(values: pa.Array, column: str) -> ClassLabels:
    """Values of classes or of lists of classes, as labels. Errors are those of :func:`labels_of`."""
    kind = values.type
    inner = kind.value_type if pa.types.is_list(kind) or pa.types.is_large_list(kind) else kind
    if not _holds_classes(inner):
        raise TypeError(f"The column {column!r} holds {kind}, which are no classes: name one of text or lists of text.")
    if inner is kind:
        return encode_labels([class_name(value, column) for value in values.to_pylist()])
    named = [
        None if row is None else [name for value in row if (name := class_name(value, column)) is not None]
        for row in values.to_pylist()
    ]
    found = encode_labels(named)
    return ClassLabels(found.names, found.codes, found.starts, found.known, several=True)  # also where all are None


def has_lists(items: ItemSet, column: str = "label") -> bool:
    """Whether a column holds lists."""
    kind = items.column(column).type
    return pa.types.is_list(kind) or pa.types.is_large_list(kind)


def _holds_classes(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _holds_classes(kind.value_type)
    tests = (
        pa.types.is_string, pa.types.is_large_string, pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating,
        pa.types.is_null,
    )  # fmt: skip
    return any(test(kind) for test in tests)
