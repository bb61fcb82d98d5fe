"""Runs a vision model in the way that is fastest on this machine."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from ...waiting import result_of
from ..network.device import forward_threads
from ..network.execution import Execution
from ..network.preprocessing import Inputs, batches
from ..network.vision_model import VisionModel
from .batching import default_batch, fastest_batch, run_in_batches
from .onnx_model import OnnxExportError, OnnxModel, export, exported_before, onnx_is_usable

# From this many images on, an export, which takes a second or two once, pays.
_WORTH_EXPORTING = 200
# From this many on, measuring the batch size pays: it takes as long as some sixty images.
_WORTH_MEASURING = 2_000


class Runner:
    """Runs a model through torch or onnxruntime, in batches of a measured size. Safe to call from several threads.

    Attributes
    ----------
    batch_size : int
        Images a forward pass.
    """

    def __init__(self, vision: VisionModel, key: str, probe: Inputs, execution: Execution, *, name: str) -> None:
        """Choose the backend.

        Parameters
        ----------
        vision : VisionModel
        key : str
            The encoder's, under which exports are kept.
        probe : mapping
            The inputs made of a few images.
        execution : Execution
            What the user asked for. Where the backend ``"onnx"`` was, and the model cannot be exported, it runs through
            torch, with a warning.
        name : str
            The encoder's, for the warning.
        """
        self._vision, self._key, self._probe, self._execution = vision, key, probe, execution
        self._model: VisionModel | OnnxModel = vision
        self.batch_size = execution.batch_size or default_batch(vision.device.type)
        self._tuned = execution.batch_size is not None
        if execution.backend == "onnx":
            try:
                self._model = exported_before(key) or export(vision, key, probe)
            except OnnxExportError as error:
                warnings.warn(f"{name} runs through torch: it cannot be exported to ONNX ({error}).", stacklevel=4)
        elif self._may_export:
            self._model = exported_before(key) or vision

    @property
    def backend(self) -> str:
        """``"torch"`` or ``"onnx"``."""
        return self._model.backend

    @property
    def precision(self) -> str:
        """What most of the model computes in."""
        return self._model.precision

    @property
    def workers(self) -> int:
        """How many threads may call at once, with gain."""
        return self._model.workers

    def tune(self, images: int) -> None:
        """Get ready for a run of so many images: where it pays, export the model, and measure the batch size, once."""
        if self.backend == "torch" and self._may_export and images >= _WORTH_EXPORTING:
            with suppress(OnnxExportError):
                self._model = export(self._vision, self._key, self._probe)
        if not self._tuned and images >= _WORTH_MEASURING and self.backend == "torch":
            with forward_threads(self.workers) as pool:  # as they will run
                self.batch_size = result_of(pool.submit(self._fastest_batch))
            self._tuned = True

    def __call__(self, prepared: Sequence[Inputs]) -> NDArray[np.float32]:
        """Embed preprocessed images.

        A batch that the memory does not suffice for is halved, for all further calls too.

        Returns
        -------
        ndarray of shape (len(prepared), width), float32
            Not normalised.
        """
        if not prepared:
            return np.empty((0, self._vision.width), np.float32)
        outputs, size = run_in_batches(self._run, prepared, self.batch_size)
        self.batch_size = min(self.batch_size, size)
        return np.concatenate(outputs)

    def _fastest_batch(self) -> int:
        one = {name: array[:1] for name, array in self._probe.items()}
        return fastest_batch(lambda n: self._model(next(batches([one] * n))), self._vision.device.type)

    def _run(self, prepared: Sequence[Inputs]) -> NDArray[np.float32]:
        return np.concatenate([self._model(inputs) for inputs in batches(prepared)])

    @property
    def _may_export(self) -> bool:
        """Whether onnxruntime may run the model unasked: on a CPU, where torch's compiler is not asked for.

        Transformers, which are little but matrix products, run no faster by it.
        """
        wanted = self._execution.backend == "auto" and not self._execution.compile and self._vision.convolutional
        return wanted and self._vision.device.type == "cpu" and onnx_is_usable()
