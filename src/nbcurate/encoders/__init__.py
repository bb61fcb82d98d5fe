"""Encoders turn images, and texts where the model knows them, into vectors.

Importing this package imports neither torch nor transformers nor timm: they come in when a model is loaded.
"""

from .encoder import FULL_SIZE, Encoder, TextEncoder
from .errors import (
    EncoderError,
    MissingDependencyError,
    ModelNotFoundError,
    UnsafeCheckpointError,
    UnsupportedModelError,
)
from .function import FunctionEncoder
from .huggingface import HuggingFaceEncoder, HuggingFaceTextEncoder
from .registry import EncoderLike, encoders, load_encoder

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
