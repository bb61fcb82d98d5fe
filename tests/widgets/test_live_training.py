"""What training shows while it runs is one output, replaced in place, and kept with the notebook."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient

from nbcurate.widgets.live_training import live_history

CELL = """
from nbcurate.widgets.live_training import live_history
with live_history("five <epochs>") as live:
    for epoch in range(500):
        live.show(f"<table><tr><td>epoch {epoch}</td></tr></table>")
        live.line("never in a notebook")
    raise KeyboardInterrupt
"""


def test_the_saved_notebook_holds_one_output_with_the_last_state_also_after_an_interruption() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    NotebookClient(notebook, allow_errors=True, timeout=60).execute()
    outputs = [output for output in notebook.cells[0].outputs if output.output_type != "error"]
    assert [output.output_type for output in outputs] == ["display_data"]
    shown = outputs[0].data["text/html"]
    assert "epoch 499" in shown
    assert "five &lt;epochs&gt;" in shown


def test_a_terminal_is_told_a_line_an_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    with live_history("five epochs") as live:
        live.show("<table></table>")
        live.line("epoch 1: loss 1.23")
    said = capsys.readouterr()
    assert said.err == "epoch 1: loss 1.23\n"
    assert said.out == ""
