"""How a model runs: where, with which library, at what precision. Changes the speed, not the vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from ..errors import EncoderError

Backend: TypeAlias = Literal["auto", "torch", "onnx"]
Precision: TypeAlias = Literal["auto", "float32", "half"]


@dataclass(frozen=True)
class Execution:
    """How a model runs.

    None of it is part of an encoder's key: vectors agree at a cosine over 0.999 whichever way they were made (over
    0.9999 between the backends), so that a run may go on with other settings.

    Attributes
    ----------
    device : str
        ``"auto"`` takes CUDA where there is one, else Apple's MPS, else the CPU; or a name that torch knows.
    backend : {"auto", "torch", "onnx"}
        ``"auto"`` runs through onnxruntime on a CPU where that is installed and gives the vectors of torch.
    precision : {"auto", "float32", "half"}
        ``"auto"`` computes in half precision on a GPU where the model's vectors hardly change by it, and nowhere else.
    compile : bool
        Run torch's compiler on the network: minutes at first use, faster from then on.
    batch_size : int, optional
        Images a forward pass. Measured at the first large run unless given.

    Raises
    ------
    EncoderError
        If a setting is none of the above.
    """

    device: str = "auto"
    backend: Backend = "auto"
    precision: Precision = "auto"
    compile: bool = False
    batch_size: int | None = None

    def __post_init__(self) -> None:
        for setting, value, allowed in (
            ("backend", self.backend, get_args(Backend)),
            ("precision", self.precision, get_args(Precision)),
        ):
            if value not in allowed:
                raise EncoderError(f"{setting}={value!r}: give one of {', '.join(map(repr, allowed))}.")
        if self.batch_size is not None and self.batch_size < 1:
            raise EncoderError(f"batch_size={self.batch_size}: a batch holds at least one image.")
        if self.backend == "onnx" and (self.compile or self.precision == "half" or self.device not in ("auto", "cpu")):
            raise EncoderError(
                "backend='onnx' runs on the CPU in float32, without torch's compiler: leave out device, precision and "
                "compile, or take backend='torch'."
            )
