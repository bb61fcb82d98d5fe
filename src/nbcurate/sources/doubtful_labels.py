"""Labels that are hardly what a person means by them: they are taken as they stand, and told."""

from __future__ import annotations

import ast

import pyarrow as pa


def doubts(column: pa.ChunkedArray, name: str) -> list[str]:
    """What to say of a column of labels: that its texts look like lists, or its lists like rows of zeros and ones."""
    values = [value for value in column.to_pylist() if value is not None and value != ""]
    if pa.types.is_list(column.type):
        return _of_lists(values, name)
    texts = sorted({value for value in values if isinstance(value, str)})
    lists = [text for text in texts if _is_written_list(text)]
    if not lists and not (texts and all(text.startswith("[") and text.endswith("]") for text in texts)):
        return []
    such = (lists or texts)[-1]
    return [
        f"The labels in {name!r} look like lists written as text, such as {such!r}: each text was taken for one class. "
        "Make lists of them (ast.literal_eval reads what pandas wrote), and give the table."
    ]


def _of_lists(values: list[list[object]], name: str) -> list[str]:
    lengths = {len(value) for value in values}
    are_hot = len(lengths) == 1 and all(one is not None and one in (0, 1) for value in values for one in value)
    twice = next((value for value in values if len(set(value)) < len(value)), None)
    if not are_hot or twice is None:
        return []
    return [
        f"The labels in {name!r} look like multi-hot vectors, such as {twice!r}: the zeros and ones were taken for "
        "names of classes. Give lists of the names instead: [name for name, one in zip(names, row) if one]."
    ]


def _is_written_list(text: str) -> bool:
    if text[:1] + text[-1:] not in ("[]", "()", "{}"):
        return False
    try:
        return isinstance(ast.literal_eval(text), list | tuple | set)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
