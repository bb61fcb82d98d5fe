"""From what a vision model puts out to one vector an image.

Model families differ in which of their outputs is the embedding, and transformers has no common name for it.
One recipe covers them; unless another pooling is asked for, the first that applies is taken:

==================  ==========================================  =====================================================
pooling             taken                                       by
==================  ==========================================  =====================================================
image_features      ``get_image_features()``                    CLIP, SigLIP, SigLIP 2: the space of their texts
image_embeds        ``image_embeds``                            the image half of CLIP, saved alone with its projection
pooler_output       ``pooler_output``, flattened                timm, ResNet, ConvNeXt, Swin, DINOv2, DINOv3, ViT
class_token         token 0 of ``last_hidden_state``            ViT whose pooler was not saved
patch_mean          mean of ``last_hidden_state`` over patches  transformers without class token or pooler
spatial_mean        mean of ``last_hidden_state`` over H and W  convolutional networks without pooler
==================  ==========================================  =====================================================

The last three can be asked for by name, where the network has such tokens or such a map: ``patch_mean`` leaves out
class and register tokens, ``spatial_mean`` is for VGG-16 the 512 pooled features of its last convolution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..errors import UnsupportedModelError

if TYPE_CHECKING:
    import torch

Pooling: TypeAlias = Literal[
    "image_features", "image_embeds", "pooler_output", "class_token", "patch_mean", "spatial_mean"
]

_CLASS_TOKENS = frozenset({"cls_token", "class_token", "class_embedding"})


def run_vision(model: torch.nn.Module, inputs: dict[str, torch.Tensor]) -> Any:
    """Run the part of the model that sees images, on all that its processor made of them."""
    forward: Any = getattr(model, "get_image_features", model)
    return forward(**inputs)


def default_pooling(model: torch.nn.Module, output: Any, *, trained_pooler: bool) -> Pooling:
    """Find the pooling for a model from one of its outputs.

    Parameters
    ----------
    model : Module
    output : ModelOutput or Tensor
        From `run_vision`.
    trained_pooler : bool
        Whether the weights of the model's pooler come from the checkpoint. Where they do not, they are random.

    Raises
    ------
    UnsupportedModelError
        If no pooling applies.
    """
    if hasattr(model, "get_image_features"):
        return "image_features"
    if getattr(output, "image_embeds", None) is not None:
        return "image_embeds"
    if trained_pooler and getattr(output, "pooler_output", None) is not None:
        return "pooler_output"
    match _dimensions(output):
        case 4:
            return "spatial_mean"
        case 3:
            return "class_token" if _has_class_token(model) else "patch_mean"
    raise UnsupportedModelError(f"{type(model).__name__} puts out nothing that is known to be an image's embedding.")


def require_pooling(asked: str | None, default: Pooling, model: torch.nn.Module, output: Any) -> Pooling:
    """Return the pooling that a user asked for, if the model can be pooled in that way; else the model's own.

    Raises
    ------
    UnsupportedModelError
        If it cannot. The message names those that can be asked for.
    """
    if asked is None:
        return default
    possible: list[Pooling] = [default]
    if default not in ("image_features", "image_embeds"):  # another vector would leave the space of the model's texts
        dimensions = _dimensions(output)
        if dimensions == 4 and getattr(getattr(model, "timm_model", None), "output_fmt", "NCHW") == "NCHW":
            possible.append("spatial_mean")
        if dimensions == 3:
            possible.append("patch_mean")
        if dimensions == 3 and _has_class_token(model):
            possible.append("class_token")
    for pooling in possible:
        if pooling == asked:
            return pooling
    choice = " or ".join(repr(pooling) for pooling in dict.fromkeys(possible))
    raise UnsupportedModelError(f"pooling={asked!r} does not fit {type(model).__name__}: it takes {choice}.")


def prefix_tokens(model: torch.nn.Module) -> int:
    """Return how many tokens come before those of the patches: the class token and the registers."""
    timm = getattr(getattr(model, "timm_model", None), "num_prefix_tokens", None)
    if timm is not None:
        return int(timm)
    registers = getattr(getattr(model, "config", None), "num_register_tokens", 0) or 0
    return int(_has_class_token(model)) + int(registers)


def pool(output: Any, pooling: Pooling, prefix: int = 0) -> torch.Tensor:
    """Reduce a model's output to one vector an image.

    Parameters
    ----------
    output : ModelOutput or Tensor
    pooling : str
    prefix : int
        See `prefix_tokens`; only ``"patch_mean"`` needs it.

    Returns
    -------
    Tensor of shape (n, width)

    Raises
    ------
    UnsupportedModelError
        If the output does not have that form.
    """
    import torch

    match pooling:
        case "image_features":  # a tensor before transformers 5, an output object since
            pooled = output if isinstance(output, torch.Tensor) else output.pooler_output
        case "image_embeds":
            pooled = output.image_embeds
        case "pooler_output":
            pooled = output.pooler_output
        case "class_token":
            pooled = output.last_hidden_state[:, 0]
        case "patch_mean":
            pooled = output.last_hidden_state[:, prefix:].mean(dim=1)
        case "spatial_mean":
            pooled = output.last_hidden_state.mean(dim=(2, 3))
    if isinstance(pooled, torch.Tensor) and pooled.ndim == 4:
        pooled = pooled.flatten(1)  # ResNet and its kin keep two dimensions of size 1
    if not isinstance(pooled, torch.Tensor) or pooled.ndim != 2:
        raise UnsupportedModelError("The model puts out several vectors an image; one is needed.")
    return pooled


def _dimensions(output: Any) -> int:
    return getattr(getattr(output, "last_hidden_state", None), "ndim", 0)


def _has_class_token(model: torch.nn.Module) -> bool:
    return any(name.rpartition(".")[2] in _CLASS_TOKENS for name, _ in model.named_parameters())
