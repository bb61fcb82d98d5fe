"""Every tutorial runs from top to bottom, on a newcomer's machine."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parent.parent / "notebooks"
QUICKSTART = FOLDER / "quickstart.ipynb"
OTHERS = sorted(set(FOLDER.glob("*.ipynb")) - {QUICKSTART})


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_it_runs(path: Path, stamps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBCURATE_IMAGES", str(stamps / "food"))
    monkeypatch.setenv("NBCURATE_WORK", str(tmp_path))
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "it is kept without outputs"
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()


def test_the_quickstart_runs_and_ends_with_the_picked_files(
    stamps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test_it_runs(QUICKSTART, stamps, tmp_path, monkeypatch)
    picked = sorted(path for path in (tmp_path / "picked").rglob("*.png"))
    assert len(picked) == 8
    assert (tmp_path / "picked.csv").read_text().count("\n") == 9
