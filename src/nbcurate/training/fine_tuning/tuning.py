"""The steps of a fine-tuning, in their order: a new classifier, what of the network is trained, the training."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...encoders.errors import EncoderError
from ...encoders.huggingface import HuggingFaceEncoder
from ...encoders.network.folding import folded
from ...widgets.live_training import LiveHistory
from .augmentation import Augmentation
from .first_head import fit_first_head
from .frozen_features import FrozenFeatures, FrozenPart, views_that_fit
from .lesson import Lesson
from .network import add_low_rank, hold_still, load_classifier, unfreeze
from .pictures import TrainingPictures, stack
from .settings import Settings

if TYPE_CHECKING:
    import torch

    from .run import Trained

_VIEWS = 6  # of each picture, of which the frozen part is computed once; all but one are augmented
_SAMPLE = 2  # pictures on which two ways through the network are compared


def tune(
    lesson: Lesson,
    base: HuggingFaceEncoder,
    settings: Settings,
    augmentation: Augmentation | None,
    folder: Path,
    live: LiveHistory,
) -> tuple[Any, Trained]:
    """Train the network of an encoder on a lesson; what an earlier run left in ``folder`` goes on.

    Returns
    -------
    PreTrainedModel, Trained
        The network with the weights of its best epoch, and how the training went.

    Raises
    ------
    EncoderError
        If nothing of it can be trained.
    """
    import torch
    from transformers import set_seed

    from .run import run_training

    set_seed(settings.seed)
    network = load_classifier(base.checkpoint, lesson.classes, several=lesson.several).to(base.device)
    if base.convolutional:
        network = network.to(memory_format=torch.channels_last)
    unfreeze(network, settings.unfreeze)
    if not any(weights.requires_grad for weights in network.parameters()):
        raise EncoderError(f"Nothing of {base.name!r} can be trained: it has no layer that gives classes.")
    hold_still(network)
    pictures = lesson.pictures("train", base.preprocess, augmentation)
    validated = lesson.pictures("val", base.preprocess)
    part, train, val = _without_the_frozen_part(network, pictures, validated, settings, folder, live)
    if not _knows(base, lesson):
        forward = partial(_forward, network, part, base.device)
        step = _counter(live, "the new classifier is fitted to the network as it is: {} pictures", len(train))
        fit_first_head(network, forward, train, lesson.link, seed=settings.seed, step=step)
    if settings.method == "lora":
        network = add_low_rank(network, settings.unfreeze)
        hold_still(network)
    trained = run_training(
        network, train, val, settings, folder,
        several=lesson.several, part=part, device=base.device, live=live, tell=_tell,
        weights=lesson.even_weights() if settings.balance == "sampler" else None,
    )  # fmt: skip
    lesson.tell_of_unreadable({"train": pictures, "val": validated})
    return (network.merge_and_unload() if settings.method == "lora" else network), trained


def _forward(network: Any, part: FrozenPart | None, device: torch.device, batch: dict[str, torch.Tensor]) -> object:
    """Run a network on pictures, or on what its frozen part made of them."""
    if part is not None:
        return part.resume(batch["features"])
    return network(**{name: values.to(device) for name, values in batch.items() if name != "labels"})


def _knows(base: HuggingFaceEncoder, lesson: Lesson) -> bool:
    """Whether the model's own classifier tells just these classes apart, as that of an encoder tuned before does."""
    training = base.checkpoint.training()
    return training is not None and training.get("classes") == lesson.classes


def _without_the_frozen_part(
    network: Any, train: TrainingPictures, val: TrainingPictures, settings: Settings, folder: Path, live: LiveHistory
) -> tuple[FrozenPart | None, Any, Any]:
    """What is trained on: features of the frozen part where they can be had and pay, or else the pictures."""
    device = next(network.parameters()).device
    if device.type != "cpu" or settings.method == "lora":  # a GPU is through with the frozen part before one reads it
        return None, train, val
    sample = stack([val[at % len(val)] for at in range(_SAMPLE)])
    try:
        part = FrozenPart(network, sample)
    except ValueError:
        return None, train, val
    views = views_that_fit(part, len(train) + len(val), 1 if train.augment is None else _VIEWS)
    if not views:
        return None, train, val
    step = _counter(live, "what is frozen is computed once: {} pictures", len(train) + len(val))
    with folded(network, lambda: part(sample)):
        return (
            part,
            FrozenFeatures.make(part, train, views, folder / "train.features", step),
            FrozenFeatures.make(part, val, 1, folder / "val.features", step),
        )


def _counter(live: LiveHistory, words: str, total: int) -> Callable[..., None]:
    """Shows how many of so many things are done, at each call one more, or as many as it is given."""
    done = 0

    def count(more: int = 1) -> None:
        nonlocal done
        done = min(done + more, total)
        live.show(f"<p>{words.format(f'{done:,} of {total:,}')}</p>")

    return count


def _tell(words: str) -> None:
    warnings.warn(words, stacklevel=3)
