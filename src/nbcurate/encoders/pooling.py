"""From what a vision model puts out to one vector an image.

Model families differ in which of their outputs is the embedding, and transformers has no common name for it.
One recipe covers them; the first that applies is taken:

==================  ==========================================  =====================================================
pooling             taken                                       by
==================  ==========================================  =====================================================
image_features      ``get_image_features()``                    CLIP, SigLIP, SigLIP 2: the space of their texts
image_embeds        ``image_embeds``                            the image half of CLIP, saved alone with its projection
pooler_output       ``pooler_output``, flattened                timm, ResNet, ConvNeXt, Swin, DINOv2, DINOv3, ViT
class_token         token 0 of ``last_hidden_state``            ViT whose pooler was not saved
token_mean          mean of ``last_hidden_state`` over tokens   transformers without class token or pooler
spatial_mean        mean of ``last_hidden_state`` over H and W  convolutional networks without pooler
==================  ==========================================  =====================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from .errors import UnsupportedModelError
from .preprocessing import Inputs

if TYPE_CHECKING:
    import torch

Pooling = Literal["image_features", "image_embeds", "pooler_output", "class_token", "token_mean", "spatial_mean"]

_CLASS_TOKENS = frozenset({"cls_token", "class_token", "class_embedding"})


def run_vision(model: torch.nn.Module, inputs: Inputs) -> Any:
    """Run the part of the model that sees images, on all that its processor made of them."""
    forward: Any = getattr(model, "get_image_features", model)
    return forward(**inputs)


def choose_pooling(model: torch.nn.Module, output: Any, *, trained_pooler: bool) -> Pooling:
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
    dimensions = getattr(getattr(output, "last_hidden_state", None), "ndim", 0)
    if dimensions == 4:
        return "spatial_mean"
    if dimensions == 3:
        has_class_token = any(name.rpartition(".")[2] in _CLASS_TOKENS for name, _ in model.named_parameters())
        return "class_token" if has_class_token else "token_mean"
    raise UnsupportedModelError(f"{type(model).__name__} puts out nothing that is known to be an image's embedding.")


def pool(output: Any, pooling: Pooling) -> torch.Tensor:
    """Reduce a model's output to one vector an image.

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
        case "token_mean":
            pooled = output.last_hidden_state.mean(dim=1)
        case "spatial_mean":
            pooled = output.last_hidden_state.mean(dim=(2, 3))
    if isinstance(pooled, torch.Tensor) and pooled.ndim == 4:
        pooled = pooled.flatten(1)  # ResNet and its kin keep two dimensions of size 1
    if not isinstance(pooled, torch.Tensor) or pooled.ndim != 2:
        raise UnsupportedModelError("The model puts out several vectors an image; one is needed.")
    return pooled
