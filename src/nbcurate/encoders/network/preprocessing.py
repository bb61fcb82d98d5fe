"""From images to the arrays a model takes, by the model's own settings."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...store.import_whole import import_whole
from ..encoder import FULL_SIZE, JSON
from ..errors import MissingDependencyError, UnsupportedModelError
from ..loading.checkpoint import Checkpoint
from .pixels import CONVNEXT_UNCROPPED, pixel_transform

Inputs: TypeAlias = Mapping[str, NDArray[Any]]
"""What a model takes, by name; the first axis of each array counts the images."""


class Preprocessor:
    """A checkpoint's image processor. Safe to call from several threads.

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
        self._transform = pixel_transform(self.settings, self._only_pixels)

    @property
    def is_fast(self) -> bool:
        """Whether `pixels` does the processor's work."""
        return self._transform is not None

    def __call__(self, image: Image.Image) -> Inputs:
        """Return the inputs of one image.

        Images are processed one at a time: some processors pad to the largest of a batch, which would make a vector
        depend on its neighbours.
        """
        image = image if image.mode == "RGB" else image.convert("RGB")
        if self._transform is not None:
            return {"pixel_values": self._transform(image)[None]}
        return self._process(image)

    def _process(self, image: Image.Image) -> Inputs:
        inputs = self._processor(images=[image], return_tensors="pt")  # timm's processor makes nothing but tensors
        return {name: tensor.numpy() for name, tensor in inputs.items()}

    def _only_pixels(self, image: Image.Image) -> NDArray[Any]:
        inputs = self._process(image)
        if set(inputs) != {"pixel_values"}:
            raise ValueError("the model takes more than pixels")
        return inputs["pixel_values"][0]


def batches(inputs: Sequence[Inputs]) -> Iterator[Inputs]:
    """Yield the inputs joined, in order: in one batch where their arrays have one shape, else in several."""
    for _, group in groupby(inputs, key=_shapes):
        alike = list(group)
        yield {name: np.concatenate([one[name] for one in alike]) for name in alike[0]}


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
    return math.ceil(target / crop) if crop and target < CONVNEXT_UNCROPPED else target


def _load_processor(checkpoint: Checkpoint) -> Any:
    import_whole("transformers")
    from transformers import AutoImageProcessor

    try:
        vision = checkpoint.settings().get("vision_config")
        if isinstance(vision, dict) and "pretrained_cfg" in vision:
            return _timm_processor(vision)
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


def _timm_processor(vision: Mapping[str, Any]) -> Any:
    """The processor of a timm network that is the image half of a larger model: it is part of that half's settings."""
    import_whole("transformers")
    from transformers import TimmWrapperImageProcessor

    return TimmWrapperImageProcessor(pretrained_cfg=vision["pretrained_cfg"], architecture=vision.get("architecture"))


def _shapes(inputs: Inputs) -> dict[str, tuple[int, ...]]:
    return {name: array.shape for name, array in inputs.items()}
