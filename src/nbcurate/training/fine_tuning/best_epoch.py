"""What of a training is kept: the epoch that validates best, and beside each checkpoint what is trained.

Imports transformers: to be imported after `encoders.loading.libraries.require_model_libraries`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

#: In a checkpoint's folder: what is trained, under the names that it has in memory.
TRAINED = "trained.safetensors"


class BestEpoch(TrainerCallback):
    """Keeps what was trained after the epoch of the least validation loss, in memory and in a file.

    By the loss, as accuracy on a few hundred pictures differs by chance. The network as it was before the first epoch
    is kept beside: it stays where the best epoch recognises fewer pictures than it by more than the standard
    error of such a difference.

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
        self._first: Kept | None = None
        self._best: Kept | None = None

    @property
    def epoch(self) -> int:
        """Which epoch is kept."""
        return self._chosen.epoch

    @property
    def _chosen(self) -> Kept:
        first, best = self._first, self._best
        assert first is not None
        if best is None:
            return first
        chance = math.sqrt(2 * first.accuracy * (1 - first.accuracy) / self._n_val)
        return first if first.accuracy - best.accuracy > chance else best

    def resume(self, checkpoint: Path) -> None:
        """Take up what an earlier run of the same training kept, at one of its checkpoints.

        The Trainer gives a network the names that its weights have in files, which are others for some.
        """
        last = Kept.read(checkpoint / TRAINED)
        assert last is not None
        put_back(self._network, last.weights)
        self._first, self._best = (Kept.read(self._folder / name) for name in ("first", "best"))

    def restore(self) -> None:
        """Put the epoch that is kept back into the network."""
        put_back(self._network, self._chosen.weights)

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
        kept = Kept(epoch, metrics["eval_accuracy"], loss, trained_weights(self._network))
        if epoch:
            self._best = kept
        else:
            self._first = kept
        kept.write(self._folder / ("best" if epoch else "first"))

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any) -> None:
        """Write what is trained beside the checkpoint that was written: without it none is gone on from."""
        folder = Path(str(args.output_dir)) / f"checkpoint-{state.global_step}"
        Kept(round(state.epoch or 0), 0.0, 0.0, trained_weights(self._network)).write(folder / TRAINED)


def trained_weights(network: Any) -> dict[str, torch.Tensor]:
    """A copy of what is trained, by name."""
    trained = ((name, weights) for name, weights in network.named_parameters() if weights.requires_grad)
    # In the plain order of memory, which files need: those of convolutions lie in another one.
    return {name: weights.detach().cpu().clone(memory_format=torch.contiguous_format) for name, weights in trained}


def put_back(network: Any, weights: dict[str, torch.Tensor]) -> None:
    """Give the parameters of these names these values."""
    there = dict(network.named_parameters())
    with torch.no_grad():
        for name, values in weights.items():
            there[name].copy_(values.to(there[name].device))


@dataclass(frozen=True, eq=False)
class Kept:
    """What was trained, as it was after an epoch, and how well it validated."""

    epoch: int
    accuracy: float
    loss: float
    weights: dict[str, torch.Tensor]

    @classmethod
    def read(cls, file: Path) -> Kept | None:
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
