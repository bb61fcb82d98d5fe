"""The new classifier of a network, fitted to what the network gives as it is, before anything else is trained.

Started from a random classifier, the first steps would undo what the network knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ...curate.class_scores import Link
from ...curate.logistic import LogisticProblem
from ...curate.vector_rows import VectorRows
from ...store.import_whole import import_whole
from .network import classifier_layer
from .pictures import stack

if TYPE_CHECKING:
    import_whole("torch")
    import torch

_MOST = 4_000  # pictures that it is fitted to
#: scikit-learn's 1 / C, on inputs of length 1: so strong that the classifier asks more of the layers than they give.
_PENALTY = 1.0
_BATCH = 16


class Samples(Protocol):
    """Pictures, or features of them, with what each is."""

    targets: Any

    def plain(self, index: int) -> dict[str, Any]:
        """One that is not augmented, as the network takes it."""
        ...


def fit_first_head(
    network: Any,
    forward: Callable[[dict[str, torch.Tensor]], object],
    samples: Samples,
    link: Link,
    *,
    seed: int,
    step: Callable[[int], object],
) -> None:
    """Fit the classifier of a network to pictures as they are, by logistic regression; it is changed in place.

    Parameters
    ----------
    network : PreTrainedModel
    forward : callable
        Runs the network on a batch.
    samples : Samples
        Of the training part. Of many pictures some thousand are drawn.
    link : Link
        Whether a picture is of one class or of several.
    step : callable
        Is told after each batch how many pictures it had.

    References
    ----------
    Kumar et al. (2022), "Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution".
    """
    import scipy.sparse as sp
    import torch

    layer = classifier_layer(network)
    if layer is None:
        return
    network.eval()
    dice = np.random.default_rng(seed)
    some = np.sort(dice.permutation(len(samples.targets))[:_MOST])
    features = _inputs_of(layer, forward, samples, some, step)
    hot = _hot(samples.targets, some, layer.out_features)
    scale = float(np.linalg.norm(features, axis=1).mean()) or 1.0
    rows = VectorRows(features / scale, np.arange(len(features)))
    problem = LogisticProblem(rows, sp.csr_array(hot), link, rows.moments())
    head = problem.solve(_PENALTY, problem.start()).heads[0]
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(np.ascontiguousarray(head.directions.T)) / scale)
        if layer.bias is not None:
            layer.bias.copy_(torch.from_numpy(head.offsets))


def _inputs_of(
    layer: torch.nn.Module,
    forward: Callable[[dict[str, torch.Tensor]], object],
    samples: Samples,
    rows: NDArray[np.intp],
    step: Callable[[int], object],
) -> NDArray[np.float32]:
    """What comes to a layer, of some pictures: float32 [n, width]."""
    import torch

    seen: list[torch.Tensor] = []
    hook = layer.register_forward_pre_hook(lambda module, args: seen.append(args[0].detach().float().cpu()))
    try:
        with torch.inference_mode():
            for start in range(0, len(rows), _BATCH):
                batch = stack([samples.plain(int(at)) for at in rows[start : start + _BATCH]])
                forward(batch)
                step(len(batch["labels"]))
    finally:
        hook.remove()
    return torch.cat(seen).flatten(1).numpy()


def _hot(targets: Any, rows: NDArray[np.intp], n_classes: int) -> NDArray[np.float32]:
    """Targets as rows of zeros and ones: float32 [n, classes]."""
    some = np.asarray(targets)[rows]
    return np.eye(n_classes, dtype=np.float32)[some] if some.ndim == 1 else some.astype(np.float32)
