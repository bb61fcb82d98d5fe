"""What the frozen part of a network makes of each picture, computed once: training then runs the rest alone.

On a CPU most of an epoch is spent on layers that do not change. A few views of each picture, one of them as it is, go
through them before the first epoch, a picture a pass and a pass a core, as a CPU likes it; an epoch draws one of each.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...encoders.network.device import forward_threads, usable_cpus
from ...store.import_whole import import_whole
from .pictures import TrainingPictures, stack

if TYPE_CHECKING:
    import_whole("torch")
    import torch

#: Bytes on disk that the features may take.
_MOST = 4 << 30
#: Largest difference of an output that was made by way of features, in half precision, from one that was not.
_SAME = 0.02

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


class _Reached(Exception):
    """The forward pass has come to the first layer that is trained."""


class FrozenPart:
    """The layers of a network before the first that is trained. May be called from several threads.

    Parameters
    ----------
    network : PreTrainedModel
        With what is not trained frozen already.
    sample : dict of str to Tensor
        A batch of a few pictures, as the network takes them.

    Raises
    ------
    ValueError
        If the network cannot be cut there: something else leads past the cut, or nothing lies before it.
    """

    def __init__(self, network: Any, sample: dict[str, torch.Tensor]) -> None:
        import torch

        inputs = _without_labels(sample)
        self._network, self._one = network, {name: values[:1] for name, values in inputs.items()}
        self._here = threading.local()
        was = network.training
        network.eval()
        hook = _first_trained(network, self._one).register_forward_pre_hook(self._at_the_cut)
        with torch.inference_mode():
            expected = network(**inputs).logits
            features = self(inputs)
            found = self.resume(torch.from_numpy(features.astype(np.float32)).to(expected.device)).logits
        network.train(was)
        if found.shape != expected.shape or (found - expected).abs().max() > _SAME * max(1.0, expected.abs().max()):
            hook.remove()
            raise ValueError("the network is not a chain of layers")
        self.shape = features.shape[1:]

    def __call__(self, inputs: dict[str, torch.Tensor]) -> NDArray[np.float16]:
        """What comes out of the frozen part, float16 [n, ...]."""
        import torch

        self._here.stop = True
        try:
            with torch.inference_mode(), suppress(_Reached):
                self._network(**_without_labels(inputs))
        finally:
            self._here.stop = False
        return self._here.reached.to(torch.float16).cpu().numpy()

    def resume(self, features: torch.Tensor) -> Any:
        """The network's output for features.

        One picture goes through the frozen part, so that whatever the network works out on its way is there; where it
        comes to the first trained layer, the features take its place.
        """
        import torch

        if features.ndim == 4:  # a map of a convolutional network: in another order it takes four times as long
            features = features.contiguous(memory_format=torch.channels_last)
        self._here.features = features
        try:
            return self._network(**self._one)
        finally:
            self._here.features = None

    def _at_the_cut(self, module: Any, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
        if getattr(self._here, "stop", False):
            self._here.reached = args[0]
            raise _Reached
        features = getattr(self._here, "features", None)
        return None if features is None else (features, *args[1:])


class FrozenFeatures:
    """A torch data set of features in a file: some views of each picture, of which one is drawn each time.

    The first view is the picture as it is, the others are augmented.

    Parameters
    ----------
    file : Path
        Made by :meth:`make`.
    shape : tuple of int
        ``(n, views, ...)``.
    targets : sequence
        What each picture is.
    """

    def __init__(self, file: Path, shape: Sequence[int], targets: Any) -> None:
        self._features = np.memmap(file, np.float16, "r", shape=tuple(shape))
        self.targets = targets

    @classmethod
    def make(
        cls,
        part: FrozenPart,
        pictures: TrainingPictures,
        views: int,
        file: Path,
        step: Callable[[int], object],
    ) -> FrozenFeatures:
        """Compute so many views of each picture, unless the file has them; ``step`` is told of each that is done."""
        shape = (len(pictures), views, *part.shape)
        if not file.exists() or file.stat().st_size != 2 * int(np.prod(shape)):
            beside = file.with_suffix(".new")
            features = np.memmap(beside, np.float16, "w+", shape=shape)
            # The dice are thrown by this thread, so that they fall in the same order each time.
            shown = (stack([pictures.plain(at), *(pictures[at] for _ in range(views - 1))]) for at in range(shape[0]))
            workers = usable_cpus()
            with forward_threads(workers) as pool:
                for at, made in enumerate(_in_order(pool, part, shown, 2 * workers)):
                    features[at] = made
                    step(1)
            features.flush()
            os.replace(beside, file)
        return cls(file, shape, pictures.targets)

    def __len__(self) -> int:
        return len(self._features)

    def __getitem__(self, index: int) -> dict[str, Any]:
        """One view's features, and the target as ``labels``."""
        import torch

        view = int(torch.randint(self._features.shape[1], ()))  # torch's dice, which are thrown alike after a resume
        return self._sample(index, view)

    def plain(self, index: int) -> dict[str, Any]:
        """The features of the picture as it is."""
        return self._sample(index, 0)

    def _sample(self, index: int, view: int) -> dict[str, Any]:
        return {"features": self._features[index, view].astype(np.float32), "labels": self.targets[index]}


def views_that_fit(part: FrozenPart, n: int, wanted: int) -> int:
    """How many views of ``n`` pictures may be kept: 0 where not one may."""
    return min(wanted, _MOST // max(1, 2 * n * int(np.prod(part.shape))))


def _in_order(
    pool: Executor, function: Callable[[_Task], _Result], tasks: Iterable[_Task], ahead: int
) -> Iterator[_Result]:
    """What a function makes of each task, in order, by threads that are so many tasks ahead at the most."""
    jobs: deque[Future[_Result]] = deque()
    for task in tasks:
        jobs.append(pool.submit(function, task))
        if len(jobs) > ahead:
            yield jobs.popleft().result()
    while jobs:
        yield jobs.popleft().result()


def _first_trained(network: Any, inputs: dict[str, torch.Tensor]) -> torch.nn.Module:
    """The first module that a forward pass comes to of which all is trained."""
    import torch

    order: list[torch.nn.Module] = []
    whole = [
        module
        for module in network.modules()
        if (weights := list(module.parameters())) and all(one.requires_grad for one in weights)
    ]
    hooks = [module.register_forward_pre_hook(lambda module, args: order.append(module)) for module in whole]
    try:
        with torch.inference_mode():
            network(**inputs)
    finally:
        for hook in hooks:
            hook.remove()
    if not order or order[0] is network:
        raise ValueError("nothing of the network is frozen" if order else "no whole layer of the network is trained")
    return order[0]


def _without_labels(batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: values for name, values in batch.items() if name != "labels"}
