"""Encoders turn images, and texts where the model knows them, into vectors.

Importing this package imports neither torch nor transformers nor timm: they come in when a model is loaded.
"""

from typing import TYPE_CHECKING

from .encoder import FULL_SIZE, Encoder, TextEncoder
from .errors import (
    EncoderError,
    MissingDependencyError,
    ModelNotFoundError,
    UnsafeCheckpointError,
    UnsupportedModelError,
)
from .function import FunctionEncoder
from .registry import EncoderLike, encoders, load_encoder

if TYPE_CHECKING:
    from .huggingface import HuggingFaceEncoder, HuggingFaceTextEncoder

__all__ = [
    "FULL_SIZE",
    "Encoder",
    "EncoderError",
    "EncoderLike",
    "FunctionEncoder",
    "HuggingFaceEncoder",
    "HuggingFaceTextEncoder",
    "MissingDependencyError",
    "ModelNotFoundError",
    "TextEncoder",
    "UnsafeCheckpointError",
    "UnsupportedModelError",
    "encoders",
    "load_encoder",
]


def __getattr__(name: str) -> object:
    """The classes that run models come with the first of them."""
    if name in ("HuggingFaceEncoder", "HuggingFaceTextEncoder"):
        from . import huggingface

        return getattr(huggingface, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
