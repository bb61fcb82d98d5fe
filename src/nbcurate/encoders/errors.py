"""What can go wrong between the name of a model and its vectors."""

from __future__ import annotations


class EncoderError(RuntimeError):
    """A model could not be loaded, or could not turn images or texts into vectors."""


class ModelNotFoundError(EncoderError):
    """The model is neither on this machine nor could it be fetched, or its name means nothing to us."""


class UnsafeCheckpointError(EncoderError):
    """Loading the checkpoint would run code that came with it: pickled weights, or a model class of its own."""


class UnsupportedModelError(EncoderError):
    """The checkpoint is readable but gives no image vectors: a text model, a damaged one, an unknown output."""


class MissingDependencyError(EncoderError, ImportError):
    """A library that this model needs is not installed. The message holds the command that installs it."""
