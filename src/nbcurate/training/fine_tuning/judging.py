"""Frozen against tuned, and how good the classifier is, on items that nothing was fitted to."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...curate.class_labels import ClassLabels
from ...encoders import Encoder
from ...sources.reader import originals
from ..parts import Parts
from ..vector_measures import measure_vectors
from .tuned_encoder import TunedEncoder

if TYPE_CHECKING:
    from ...dataset import Dataset

_MOST = 5_000  # items of each part that are looked at
_TIMED = 64
_BLOCK = 64


def judge(dataset: Dataset, labels: ClassLabels, parts: Parts, base: Encoder, tuned: TunedEncoder) -> None:
    """Measure a tuned encoder and the one that it was made of, and note it with the model.

    Their vectors stay in the store, so that ``ds.embed(tuned)`` has that much less to do. Where it is interrupted, the
    model has no report, and a warning says so.
    """
    dice = np.random.default_rng(tuned.training["arguments"]["seed"])
    part, held_out = parts.held_out
    asked, learnt = (np.sort(dice.permutation(rows)[:_MOST]) for rows in (held_out, parts.train))
    codes = _one_class_each(labels)
    try:
        found = {
            name: {
                **measure_vectors(
                    _vectors(dataset, encoder, asked), codes[asked], _vectors(dataset, encoder, learnt), codes[learnt]
                ),
                "seconds": len(asked) * _seconds_a_picture(dataset, encoder, asked),
            }
            for name, encoder in (("frozen", base), ("tuned", tuned))
        }
        accuracy = {"val": tuned.history["val_accuracy"][tuned.training["best_epoch"]]}
        if part == "test":
            accuracy["test"] = _accuracy(tuned, dataset, labels, asked)
    except KeyboardInterrupt:
        warnings.warn("Interrupted while it was judged: the encoder is whole, but has no report.", stacklevel=3)
        return
    tuned.note(accuracy=accuracy, report={**found, "n_items": len(asked), "part": part})


def _one_class_each(labels: ClassLabels) -> NDArray[np.int32]:
    """The class of each item, of several the rarest; -1 for none."""
    if not labels.several:
        return labels.single
    rarest_last = np.argsort(-labels.counts()[labels.codes], kind="stable")
    codes = np.full(len(labels), -1, np.int32)
    codes[labels.items[rarest_last]] = labels.codes[rarest_last]
    return codes


def _vectors(dataset: Dataset, encoder: Encoder, rows: NDArray[np.intp]) -> NDArray[np.float32]:
    """Vectors of some items, which stay in the store where it can be written."""
    keys = dataset.keys[rows]
    if dataset.store.read_only:
        files = list(originals(dataset.store, keys))
        parts = [
            encoder.encode_images([file.decode(encoder.image_size) for file in files[start : start + _BLOCK]])
            for start in range(0, len(files), _BLOCK)
        ]
        return np.concatenate(parts)
    view = dataset.where(dataset.store.items.ids_of_keys(keys))
    with _newest_kept(dataset):
        view.embed(encoder, index="later")
    return view.embeddings(encoder.name)


@contextmanager
def _newest_kept(dataset: Dataset) -> Iterator[None]:
    """What is embedded meanwhile does not become what is used where no vectors are named, if there were some."""
    there = dataset.store.embeddings()
    newest = dataset.store.embeddings_named() if there else None
    yield
    if newest is not None:
        dataset.store.make_newest(newest)


def _seconds_a_picture(dataset: Dataset, encoder: Encoder, rows: NDArray[np.intp]) -> float:
    """What preprocessing and forward pass take here."""
    pictures = [file.decode(encoder.image_size) for file in originals(dataset.store, dataset.keys[rows[:_TIMED]])]
    since = time.perf_counter()
    encoder.encode_images(pictures)
    return (time.perf_counter() - since) / len(pictures)


def _accuracy(tuned: TunedEncoder, dataset: Dataset, labels: ClassLabels, rows: NDArray[np.intp]) -> float:
    """Of the classifier; of items with several classes F1 over all answers."""
    view = dataset.where(dataset.store.items.ids_of_keys(dataset.keys[rows]))
    found = tuned.probabilities(view).reindex(columns=labels.names, fill_value=0.0).to_numpy()
    members = labels.take(rows).members.toarray() > 0
    if not labels.several:
        return float(members[np.arange(len(rows)), found.argmax(axis=1)].mean())
    said = found > 0.5
    return float(2 * (said & members).sum() / max(said.sum() + members.sum(), 1))
