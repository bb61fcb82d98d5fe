"""Fitting a classifier on the vectors of a data set."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, get_args

from ...arguments import require_count
from ...collection.item_labels import labels_of
from ...findings.recipe import input_of, make_recipe, of_view
from ..parts import parts_of
from .content_vectors import content_vectors
from .head import Head
from .head_fitting import Balance, Lesson, fit_classifier
from .vector_classifier import VectorClassifier

if TYPE_CHECKING:
    from ...dataset import Dataset


def fit_head(
    ds: Dataset,
    encoder: str | None = None,
    label: str = "label",
    split: str = "split",
    *,
    hidden: int | None = None,
    balance: Balance | None = None,
    seed: int = 0,
) -> Head:
    """Train a new classifier on the vectors that are in the store: seconds, and no picture is opened.

    A logistic regression: one softmax over the classes, or, where items have lists of them, an output a class. How
    strongly it is held back is chosen on the validation part, or by cross-validation on the training part where fewer
    than 50 items are in that one, and never on the test part. What is rejected in ``ds.selection``, or has no label, is
    not learnt from.

    Parameters
    ----------
    ds : Dataset
        Or a view of one.
    encoder : str, optional
        Which embeddings; those made last by default.
    label : str
        A column of classes, or of lists of classes.
    split : str
        The column that names each item's part: ``train``, ``val``, ``test``. Where ``split`` is empty, ``ds.split``
        makes one, and a warning says so.
    hidden : int, optional
        Put a hidden layer of so many units before the outputs: slower, and better where classes are no single heap.
    balance : {"weights"}, optional
        All classes count alike, however many items they have.
    seed : int

    Returns
    -------
    Head

    Raises
    ------
    ValueError
        If there is nothing to tell apart, the training part is empty, items have no vector, or an argument makes no
        sense; the message says what to do.
    KeyError
        If there is no such column.
    TypeError
        If the column holds no classes.

    Warns
    -----
    UserWarning
        If a split is made, the same pictures are in two parts, or classes have one item or none to learn from.

    Examples
    --------
    >>> ds.split(train=0.7, val=0.15, test=0.15)
    >>> head = nbc.fit_head(ds)
    >>> head.accuracy["test"]
    >>> head.add_to(ds)
    >>> nbc.EmbeddingMap(ds, color="predicted")
    """
    if balance not in (None, *get_args(Balance)):
        raise ValueError(f"balance={balance!r}: give 'weights', or None.")
    hidden = None if hidden is None else require_count("hidden", hidden)
    seed = require_count("seed", seed, least=0)
    labels = labels_of(ds, label)
    found = content_vectors(ds, encoder)
    parts = parts_of(ds, labels, split, stratify=label, seed=seed)
    now = ds._as_it_is()
    fitted, seen = fit_classifier(now, Lesson(found, labels, parts), hidden=hidden, balance=balance, seed=seed)
    classifier = VectorClassifier(fitted, seen, labels.names, labels.several)
    parameters = {
        "encoder": found.embeddings.name, "label": label, "split": split, "hidden": hidden, "balance": balance,
        "seed": seed,
    }  # fmt: skip
    recipe = of_view(make_recipe("fit_head", parameters, now.keys, found.embeddings), ds)
    there = {name: input_of(now.keys[getattr(parts, name)]) for name in ("train", "val", "test")}
    recipe |= {"chosen": fitted.chosen, "parts": there}
    return Head(classifier, recipe, partial(classifier.figures, found, labels, parts), ds)
