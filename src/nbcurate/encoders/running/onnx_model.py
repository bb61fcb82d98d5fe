"""A vision model run by onnxruntime: on a CPU up to twice as fast as torch for convolutional networks."""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...store.import_whole import import_whole
from ..errors import EncoderError, MissingDependencyError
from ..loading.cache import cache_folder
from ..loading.libraries import library_versions, quiet_loading
from ..loading.library_order import onnxruntime_would_crash
from ..network.device import usable_cpus
from ..network.preprocessing import Inputs
from ..network.vision_model import VisionModel, lowest_cosine

if TYPE_CHECKING:
    import_whole("torch")
    import torch

#: An export whose vectors have a lower cosine to torch's is not used.
AGREEMENT = 0.9999

_INPUT, _OUTPUT = "pixel_values", "vector"
_LIBRARIES = ("onnxruntime", "onnx")


class OnnxExportError(EncoderError):
    """A model cannot be exported, or its export does not give the vectors of torch."""


class OnnxModel:
    """An exported network with its pooling.

    One forward pass takes one image, whose activations stay in the cache, and runs on one core; several run side by
    side: threads that share one pass wait for one another, which on a machine with other work costs more than half of
    the speed.

    Attributes
    ----------
    workers : int
        How many threads may call it at once, with gain.
    """

    backend = "onnx"
    precision = "float32"

    def __init__(self, file: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self.workers = usable_cpus()

    def __call__(self, inputs: Inputs) -> NDArray[np.float32]:
        """Embed one batch.

        Returns
        -------
        ndarray of shape (n, width), float32
        """
        count = len(next(iter(inputs.values())))
        rows = [{name: array[n : n + 1] for name, array in inputs.items()} for n in range(count)]
        return np.concatenate([self._session.run([_OUTPUT], row)[0] for row in rows])


def onnx_is_usable() -> bool:
    """Whether the libraries that export and run a model are there and can be loaded."""
    return onnx_is_installed() and not onnxruntime_would_crash()


def onnx_is_installed() -> bool:
    """Whether the libraries that export and run a model are there."""
    return all(map(_is_installed, _LIBRARIES))


def _is_installed(library: str) -> bool:
    return importlib.util.find_spec(library) is not None


def require_onnx() -> None:
    """Raise a MissingDependencyError unless the libraries that export and run a model are there and can be loaded."""
    if not onnx_is_installed():
        raise MissingDependencyError("backend='onnx' needs onnxruntime: pip install 'nbcurate[onnx]'")
    if onnxruntime_would_crash():
        raise MissingDependencyError(
            "backend='onnx': usearch was imported first in this process, and onnxruntime would end it. Restart, and "
            "import torch or pyarrow before usearch; or leave out backend=, which runs the model through torch."
        )


def exported_before(key: str) -> OnnxModel | None:
    """Return the model of an encoder if it was exported earlier, by the same versions of the libraries."""
    file = _export_file(key)
    if not file.exists():
        return None
    try:
        return OnnxModel(file)
    except Exception:  # damaged: onnxruntime has a kind of exception for each way
        file.unlink(missing_ok=True)
        return None


def export(vision: VisionModel, key: str, probe: Inputs) -> OnnxModel:
    """Export a model and keep the file in the user's cache, once it was seen to give the vectors of torch.

    A model that cannot be exported is remembered as such, and not tried again by the same versions of the libraries.

    Parameters
    ----------
    vision : VisionModel
        On the CPU, in float32.
    key : str
        The encoder's.
    probe : mapping
        The inputs made of a few images, on which the two are compared.

    Raises
    ------
    OnnxExportError
        If it cannot be exported, or a vector's cosine to torch's is below `AGREEMENT`.
    """
    file = _export_file(key)
    failure = file.with_suffix(".failed")
    if failure.exists():
        raise OnnxExportError(failure.read_text(encoding="utf-8"))
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".export-", dir=file.parent) as folder:
            unfinished = Path(folder) / file.name
            _export_checked(vision, unfinished, probe)
            os.replace(unfinished, file)
        return OnnxModel(file)
    except Exception as error:  # the exporter fails in as many ways as there are models
        reason = str(error).strip().partition("\n")[0][:300] or type(error).__name__
        if not isinstance(error, OSError):  # a full disk is not the model's fault
            failure.write_text(reason, encoding="utf-8")
        raise OnnxExportError(reason) from error


def _export_file(key: str) -> Path:
    versions = library_versions("torch", "transformers", "timm", *_LIBRARIES)
    stamp = "-".join(f"{name}{version}" for name, version in versions.items())
    return cache_folder("onnx") / re.sub(r"[^\w.-]", "_", f"{key[:24]}-{stamp}.onnx")


def _export_checked(vision: VisionModel, file: Path, probe: Inputs) -> None:
    """Export by the first of torch's two exporters whose file gives the vectors of torch.

    The one that traces a network takes a second instead of ten, but cannot do all of them, and torch is to drop it one
    day. The other one needs onnxscript.
    """
    try:
        _export_quietly(vision, file, probe, dynamo=False)
        _require_agreement(vision, file, probe)
    except Exception:  # the exporters fail in as many ways as there are models
        if not _is_installed("onnxscript"):
            raise
        _export_quietly(vision, file, probe, dynamo=True)
        _require_agreement(vision, file, probe)


def _require_agreement(vision: VisionModel, file: Path, probe: Inputs) -> None:
    agreement = lowest_cosine(vision(probe), OnnxModel(file)(probe))
    if agreement < AGREEMENT:
        raise OnnxExportError(f"its vectors have only a cosine of {agreement:.4f} to those of torch")


def _export_quietly(vision: VisionModel, file: Path, probe: Inputs, *, dynamo: bool) -> None:
    import torch

    if set(probe) != {_INPUT}:
        raise OnnxExportError(f"it takes {', '.join(sorted(probe))}, not pixels alone")
    with quiet_loading(), warnings.catch_warnings(), _silenced("torch.onnx", "onnxscript", "onnx_ir"):
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _traceable(vision),
            (torch.from_numpy(probe[_INPUT][:1]),),  # of one image all shapes are known, and none is computed
            file,
            input_names=[_INPUT],
            output_names=[_OUTPUT],
            dynamo=dynamo,
            external_data=False,
            verbose=False,
        )


def _traceable(vision: VisionModel) -> torch.nn.Module:
    import torch

    class PooledNetwork(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = vision.network

        def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
            return vision.pooled(pixel_values)

    return PooledNetwork().eval()


class _silenced:
    """Raises the level of loggers inside a ``with`` block."""

    def __init__(self, *names: str) -> None:
        self._loggers = [logging.getLogger(name) for name in names]

    def __enter__(self) -> None:
        self._levels = [logger.level for logger in self._loggers]
        for logger in self._loggers:
            logger.setLevel(logging.CRITICAL)

    def __exit__(self, *_: object) -> None:
        for logger, level in zip(self._loggers, self._levels, strict=True):
            logger.setLevel(level)
