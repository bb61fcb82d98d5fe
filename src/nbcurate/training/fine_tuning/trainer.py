"""transformers' Trainer, told how pictures are judged, and what is to be kept of each epoch.

Imports transformers: to be imported after `encoders.loading.libraries.require_model_libraries`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Sampler
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from .frozen_features import FrozenPart

#: Share of the answer that is spread over all classes, so that the network does not grow sure of single pictures.
_SMOOTHING = 0.1
#: Room on the disk, in sizes of the network, that a checkpoint with its optimizer may take.
_ROOM = 4


class NotFiniteError(ArithmeticError):
    """The loss is no number any more."""


class FineTuner(Trainer):
    """A Trainer for pictures of one class each, or of several.

    Parameters
    ----------
    several : bool
        Whether a picture may be of several classes.
    part : FrozenPart, optional
        What made the features that come in the place of pictures.
    sampler : Sampler, optional
        Which pictures an epoch shows, and in which order; each once by default.
    **options
        Those of ``transformers.Trainer``.
    """

    loss_is_scaled_for_ga = False

    def __init__(
        self,
        *,
        several: bool,
        part: FrozenPart | None = None,
        sampler: Sampler[int] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._several, self._part, self._sampler = several, part, sampler
        self._right = self._shown = 0.0

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Cross entropy, smoothed in training; of several classes, binary cross entropy of each.

        Raises
        ------
        NotFiniteError
            If it is NaN or infinite in training.
        """
        labels = inputs["labels"]
        if self._part is not None:
            outputs = self._part.resume(inputs["features"])
        else:
            outputs = model(**{name: values for name, values in inputs.items() if name != "labels"})
        logits = outputs.logits.float()
        smoothing = _SMOOTHING if model.training else 0.0
        if self._several:
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels.float())
        else:
            loss = torch.nn.functional.cross_entropy(logits, labels, label_smoothing=smoothing)
        if model.training:
            if not torch.isfinite(loss):
                raise NotFiniteError(f"the loss is {loss.item()} at step {self.state.global_step + 1}")
            self._right += share_right(logits.detach().cpu().numpy(), labels.cpu().numpy()) * len(labels)
            self._shown += len(labels)
        return (loss, outputs) if return_outputs else loss

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Log, with the share of training pictures that were recognised since it was logged last."""
        if "loss" in logs and self._shown:
            logs["accuracy"] = self._right / self._shown
            self._right = self._shown = 0.0
        super().log(logs, start_time)

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        return self._sampler if self._sampler is not None else super()._get_train_sampler(train_dataset)


class EvenSampler(Sampler[int]):
    """As many pictures of each class as of any other, an epoch as long as without it.

    A rare class is shown over and over, of a common one others in each epoch.
    """

    def __init__(self, weights: NDArray[np.float64], seed: int) -> None:
        self._weights, self._seed, self._epoch = weights / weights.sum(), seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Draw what this epoch shows; the Trainer calls it."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._weights)

    def __iter__(self) -> Iterator[int]:
        # Systematic: a picture is shown as often as its weight says, but for one time more or less.
        dice = np.random.default_rng((self._seed, self._epoch))
        order = dice.permutation(len(self))
        ends = np.cumsum(self._weights[order]) * len(self)
        times = np.diff(np.floor(ends + dice.random()), prepend=0).clip(min=0).astype(int)
        shown = np.repeat(order, times)[: len(self)]
        yield from dice.permutation(shown).tolist()


def share_right(logits: NDArray[Any], labels: NDArray[Any]) -> float:
    """Share of the pictures recognised; of several classes, F1 over all answers."""
    if labels.ndim == 1:
        return float((logits.argmax(axis=1) == labels).mean())
    said, true = logits > 0, labels > 0.5
    found = 2 * (said & true).sum()
    return float(found / max(said.sum() + true.sum(), 1))


class EnoughRoom(TrainerCallback):
    """Leaves out checkpoints that would fill the disk, and tells so once."""

    def __init__(self, folder: Path, network: Any, tell: Callable[[str], object]) -> None:
        self._folder, self._tell = folder, tell
        self._needed = _ROOM * sum(weights.numel() * weights.element_size() for weights in network.parameters())
        self._told = False

    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any
    ) -> None:
        """Look before the checkpoint of this epoch is written."""
        if shutil.disk_usage(self._folder).free > self._needed:
            return
        control.should_save = False
        if not self._told:
            self._tell(
                f"There is no room for checkpoints of {self._needed / 1e6:,.0f} MB in {self._folder}: the training "
                "goes on, but if this kernel ends, it begins anew."
            )
            self._told = True


class Watcher(TrainerCallback):
    """Hands on what is going on: after each step, and after each epoch."""

    def __init__(self, step: Callable[[TrainerState], object], epoch: Callable[[TrainerState], object]) -> None:
        self._step, self._epoch = step, epoch

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any) -> None:
        """A step is done."""
        self._step(state)

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any) -> None:
        """An epoch is done and validated."""
        self._epoch(state)
