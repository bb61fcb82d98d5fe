"""What a union of two findings says of its items beside their scores: groups, and what the functions added."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..store.items import Keys


class Found(Protocol):
    """What is joined of a finding."""

    keys: Keys
    groups: NDArray[np.int32] | None
    columns: dict[str, Any]


def joined_groups(left: Found, right: Found) -> NDArray[np.int32] | None:
    """Groups of the left side's items, then of those that only the right side has; its numbers go on from the left's.

    Returns
    -------
    int32 array [m] or None
        -1 for items of a side without groups; None where neither has any.
    """
    if left.groups is None and right.groups is None:
        return None
    both, extra = _places(left.keys, right.keys)
    offset = 0 if left.groups is None else int(left.groups.max(initial=-1)) + 1
    theirs = _nobody(right) if right.groups is None else np.where(right.groups < 0, -1, right.groups + offset)
    ours = np.append(theirs, -1)[both] if left.groups is None else left.groups
    return np.concatenate([ours, theirs[extra]]).astype(np.int32)


def joined_columns(left: Found, right: Found) -> dict[str, NDArray[Any]]:
    """The columns of both, in the order of :func:`joined_groups`; None for items of which one is not known."""
    both, extra = _places(left.keys, right.keys)
    joined: dict[str, NDArray[Any]] = {}
    for name in {**left.columns, **right.columns}:
        theirs = _values(right, name)
        ours = _values(left, name) if name in left.columns else _taken(theirs, both)
        rest = _taken(theirs, extra)
        joined[name] = np.concatenate([ours, rest]) if ours.dtype == rest.dtype else _objects(ours, rest)
    return joined


def _nobody(finding: Found) -> NDArray[np.int32]:
    return np.full(len(finding.keys), -1, np.int32)


def _places(left: Keys, right: Keys) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where each of the left keys is on the right, -1 for nowhere; and where those on the right are that it lacks."""
    order = np.argsort(right, kind="stable")
    at = order[np.searchsorted(right, left, sorter=order).clip(max=len(right) - 1)] if len(right) else order
    both = np.where(right[at] == left, at, -1) if len(right) else np.full(len(left), -1)
    return both, np.flatnonzero(~np.isin(right, left))


def _values(finding: Found, name: str) -> NDArray[Any]:
    return np.asarray(finding.columns.get(name, np.full(len(finding.keys), None, object)))


def _taken(values: NDArray[Any], places: NDArray[np.intp]) -> NDArray[Any]:
    """The values at these places, None where a place is -1."""
    if (places >= 0).all():
        return values[places]
    return np.concatenate([values.astype(object), np.full(1, None, object)])[places]


def _objects(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    """One after the other, each value as it is: 3 stays a number beside None."""
    if not len(first) or not len(second):
        return first if len(first) else second
    return np.concatenate([first.astype(object), second.astype(object)])
