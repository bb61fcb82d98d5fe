"""A checkpoint's network, loaded without running its code and without random weights."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...store.import_whole import import_whole
from ..encoder import JSON, unit_vectors
from ..errors import EncoderError, MissingDependencyError, UnsafeCheckpointError, UnsupportedModelError
from ..loading.checkpoint import Checkpoint
from .device import half_precision, usable_cpus
from .execution import Execution
from .folding import fold_normalisation
from .pooling import Pooling, default_pooling, pool, prefix_tokens, require_pooling, run_vision
from .preprocessing import Inputs

if TYPE_CHECKING:
    import_whole("torch")
    import torch

# Weights that a forward pass for embeddings does not touch.
_UNUSED_WEIGHTS = ("mask_token", "logit_scale", "logit_bias")

# Arguments with which a timm configuration could make timm read or fetch other weights than the checkpoint's.
_FOREIGN_WEIGHTS = frozenset({"checkpoint_path", "pretrained", "pretrained_cfg", "pretrained_cfg_overlay", "cache_dir"})

# So many convolutions make a network convolutional; a vision transformer has one, which cuts the image into patches.
_CONVOLUTIONAL = 3


# Below this cosine to the vectors in float32, half precision is not used unasked.
_HALF_COSINE = 0.999

# Below this cosine to the vectors as they were, normalisations are not folded.
_FOLDED_COSINE = 0.99999


class VisionModel:
    """A network ready to embed: in evaluation mode, on its device.

    Attributes
    ----------
    network : PreTrainedModel
    device : torch.device
    convolutional : bool
        Whether the network is made of convolutions.
    pooling, default_pooling : str
        How its output becomes a vector, and how it would unless asked otherwise; see `pooling`.
    width : int
        The length of a vector.
    workers : int
        How many threads may call it at once, with gain, where each computes on one core.
    """

    backend = "torch"

    def __init__(
        self,
        checkpoint: Checkpoint,
        device: torch.device,
        probe: Inputs,
        *,
        pooling: str | None = None,
        execution: Execution | None = None,
    ) -> None:
        """Load a network and find its pooling by running it on ``probe``, the inputs made of a few images.

        Raises
        ------
        UnsafeCheckpointError
            If the checkpoint asks for code or weights from elsewhere.
        UnsupportedModelError
            If it takes no images, gives no vector, lacks weights, or cannot be pooled as asked.
        MissingDependencyError
            If it is a timm model and timm is not installed.
        EncoderError
            If it cannot run in the way that ``execution`` asks for.
        """
        execution = execution or Execution()
        network, missing = _load_network(checkpoint)
        _require_images(network)
        self.network = network.eval().to(device)
        self.device = device
        self.workers = usable_cpus() if device.type == "cpu" else 1
        self.convolutional = _is_convolutional(network)
        self._half: torch.dtype | None = None
        self._channels_last = self.convolutional and device.type in ("cpu", "cuda")
        if self._channels_last:  # measured to be two to three times as fast on a CPU
            self.network = _in_channels_last(self.network)
        self._forward: Callable[[dict[str, torch.Tensor]], Any] = partial(run_vision, self.network)
        output = self._probe(probe)
        trained_pooler = not any("pooler" in key for key in missing)
        self.default_pooling = default_pooling(network, output, trained_pooler=trained_pooler)
        self.pooling: Pooling = require_pooling(pooling, self.default_pooling, network, output)
        _require_trained(checkpoint, missing, self.pooling)
        self._prefix = prefix_tokens(network)
        self.width = pool(output, self.pooling, self._prefix).shape[1]
        if self.convolutional and device.type == "cpu":
            self._fold_normalisation(probe)
        self._choose_precision(execution, probe)
        if execution.compile:
            self._compile(probe)

    @property
    def precision(self) -> str:
        """What most of the network computes in: ``"float32"``, ``"float16"`` or ``"bfloat16"``."""
        return "float32" if self._half is None else str(self._half).removeprefix("torch.")

    def __call__(self, inputs: Inputs) -> NDArray[np.float32]:
        """Embed one batch.

        Returns
        -------
        ndarray of shape (n, width), float32
        """
        return pool(self._run(inputs), self.pooling, self._prefix).float().cpu().numpy()

    def pooled(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """Embed a batch of pixels, for tracing."""
        return pool(run_vision(self.network, {"pixel_values": pixel_values}), self.pooling, self._prefix)

    def _run(self, inputs: Inputs) -> Any:
        import torch

        on_device = {name: torch.from_numpy(array).to(self.device) for name, array in inputs.items()}
        if self._channels_last and "pixel_values" in on_device:
            on_device["pixel_values"] = _in_channels_last(on_device["pixel_values"])
        half = nullcontext() if self._half is None else torch.autocast(self.device.type, self._half)
        with torch.inference_mode(), half:
            return self._forward(on_device)

    def _probe(self, inputs: Inputs) -> Any:
        try:
            return self._run(inputs)
        except (RuntimeError, ValueError, TypeError) as error:  # a model of videos, of image pairs, of text and image
            raise UnsupportedModelError(
                f"{type(self.network).__name__} cannot embed a single image: {error}"
            ) from error

    def _fold_normalisation(self, probe: Inputs) -> None:
        before = self(probe)
        folds = fold_normalisation(self.network)
        self.network = _in_channels_last(self.network)
        if folds and lowest_cosine(before, self(probe)) < _FOLDED_COSINE:
            for fold in folds:
                fold.take_back()

    def _choose_precision(self, execution: Execution, probe: Inputs) -> None:
        """Compute in half precision from now on, where that is asked for, or faster and hardly another vector."""
        half = half_precision(self.device) if execution.precision != "float32" else None
        if half is None:
            if execution.precision == "half":
                raise EncoderError(f"precision='half': the device {str(self.device)!r} has no fast 16-bit type.")
            return
        full = self(probe)
        self._half = half
        if execution.precision == "auto" and lowest_cosine(full, self(probe)) < _HALF_COSINE:
            self._half = None

    def _compile(self, probe: Inputs) -> None:
        import torch

        compiled: Any = torch.compile(self._forward)
        self._forward, plain = compiled, self._forward
        try:
            self._run(probe)  # it compiles at the first call: here, where it can be told what went wrong
        except Exception as error:  # the compiler raises its own kinds, and those of the C++ compiler it calls
            self._forward = plain
            reason = str(error).strip().partition("\n")[0]
            raise EncoderError(f"compile=True: torch cannot compile this model here: {reason}") from error


def lowest_cosine(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Return the lowest cosine between rows of the same number; -1 where one is not finite."""
    cosines = (unit_vectors(a) * unit_vectors(b)).sum(axis=1)
    return float(cosines.min()) if np.isfinite(cosines).all() else -1.0


def _load_network(checkpoint: Checkpoint) -> tuple[Any, list[str]]:
    """Return the network and the names of its weights that the checkpoint does not hold, which are random."""
    import torch

    refuse_foreign_weights(checkpoint)
    try:
        network, info = _model_class(checkpoint).from_pretrained(
            checkpoint.folder,
            trust_remote_code=False,
            use_safetensors=True,
            local_files_only=True,
            dtype=torch.float32,  # else half-precision weights run in it, on a CPU at a hundredth of the speed
            output_loading_info=True,
        )
    except ImportError as error:
        raise MissingDependencyError(
            f"The model {str(checkpoint.folder)!r} needs timm: pip install 'nbcurate[weights]'"
        ) from error
    except Exception as error:  # damaged weights alone come as four kinds of exception
        if "trust_remote_code" in str(error):
            raise UnsafeCheckpointError(
                f"The checkpoint {str(checkpoint.folder)!r} brings a model class of its own, which is code from "
                "elsewhere and is not run. Wrap the model in a function from images to vectors and pass that."
            ) from error
        raise EncoderError(f"The checkpoint {str(checkpoint.folder)!r} cannot be loaded: {error}") from error
    return network, sorted(info["missing_keys"])


def _model_class(checkpoint: Checkpoint) -> Any:
    import_whole("transformers")
    import transformers

    architectures = checkpoint.settings().get("architectures")
    name = architectures[0] if isinstance(architectures, list) and architectures else None
    if isinstance(name, str) and name.endswith("VisionModelWithProjection"):
        # AutoModel would load it without the projection, and so outside the space of its texts.
        return getattr(transformers, name, transformers.AutoModel)
    return transformers.AutoModel


def refuse_foreign_weights(checkpoint: Checkpoint) -> None:
    settings: dict[str, JSON] = checkpoint.settings()
    arguments = settings.get("model_args")
    architecture = settings.get("architecture")
    asks = isinstance(arguments, dict) and not _FOREIGN_WEIGHTS.isdisjoint(arguments)
    if asks or (isinstance(architecture, str) and ":" in architecture):  # "hf-hub:..." is fetched from the network
        raise UnsafeCheckpointError(
            f"The configuration of {str(checkpoint.folder)!r} asks for weights from outside the checkpoint."
        )


def _require_images(network: Any) -> None:
    if not hasattr(network, "get_image_features") and network.main_input_name != "pixel_values":
        raise UnsupportedModelError(f"{type(network).__name__} takes {network.main_input_name}, not images.")


def _require_trained(checkpoint: Checkpoint, missing: list[str], pooling: Pooling) -> None:
    """Refuse a network of which a part that matters is random: its vectors would differ at every load."""
    random = [key for key in missing if not key.endswith(_UNUSED_WEIGHTS)]
    if pooling != "image_features":  # a pooler that is not in the checkpoint was not chosen, so it does not matter
        random = [key for key in random if "pooler" not in key]
    if random:
        shown = ", ".join(random[:3]) + (f" and {len(random) - 3} more" if len(random) > 3 else "")
        raise UnsupportedModelError(f"The checkpoint {str(checkpoint.folder)!r} lacks weights of its model: {shown}.")


def _is_convolutional(network: Any) -> bool:
    import torch

    convolutions = (module for module in network.modules() if isinstance(module, torch.nn.Conv2d))
    return sum(1 for _ in convolutions) >= _CONVOLUTIONAL


def _in_channels_last(pixels_or_network: Any) -> Any:
    import torch

    return pixels_or_network.to(memory_format=torch.channels_last)
