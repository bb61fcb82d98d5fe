"""Which model suits this data: several encoders on the same items, side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm.auto import tqdm

from ..curate.agreement import clustering_agreement, knn_accuracy, neighbour_overlap
from ..curate.class_labels import in_words
from ..display.bars import bar
from ..display.layout import table
from ..display.markup import escaped
from ..display.numbers import count_in_words, share_in_words, similarity_in_words
from ..display.page import Page
from ..display.shown import Shown
from ..encoders import Encoder, EncoderLike, load_encoder
from ..imaging import UnreadableImageError
from ..plotting import pyplot
from ..sources.reader import read_image
from ..store.kept_models import kept_model
from .item_labels import labels_of

if TYPE_CHECKING:
    from .vector_set import VectorSet

N_NEIGHBORS = 10
_TIMED_IMAGES = 64


@dataclass(frozen=True)
class EncoderScores:
    """What one encoder makes of the items.

    Attributes
    ----------
    knn_accuracy : float
        Leave-one-out accuracy of the labels by the ten nearest neighbours; nan without labels.
    nmi, ari : float
        Agreement of k-means clusters with the labels; nan without labels.
    images_per_second : float
        Preprocessing and forward pass on this machine, decoding left out; nan for vectors that were given.
    width : int
        Length of a vector.
    """

    knn_accuracy: float
    nmi: float
    ari: float
    images_per_second: float
    width: int


@dataclass(frozen=True)
class EncoderComparison(Shown):
    """Encoders side by side. Made by :meth:`Dataset.compare_encoders`.

    Attributes
    ----------
    scores : mapping of str to EncoderScores
    overlap : DataFrame
        Mean share of the ten nearest that two encoders have in common: a row and a column an encoder.
    n_items : int
        How many items were looked at.
    """

    scores: Mapping[str, EncoderScores]
    overlap: pd.DataFrame
    n_items: int

    def to_pandas(self) -> pd.DataFrame:
        """A row an encoder: the measures of :class:`EncoderScores`, the best kNN accuracy first."""
        names = [field.name for field in fields(EncoderScores)]
        rows = {name: [getattr(s, field) for field in names] for name, s in self.scores.items()}
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("encoder")
        return frame.sort_values(["knn_accuracy", "images_per_second"], ascending=False)

    def plot(self) -> Any:
        """Accuracy against speed, a point an encoder: a matplotlib axes.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        plt = pyplot()
        frame = self.to_pandas()
        measure = "knn_accuracy" if np.isfinite(frame["knn_accuracy"].to_numpy()).any() else "width"
        _, axes = plt.subplots(figsize=(6, 4))
        axes.scatter(frame["images_per_second"], frame[measure], s=30 + frame["width"] / 20)
        for name, row in frame.iterrows():
            axes.annotate(
                str(name), (row["images_per_second"], row[measure]), xytext=(6, 4), textcoords="offset points"
            )
        axes.set(xlabel="images per second", ylabel=measure.replace("_", " "), xscale="log")
        axes.set_title(f"{self.n_items:,} items; the size of a point is the width of the vectors")
        return axes

    def __repr__(self) -> str:
        return f"EncoderComparison on {self.n_items:,} items\n{self.to_pandas().to_string(float_format='%.3f')}"

    def _page(self) -> Page:
        page = Page(f"{count_in_words(len(self.scores), 'encoder')} on {self.n_items:,} items")
        frame = self.to_pandas()
        names = [str(column).replace("_", " ") for column in frame.columns]
        page.add(table(["", *names, ""], [_row(name, self.scores[name]) for name in frame.index]))
        page.line("the last column draws the kNN accuracy: how often the nearest neighbours have the label of an item")
        page.heading("neighbours in common, of ten")
        shared = [
            [escaped(name), *map(share_in_words, row.tolist())]
            for name, row in zip(self.overlap.index, self.overlap.to_numpy(), strict=True)
        ]
        page.add(table(["", *map(escaped, self.overlap.columns)], shared))
        return page


def _row(name: str, scores: EncoderScores) -> list[str]:
    """An encoder's measures, and its kNN accuracy as a bar."""
    drawn = bar(scores.knn_accuracy, 1.0, 90) if np.isfinite(scores.knn_accuracy) else ""
    numbers = map(similarity_in_words, (scores.knn_accuracy, scores.nmi, scores.ari))
    speed = f"{scores.images_per_second:,.0f}" if np.isfinite(scores.images_per_second) else "–"
    return [escaped(name), *numbers, speed, f"{scores.width:,}", drawn]


def compare_encoders(
    items: VectorSet,
    encoders: Sequence[EncoderLike],
    embed: Callable[[Encoder], object],
    *,
    device: str = "auto",
    seed: int = 0,
) -> EncoderComparison:
    """Compare the vectors that encoders give items, where labels are lists by each list as a class of its own.

    Parameters
    ----------
    embed : callable
        Makes the vectors of an encoder that are missing.
    """
    scores: dict[str, EncoderScores] = {}
    neighbours: dict[str, NDArray[np.integer]] = {}
    loaded = [_loaded(items, given, device) for given in encoders]  # a name that is wrong is said at once
    _require_names(loaded)
    for encoder in loaded:
        if not isinstance(encoder, str):
            embed(encoder)
    codes = pd.factorize(np.array([in_words(label) for label in labels_of(items).values()], object))[0]
    for encoder in tqdm(loaded, desc="comparing", unit="model"):
        name, speed = (encoder, np.nan) if isinstance(encoder, str) else (encoder.name, _speed(items, encoder))
        vectors = items.embeddings(name)
        graph = items.knn_graph(N_NEIGHBORS, encoder=name)
        neighbours[name] = np.searchsorted(items.keys, graph.keys)
        nmi, ari = clustering_agreement(vectors, codes, seed=seed)
        scores[name] = EncoderScores(knn_accuracy(neighbours[name], codes), nmi, ari, speed, vectors.shape[1])
    names = list(scores)
    overlap = [[neighbour_overlap(neighbours[a], neighbours[b]) for b in names] for a in names]
    return EncoderComparison(scores, pd.DataFrame(overlap, index=names, columns=names), len(codes))


def _loaded(items: VectorSet, given: EncoderLike, device: str) -> Encoder | str:
    """The encoder, or the name of vectors that are there and that no model of a name makes."""
    for embeddings in reversed(items.store.embeddings()):
        if embeddings.name != given:
            continue
        if "function" in embeddings.recipe or embeddings.recipe.get("given"):
            return embeddings.name
        model = kept_model(items.store, embeddings.recipe.get("model"))
        if isinstance(model, str) and Path(model).is_dir():  # made of this data set: known by the name it was given
            return load_encoder(model, device=device)
    return load_encoder(given, device=device)


def _require_names(encoders: Sequence[Encoder | str]) -> None:
    """Raise a ValueError where two encoders have one name, as the rows of a comparison are told apart by it."""
    names = [encoder if isinstance(encoder, str) else encoder.name for encoder in encoders]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(
            f"encoders: two of them are called {sorted(twice)[0]!r}: give each once, and each its own name where it is "
            "made, name=..."
        )


def _speed(items: VectorSet, encoder: Encoder) -> float:
    """Images per second of the encoder on decoded pictures of the data set."""
    images = []
    for key in items.keys[:_TIMED_IMAGES].tolist():
        try:
            images.append(read_image(items.store, key, encoder.image_size))
        except UnreadableImageError:
            continue
    if not images:
        return float("nan")
    encoder.encode_images(images[:8])  # what is done once is not the speed
    started = time.perf_counter()
    encoder.encode_images(images)
    return len(images) / (time.perf_counter() - started)
