"""A checkpoint: a folder with a model's configuration, preprocessing and weights, as transformers saves it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from ..encoder import JSON
from ..errors import ModelNotFoundError, UnsafeCheckpointError, UnsupportedModelError
from .file_digest import file_digest

CONFIG = "config.json"
PREPROCESSING = ("preprocessor_config.json", "processor_config.json")
WEIGHTS = "model.safetensors"
SHARDED_WEIGHTS = "model.safetensors.index.json"
#: Holds what a model was made by, where it was made by us: its name, the arguments, how good it is.
TRAINING = "training.json"

# Weights saved with pickle, which runs whatever code the file holds when it is read.
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")

# Change with the library that saved the checkpoint or the place it was saved in, not with the vectors.
_VOLATILE_SETTINGS = frozenset({"transformers_version", "_name_or_path"})

# Part of every encoder's key. To be raised when a change of the code gives other vectors from the same checkpoint.
_METHOD = 1

_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Checkpoint:
    """A folder that holds a model in files that are safe to read.

    Attributes
    ----------
    folder : Path
        Holds ``config.json`` and the weights as safetensors.
    revision : str
        Names the content: the hub's commit hash, or a digest of the files.
    """

    folder: Path
    revision: str

    @classmethod
    def from_folder(cls, folder: str | Path) -> Checkpoint:
        """Check a folder and name its content.

        A snapshot inside the hub's cache is known by its commit; any other folder is read once to hash it.

        Raises
        ------
        ModelNotFoundError
            If there is no such folder, or no ``config.json`` in it.
        UnsafeCheckpointError
            If its weights are there only as pickle.
        UnsupportedModelError
            If its weights are missing altogether, or incomplete.
        """
        folder = Path(folder).expanduser().resolve()
        _require_config(folder)
        _require_safe_weights(folder)
        in_hub_cache = folder.parent.name == "snapshots" and _COMMIT.fullmatch(folder.name)
        return cls(folder, folder.name if in_hub_cache else _content_digest(folder))

    @property
    def name(self) -> str:
        """What people call it: as it was named when it was trained, or else as its folder is."""
        training = self.training()
        noted = training.get("name") if training else None
        return noted if isinstance(noted, str) else self.folder.name

    def settings(self) -> dict[str, JSON]:
        """Return the content of ``config.json``."""
        return _read_json(self.folder / CONFIG)

    def training(self) -> dict[str, JSON] | None:
        """Return what the model was made by; None where it was not made by us."""
        file = self.folder / TRAINING
        return _read_json(file) if file.exists() else None


def encoder_key(revision: str, processor: object, pooling: str) -> str:
    """Digest of the weights' revision, the class of the preprocessing and the pooling: see `Encoder.key`."""
    return hashlib.sha256(json.dumps([_METHOD, revision, processor, pooling]).encode()).hexdigest()


def weight_files(folder: Path) -> list[Path]:
    """Return the safetensors files that ``folder`` should hold, whether or not they exist."""
    index = folder / SHARDED_WEIGHTS
    if (folder / WEIGHTS).exists() or not index.exists():
        return [folder / WEIGHTS]
    shards = _read_json(index).get("weight_map")
    names = {str(name) for name in shards.values()} if isinstance(shards, dict) else set()
    # The index is data from elsewhere: a shard's name must not lead out of the folder.
    return [folder / Path(name).name for name in sorted(names)]


def is_complete(folder: Path) -> bool:
    """Whether a folder holds configuration, preprocessing and all weights: no download was cut short."""
    if not (folder / CONFIG).exists() or not all(file.exists() for file in weight_files(folder)):
        return False
    if any((folder / name).exists() for name in PREPROCESSING):
        return True
    return _is_timm(_read_json(folder / CONFIG))


def _is_timm(settings: dict[str, JSON]) -> bool:
    """Whether the checkpoint is timm's, whose preprocessing is part of ``config.json``."""
    return "pretrained_cfg" in settings


def _require_config(folder: Path) -> None:
    if not folder.is_dir():
        raise ModelNotFoundError(f"There is no folder {str(folder)!r}.")
    if not (folder / CONFIG).exists():
        raise ModelNotFoundError(
            f"The folder {str(folder)!r} holds no {CONFIG}, so it is no checkpoint. Pass a folder that was written by "
            "save_pretrained() or downloaded whole from the hub."
        )


def _require_safe_weights(folder: Path) -> None:
    missing = [file.name for file in weight_files(folder) if not file.exists()]
    if not missing:
        return
    pickled = sorted(file.name for pattern in _PICKLED for file in folder.glob(pattern))
    if pickled:
        raise UnsafeCheckpointError(pickle_refusal(str(folder), pickled))
    raise UnsupportedModelError(f"The folder {str(folder)!r} lacks weights: {', '.join(missing)} not found.")


def pickle_refusal(model: str, pickled: list[str]) -> str:
    """Return what to tell a user whose model has no safetensors weights, with the way to make some."""
    return (
        f"{model!r} holds its weights only as pickle ({', '.join(pickled)}), which can run any code when it is read, "
        f"so it is not loaded. If you trust it, convert it once to safetensors, then pass the new folder:\n"
        f"    from transformers import AutoImageProcessor, AutoModel\n"
        f"    AutoModel.from_pretrained({model!r}, use_safetensors=False).save_pretrained('converted')\n"
        f"    AutoImageProcessor.from_pretrained({model!r}).save_pretrained('converted')"
    )


def _content_digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in (CONFIG, *PREPROCESSING):
        file = folder / name
        if file.exists():
            settings = {k: v for k, v in _read_json(file).items() if k not in _VOLATILE_SETTINGS}
            digest.update(json.dumps([name, settings], sort_keys=True).encode())
    for file in weight_files(folder):
        digest.update(file_digest(file).encode())
    return digest.hexdigest()


def _read_json(file: Path) -> dict[str, JSON]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UnsupportedModelError(f"{str(file)!r} is not valid JSON: {error}") from error
    if not isinstance(content, dict):
        raise UnsupportedModelError(f"{str(file)!r} holds no JSON object.")
    return content
