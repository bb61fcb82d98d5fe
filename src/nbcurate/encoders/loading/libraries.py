"""The model libraries (torch, transformers, timm): imported late, kept quiet, and named in recipes."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ..encoder import JSON
from ..errors import MissingDependencyError
from .torchvision_repair import repair_torchvision

# Verbosity is one global setting of transformers: two threads that silence and restore it in turn would leave it
# silenced. The same lock keeps two loads apart, which change torch's global defaults meanwhile.
_loading = threading.RLock()


def require_model_libraries() -> None:
    """See to it that torch and transformers can be imported, and that torchvision, if present, does not break them.

    Raises
    ------
    MissingDependencyError
        If torch or transformers is not installed.
    """
    missing = [library for library in ("torch", "transformers") if importlib.util.find_spec(library) is None]
    if missing:
        raise MissingDependencyError(f"Models need {' and '.join(missing)}: pip install {' '.join(missing)}")
    repair_torchvision()


@contextmanager
def quiet_loading() -> Iterator[None]:
    """Silence transformers' load reports and progress bars, then restore what the user had set.

    Loading a classifier for its vectors reports every weight of the head as "unexpected", which reads as a fault
    and is none. One thread at a time is let in.
    """
    from huggingface_hub import utils as hub
    from transformers.utils import logging

    with _loading:
        verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
        download_bars = not hub.are_progress_bars_disabled()
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            yield
        finally:
            logging.set_verbosity(verbosity)
            if bars:
                logging.enable_progress_bar()  # which brings the download bars back as well
            if bars and not download_bars:
                hub.disable_progress_bars()
            elif download_bars and not bars:
                hub.enable_progress_bars()


#: What the vectors of a model depend on beside its weights.
MODEL_LIBRARIES = ("torch", "onnxruntime", "transformers", "timm", "torchvision", "pillow")


def library_versions(*libraries: str) -> dict[str, JSON]:
    """Return the versions of those of the distributions that are installed, for recipes."""
    from importlib import metadata

    versions: dict[str, JSON] = {}
    for library in libraries:
        try:
            versions[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    return versions
