"""Any public edits in any order mean what a model in plain Python says."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

from .edit_machine import EditMachine

TestEdits = EditMachine.TestCase
TestEdits.settings = settings(
    max_examples=4,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
