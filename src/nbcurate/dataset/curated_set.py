"""What a curation works on."""

from __future__ import annotations

from .audit_set import AuditSet
from .pick_set import PickSet
from .report_set import ReportSet


class CuratedSet(AuditSet, PickSet, ReportSet):
    """Items of which the steps of a curation find some, pick some, and judge the picks. Core of :class:`CurateSet`."""
