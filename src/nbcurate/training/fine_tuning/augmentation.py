"""What training pictures go through, so that no two epochs show the same."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from PIL import Image

from ...encoders.errors import MissingDependencyError
from ...sources.reader import Original

Augmentation: TypeAlias = Callable[[Image.Image], Image.Image]
"""From an RGB picture to one, by chance; torch's generator is the dice, so that a seed repeats it."""

#: Least share of a picture's area that a crop of it keeps.
_LEAST = 0.5
_JITTER = 0.2
_TILE, _COLUMNS = 160, 8  # px of a picture in the grid, and pictures in a row


def find_augmentation(augment: Literal["auto", "none"] | Augmentation, side: int) -> Augmentation | None:
    """The augmentation that a user asked for; None for none.

    Parameters
    ----------
    augment : {"auto", "none"} or callable
        ``"auto"``: a part of the picture at a slightly other aspect, mirrored or not, a little brighter or darker.
        ``"none"``: the picture as it is. A callable takes an RGB picture and returns one, such as a transform of
        ``torchvision.transforms.v2``.
    side : int
        Of the square, in px, that the model's preprocessing takes without scaling it.

    Raises
    ------
    ValueError
        If it is no such word.
    """
    if callable(augment):
        return augment
    if augment == "none":
        return None
    if augment != "auto":
        raise ValueError(
            f"augment={augment!r}: 'auto', 'none', or a function from a picture to a picture, such as a transform of "
            "torchvision.transforms.v2."
        )
    if importlib.util.find_spec("torchvision") is None:
        raise MissingDependencyError("augment='auto' needs torchvision: pip install 'nbcurate[train]'")
    from torchvision.transforms import v2

    return v2.Compose(
        [
            v2.RandomResizedCrop(side, scale=(_LEAST, 1), interpolation=v2.InterpolationMode.BICUBIC),
            v2.RandomHorizontalFlip(),
            v2.ColorJitter(_JITTER, _JITTER, _JITTER),
        ]
    )


def augmented_grid(files: Sequence[Original], augment: Augmentation, n: int = 16, *, seed: int = 0) -> Image.Image:
    """``n`` pictures as an augmentation makes them, side by side.

    Parameters
    ----------
    files : sequence of Original
        What they are drawn from.
    """
    import torch

    chosen = torch.randperm(len(files), generator=torch.Generator().manual_seed(seed))[:n].tolist()
    columns = min(len(chosen), _COLUMNS)
    grid = Image.new("RGB", (columns * _TILE, -(-len(chosen) // max(columns, 1)) * _TILE), "white")
    for place, at in enumerate(chosen):
        tile = augment(files[at].decode(at_least=_TILE).convert("RGB"))
        tile.thumbnail((_TILE, _TILE))
        grid.paste(tile, (place % columns * _TILE, place // columns * _TILE))
    return grid


def words_of(augment: str | Augmentation) -> str:
    """An augmentation for a recipe: transforms tell what they are made of, functions their name."""
    if isinstance(augment, str):
        return augment
    return getattr(augment, "__qualname__", None) or repr(augment)
