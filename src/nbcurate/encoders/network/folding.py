"""Batch normalisation folded into the convolutions before it: the same vectors, in two thirds of the time on a CPU.

In evaluation mode it multiplies each channel by a number and adds another, which the weights of a convolution can do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...store.import_whole import import_whole

if TYPE_CHECKING:
    import_whole("torch")
    import torch

_SAME = 0.01  # share by which numbers in half precision may differ, and count as the same


@dataclass(frozen=True)
class Fold:
    """A convolution that a normalisation was folded into, with what is needed to take that back."""

    convolution: Any
    weight: torch.nn.Parameter
    bias: torch.nn.Parameter | None
    parent: Any
    name: str
    normalisation: Any

    def take_back(self) -> None:
        """Make the network what it was."""
        self.convolution.weight, self.convolution.bias = self.weight, self.bias
        setattr(self.parent, self.name, self.normalisation)


def fold_normalisation(network: torch.nn.Module) -> list[Fold]:
    """Fold each batch normalisation of a network in evaluation mode into the convolution that is defined before it.

    Whether data flow from the one to the other alone is not looked at: whoever calls this compares what the network
    gives before and after, and takes the folds back where that differs.

    Returns
    -------
    list of Fold
    """
    import torch

    folds: list[Fold] = []
    with torch.no_grad():
        for name, convolution, normalisation in list(_pairs(network)):
            parent = network.get_submodule(name.rpartition(".")[0])
            fold = Fold(
                convolution, convolution.weight, convolution.bias, parent, name.rpartition(".")[2], normalisation
            )
            weight, bias = torch.nn.utils.fusion.fuse_conv_bn_weights(
                convolution.weight,
                convolution.bias,
                normalisation.running_mean,
                normalisation.running_var,
                normalisation.eps,
                normalisation.weight,
                normalisation.bias,
            )
            convolution.weight, convolution.bias = weight, bias
            setattr(parent, fold.name, _rest_of(normalisation))
            folds.append(fold)
    return folds


@contextmanager
def folded(network: torch.nn.Module, run: Callable[[], NDArray[Any]]) -> Iterator[None]:
    """Fold the normalisations of a network for the while of a block, if what ``run`` gives is the same by it."""
    before = run().astype(np.float32)
    folds = fold_normalisation(network)
    try:
        if not np.allclose(run().astype(np.float32), before, rtol=_SAME, atol=_SAME * np.abs(before).max(initial=0)):
            while folds:
                folds.pop().take_back()
        yield
    finally:
        for fold in folds:
            fold.take_back()


def _pairs(network: torch.nn.Module) -> Iterator[tuple[str, Any, Any]]:
    """Name of a normalisation, the convolution before it, and itself."""
    import torch

    before: Any = None
    for name, module in network.named_modules():
        if isinstance(module, torch.nn.Conv2d):
            before = module
        elif isinstance(module, torch.nn.BatchNorm2d):
            known = module.running_mean is not None and module.num_features == getattr(before, "out_channels", 0)
            if known and not module.training:
                yield name, before, module
            before = None


def _rest_of(normalisation: torch.nn.Module) -> torch.nn.Module:
    """What a normalisation does beside normalising: timm's have an activation in them."""
    import torch

    rest = [getattr(normalisation, name, None) for name in ("drop", "act")]
    modules = [module for module in rest if isinstance(module, torch.nn.Module)]
    active = [module for module in modules if not isinstance(module, torch.nn.Identity)]
    return active[0] if len(active) == 1 else torch.nn.Sequential(*active)
