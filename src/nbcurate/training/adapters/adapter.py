"""A projection of the vectors that are there, learnt from labels, judged pairs or the selection."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ...encoders import load_encoder
from ...encoders.encoder import TextEncoder
from ...encoders.errors import EncoderError
from ...encoders.projected_encoder import ProjectedEncoder, ProjectedTextEncoder, is_projection
from ...export.target import new_folder
from ...findings.recipe import make_recipe
from ...store.kept_models import keep_model
from .adapter_base import base_encoder
from .adapter_report import AdapterReport, report_from

if TYPE_CHECKING:
    from ...dataset import Dataset
    from .fitted_projection import FittedProjection

#: What to learn from: the labels, what is kept against rejected in the selection, or pairs that were judged.
LearnFrom = Literal["label", "selection"] | Sequence[Sequence[Any]]


class Adapter(ProjectedEncoder):
    """A projection of an encoder's vectors that was learnt from a data set. Made by :func:`nbcurate.fit_adapter`.

    An encoder like any other: ``ds.embed(adapter)`` projects the vectors that are there, new pictures go through the
    base and the projection, ``ds.compare_encoders`` takes it, and it may be the base of another adapter.

    Attributes
    ----------
    report : AdapterReport
        Frozen against adapted on held-out items, and on classes that were left out.
    seconds : float
        What fitting took; nan of one that was loaded.

    Examples
    --------
    >>> adapter = nbc.fit_adapter(ds, label="label")
    >>> adapter.report
    >>> ds.embed(adapter)
    >>> adapter.save("garments-adapter")
    >>> again = nbc.load_encoder("garments-adapter")
    """

    seconds: float = float("nan")

    @staticmethod
    def load(folder: str | os.PathLike[str]) -> Adapter:
        """The adapter in a folder that :meth:`save` wrote, with its report.

        Parameters
        ----------
        folder : path

        Raises
        ------
        EncoderError
            If the folder holds none, or its base cannot be loaded or has changed.
        """
        if not is_projection(Path(folder).expanduser()):
            raise EncoderError(f"{os.fspath(folder)!r} holds no adapter: nbc.load_encoder loads other encoders.")
        encoder = load_encoder(Path(folder))
        assert isinstance(encoder, ProjectedEncoder)
        return _adapter_of(encoder)

    @cached_property
    def report(self) -> AdapterReport | None:
        """Frozen against adapted; see the class."""
        said: Any = self.about.get("report")
        return report_from(said)

    @property
    def strength(self) -> dict[str, float]:
        """How far it goes from the vectors as they are: ``discriminant`` and ``whitening``; 0 and 0 are these."""
        chosen: Any = self.about.get("strength")
        return dict(chosen)

    def save(self, folder: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write it to a folder, as JSON and safetensors; the base is named there, not copied.

        Parameters
        ----------
        folder : path
            Must not be there yet, unless ``overwrite``.
        overwrite : bool
            Whether a folder that is there is replaced.

        Returns
        -------
        Path
            The folder: ``ds.embed(folder)``, ``nbc.load_encoder(folder)``.
        """
        with new_folder(folder, "adapter", overwrite=overwrite) as place:
            self.write(place)
        return Path(folder).expanduser()

    def __repr__(self) -> str:
        unchanged = "" if any(self.strength.values()) else ", unchanged: nothing that was tried helped without harm"
        told = f"\n{self.report.in_words()}" if self.report is not None else ""
        return f"{type(self).__name__}({self.name!r} on {self.base.name!r}{unchanged}){told}"

    def _repr_html_(self) -> str:
        title = html.escape(repr(self).partition("\n")[0])
        return f"<p><b>{title}</b></p>{self.report._repr_html_() if self.report is not None else ''}"


class TextAdapter(Adapter, ProjectedTextEncoder):
    """An adapter whose base puts texts beside its images."""


def fit_adapter(
    ds: Dataset,
    label: str = "label",
    *,
    learn_from: LearnFrom = "label",
    encoder: str | None = None,
    split: str = "split",
    name: str | None = None,
    seed: int = 0,
) -> Adapter:
    """Learn a projection under which what belongs together lies closer: seconds, without a GPU or a picture.

    The vectors that are in the store are kept, and the directions in which the classes lie apart are added to them
    (linear discriminant analysis with a shrunken covariance), as far as that does no harm: classes are left out of the
    training, several times, and the strongest projection is taken that leaves clusters and retrieval of *these* no
    worse than they were. Where none does, the vectors stay as they are, and the adapter says so.

    Parameters
    ----------
    ds : Dataset
        With vectors of ``encoder``.
    label : str
        A column of classes, or of lists of classes.
    learn_from : {"label", "selection"}, or list of (id, id, bool)
        The labels; what is kept against what is rejected in ``ds.selection``; or pairs of items and whether they belong
        together, as :meth:`Dataset.duplicates` takes them.
    encoder : str, optional
        Which embeddings; those made last by default.
    split : str
        The column of the parts. It is learnt from ``train``, its strength is chosen with ``val``, and ``report`` is of
        ``test``, or of ``val`` where there is no test part. Made by ``ds.split`` where there is none. Used with labels.
    name : str, optional
        Of the new encoder; ``"<name of the base>-adapted"`` unless given.
    seed : int
        Of the classes that are left out, and of k-means.

    Returns
    -------
    Adapter
        Kept in the store, so that ``ds.embed(adapter)`` can be searched by pictures in any later kernel.

    Raises
    ------
    ValueError
        If there is nothing to learn from: one class, no labels, classes of one item, pairs that are all alike or all
        unlike, nothing rejected; or items that have no vector. The message says what to do.
    UnknownItemError
        If pairs name an item that is not there.
    EncoderError
        If the base encoder cannot be loaded.

    Examples
    --------
    >>> judged = [("cat/1.jpg", "cat/2.jpg", True), ("cat/1.jpg", "dog/7.jpg", False)]
    >>> ds.embed(nbc.fit_adapter(ds, learn_from=judged))
    """
    from .fitted_projection import fit_to_labels, fit_to_pairs, fit_to_selection

    embeddings = ds.store.embeddings_named(encoder)
    base = base_encoder(ds, embeddings)
    if isinstance(learn_from, str) and learn_from not in ("label", "selection"):
        raise ValueError(f"learn_from={learn_from!r}: give 'label', 'selection', or a list of (id, id, True or False).")
    if learn_from == "label":
        fitted = fit_to_labels(ds, label, embeddings, split, seed=seed)
    elif learn_from == "selection":
        fitted = fit_to_selection(ds, embeddings, seed=seed)
    else:
        fitted = fit_to_pairs(ds, learn_from, embeddings, seed=seed)
    parameters = {
        "label": label, "learn_from": _as_json(learn_from), "encoder": embeddings.name, "split": split, "seed": seed,
    }  # fmt: skip
    about = {**make_recipe("fit_adapter", parameters, ds.keys, embeddings), **fitted.about}
    return _kept(ds, base, fitted, name or f"{base.name.removesuffix('-adapted')}-adapted", about)


def _kept(ds: Dataset, base: Any, fitted: FittedProjection, name: str, about: dict[str, Any]) -> Adapter:
    """The adapter, from the folder that it is kept in."""
    matrix, offset = fitted.projection.matrix, fitted.projection.offset
    folder = keep_model(ds.store, name, ProjectedEncoder(base, matrix, offset, name=name, about=about).write)
    adapter = _adapter_of(ProjectedEncoder(base, matrix, offset, name=name, about=about, model=str(folder)))
    adapter.seconds = fitted.seconds
    return adapter


def _adapter_of(encoder: ProjectedEncoder) -> Adapter:
    kind = TextAdapter if isinstance(encoder.base, TextEncoder) else Adapter
    return kind(
        encoder.base, encoder.matrix, encoder.offset, name=encoder.name, about=encoder.about, model=encoder.model
    )


def _as_json(learn_from: LearnFrom) -> Any:
    return learn_from if isinstance(learn_from, str) else [[str(a), str(b), bool(same)] for a, b, same in learn_from]
