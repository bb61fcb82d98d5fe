"""One training from its first step to its last, or to where it was stopped: what is kept is the best epoch."""

from __future__ import annotations

import gc
import html
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import PrinterCallback, TrainerState, TrainingArguments

from ...encoders.loading.libraries import quiet_loading
from ...encoders.network.device import half_precision, usable_cpus
from ...widgets.live_training import LiveHistory
from .best_epoch import TRAINED, BestEpoch, Kept
from .frozen_features import FrozenPart
from .history import history_html, history_of
from .network import trained_parameters
from .pictures import stack
from .settings import Settings
from .trainer import EnoughRoom, EvenSampler, FineTuner, NotFiniteError, Watcher, share_right

if TYPE_CHECKING:
    import pandas as pd

_WARMUP = 0.3  # share of the steps in which the rates rise
_WEIGHT_DECAY = 0.05
_WORKERS = 8
#: What torch says when memory is full, on the devices that there are.
_FULL = ("out of memory", "can't allocate memory", "not enough memory", "CUBLAS_STATUS_ALLOC_FAILED")


@dataclass(frozen=True)
class Trained:
    """How a training went.

    Attributes
    ----------
    history : DataFrame
        See `history.history_of`.
    best : int
        The epoch whose weights the network has now.
    stopped : str
        Why it ended before the last epoch, in words; empty where it did not.
    goes_on : bool
        Whether the same training would go on where this one ended: it was interrupted.
    """

    history: pd.DataFrame
    best: int
    stopped: str
    goes_on: bool


def run_training(
    network: Any,
    train: Any,
    val: Any,
    settings: Settings,
    folder: Path,
    *,
    several: bool,
    part: FrozenPart | None,
    weights: Any | None,
    device: torch.device,
    live: LiveHistory,
    tell: Callable[[str], object],
) -> Trained:
    """Train what of a network may be trained; what an earlier run left in ``folder`` goes on.

    Ctrl-C, a loss that is no number and a full memory end it, or make its batches smaller, and lose nothing that was
    reached: the network has the weights of its best epoch in any case.

    Parameters
    ----------
    network : PreTrainedModel or PeftModel
        On any device.
    train, val : torch data sets
    settings : Settings
    folder : Path
        For checkpoints.
    several : bool
        Whether a picture may be of several classes.
    part : FrozenPart, optional
        Where ``train`` and ``val`` are features: what made them.
    weights : float array [n], optional
        How often each training picture is shown, beside the others; each once an epoch by default.
    device : torch.device
    live : LiveHistory
    tell : callable
        Takes what the user should know.
    """
    best = BestEpoch(network, folder, n_val=len(val), patience=settings.patience)
    batch_size, accumulated, stopped, goes_on = settings.batch_size, 1, "", False
    while True:
        last = _last_checkpoint(folder)
        if last is not None:
            best.resume(last)
        trainer = FineTuner(
            several=several,
            part=part,
            sampler=None if weights is None else EvenSampler(weights, settings.seed),
            model=network,
            args=_arguments(settings, folder, device, batch_size, accumulated, new=last is None),
            train_dataset=train,
            eval_dataset=val,
            data_collator=stack,
            compute_metrics=lambda said: {"accuracy": share_right(said.predictions, said.label_ids)},
            callbacks=[
                best,
                EnoughRoom(folder, network, tell),
                Watcher(_show_step(live, settings), _show_epoch(live)),
            ],
            optimizers=(_optimizer(network, settings), None),
        )
        trainer.remove_callback(PrinterCallback)
        try:
            with quiet_loading():
                trainer.train(resume_from_checkpoint=None if last is None else str(last))
            if trainer.state.global_step < trainer.state.max_steps:
                stopped = f"no better for {settings.patience} epochs"
        except KeyboardInterrupt:
            stopped, goes_on = f"interrupted in epoch {int(trainer.state.epoch or 0) + 1}", True
        except NotFiniteError as error:
            stopped = f"{error}: a lower learning_rate would help"
        except (RuntimeError, MemoryError) as error:
            if not _is_full(error) or batch_size == 1:
                raise
            batch_size, accumulated = (batch_size + 1) // 2, accumulated * 2
            tell(f"Out of memory: from now on {batch_size} pictures a pass, and {accumulated} passes a step.")
            del trainer
            _free_memory(error)
            continue
        best.restore()
        return Trained(history_of(trainer.state.log_history), best.epoch, stopped, goes_on)


def _arguments(
    settings: Settings, folder: Path, device: torch.device, batch_size: int, accumulated: int, *, new: bool
) -> TrainingArguments:
    half = half_precision(device) if device.type == "cuda" else None
    return TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=batch_size,
        per_device_eval_batch_size=batch_size,
        gradient_accumulation_steps=accumulated,
        lr_scheduler_type="cosine",
        warmup_steps=_WARMUP,
        max_grad_norm=1.0,
        eval_on_start=new,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=2,  # one is whole while the other is written
        logging_strategy="epoch",
        logging_nan_inf_filter=False,
        disable_tqdm=True,
        report_to="none",
        remove_unused_columns=False,
        label_names=["labels"],
        use_cpu=device.type == "cpu",
        bf16=half is torch.bfloat16,
        fp16=half is torch.float16,
        dataloader_num_workers=min(_WORKERS, usable_cpus()) if device.type == "cuda" else 0,
        dataloader_pin_memory=device.type == "cuda",
        seed=settings.seed,
    )


def _optimizer(network: Any, settings: Settings) -> torch.optim.Optimizer:
    encoder, head = trained_parameters(network)
    groups = [
        {"params": encoder, "lr": settings.learning_rate},
        {"params": head, "lr": settings.learning_rate * settings.head_factor},
    ]
    return torch.optim.AdamW([group for group in groups if group["params"]], weight_decay=_WEIGHT_DECAY)


def _last_checkpoint(folder: Path) -> Path | None:
    """The last checkpoint that was written whole."""
    found = sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]), reverse=True)
    return next((path for path in found if _is_whole(path)), None)


def _is_whole(checkpoint: Path) -> bool:
    try:
        json.loads((checkpoint / "trainer_state.json").read_text())
    except (OSError, ValueError):
        return False
    return Kept.read(checkpoint / TRAINED) is not None


def _is_full(error: BaseException) -> bool:
    return isinstance(error, MemoryError) or any(words in str(error) for words in _FULL)


def _free_memory(error: BaseException) -> None:
    """Let go of what a failed pass holds: the traceback of its error holds all of it."""
    error.__traceback__ = None
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _show_step(live: LiveHistory, settings: Settings) -> Callable[[TrainerState], None]:
    drawn: dict[int, str] = {}  # the history changes once an epoch, and to draw it takes as long as a step

    def show(state: TrainerState) -> None:
        logged = len(state.log_history)
        if logged not in drawn:
            drawn.clear()
            drawn[logged] = history_html(history_of(state.log_history))
        a_step = max(1, state.max_steps // settings.epochs)
        epoch, step = divmod(state.global_step - 1, a_step)
        said = f"epoch {min(epoch, settings.epochs - 1) + 1} of {settings.epochs}, step {step + 1} of {a_step}"
        live.show(f"<p>{html.escape(said)}</p>{drawn[logged]}")

    return show


def _show_epoch(live: LiveHistory) -> Callable[[TrainerState], None]:
    def show(state: TrainerState) -> None:
        history = history_of(state.log_history)
        live.show(history_html(history))
        said = ", ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in history.iloc[-1].dropna().items())
        live.line(f"epoch {history.index[-1]}: {said}")

    return show
