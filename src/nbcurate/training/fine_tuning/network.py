"""The network of a checkpoint with a new classifier on top, and what of it is trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ...encoders.errors import EncoderError, UnsupportedModelError
from ...encoders.loading.checkpoint import Checkpoint
from ...encoders.loading.libraries import quiet_loading
from ...encoders.network.vision_model import refuse_foreign_weights
from ...store.import_whole import import_whole

if TYPE_CHECKING:
    import_whole("torch")
    import torch

Method: TypeAlias = Literal["layers", "lora"]
"""How the network is changed: its last blocks themselves, or low-rank matrices added to its layers."""

_LORA_RANK = 16


def load_classifier(checkpoint: Checkpoint, classes: Sequence[str], *, several: bool) -> Any:
    """The network of a checkpoint, as transformers has it for classifying images, with one output a class.

    Parameters
    ----------
    checkpoint : Checkpoint
    classes : sequence of str
    several : bool
        Whether an image may be of several classes: each output is then judged by itself.

    Returns
    -------
    PreTrainedModel
        On the CPU, in float32. A classifier for other classes that was there is not kept.

    Raises
    ------
    UnsupportedModelError
        If transformers has no classifier for such a network.
    EncoderError
        If the checkpoint cannot be loaded.
    """
    import_whole("torch", "transformers")
    import torch
    from transformers import AutoConfig, AutoModelForImageClassification

    refuse_foreign_weights(checkpoint)
    named = {
        "num_labels": len(classes),
        "id2label": dict(enumerate(classes)),
        "label2id": {name: number for number, name in enumerate(classes)},
        "problem_type": "multi_label_classification" if several else "single_label_classification",
    }
    with quiet_loading():
        config = AutoConfig.from_pretrained(checkpoint.folder, trust_remote_code=False, local_files_only=True)
        if type(config) not in AutoModelForImageClassification._model_mapping:
            raise UnsupportedModelError(
                f"transformers has no classifier for models of the kind {config.model_type!r}, so this one cannot be "
                "fine-tuned: take the same model from timm ('timm/...'), or fit_head, or fit_adapter."
            )
        try:
            network = AutoModelForImageClassification.from_pretrained(
                checkpoint.folder,
                trust_remote_code=False,
                use_safetensors=True,
                local_files_only=True,
                dtype=torch.float32,
                ignore_mismatched_sizes=True,
                **named,
            )
        except Exception as error:  # damaged weights alone come as four kinds of exception
            raise EncoderError(f"The checkpoint {str(checkpoint.folder)!r} cannot be trained: {error}") from error
    if hasattr(network.config, "label_names"):  # which timm's configuration writes in the place of id2label
        network.config.label_names = list(classes)
    return network


def classifier_layer(network: Any) -> torch.nn.Linear | None:
    """The linear layer that gives the classes: the last with so many outputs; None where there is none."""
    import torch

    wanted = int(network.config.num_labels)
    linear = [m for m in network.modules() if isinstance(m, torch.nn.Linear) and m.out_features == wanted]
    return linear[-1] if linear else None


def blocks_of(network: Any) -> list[list[str]]:
    """Names of the parameters by block, from the image on; the last has the classifier and what leads to it.

    timm knows the blocks of each of its networks. Those of transformers hold theirs in one list: the largest there is.
    """
    import torch

    timm = getattr(network, "timm_model", None)
    if timm is not None:
        from timm.models import group_parameters

        groups = group_parameters(timm, timm.group_matcher(coarse=True))
        return [[f"timm_model.{name}" for name in groups[number]] for number in sorted(groups)]
    lists = [
        (name, module)
        for name, module in network.named_modules()
        if isinstance(module, torch.nn.ModuleList | torch.nn.Sequential) and len(module) > 1
    ]
    names = [name for name, _ in network.named_parameters()]
    if not lists:
        return [names]
    path, _ = max(lists, key=lambda found: sum(weights.numel() for weights in found[1].parameters()))
    inside = [at for at, name in enumerate(names) if name.startswith(f"{path}.")]
    blocks: dict[str, list[str]] = {}
    for name in names[inside[0] : inside[-1] + 1]:
        blocks.setdefault(name.removeprefix(f"{path}.").split(".")[0], []).append(name)
    return [names[: inside[0]], *blocks.values(), names[inside[-1] + 1 :]]


def unfreeze(network: Any, last: int | Literal["all"]) -> None:
    """Let so many of the last blocks be trained, with what comes after them and the classifier, and nothing else."""
    blocks = blocks_of(network)
    chosen = blocks if last == "all" or last >= len(blocks) - 1 else blocks[len(blocks) - 1 - last :]
    trained = {name for block in chosen for name in block} if last else set()
    layer = classifier_layer(network)
    head = {id(weights) for weights in layer.parameters()} if layer is not None else set()
    for name, weights in network.named_parameters():
        weights.requires_grad_(name in trained or id(weights) in head)


def add_low_rank(network: Any, last: int | Literal["all"]) -> Any:
    """Add a low-rank matrix to every linear layer of the last blocks; those and the classifier are trained.

    Returns
    -------
    PeftModel
        ``merge_and_unload()`` gives the network back, with the matrices added up.

    Raises
    ------
    UnsupportedModelError
        If the blocks hold no linear layers.

    References
    ----------
    Hu et al. (2022), "LoRA: Low-Rank Adaptation of Large Language Models".
    """
    import torch
    from peft import LoraConfig, get_peft_model

    blocks = blocks_of(network)[1:-1]
    inside = {name.rpartition(".")[0] for block in (blocks if last == "all" else blocks[-last:]) for name in block}
    layer = classifier_layer(network)
    modules = dict(network.named_modules())
    targets = [name for name in sorted(inside) if isinstance(modules[name], torch.nn.Linear)]
    if not targets:
        raise UnsupportedModelError(
            f"method='lora' changes linear layers, and the blocks of {type(network).__name__} have none: it is made of "
            "convolutions. Take method='layers'."
        )
    head = [name for name, module in modules.items() if module is layer]
    return get_peft_model(
        network, LoraConfig(r=_LORA_RANK, lora_alpha=_LORA_RANK, target_modules=targets, modules_to_save=head)
    )


def hold_still(network: Any) -> None:
    """Keep what is not trained, and all statistics of batch norms, in evaluation mode for good.

    Batches of a few pictures would spoil the statistics, and dropout in frozen layers would only add noise.
    """
    import torch

    for module in network.modules():
        weights = list(module.parameters())
        frozen = weights and not any(one.requires_grad for one in weights)
        if frozen or isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.eval()
            # Whoever trains puts the whole network in that mode: this module does not listen.
            module.train = lambda mode=True, module=module: module


def trained_parameters(network: Any) -> tuple[list[torch.nn.Parameter], list[torch.nn.Parameter]]:
    """What is trained: that of the encoder, and that of the classifier."""
    layer = classifier_layer(network)
    head = [] if layer is None else [weights for weights in layer.parameters() if weights.requires_grad]
    at = {id(weights) for weights in head}
    return [weights for weights in network.parameters() if weights.requires_grad and id(weights) not in at], head
