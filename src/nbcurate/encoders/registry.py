"""The models that have a short name here, and the way from a name to an encoder."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from .encoder import Encoder, TextEncoder
from .errors import EncoderError, ModelNotFoundError
from .function import FunctionEncoder, ImageFunction
from .loading.packaged import PACKAGED_MODELS, packaged_checkpoint
from .network.execution import Backend, Execution, Precision

if TYPE_CHECKING:
    import pandas as pd

EncoderLike: TypeAlias = str | os.PathLike[str] | Encoder | ImageFunction
"""What `load_encoder` takes."""

_HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*")


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


def _hub(
    name: str, model: str, width: int, licence: str = "Apache-2.0", *, text: bool = False, needs: str = ""
) -> KnownEncoder:
    return KnownEncoder(name, model, "hub", width, text, licence, needs)


KNOWN_ENCODERS: Mapping[str, KnownEncoder] = {
    known.name: known
    for known in (
        _packaged("efficientnet-lite0"),
        _packaged("efficientnet-lite1"),
        _packaged("efficientnet-lite2"),
        _hub("vgg16", "timm/vgg16.tv_in1k", 4096, "BSD-3-Clause", needs="timm"),
        _hub("inception_v3", "timm/inception_v3.tv_in1k", 2048, "Apache-2.0", needs="timm"),
        _hub("resnet50", "microsoft/resnet-50", 2048),
        _hub("efficientnet_b0", "timm/efficientnet_b0.ra_in1k", 1280, needs="timm"),
        _hub("efficientnet_b1", "timm/efficientnet_b1.ft_in1k", 1280, needs="timm"),
        _hub("efficientnet_b2", "timm/efficientnet_b2.ra_in1k", 1408, needs="timm"),
        _hub("efficientnet_b3", "timm/efficientnet_b3.ra2_in1k", 1536, needs="timm"),
        _hub("efficientnet_b4", "timm/efficientnet_b4.ra2_in1k", 1792, needs="timm"),
        _hub("efficientnet_b5", "timm/tf_efficientnet_b5.ns_jft_in1k", 2048, needs="timm"),
        _hub("efficientnet_b6", "timm/tf_efficientnet_b6.ns_jft_in1k", 2304, needs="timm"),
        _hub("efficientnet_b7", "timm/tf_efficientnet_b7.ns_jft_in1k", 2560, needs="timm"),
        _hub("mobilenet_v3", "timm/mobilenetv3_large_100.ra_in1k", 1280, needs="timm"),
        _hub("convnext-tiny", "facebook/convnext-tiny-224", 768),
        _hub("swin-tiny", "microsoft/swin-tiny-patch4-window7-224", 768),
        _hub("vit-small", "timm/vit_small_patch16_224.augreg_in21k_ft_in1k", 384, needs="timm"),
        _hub("vit-base", "google/vit-base-patch16-224", 768),
        _hub("dinov2-small", "facebook/dinov2-small", 384),
        _hub("dinov2-base", "facebook/dinov2-base", 768),
        _hub("dinov2-large", "facebook/dinov2-large", 1024),
        # Meta's own repositories give these out only after a registration; timm's copies are under the same licence.
        _hub("dinov3-small", "timm/vit_small_patch16_dinov3.lvd1689m", 384, "DINOv3", needs="timm"),
        _hub("dinov3-base", "timm/vit_base_patch16_dinov3.lvd1689m", 768, "DINOv3", needs="timm"),
        _hub("dinov3-large", "timm/vit_large_patch16_dinov3.lvd1689m", 1024, "DINOv3", needs="timm"),
        # OpenAI's repositories of these two sizes have their weights only as pickle, which is not read.
        _hub("clip-vit-b32", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K", 512, "MIT", text=True),
        _hub("clip-vit-b16", "laion/CLIP-ViT-B-16-laion2B-s34B-b88K", 512, "MIT", text=True),
        _hub("clip-vit-l14", "openai/clip-vit-large-patch14", 768, "MIT", text=True),
        _hub("siglip-base", "google/siglip-base-patch16-224", 768, text=True),
        _hub("siglip2-base", "google/siglip2-base-patch16-224", 768, text=True),
        _hub("siglip2-so400m", "google/siglip2-so400m-patch14-224", 1152, text=True),
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


def load_encoder(
    model: EncoderLike,
    *,
    pooling: str | None = None,
    device: str = "auto",
    backend: Backend = "auto",
    precision: Precision = "auto",
    compile: bool = False,
    batch_size: int | None = None,
) -> Encoder:
    """Load an encoder.

    Parameters
    ----------
    model : str, path, Encoder or function
        A short name (see `encoders`), a hub id such as ``"facebook/dinov2-small"``, a local checkpoint folder, an
        encoder (returned as it is), or a function from a list of PIL images to an array of shape (n, width). A short
        name comes before a folder of the same name: write ``"./resnet50"`` for the folder.
    pooling : {"class_token", "patch_mean", "spatial_mean"}, optional
        Another pooling than the model's own: the class token or the mean of the patch tokens of a vision transformer,
        the mean over the map of a convolutional network. It changes the key, and is part of the encoder's name.
    device : str
        ``"auto"`` takes a GPU where there is one; or a name that torch knows, such as ``"cpu"`` or ``"cuda:1"``.
    backend : {"auto", "torch", "onnx"}
        What runs the model. ``"auto"`` takes onnxruntime on a CPU, where it is installed and the model was exported
        before, or a run is large enough for an export to pay; ``"onnx"`` exports at once. An export is used only if
        its vectors are those of torch.
    precision : {"auto", "float32", "half"}
        ``"auto"`` computes in 16 bit on a GPU where the vectors hardly change by it, and nowhere else.
    compile : bool
        Run torch's compiler on the network: minutes at first use, faster from then on.
    batch_size : int, optional
        Images a forward pass; measured at the first large run unless given, halved when the memory does not suffice.

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
        If it gives no image vectors, or not with that pooling.
    MissingDependencyError
        If a library is missing; the message holds the command that installs it.
    EncoderError
        The base of the above; also for a device that is not there, and for settings that do not fit the model.
    """
    execution = Execution(device, backend, precision, compile, batch_size)
    if isinstance(model, Encoder) or (callable(model) and not isinstance(model, str | os.PathLike)):
        if pooling is not None or replace(execution, device="auto") != Execution():
            raise EncoderError(
                "pooling, backend, precision, compile and batch_size are for models that are loaded by name or from a "
                "folder: give them to load_encoder(name, ...) instead of passing them with an encoder or a function."
            )
        return model if isinstance(model, Encoder) else FunctionEncoder(model)
    if isinstance(model, os.PathLike):
        return _load_folder(Path(model), pooling, execution)
    if isinstance(model, str):
        return _load_named(model, pooling, execution)
    raise EncoderError(f"Neither a model's name, nor a path, an encoder or a function: {model!r}")


def _load_named(model: str, pooling: str | None, execution: Execution) -> Encoder:
    from .huggingface import HuggingFaceEncoder

    known = KNOWN_ENCODERS.get(model)
    if known and known.source == "package":
        checkpoint = packaged_checkpoint(model)
        return HuggingFaceEncoder(checkpoint, name=model, model=model, pooling=pooling, execution=execution)
    if known:
        return HuggingFaceEncoder.from_pretrained(known.model, name=model, pooling=pooling, execution=execution)
    if Path(model).expanduser().is_dir():
        return _load_folder(Path(model), pooling, execution)
    if is_hub_id(model):
        return HuggingFaceEncoder.from_pretrained(model, pooling=pooling, execution=execution)
    if os.path.basename(model) != model:
        raise ModelNotFoundError(f"There is no folder {model!r}.")
    raise ModelNotFoundError(_unknown(model))


def _load_folder(folder: Path, pooling: str | None, execution: Execution) -> Encoder:
    """The encoder of a checkpoint, or of a projection that was saved."""
    from .projected_encoder import is_projection

    folder = folder.expanduser()
    if is_projection(folder):
        return _load_projection(folder, pooling, execution)
    from .huggingface import HuggingFaceEncoder

    return HuggingFaceEncoder.from_pretrained(folder, pooling=pooling, execution=execution)


def _load_projection(folder: Path, pooling: str | None, execution: Execution) -> Encoder:
    """A projection with its base, which runs as was asked for."""
    from .given_vectors import GivenVectors
    from .projected_encoder import ProjectedEncoder, ProjectedTextEncoder, base_of, read_projection, require_base

    said, matrix, offset = read_projection(folder)
    name = said["name"]
    if pooling is not None:
        raise EncoderError(f"pooling={pooling!r}: {name!r} is a projection of vectors that are pooled already.")
    if said["base"]["given"]:
        base: Encoder = GivenVectors(said["base"]["name"], said["base"]["key"], len(matrix))
    else:
        base = load_encoder(base_of(folder, said), pooling=said["base"]["pooling"], **asdict(execution))
        require_base(base, said)
    kind = ProjectedTextEncoder if isinstance(base, TextEncoder) else ProjectedEncoder
    return kind(base, matrix, offset, name=name, about=said["about"], model=str(folder.resolve()))


def is_hub_id(model: str) -> bool:
    """Whether a name is that of a model of the hub: ``owner/name``."""
    return _HUB_ID.fullmatch(model) is not None


def _unknown(model: str) -> str:
    near = get_close_matches(model.lower(), KNOWN_ENCODERS, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    return (
        f"No model is called {model!r}.{hint} nbcurate.encoders() lists the short names; a hub id (owner/name) or a "
        "local folder will also do."
    )
