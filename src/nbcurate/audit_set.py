"""What is wrong, repeated or unusual among the items of a data set."""

from __future__ import annotations

from .vector_set import VectorSet


class AuditSet(VectorSet):
    """Items that can be looked through for copies, rare ones, wrong labels. Base class of :class:`Dataset`."""
