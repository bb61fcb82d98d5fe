"""Fine-tuning: the last layers of a model are trained on the user's own classes, with a new classifier on top."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ...collection.item_labels import labels_of
from ...encoders import Encoder, EncoderLike, load_encoder
from ...encoders.errors import EncoderError, MissingDependencyError
from ...encoders.huggingface import HuggingFaceEncoder
from ...encoders.loading.libraries import library_versions, require_model_libraries
from ...encoders.network.execution import Execution
from ...store.kept_models import keep_model
from ...version import __version__
from ...widgets.live_training import live_history
from ..parts import parts_of
from .augmentation import Augmentation, augmented_grid, find_augmentation, words_of
from .checkpoint_files import write_checkpoint
from .judging import judge
from .lesson import Lesson, lesson_of
from .network import Method
from .settings import Balance, Settings
from .tuned_encoder import TunedEncoder
from .tuning import tune

if TYPE_CHECKING:
    import pandas as pd

    from ...dataset import Dataset

_LIBRARIES = ("torch", "transformers", "accelerate", "peft", "timm", "torchvision")
#: Learning rate of what was pre-trained, and how many times that is the classifier's: convolutions bear more than
#: attention does, low-rank matrices need more.
_RATES = {"convolutional": (1e-3, 3.0), "transformer": (5e-5, 20.0), "lora": (5e-4, 6.0)}
_EPOCHS, _MOST_EPOCHS, _STEPS = 6, 20, 400  # the least and the most that are taken unasked, and steps to be reached
_LEAST_PATIENCE = 5


def fine_tune(
    dataset: Dataset,
    encoder: EncoderLike = "efficientnet-lite0",
    *,
    label: str = "label",
    split: str = "split",
    unfreeze: int | Literal["all"] | None = None,
    method: Method = "layers",
    epochs: int | None = None,
    augment: Literal["auto", "none"] | Augmentation = "auto",
    balance: Balance | None = None,
    learning_rate: float | None = None,
    batch_size: int = 16,
    patience: int | None = None,
    name: str | None = None,
    device: str = "auto",
    seed: int = 0,
) -> TunedEncoder:
    """Train the last layers of a model, and a new classifier on them, on the labels of a data set.

    First the classifier alone is fitted, then both are trained, the layers at a lower rate. The training part is learnt
    from, the validation part chooses the epoch that is kept, the test part judges. What is rejected in the selection,
    and what has no label, takes no part. It shows its course in the cell, may be interrupted at any moment, keeps its
    best epoch then, and goes on where it stopped when it is called again in the same way.

    Parameters
    ----------
    dataset : Dataset
    encoder : str, path or encoder
        The model: whatever ``ds.embed`` takes that is made of a checkpoint of transformers or timm. An encoder that was
        tuned before is trained further.
    label : str
        The column of classes, or of lists of classes: then each class is an answer by itself.
    split : str
        The column that holds ``train``, ``val`` and ``test``. Where nothing is split yet, ``ds.split`` does, and a
        warning says so.
    unfreeze : int or "all", optional
        How many of the last blocks (stages of a convolutional network, layers of a transformer) are trained: 2 by
        default, all by ``method="lora"``; 0: the classifier alone.
    method : {"layers", "lora"}
        Train the blocks themselves, or low-rank matrices beside their linear layers, which is for transformers and
        needs less memory.
    epochs : int, optional
        At the most: it ends where validation gets no better. By default 6, of few pictures more, up to 20, so
        that there are 400 steps.
    augment : {"auto", "none"} or callable
        ``"auto"``: crops, mirrored or not, a little brighter or darker. A callable takes an RGB picture and gives one,
        such as a transform of ``torchvision.transforms.v2``. :meth:`TunedEncoder.augmented` shows what comes of it.
    balance : "sampler", optional
        Show pictures of all classes equally often.
    learning_rate : float, optional
        Of the pre-trained layers; the classifier's is 3 to 20 times that. By default what suits the kind of model.
    batch_size : int
        Pictures a step. Where memory does not suffice, a step takes several smaller passes.
    patience : int, optional
        Epochs without a better validation after which it ends; half of all by default, as rates first rise, which
        disturbs what is there, and then fall.
    name : str, optional
        Of the new encoder; ``"<name of the old>-tuned"`` unless given.
    device : str
        ``"auto"`` takes a GPU where there is one; several are used where they are seen.
    seed : int
        Of everything that is left to chance.

    Returns
    -------
    TunedEncoder
        With ``history``, ``report``, ``plot()``, ``augmented(n)``, ``predict(...)`` and ``save(folder)``. It lies in
        the store, so ``ds.embed(tuned)`` and later kernels find it.

    Raises
    ------
    ValueError
        If there is nothing to tell apart, or a part of the split is empty; or a setting makes no sense.
    EncoderError
        If the model cannot be trained.
    OSError
        If the trained model cannot be written; called again, it is not trained again.

    References
    ----------
    Yosinski et al. (2014), "How transferable are features in deep neural networks?". Kumar et al. (2022), "Fine-Tuning
    can Distort Pretrained Features and Underperform Out-of-Distribution": the classifier comes first.

    Examples
    --------
    >>> tuned = nbc.fine_tune(ds, "efficientnet-lite0", label="label", split="split")
    >>> tuned.report                   # frozen against tuned, on the test part
    >>> ds.embed(tuned)                # beside the vectors that are there
    >>> ds.weak_spots(tuned.predict(ds.where("split = 'test'"))["prediction"])
    """
    _require_libraries()
    base = _trainable(load_encoder(encoder, device=device))
    kind = "lora" if method == "lora" else "convolutional" if base.convolutional else "transformer"
    rate, head_factor = _RATES[kind]
    settings = Settings(
        unfreeze=unfreeze if unfreeze is not None else "all" if method == "lora" else 2,
        method=method,
        epochs=_EPOCHS if epochs is None else epochs,
        batch_size=batch_size,
        learning_rate=rate if learning_rate is None else learning_rate,
        head_factor=head_factor,
        patience=_EPOCHS if patience is None else patience,
        balance=balance,
        seed=seed,
    )
    augmentation = find_augmentation(augment, base.image_size)
    labels = labels_of(dataset, label)
    _have_vectors_to_split(dataset, split, base)
    parts = parts_of(dataset, labels, split, stratify=label, seed=seed)
    parts.require("train", "val")
    lesson = lesson_of(dataset, labels, parts)
    if epochs is None:
        settings = replace(settings, epochs=_enough_epochs(len(lesson.ids["train"]), batch_size))
    if patience is None:
        settings = replace(settings, patience=max(_LEAST_PATIENCE, settings.epochs // 2))
    arguments = {"label": label, "split": split, **settings.to_json(), "augment": words_of(augment)}
    digest = _digest(base, arguments, lesson)
    folder = _run_folder(dataset, digest)
    with live_history(f"{base.name}: up to {settings.epochs} epochs on {len(lesson.ids['train']):,} pictures") as live:
        network, trained = tune(lesson, base, settings, augmentation, folder, live)
    notes = {
        "name": name or f"{base.name.removesuffix('-tuned')}-tuned",
        "base": {"name": base.name, "model": base.model, "key": base.key},
        "arguments": arguments,
        "several": labels.several,
        "classes": lesson.classes,
        "items": {part: len(getattr(parts, part)) for part in ("train", "val", "test")},
        "data": digest,
        "history": _rows(trained.history),
        "best_epoch": trained.best,
        "stopped": trained.stopped,
        "libraries": library_versions(*_LIBRARIES),
        "nbcurate": __version__,
    }
    tuned = _keep(dataset, network, base, notes)
    if not trained.goes_on:
        shutil.rmtree(folder, ignore_errors=True)
    if augmentation is not None:
        tuned.show_augmented_by(partial(augmented_grid, lesson.files["train"], augmentation, seed=seed))
    judge(dataset, labels, parts, base, tuned)
    return tuned


def _require_libraries() -> None:
    require_model_libraries()
    missing = [library for library in ("accelerate", "peft") if importlib.util.find_spec(library) is None]
    if missing:
        raise MissingDependencyError(f"fine_tune needs {' and '.join(missing)}: pip install 'nbcurate[train]'")


def _trainable(encoder: Encoder) -> HuggingFaceEncoder:
    if not isinstance(encoder, HuggingFaceEncoder):
        raise EncoderError(
            f"{encoder.name!r} is made of no checkpoint of transformers or timm, so it cannot be fine-tuned: name one, "
            "such as 'efficientnet-lite0', or take nbcurate.fit_head or nbcurate.fit_adapter, which need vectors alone."
        )
    return encoder


def _have_vectors_to_split(dataset: Dataset, split: str, base: HuggingFaceEncoder) -> None:
    """Embed, where a split has to be made and there are no vectors to see copies by."""
    if not dataset.store.embeddings() and dataset.column(split).null_count == len(dataset):
        dataset.embed(base, index="later")


def _run_folder(dataset: Dataset, digest: str) -> Path:
    """Where a training keeps what it would go on from."""
    if dataset.store.read_only:
        return Path(tempfile.mkdtemp(prefix="nbcurate-"))
    folder = dataset.store.path / "derived" / "training" / digest[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _digest(base: HuggingFaceEncoder, arguments: dict[str, Any], lesson: Lesson) -> str:
    """Of all that decides how a training goes."""
    digest = hashlib.sha256(json.dumps([__version__, base.key, arguments, lesson.classes, lesson.ids]).encode())
    for targets in lesson.targets.values():
        digest.update(targets.tobytes())
    return digest.hexdigest()


def _keep(dataset: Dataset, network: Any, base: HuggingFaceEncoder, notes: dict[str, Any]) -> TunedEncoder:
    """Write the model into the store, and load it from there, as every later kernel will."""
    place = keep_model(
        dataset.store, notes["name"], lambda folder: write_checkpoint(folder, network, base.checkpoint, notes)
    )
    return TunedEncoder.load(place, execution=Execution(device=str(base.device)))


def _enough_epochs(n: int, batch_size: int) -> int:
    """How often so many pictures are shown where nothing else is said."""
    steps_an_epoch = -(-n // batch_size)
    return min(max(_EPOCHS, -(-_STEPS // steps_an_epoch)), _MOST_EPOCHS)


def _rows(history: pd.DataFrame) -> list[dict[str, float | None]]:
    """A row an epoch, as JSON has it."""
    rows = history.reset_index().to_dict(orient="records")
    return [{str(name): None if value != value else value for name, value in row.items()} for row in rows]
