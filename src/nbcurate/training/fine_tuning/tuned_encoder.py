"""An encoder that was fine-tuned, with the classifier that it was tuned by, its history and its report."""

from __future__ import annotations

import html
import os
import shutil
import warnings
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image
from tqdm.auto import tqdm

from ...collection.item_set import ItemSet
from ...curate.class_scores import OneClass, SeveralClasses
from ...encoders.encoder import JSON
from ...encoders.errors import EncoderError
from ...encoders.huggingface import HuggingFaceEncoder, HuggingFaceTextEncoder
from ...encoders.loading.checkpoint import Checkpoint
from ...encoders.loading.libraries import quiet_loading
from ...encoders.network.execution import Execution
from ...encoders.network.text_tower import has_text_tower
from ...export.target import new_folder
from ...findings.encoder_report import EncoderReport
from ...imaging import UnreadableImageError
from ...sources.reader import originals
from ..given_picture import read_picture
from ..predictions import predictions_of
from .checkpoint_files import write_notes
from .history import drift, history_html, plot_history
from .pictures import stack

_BATCH = 8


class TunedEncoder(HuggingFaceEncoder):
    """A model made one's own: an encoder like any other, and a classifier. Made by :func:`nbcurate.fine_tune`.

    Attributes
    ----------
    classes : list of str
        What the classifier tells apart.
    history : DataFrame
        A row an epoch: loss and accuracy on the training and on the validation part. Epoch 0 is the new classifier on
        the encoder as it was.
    report : EncoderReport or None
        Frozen against tuned, on items that neither was trained on; None where that was interrupted.
    accuracy : Series
        Of the classifier, by part; of items with several classes F1.
    stopped : str
        Why training ended before its last epoch; empty where it did not.

    Examples
    --------
    >>> tuned = nbc.fine_tune(ds, "efficientnet-lite0")
    >>> tuned.report
    >>> ds.embed(tuned)
    >>> tuned.save("garments-model")
    >>> again = nbc.TunedEncoder.load("garments-model")
    """

    _training: dict[str, Any] | None = None
    _augmented: Callable[[int], Image.Image] | None = None

    @staticmethod
    def load(folder: str | Path, *, execution: Execution | None = None) -> TunedEncoder:
        """The encoder in a folder that :meth:`save` wrote, with its history and report.

        Parameters
        ----------
        folder : path
        execution : Execution, optional
            How it runs; chosen for this machine by default.

        Raises
        ------
        EncoderError
            If the folder holds none.
        """
        checkpoint = Checkpoint.from_folder(folder)
        if checkpoint.training() is None:
            raise EncoderError(f"{str(folder)!r} holds no encoder that was tuned here: load_encoder loads others.")
        kind = TunedTextEncoder if has_text_tower(checkpoint) else TunedEncoder
        return kind(checkpoint, name=checkpoint.name, model=str(checkpoint.folder), execution=execution)

    @property
    def training(self) -> dict[str, Any]:
        """What made it, as JSON has it: arguments, base model, classes, digest of the data, library versions."""
        if self._training is None:
            self._training = self.checkpoint.training() or {}
        return self._training

    def note(self, **more: Any) -> None:
        """Keep more of what is known of it, with the model: a report, or accuracies."""
        self._training = {**self.training, **more}
        write_notes(self.checkpoint.folder, self._training)

    def show_augmented_by(self, draw: Callable[[int], Image.Image]) -> None:
        """Let :meth:`augmented` show what this draws.

        Parameters
        ----------
        draw : callable
            Takes a number of pictures and gives a picture.
        """
        self._augmented = draw

    @property
    def recipe(self) -> dict[str, JSON]:
        """What makes the vectors, and under ``training`` all that is needed to train the same again."""
        kept = ("base", "arguments", "classes", "items", "data", "best_epoch", "libraries", "nbcurate")
        return {**super().recipe, "training": {name: self.training[name] for name in kept}}

    @property
    def classes(self) -> list[str]:
        """What the classifier tells apart."""
        return list(self.training["classes"])

    @cached_property
    def history(self) -> pd.DataFrame:
        """A row an epoch; see the class."""
        rows = self.training["history"]
        return pd.DataFrame(rows).set_index("epoch").astype(float)

    @property
    def report(self) -> EncoderReport | None:
        """Frozen against tuned; see the class."""
        found = self.training.get("report")
        if found is None:
            return None
        return EncoderReport(found["frozen"], found["tuned"], n_items=found["n_items"], part=found["part"])

    @property
    def accuracy(self) -> pd.Series:
        """Accuracy of the classifier, by part."""
        return pd.Series(self.training.get("accuracy", {}), name="accuracy", dtype=float)

    @property
    def stopped(self) -> str:
        """Why training ended early; empty where it did not."""
        return self.training["stopped"]

    def plot(self) -> Any:
        """Loss and accuracy by epoch, and in words whether training and validation drift apart: matplotlib axes.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        return plot_history(self.history, self.training["best_epoch"])

    def augmented(self, n: int = 16) -> Image.Image:
        """What the model was shown: a grid of ``n`` training pictures as they were augmented, each by chance.

        Parameters
        ----------
        n : int
            How many pictures.

        Raises
        ------
        ValueError
            If the encoder was loaded from a folder, which holds no pictures.
        """
        if self._augmented is None:
            raise ValueError("The pictures are with the kernel that trained the encoder: this one was loaded.")
        return self._augmented(n)

    def probabilities(self, items: ItemSet | Sequence[Any]) -> pd.DataFrame:
        """Probability of each class for each item, by the classifier: a row an item, a column a class.

        Of the items that it was trained on these say what it has learnt by heart: look for wrong labels with
        ``nbc.fit_head(ds, encoder=tuned.name)``, which gives those out of fold.

        Parameters
        ----------
        items : Dataset, PIL image, path, or sequence of these
            A Dataset gives a frame that is indexed by id. NaN where a picture cannot be read.
        """
        link = SeveralClasses() if self.training["several"] else OneClass()
        values = link.probabilities(self._scores(items))
        index = pd.Index(items.ids, name="id") if isinstance(items, ItemSet) else None
        return pd.DataFrame(values, columns=self.classes, index=index)

    def predict(self, items: ItemSet | Sequence[Any]) -> pd.DataFrame:
        """What the classifier takes each item for: columns ``prediction`` and ``confidence``.

        Where items have several classes, the list of those with a probability of 0.5 or more, and the probability that
        all of it is right. None and NaN for what cannot be read.

        Parameters
        ----------
        items : Dataset, PIL image, path, or sequence of these
        """
        found = self.probabilities(items)
        known = found.notna().all(axis=1).to_numpy()
        said, sure = np.full(len(found), None, object), np.full(len(found), np.nan, np.float32)
        predicted, sure[known] = predictions_of(found.to_numpy()[known], self.classes, several=self.training["several"])
        for row, classes in zip(np.flatnonzero(known), predicted, strict=True):
            said[row] = classes
        return pd.DataFrame({"prediction": said, "confidence": sure}, index=found.index)

    def save(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write it as a checkpoint that transformers loads without nbcurate, with labels and a model card.

        Parameters
        ----------
        folder : path
            Must not be there yet, unless ``overwrite``.
        overwrite : bool
            Whether a folder that is there is replaced.

        Returns
        -------
        Path
            The folder: ``ds.embed(folder)``, ``AutoModel.from_pretrained(folder)``.
        """
        with new_folder(folder, "checkpoint", overwrite=overwrite) as place:
            shutil.copytree(self.checkpoint.folder, place, dirs_exist_ok=True)
        return Path(folder).expanduser()

    def _scores(self, items: ItemSet | Sequence[Any]) -> NDArray[np.float32]:
        """Scores of the classes: float32 [n, classes]; NaN where a picture cannot be read."""
        import torch

        network, pictures = self._classifier, _pictures(items)
        scores = np.full((len(pictures), len(self.classes)), np.nan, np.float32)
        reasons: list[str] = []
        starts = range(0, len(pictures), _BATCH)
        for start in tqdm(starts, desc=self.name, unit="batch", delay=2, leave=False):
            inputs: dict[int, Any] = {}
            for at in range(start, min(start + _BATCH, len(pictures))):
                try:
                    inputs[at] = {name: values[0] for name, values in self.prepare(pictures[at]()).items()}
                except UnreadableImageError as error:
                    reasons.append(str(error))
            if inputs:
                batch = {name: values.to(self.device) for name, values in stack(list(inputs.values())).items()}
                with torch.inference_mode():
                    scores[list(inputs)] = network(**batch).logits.float().cpu().numpy()
        if reasons:
            warnings.warn(
                f"{len(reasons):,} of {len(pictures):,} pictures could not be read and have no prediction: "
                f"{reasons[0]}",
                stacklevel=4,
            )
        return scores

    @cached_property
    def _classifier(self) -> Any:
        import torch
        from transformers import AutoModelForImageClassification

        with quiet_loading():
            network = AutoModelForImageClassification.from_pretrained(
                self.checkpoint.folder, use_safetensors=True, local_files_only=True, dtype=torch.float32
            )
        return network.eval().to(self.device)

    def __repr__(self) -> str:
        held_out = ", ".join(f"{part} {value:.3f}" for part, value in self.accuracy.items())
        ended = f", {self.stopped}" if self.stopped else ""
        return (
            f"TunedEncoder({self.name!r}: {self.training['base']['name']} on {self.training['items']['train']:,} "
            f"pictures of {len(self.classes)} classes, accuracy {held_out}{ended})"
        )

    def _repr_html_(self) -> str:
        report = "" if self.report is None else self.report._repr_html_()
        said = f"<p><b>{html.escape(repr(self))}</b></p><p>{html.escape(drift(self.history))}</p>"
        return said + history_html(self.history) + report


class TunedTextEncoder(TunedEncoder, HuggingFaceTextEncoder):
    """A tuned encoder whose model puts texts beside its images; its text half is as it was."""


def _pictures(items: ItemSet | Sequence[Any]) -> list[Callable[[], Image.Image]]:
    """What reads each picture."""
    if isinstance(items, ItemSet):
        return [file.decode for file in originals(items.store, items.keys)]
    given = [items] if isinstance(items, str | os.PathLike | Image.Image) else list(items)
    return [partial(read_picture, picture) for picture in given]
