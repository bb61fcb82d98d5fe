"""The text half of a CLIP-like model: texts to vectors in the space of its images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...store.import_whole import import_whole
from ..loading.checkpoint import Checkpoint
from .pooling import pool

if TYPE_CHECKING:
    import_whole("torch")
    import torch

_VOCABULARIES = ("tokenizer.json", "vocab.json", "vocab.txt", "tokenizer.model", "spiece.model")


def has_text_tower(checkpoint: Checkpoint) -> bool:
    """Whether the checkpoint holds a text half beside its image half, and the vocabulary it needs."""
    settings = checkpoint.settings()
    two_towers = "text_config" in settings and "vision_config" in settings
    # Without a vocabulary transformers would make an empty one up, and every text would be alike.
    return two_towers and any((checkpoint.folder / name).exists() for name in _VOCABULARIES)


class TextTower:
    """Tokenizer and text network of a checkpoint."""

    def __init__(self, checkpoint: Checkpoint, network: Any, device: torch.device) -> None:
        """Load the tokenizer.

        Parameters
        ----------
        checkpoint : Checkpoint
        network : PreTrainedModel
            With ``get_text_features``.
        device : torch.device
            Where ``network`` is.
        """
        from transformers import AutoTokenizer

        self._network, self._device = network, device
        self._tokenizer: Any = AutoTokenizer.from_pretrained(
            checkpoint.folder, trust_remote_code=False, local_files_only=True
        )
        # SigLIP was trained on texts padded to its full length, and takes the vector at the last position.
        self._padding = "max_length" if str(network.config.model_type).startswith("siglip") else True
        self._length = int(network.config.text_config.max_position_embeddings)

    def __call__(self, texts: Sequence[str]) -> torch.Tensor:
        """Embed texts.

        Returns
        -------
        Tensor of shape (len(texts), width), float32, on the CPU
        """
        import torch

        tokens = self._tokenizer(
            list(texts), padding=self._padding, truncation=True, max_length=self._length, return_tensors="pt"
        ).to(self._device)
        with torch.inference_mode():
            return pool(self._network.get_text_features(**tokens), "image_features").float().cpu()
