"""From images to the tensors a model takes, by the model's own settings."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from PIL import Image

from .checkpoint import Checkpoint
from .encoder import FULL_SIZE, JSON
from .errors import MissingDependencyError, UnsupportedModelError

if TYPE_CHECKING:
    import torch

Inputs = Mapping[str, "torch.Tensor"]

# From this size on, the ConvNext processor scales to the target itself and crops nothing.
_CONVNEXT_UNCROPPED = 384


class Preprocessor:
    """A checkpoint's image processor.

    Attributes
    ----------
    settings : dict
        The processor's configuration, with its class as ``"image_processor_type"``.
    image_size : int
        The shortest side that it scales an image to; see `Encoder.image_size`.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        """Load the processor.

        Raises
        ------
        UnsupportedModelError
            If the checkpoint has none.
        MissingDependencyError
            If the processor needs a library that is not installed.
        """
        self._processor = _load_processor(checkpoint)
        # Through JSON, because a recipe is stored: tuples become lists, enumerations their values.
        self.settings: dict[str, JSON] = json.loads(json.dumps(self._processor.to_dict(), default=str))
        self.settings["image_processor_type"] = type(self._processor).__name__
        self.image_size = scaled_size(self.settings)

    def __call__(self, images: Sequence[Image.Image]) -> Iterator[Inputs]:
        """Yield the model inputs of the images in order, in one batch where their tensors have one shape.

        Images are processed one at a time: some processors pad to the largest of a batch, which would make a vector
        depend on its neighbours.
        """
        each = [self._processor(images=[_rgb(image)], return_tensors="pt") for image in images]
        for _, alike in groupby(each, key=_shapes):
            yield _concatenate(list(alike))


def scaled_size(settings: Mapping[str, Any]) -> int:
    """Return the shortest side that an image processor with these settings scales an image to.

    Returns
    -------
    int
        In pixels. `FULL_SIZE` where the processor scales nothing, or in a way not known here.
    """
    if "data_config" in settings:  # timm
        timm = settings["data_config"]
        return math.ceil(max(timm["input_size"][1:]) / timm["crop_pct"])
    if not settings.get("do_resize", True):
        return FULL_SIZE
    if settings.get("max_num_patches"):  # NaFlex: so many patches at any aspect ratio; the square has the longest side
        return math.ceil(settings["patch_size"] * math.sqrt(settings["max_num_patches"]))
    size = settings.get("size")
    if not isinstance(size, Mapping):
        return FULL_SIZE
    sides = [size.get(side) for side in ("shortest_edge", "height", "width", "longest_edge")]
    target = max((int(side) for side in sides if side), default=FULL_SIZE)
    crop = settings.get("crop_pct")
    return math.ceil(target / crop) if crop and target < _CONVNEXT_UNCROPPED else target


def _load_processor(checkpoint: Checkpoint) -> Any:
    from transformers import AutoImageProcessor

    try:
        # The PIL variant wherever there is one: with the default, installing torchvision would change the vectors.
        return AutoImageProcessor.from_pretrained(
            checkpoint.folder, backend="pil", trust_remote_code=False, local_files_only=True
        )
    except ImportError as error:
        raise MissingDependencyError(
            f"The image preprocessing of {str(checkpoint.folder)!r} needs timm or torchvision: "
            "pip install 'nbcurate[weights]'"
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        kind = checkpoint.settings().get("model_type")
        raise UnsupportedModelError(
            f"The checkpoint {str(checkpoint.folder)!r} (model_type {kind!r}) has no image preprocessing that can be "
            "loaded: either it takes no images, or its preprocessor_config.json is missing."
        ) from error


def _rgb(image: Image.Image) -> Image.Image:
    return image if image.mode == "RGB" else image.convert("RGB")


def _shapes(inputs: Inputs) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in inputs.items()}


def _concatenate(inputs: list[Inputs]) -> Inputs:
    import torch

    return {name: torch.cat([one[name] for one in inputs]) for name in inputs[0]}
