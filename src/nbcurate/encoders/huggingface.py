"""Encoders from Hugging Face checkpoints: any image model that transformers loads, timm's included."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..store.import_whole import import_whole
from .encoder import FULL_SIZE, JSON, unit_vectors
from .errors import EncoderError
from .loading.checkpoint import Checkpoint, encoder_key
from .loading.hub import fetch_checkpoint
from .loading.libraries import MODEL_LIBRARIES, library_versions, quiet_loading, require_model_libraries
from .network.device import choose_device, forward_threads
from .network.execution import Execution
from .network.pixels import texture_image
from .network.preprocessing import Inputs, Preprocessor, batches
from .network.text_tower import TextTower, has_text_tower
from .network.vision_model import VisionModel
from .running.onnx_model import require_onnx
from .running.runner import Runner

if TYPE_CHECKING:
    import_whole("torch")
    import torch

_TEXT_BATCH = 32
_PROBES = 3  # images on which two ways to run a model are compared


class HuggingFaceEncoder:
    """An image encoder made from a checkpoint.

    Made by `from_pretrained`. Preprocessing and pooling are the model's own, see `preprocessing` and `pooling`. No
    code from the checkpoint is run and no pickle is read. Vectors are L2-normalised.

    How the model runs (`Execution`) is not part of the key: vectors from a CPU and from a GPU, from torch and from
    onnxruntime, agree but for rounding.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        name: str,
        model: str,
        pooling: str | None = None,
        execution: Execution | None = None,
    ) -> None:
        """Load a checkpoint.

        Parameters
        ----------
        checkpoint : Checkpoint
        name : str
            For people. Where the pooling is not the model's own, it is added: ``"dinov2-small:patch_mean"``.
        model : str
            What `load_encoder` takes to load the same again; goes into the recipe.
        pooling : str, optional
            One of the poolings that can be asked for, see `pooling`; the model's own unless given.
        execution : Execution, optional
            How it runs.

        Raises
        ------
        EncoderError
            If the checkpoint cannot be used; its subclasses say in which way.
        """
        require_model_libraries()
        execution = execution or Execution()
        if execution.backend == "onnx":
            require_onnx()
        self._device = choose_device("cpu" if execution.backend == "onnx" else execution.device)
        with quiet_loading():
            self._preprocess = Preprocessor(checkpoint)
            side = _probe_side(checkpoint, self._preprocess.image_size)
            probe = next(batches([self._preprocess(texture_image((side, side), seed)) for seed in range(_PROBES)]))
            self._vision = VisionModel(checkpoint, self._device, probe, pooling=pooling, execution=execution)
        suffix = "" if self.pooling == self._vision.default_pooling else f":{self.pooling}"
        self._checkpoint, self._name, self._model = checkpoint, name + suffix, model
        self._run = Runner(self._vision, self.key, probe, execution, name=self._name)

    @staticmethod
    def from_pretrained(
        model: str | Path,
        *,
        name: str | None = None,
        revision: str | None = None,
        pooling: str | None = None,
        execution: Execution | None = None,
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
        pooling : str, optional
            Another pooling than the model's own.
        execution : Execution, optional
            How it runs.

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
            name, model = name or checkpoint.name, str(checkpoint.folder)
        else:
            checkpoint = Checkpoint.from_folder(fetch_checkpoint(model, revision))
        kind = HuggingFaceTextEncoder if has_text_tower(checkpoint) else HuggingFaceEncoder
        return kind(checkpoint, name=name or model, model=model, pooling=pooling, execution=execution)

    @property
    def checkpoint(self) -> Checkpoint:
        """What it was made from."""
        return self._checkpoint

    @property
    def model(self) -> str:
        """What `load_encoder` takes to load the same again."""
        return self._model

    @property
    def convolutional(self) -> bool:
        """Whether its network is made of convolutions."""
        return self._vision.convolutional

    @property
    def preprocess(self) -> Preprocessor:
        """From a picture to what the model takes."""
        return self._preprocess

    @property
    def name(self) -> str:
        """A short name for people."""
        return self._name

    @property
    def key(self) -> str:
        """Digest of the weights' revision, the preprocessing and the pooling."""
        processor = self._preprocess.settings["image_processor_type"]
        return encoder_key(self._checkpoint.revision, processor, self.pooling)

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
    def backend(self) -> str:
        """What runs the model: ``"torch"`` or ``"onnx"``."""
        return self._run.backend

    @property
    def precision(self) -> str:
        """What most of the model computes in: ``"float32"``, ``"float16"`` or ``"bfloat16"``."""
        return self._run.precision

    @property
    def batch_size(self) -> int:
        """Images a forward pass."""
        return self._run.batch_size

    @property
    def workers(self) -> int:
        """How many forward passes may run side by side, with gain."""
        return self._run.workers

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
            "backend": self.backend,
            "precision": self.precision,
            "libraries": library_versions(*MODEL_LIBRARIES),
        }

    def tune(self, images: int) -> None:
        """Get ready for a run of so many images.

        Where it pays, exports the model for onnxruntime, and measures the batch size; once for each encoder.

        Parameters
        ----------
        images : int
            How many there will be.
        """
        self._run.tune(images)

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
        size = self.batch_size
        parts = [images[start : start + size] for start in range(0, len(images), size)]

        def encode(part: Sequence[Image.Image]) -> NDArray[np.float32]:
            return self.encode_prepared([self.prepare(image) for image in part])

        if self.workers == 1 or len(parts) < 2:
            vectors = [encode(part) for part in parts]
        else:
            with forward_threads(self.workers) as pool:
                vectors = list(pool.map(encode, parts))
        return np.concatenate(vectors) if vectors else np.empty((0, self.width), np.float32)

    def prepare(self, image: Image.Image) -> Inputs:
        """Preprocess one image. Safe to call from several threads.

        Parameters
        ----------
        image : PIL image

        Raises
        ------
        EncoderError
            If the image cannot be preprocessed, such as one whose sides are too unlike.
        """
        try:
            return self._preprocess(image)
        except (RuntimeError, ValueError, TypeError, MemoryError) as error:
            shape = f"{image.width} x {image.height} px"
            raise EncoderError(f"{self.name} cannot preprocess an image of {shape}: {error}") from error

    def encode_prepared(self, prepared: Sequence[Inputs]) -> NDArray[np.float32]:
        """Turn preprocessed images into vectors of unit length; see `encode_images`.

        Parameters
        ----------
        prepared : sequence
            What :meth:`prepare` returned, one an image.

        Returns
        -------
        ndarray of shape (len(prepared), width), float32

        Raises
        ------
        EncoderError
            If the model fails.
        """
        try:
            return unit_vectors(self._run(prepared))
        except (RuntimeError, ValueError, TypeError, MemoryError) as error:
            raise EncoderError(f"{self.name} failed on a batch of {len(prepared)} images: {error}") from error

    def __repr__(self) -> str:
        place = f"device={str(self._device)!r}, backend={self.backend!r}"
        return f"{type(self).__name__}({self.name!r}, width={self.width}, {place})"


class HuggingFaceTextEncoder(HuggingFaceEncoder):
    """An encoder whose model, like CLIP, puts texts into the space of its images."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        name: str,
        model: str,
        pooling: str | None = None,
        execution: Execution | None = None,
    ) -> None:
        super().__init__(checkpoint, name=name, model=model, pooling=pooling, execution=execution)
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
        for start in range(0, len(texts), _TEXT_BATCH):
            vectors[start : start + _TEXT_BATCH] = self._text(texts[start : start + _TEXT_BATCH]).numpy()
        return unit_vectors(vectors)


def _probe_side(checkpoint: Checkpoint, image_size: int) -> int:
    side: Any = image_size
    if side == FULL_SIZE:  # nothing is scaled, so the image must come at the size that the model takes
        side = checkpoint.settings().get("image_size")
    return side if isinstance(side, int) else 224
