"""A checkpoint's network, loaded without running its code and without random weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .checkpoint import Checkpoint
from .encoder import JSON
from .errors import EncoderError, MissingDependencyError, UnsafeCheckpointError, UnsupportedModelError
from .pooling import Pooling, choose_pooling, pool, run_vision
from .preprocessing import Inputs

if TYPE_CHECKING:
    import torch

# Weights that a forward pass for embeddings does not touch.
_UNUSED_WEIGHTS = ("mask_token", "logit_scale", "logit_bias")

# Arguments with which a timm configuration could make timm read or fetch other weights than the checkpoint's.
_FOREIGN_WEIGHTS = frozenset({"checkpoint_path", "pretrained", "pretrained_cfg", "pretrained_cfg_overlay", "cache_dir"})

# So many convolutions make a network convolutional; a vision transformer has one, which cuts the image into patches.
_CONVOLUTIONAL = 3


class VisionModel:
    """A network ready to embed: in evaluation mode, in float32, on its device.

    Attributes
    ----------
    network : PreTrainedModel
    device : torch.device
    convolutional : bool
        Whether the network is made of convolutions.
    pooling : str
        How its output becomes a vector; see `pooling`.
    width : int
        The length of a vector.
    """

    def __init__(self, checkpoint: Checkpoint, device: torch.device, probe: Inputs) -> None:
        """Load a network and find its pooling by running it on ``probe``, the inputs made of one image.

        Raises
        ------
        UnsafeCheckpointError
            If the checkpoint asks for code or weights from elsewhere.
        UnsupportedModelError
            If it takes no images, gives no vector, or lacks weights.
        MissingDependencyError
            If it is a timm model and timm is not installed.
        """
        network, missing = _load_network(checkpoint)
        _require_images(network)
        self.network = network.eval().to(device)
        self.device = device
        self.convolutional = _is_convolutional(network)
        self._channels_last = self.convolutional and device.type == "cpu"
        if self._channels_last:  # measured to be two to three times as fast there
            self.network = _in_channels_last(self.network)
        output = self._probe(probe)
        self.pooling: Pooling = choose_pooling(
            network, output, trained_pooler=not any("pooler" in key for key in missing)
        )
        _require_trained(checkpoint, missing, self.pooling)
        self.width = pool(output, self.pooling).shape[1]

    def __call__(self, inputs: Inputs) -> torch.Tensor:
        """Embed one batch.

        Returns
        -------
        Tensor of shape (n, width), float32, on the CPU
        """
        return pool(self._run(inputs), self.pooling).float().cpu()

    def _run(self, inputs: Inputs) -> Any:
        import torch

        on_device = {name: tensor.to(self.device) for name, tensor in inputs.items()}
        if self._channels_last and "pixel_values" in on_device:
            on_device["pixel_values"] = _in_channels_last(on_device["pixel_values"])
        with torch.inference_mode():
            return run_vision(self.network, on_device)

    def _probe(self, inputs: Inputs) -> Any:
        try:
            return self._run(inputs)
        except (RuntimeError, ValueError, TypeError) as error:  # a model of videos, of image pairs, of text and image
            raise UnsupportedModelError(
                f"{type(self.network).__name__} cannot embed a single image: {error}"
            ) from error


def _load_network(checkpoint: Checkpoint) -> tuple[Any, list[str]]:
    """Return the network and the names of its weights that the checkpoint does not hold, which are random."""
    import torch

    _refuse_foreign_weights(checkpoint)
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
    import transformers

    architectures = checkpoint.settings().get("architectures")
    name = architectures[0] if isinstance(architectures, list) and architectures else None
    if isinstance(name, str) and name.endswith("VisionModelWithProjection"):
        # AutoModel would load it without the projection, and so outside the space of its texts.
        return getattr(transformers, name, transformers.AutoModel)
    return transformers.AutoModel


def _refuse_foreign_weights(checkpoint: Checkpoint) -> None:
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
