"""Which items to take, and how good a choice is."""

from __future__ import annotations

from .cluster_set import ClusterSet


class PickSet(ClusterSet):
    """Items of which subsets can be picked. Base class of :class:`Dataset`."""
