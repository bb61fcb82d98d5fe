"""No order of imports ends the kernel."""

from __future__ import annotations

import subprocess
import sys

FIRST = """
import usearch.index
import nbcurate as nbc
encoder = nbc.load_encoder("efficientnet-lite0")
print(encoder.backend)
try:
    nbc.load_encoder("efficientnet-lite0", backend="onnx")
except nbc.EncoderError as error:
    print(error)
"""


def test_usearch_imported_before_all_else_does_not_end_the_kernel_when_a_model_is_loaded() -> None:
    child = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr
    backend, said = child.stdout.splitlines()
    assert backend == "torch"
    assert "import torch or pyarrow before usearch" in said
