"""The pictures of items as a torch data set, in the form that a model takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from ...encoders.encoder import FULL_SIZE
from ...encoders.network.preprocessing import Preprocessor
from ...imaging import UnreadableImageError
from ...imaging.thumbnail import reduce_image
from ...sources.reader import Original
from ...store.import_whole import import_whole
from .augmentation import Augmentation

if TYPE_CHECKING:
    import_whole("torch")
    import torch

#: Bytes of reduced pictures that are kept in memory, so that each file is decoded once and not every epoch.
_KEPT = 1 << 30
#: Pictures are kept at so many times the shortest side that the model sees: a crop is enlarged a little at most.
_MARGIN = 1.25


class TrainingPictures:
    """Pictures, augmented, as a model takes them, with what each is.

    Parameters
    ----------
    files : sequence of Original
    targets : sequence
        What each is: a number, or a row of zeros and ones.
    preprocess : Preprocessor
        The model's own.
    augment : callable, optional
        From picture to picture; as they are by default.

    Attributes
    ----------
    augment : callable or None
    unreadable : dict of int to str
        Which could not be read, and why: another picture was shown in the place of each.
    """

    def __init__(
        self,
        files: Sequence[Original],
        targets: Any,
        preprocess: Preprocessor,
        augment: Augmentation | None = None,
    ) -> None:
        self._files, self.targets, self._preprocess, self.augment = list(files), targets, preprocess, augment
        size = preprocess.image_size
        self._side = None if size == FULL_SIZE else round(_MARGIN * size)
        self._kept: dict[int, Image.Image] = {}
        self._room = _KEPT
        self.unreadable: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> dict[str, Any]:
        """What the model takes, by name, and the target as ``labels``."""
        return self._sample(index, self.augment)

    def plain(self, index: int) -> dict[str, Any]:
        """The same of the picture as it is."""
        return self._sample(index, None)

    def _sample(self, index: int, augment: Augmentation | None) -> dict[str, Any]:
        at, picture = self._readable(index)
        inputs = self._preprocess(picture if augment is None else augment(picture))
        return {**{name: values[0] for name, values in inputs.items()}, "labels": self.targets[at]}

    def picture(self, index: int) -> Image.Image:
        """The picture itself, RGB, reduced to about what the model sees.

        Raises
        ------
        UnreadableImageError
            If it cannot be read.
        """
        if index in self._kept:
            return self._kept[index]
        picture = self._files[index].decode(at_least=self._side).convert("RGB")
        if self._side is not None:
            picture = reduce_image(picture, round(self._side * max(picture.size) / min(picture.size)))
        size = 3 * picture.width * picture.height
        if size <= self._room:
            self._kept[index] = picture
            self._room -= size
        return picture

    def _readable(self, index: int) -> tuple[int, Image.Image]:
        """The index itself and its picture, or those of the next that can be read."""
        for step in range(len(self)):
            at = (index + step) % len(self)
            if at in self.unreadable:
                continue
            try:
                return at, self.picture(at)
            except UnreadableImageError as error:
                self.unreadable[at] = str(error)
        raise UnreadableImageError(
            f"None of {len(self):,} pictures can be read: {next(iter(self.unreadable.values()))}"
        )


def stack(samples: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
    """A batch of what :class:`TrainingPictures` gives."""
    import torch

    return {name: torch.from_numpy(np.stack([sample[name] for sample in samples])) for name in samples[0]}
