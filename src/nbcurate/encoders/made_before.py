"""Whether vectors are those that a model would make: told from what is noted with them, without loading the model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import EncoderError
from .loading.checkpoint import Checkpoint, encoder_key
from .loading.libraries import MODEL_LIBRARIES, library_versions
from .loading.packaged import PACKAGED_MODELS
from .registry import KNOWN_ENCODERS, EncoderLike, is_hub_id


def is_made_by(model: EncoderLike, pooling: str | None, *, name: str, key: str, recipe: Mapping[str, Any]) -> bool:
    """Whether ``load_encoder(model, pooling=pooling)`` is the encoder that made certain vectors.

    Parameters
    ----------
    name, key, recipe
        Of the encoder that made them.

    Returns
    -------
    bool
        False also where only loading it tells: another version of a library may choose another preprocessing.
    """
    preprocessing, made_with = recipe.get("preprocessing"), recipe.get("pooling")
    if (
        not isinstance(model, str | os.PathLike)
        or not isinstance(preprocessing, dict)
        or not isinstance(made_with, str)
    ):
        return False
    if recipe.get("libraries") != library_versions(*MODEL_LIBRARIES):
        return False
    try:
        now = _identity(model)
    except (EncoderError, OSError):
        return False
    if now is None or now.model != recipe.get("model"):
        return False
    names = [now.name] if pooling is None else [now.name, f"{now.name}:{pooling}"]  # the model's own, or another
    if name not in names or (pooling is not None and made_with != pooling):
        return False
    return encoder_key(now.revision, preprocessing.get("image_processor_type"), made_with) == key


@dataclass(frozen=True)
class _Identity:
    """What the encoder of a model would say of itself: see `HuggingFaceEncoder`."""

    name: str
    model: str
    revision: str


def _identity(model: str | os.PathLike[str]) -> _Identity | None:
    """What stands behind a name on this computer; None where that is not known, or would have to be downloaded."""
    from .loading.hub import cached_checkpoint

    known = KNOWN_ENCODERS.get(model) if isinstance(model, str) else None
    if known and known.source == "package":
        return _Identity(known.name, known.name, PACKAGED_MODELS[known.name].revision)
    if known is None and Path(model).expanduser().is_dir():
        checkpoint = Checkpoint.from_folder(Path(model))
        return _Identity(checkpoint.name, str(checkpoint.folder), checkpoint.revision)
    repository = known.model if known else str(model)
    if not is_hub_id(repository) or (folder := cached_checkpoint(repository)) is None:
        return None
    return _Identity(known.name if known else repository, repository, Checkpoint.from_folder(folder).revision)
