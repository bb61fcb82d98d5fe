"""The models that have a short name here, and the way from a name to an encoder."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from .encoder import Encoder
from .errors import EncoderError, ModelNotFoundError
from .function import FunctionEncoder, ImageFunction
from .huggingface import HuggingFaceEncoder
from .packaged import PACKAGED_MODELS, packaged_checkpoint

if TYPE_CHECKING:
    import pandas as pd

EncoderLike: TypeAlias = str | os.PathLike[str] | Encoder | ImageFunction
"""What `load_encoder` takes."""

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class KnownEncoder:
    """A model with a short name.

    Attributes
    ----------
    name : str
        The short name.
    model : str
        The hub id; for a packaged model the package.
    source : {"package", "hub"}
        Where the weights come from.
    width : int
        The length of a vector.
    text : bool
        Whether it also encodes texts.
    licence : str
        Of the weights, as their publisher names it.
    needs : str
        What must be installed beside torch and transformers.
    """

    name: str
    model: str
    source: Literal["package", "hub"]
    width: int
    text: bool
    licence: str
    needs: str = ""


def _packaged(name: str) -> KnownEncoder:
    package = PACKAGED_MODELS[name].distribution
    return KnownEncoder(name, package, "package", 1280, False, "Apache-2.0", f"timm, {package}")


KNOWN_ENCODERS: Mapping[str, KnownEncoder] = {
    known.name: known
    for known in (
        _packaged("efficientnet-lite0"),
        _packaged("efficientnet-lite1"),
        _packaged("efficientnet-lite2"),
        KnownEncoder("vgg16", "timm/vgg16.tv_in1k", "hub", 4096, False, "BSD-3-Clause", "timm"),
        KnownEncoder("inception_v3", "timm/inception_v3.tv_in1k", "hub", 2048, False, "Apache-2.0", "timm"),
        KnownEncoder("resnet50", "microsoft/resnet-50", "hub", 2048, False, "Apache-2.0"),
        KnownEncoder("efficientnet_b0", "timm/efficientnet_b0.ra_in1k", "hub", 1280, False, "Apache-2.0", "timm"),
        KnownEncoder("vit-base", "google/vit-base-patch16-224", "hub", 768, False, "Apache-2.0"),
        KnownEncoder("dinov2-small", "facebook/dinov2-small", "hub", 384, False, "Apache-2.0"),
        KnownEncoder("dinov2-base", "facebook/dinov2-base", "hub", 768, False, "Apache-2.0"),
        # Meta's own repository gives it out only after a registration; timm's copy is under the same licence.
        KnownEncoder("dinov3-small", "timm/vit_small_patch16_dinov3.lvd1689m", "hub", 384, False, "DINOv3", "timm"),
        # OpenAI's repository of this size has its weights only as pickle, which is not read.
        KnownEncoder("clip-vit-b32", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K", "hub", 512, True, "MIT"),
        KnownEncoder("siglip2-base", "google/siglip2-base-patch16-224", "hub", 768, True, "Apache-2.0"),
    )
}


def encoders() -> pd.DataFrame:
    """List the models that have a short name.

    Any other model is given by its hub id or as a local folder.

    Returns
    -------
    DataFrame
        Indexed by ``name``, with ``model``, ``source``, ``width``, ``text``, ``licence`` and ``needs``.
    """
    import pandas as pd

    return pd.DataFrame([asdict(known) for known in KNOWN_ENCODERS.values()]).set_index("name")


def load_encoder(model: EncoderLike, *, device: str = "auto") -> Encoder:
    """Load an encoder.

    Parameters
    ----------
    model : str, path, Encoder or function
        A short name (see `encoders`), a hub id such as ``"facebook/dinov2-small"``, a local checkpoint folder, an
        encoder (returned as it is), or a function from a list of PIL images to an array of shape (n, width). A short
        name comes before a folder of the same name: write ``"./resnet50"`` for the folder.
    device : str
        ``"auto"`` takes a GPU where there is one; or a name that torch knows, such as ``"cpu"`` or ``"cuda:1"``.

    Returns
    -------
    Encoder
        A `TextEncoder` if the model also encodes texts.

    Raises
    ------
    ModelNotFoundError
        If there is no such model, or it cannot be had without a network.
    UnsafeCheckpointError
        If loading it would run code from elsewhere: its weights are pickled, or it brings its own model class.
    UnsupportedModelError
        If it gives no image vectors.
    MissingDependencyError
        If a library is missing; the message holds the command that installs it.
    EncoderError
        The base of the above; also for a device that is not there.
    """
    if isinstance(model, Encoder):
        return model
    if isinstance(model, os.PathLike):
        return HuggingFaceEncoder.from_pretrained(Path(model), device=device)
    if isinstance(model, str):
        return _load_named(model, device)
    if callable(model):
        return FunctionEncoder(model)
    raise EncoderError(f"Neither a model's name, nor a path, an encoder or a function: {model!r}")


def _load_named(model: str, device: str) -> Encoder:
    known = KNOWN_ENCODERS.get(model)
    if known and known.source == "package":
        return HuggingFaceEncoder(packaged_checkpoint(model), name=model, model=model, device=device)
    if known:
        return HuggingFaceEncoder.from_pretrained(known.model, name=model, device=device)
    if Path(model).expanduser().is_dir() or _HUB_ID.fullmatch(model):
        return HuggingFaceEncoder.from_pretrained(model, device=device)
    if os.path.basename(model) != model:
        raise ModelNotFoundError(f"There is no folder {model!r}.")
    raise ModelNotFoundError(_unknown(model))


def _unknown(model: str) -> str:
    near = get_close_matches(model.lower(), KNOWN_ENCODERS, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    return (
        f"No model is called {model!r}.{hint} nbcurate.encoders() lists the short names; a hub id (owner/name) or a "
        "local folder will also do."
    )
