"""EmbeddingMap: every item as a point, near to what it is like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from ..dataset import Dataset
from ..display.page import Pieces
from .bundle import bundle
from .view import View

if TYPE_CHECKING:
    from ..encoders import EncoderLike


class EmbeddingMap(View):
    """A map of the embeddings: pan, zoom, colour by any column, and select with a lasso or a rectangle.

    Two maps can stand side by side, as of an encoder before and after it was tuned: they share the selection, the
    colours, the filter and what is under the pointer, and the second is turned and mirrored onto the first. A million
    points are drawn without a GPU. A click in the legend filters every linked view of the data set; what is selected is
    ``ds.selection``, here, in every other view and in Python. Close up, points become thumbnails. Press ``?`` in the
    map for its keys.

    Parameters
    ----------
    dataset : Dataset
        Embedded: ``ds.embed()`` was run.
    color : str or None, default "label"
        Column whose values colour the points, one of ``ds.column_names`` or of ``columns``; of several classes the
        rarest, as the common ones would hide it; ``"selection"``: kept and rejected; None: one colour.
    method : str, default "umap"
        How :meth:`Dataset.project` lays the items out. Without UMAP installed, PCA is shown, and the map says so.
    encoder : str or encoder, optional
        Whose embeddings are laid out; those made last by default, or where another map stands beside, those made last
        of the others.
    beside : str or encoder, optional
        Of other embeddings, a second map beside the first; below it in a narrow cell.
    point_size : int, default 0
        Radius of a point in px, 1 to 20; 0 suits it to the number of points in view.
    height : int, default 480
        Height of the widget in px.
    linked : bool, default True
        Whether it shares its filter with the other views of the data set.
    columns : DataFrame, or mapping of str to array-like [n] or Finding, optional
        Values of your own to colour and filter by.

    Examples
    --------
    >>> nbc.EmbeddingMap(ds, color="label")
    >>> nbc.EmbeddingMap(ds, encoder="efficientnet-lite0", beside=tuned)
    >>> rare = ds.rare()
    >>> view = nbc.EmbeddingMap(ds, color="rarity", columns={"rarity": rare})
    >>> view                       # draw a lasso around an island
    >>> view.selected              # in the next cell
    ['cat/1.jpg', 'cat/7.jpg']
    """

    _esm = bundle("map.js")

    #: Column whose values colour the points, "selection", or None.
    color = traitlets.Unicode("label", allow_none=True).tag(sync=True)
    #: How the items were laid out.
    method = traitlets.Unicode("umap").tag(sync=True)
    #: Name of the embeddings that are laid out; None: those made last.
    encoder = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    #: Name of the embeddings of a second map beside it; None: there is none.
    beside = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    #: Radius of a point in px; 0 suits it to their number.
    point_size = traitlets.Int(0, min=0, max=20).tag(sync=True)

    def __init__(
        self,
        dataset: Dataset,
        *,
        encoder: EncoderLike | None = None,
        beside: EncoderLike | None = None,
        **options: Any,
    ) -> None:
        named, second = _name_of(encoder), _name_of(beside)
        if second is not None and named is None:
            others = [there.name for there in dataset.store.embeddings() if len(there) and there.name != second]
            named = others[-1] if others else None
        super().__init__(dataset, encoder=named, beside=second, **options)

    def _facts(self) -> Pieces:
        """The map, where one is kept."""
        from .drawn_points import drawn_map

        return drawn_map(self._session, self._dataset, self.method, self.encoder, self.color)

    @traitlets.validate("encoder", "beside")
    def _check_encoder(self, proposal: Any) -> str | None:
        if proposal["value"] is not None:
            try:
                self._dataset.store.embeddings_named(proposal["value"])
            except ValueError as error:
                raise traitlets.TraitError(f"{proposal['trait'].name}: {error}") from error
        return proposal["value"]

    @traitlets.validate("color")
    def _check_color(self, proposal: Any) -> str | None:
        name = proposal["value"]
        return name if name in (None, "selection") else self._known_column(name)


def _name_of(encoder: EncoderLike | None) -> str | None:
    """What the embeddings of an encoder are called: its own name, or the one that was given."""
    named = getattr(encoder, "name", getattr(encoder, "__name__", encoder))
    if named is None or isinstance(named, str):
        return named
    raise TypeError(f"encoder: expected the name of embeddings, or an encoder, got {encoder!r:.80}.")
