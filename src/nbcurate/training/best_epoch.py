"""The epoch of a training that is kept: the one that validates best.

Imports transformers: to be imported after `encoders.libraries.require_model_libraries`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments


class BestEpoch(TrainerCallback):
    """Keeps what was trained after the epoch of the least validation loss, in memory and in a file.

    By the loss, as accuracy on a few hundred pictures differs by chance. The network as it was before the first epoch
    is kept beside: it stays where the best epoch recognises fewer pictures than it by more than a standard error.

    Parameters
    ----------
    network : PreTrainedModel or PeftModel
    folder : Path
        Where it is kept.
    n_val : int
        Pictures that it is validated on.
    patience : int
        Epochs without a smaller loss after which training ends.

    Attributes
    ----------
    epoch : int
        Which one is kept; 0 is the new classifier on the network as it was.
    """

    def __init__(self, network: Any, folder: Path, *, n_val: int, patience: int) -> None:
        self._network, self._folder, self._n_val, self._patience = network, folder, n_val, patience
        self._first: _Kept | None = None
        self._best: _Kept | None = None

    @property
    def epoch(self) -> int:
        """Which epoch is kept."""
        return self._chosen.epoch

    @property
    def _chosen(self) -> _Kept:
        first, best = self._first, self._best
        assert first is not None
        if best is None:
            return first
        chance = math.sqrt(first.accuracy * (1 - first.accuracy) / self._n_val)
        return first if first.accuracy - best.accuracy > chance else best

    def load(self) -> None:
        """Take up what an earlier run of the same training kept."""
        self._first, self._best = (_Kept.read(self._folder / name) for name in ("first", "best"))

    def restore(self) -> None:
        """Put the epoch that is kept back into the network."""
        there = dict(self._network.named_parameters())
        with torch.no_grad():
            for name, weights in self._chosen.weights.items():
                there[name].copy_(weights.to(there[name].device))

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: dict[str, float] | None = None,
        **others: Any,
    ) -> None:
        """Keep this epoch if it is the best yet; stop where none was for a while."""
        assert metrics is not None
        epoch, loss = round(state.epoch or 0), metrics["eval_loss"]
        if epoch and self._best is not None and not loss < self._best.loss:
            control.should_training_stop |= epoch - self._best.epoch >= self._patience
            return
        trained = ((name, weights) for name, weights in self._network.named_parameters() if weights.requires_grad)
        weights = {name: values.detach().cpu().clone() for name, values in trained}
        kept = _Kept(epoch, metrics["eval_accuracy"], loss, weights)
        if epoch:
            self._best = kept
        else:
            self._first = kept
        kept.write(self._folder / ("best" if epoch else "first"))


@dataclass(frozen=True, eq=False)
class _Kept:
    """What was trained, as it was after an epoch, and how well it validated."""

    epoch: int
    accuracy: float
    loss: float
    weights: dict[str, torch.Tensor]

    @classmethod
    def read(cls, file: Path) -> _Kept | None:
        """What :meth:`write` wrote; None where nothing whole is there."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(file, "pt") as kept:
                noted = kept.metadata()
                weights = {name: kept.get_tensor(name) for name in kept.keys()}  # noqa: SIM118
            return cls(int(noted["epoch"]), float(noted["accuracy"]), float(noted["loss"]), weights)
        except (OSError, SafetensorError, KeyError, ValueError):
            return None

    def write(self, file: Path) -> None:
        """Write it, whole or not at all. Where the disk is full nothing is: it is in memory, and EnoughRoom tells."""
        from safetensors import SafetensorError
        from safetensors.torch import save_file

        noted = {"epoch": repr(self.epoch), "accuracy": repr(self.accuracy), "loss": repr(self.loss)}
        beside = file.with_suffix(".new")
        try:
            save_file(self.weights, beside, noted)
            beside.replace(file)
        except (OSError, SafetensorError):
            beside.unlink(missing_ok=True)
