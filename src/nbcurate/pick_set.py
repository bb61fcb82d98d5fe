"""Which items to take, and how good a choice is."""

from __future__ import annotations

from .audit_set import AuditSet


class PickSet(AuditSet):
    """Items of which subsets can be picked. Base class of :class:`Dataset`."""
