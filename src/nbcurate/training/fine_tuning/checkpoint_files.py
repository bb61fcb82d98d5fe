"""A tuned network as a checkpoint that transformers loads without us."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from ...encoders.loading.checkpoint import CONFIG, SHARDED_WEIGHTS, TRAINING, WEIGHTS, Checkpoint
from ...encoders.loading.libraries import quiet_loading
from .model_card import model_card


def write_checkpoint(folder: Path, network: Any, base: Checkpoint, training: dict[str, Any]) -> None:
    """Write a network with its preprocessing, and the vocabulary of its texts if it had one.

    Where the model that was tuned puts texts beside images, its other half is written along, so that it still does.

    Parameters
    ----------
    folder : Path
        Empty.
    network : PreTrainedModel
        For classifying images.
    base : Checkpoint
        What it was made of.
    training : dict
        JSON-able, see ``TRAINING``.
    """
    with quiet_loading():
        if {"text_config", "vision_config"} <= base.settings().keys():
            _save_with_texts(folder, network, base)
        else:
            network.save_pretrained(folder)
    written = {file.name for file in folder.iterdir()}
    for file in base.folder.iterdir():
        wanted = file.suffix in (".json", ".txt", ".model") and file.name not in (CONFIG, SHARDED_WEIGHTS, TRAINING)
        if wanted and file.name not in written:
            shutil.copyfile(file, folder / file.name)
    write_notes(folder, training)


def _save_with_texts(folder: Path, network: Any, base: Checkpoint) -> None:
    """Write the whole of a CLIP-like model, its image half as tuned, with the classifier beside."""
    from safetensors.torch import save_file
    from transformers import AutoModel

    whole = AutoModel.from_pretrained(
        base.folder, trust_remote_code=False, use_safetensors=True, local_files_only=True
    ).state_dict()
    weights = {**whole, **network.state_dict()}
    network.config.architectures = [type(network).__name__]
    network.config.save_pretrained(folder)
    apart = {name: values.contiguous().clone() for name, values in weights.items()}  # two names may share a memory
    save_file(apart, folder / WEIGHTS, {"format": "pt"})


def write_notes(folder: Path, training: dict[str, Any]) -> None:
    """Write what made the model in a folder, and its card, in the place of what is there."""
    for name, text in ((TRAINING, json.dumps(training, indent=1)), ("README.md", model_card(training))):
        beside = folder / f".{name}"
        beside.write_text(text, encoding="utf-8")
        beside.replace(folder / name)
