"""Encoders from Hugging Face checkpoints: any image model that transformers loads, timm's included."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .checkpoint import Checkpoint
from .device import choose_device
from .encoder import FULL_SIZE, JSON, unit_vectors
from .errors import EncoderError
from .hub import fetch_checkpoint
from .libraries import library_versions, quiet_loading, require_model_libraries
from .preprocessing import Preprocessor
from .text_tower import TextTower, has_text_tower
from .vision_model import VisionModel

if TYPE_CHECKING:
    import torch

# Part of every key. To be raised when a change in here gives other vectors from the same checkpoint.
_METHOD = 1

# On a CPU small batches are faster: the activations of larger ones leave the cache.
_CPU_BATCH = 4
_ACCELERATOR_BATCH = 32


class HuggingFaceEncoder:
    """An image encoder made from a checkpoint.

    Made by `from_pretrained`. Preprocessing and pooling are the model's own, see `preprocessing` and `pooling`. No
    code from the checkpoint is run and no pickle is read. Vectors are L2-normalised.

    The device is not part of the key: vectors from a CPU and from a GPU agree but for rounding.
    """

    def __init__(self, checkpoint: Checkpoint, *, name: str, model: str, device: str = "auto") -> None:
        """Load a checkpoint.

        Parameters
        ----------
        checkpoint : Checkpoint
        name : str
            For people.
        model : str
            What `load_encoder` takes to load the same again; goes into the recipe.
        device : str
            ``"auto"``, or a name that torch knows.

        Raises
        ------
        EncoderError
            If the checkpoint cannot be used; its subclasses say in which way.
        """
        require_model_libraries()
        self._device = choose_device(device)
        with quiet_loading():
            self._preprocess = Preprocessor(checkpoint)
            probe = next(self._preprocess([_probe_image(checkpoint, self._preprocess.image_size)]))
            self._vision = VisionModel(checkpoint, self._device, probe)
        self._checkpoint, self._name, self._model = checkpoint, name, model
        self._batch = _CPU_BATCH if self._device.type == "cpu" else _ACCELERATOR_BATCH

    @staticmethod
    def from_pretrained(
        model: str | Path, *, name: str | None = None, revision: str | None = None, device: str = "auto"
    ) -> HuggingFaceEncoder:
        """Load an encoder from a local folder or the Hugging Face hub.

        Parameters
        ----------
        model : str or Path
            A folder with ``config.json``, the image processor's configuration and ``model.safetensors``; or a hub id,
            looked up in the local cache first.
        name : str, optional
            For people; the hub id or the folder's name unless given.
        revision : str, optional
            Branch, tag or commit of a hub model.
        device : str
            ``"auto"``, or a name that torch knows.

        Returns
        -------
        HuggingFaceEncoder
            A `HuggingFaceTextEncoder` if the model also encodes texts.

        Raises
        ------
        EncoderError
            If the model cannot be found, is not safe to load, or gives no image vectors.
        """
        require_model_libraries()
        if isinstance(model, Path) or Path(model).expanduser().is_dir():
            checkpoint = Checkpoint.from_folder(model)
            name, model = name or checkpoint.folder.name, str(checkpoint.folder)
        else:
            checkpoint = Checkpoint.from_folder(fetch_checkpoint(model, revision))
        kind = HuggingFaceTextEncoder if has_text_tower(checkpoint) else HuggingFaceEncoder
        return kind(checkpoint, name=name or model, model=model, device=device)

    @property
    def name(self) -> str:
        """A short name for people."""
        return self._name

    @property
    def key(self) -> str:
        """Digest of the weights' revision, the preprocessing and the pooling."""
        parts = [_METHOD, self._checkpoint.revision, self._preprocess.settings["image_processor_type"], self.pooling]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @property
    def width(self) -> int:
        """The length of a vector."""
        return self._vision.width

    @property
    def image_size(self) -> int:
        """The shortest side, in pixels, that the preprocessing scales an image to."""
        return self._preprocess.image_size

    @property
    def pooling(self) -> str:
        """How the model's output becomes a vector: a row of the table in `pooling`."""
        return self._vision.pooling

    @property
    def device(self) -> torch.device:
        """Where the model runs."""
        return self._device

    @property
    def recipe(self) -> dict[str, JSON]:
        """What makes the vectors: model, revision, preprocessing, pooling, library versions."""
        return {
            "model": self._model,
            "revision": self._checkpoint.revision,
            "architecture": type(self._vision.network).__name__,
            "preprocessing": self._preprocess.settings,
            "pooling": self.pooling,
            "normalised": True,
            "device": str(self._device),
            "libraries": library_versions("torch", "transformers", "timm", "torchvision", "pillow"),
        }

    def encode_images(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        """Turn images into vectors of unit length.

        Parameters
        ----------
        images : sequence of PIL images
            Any number, in any mode.

        Returns
        -------
        ndarray of shape (len(images), width), float32
            L2-normalised; not finite where the model's output was not.

        Raises
        ------
        EncoderError
            If the preprocessing or the model fails.
        """
        vectors = np.empty((len(images), self.width), np.float32)
        done = 0
        try:
            for start in range(0, len(images), self._batch):
                for inputs in self._preprocess(images[start : start + self._batch]):
                    embedded = self._vision(inputs)
                    vectors[done : done + len(embedded)] = embedded.numpy()
                    done += len(embedded)
        except (RuntimeError, ValueError, TypeError) as error:
            raise EncoderError(f"{self.name} failed on images {done} and following: {error}") from error
        return unit_vectors(vectors)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, width={self.width}, device={str(self._device)!r})"


class HuggingFaceTextEncoder(HuggingFaceEncoder):
    """An encoder whose model, like CLIP, puts texts into the space of its images."""

    def __init__(self, checkpoint: Checkpoint, *, name: str, model: str, device: str = "auto") -> None:
        super().__init__(checkpoint, name=name, model=model, device=device)
        with quiet_loading():
            self._text = TextTower(checkpoint, self._vision.network, self._device)

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Turn texts into vectors of unit length.

        Parameters
        ----------
        texts : sequence of str
            Cut to the length that the model takes.

        Returns
        -------
        ndarray of shape (len(texts), width), float32
            L2-normalised, in the space of the image vectors.
        """
        vectors = np.empty((len(texts), self.width), np.float32)
        for start in range(0, len(texts), self._batch):
            vectors[start : start + self._batch] = self._text(texts[start : start + self._batch]).numpy()
        return unit_vectors(vectors)


def _probe_image(checkpoint: Checkpoint, image_size: int) -> Image.Image:
    side: Any = image_size
    if side == FULL_SIZE:  # nothing is scaled, so the image must come at the size that the model takes
        side = checkpoint.settings().get("image_size")
    return Image.new("RGB", (side, side) if isinstance(side, int) else (224, 224), "gray")
