"""EmbeddingMap: every item as a point, near to what it is like."""

from __future__ import annotations

from typing import Any

import traitlets

from .bundle import bundle
from .view import View


class EmbeddingMap(View):
    """A map of the embeddings: pan, zoom, colour by any column, and select with a lasso or a rectangle.

    A million points are drawn without a GPU. A click in the legend filters every linked view of the data set; what is
    selected is ``ds.selection``, here, in every other view and in Python. Close up, points become thumbnails. Press
    ``?`` in the map for its keys.

    Parameters
    ----------
    dataset : Dataset
        Embedded: ``ds.embed()`` was run.
    color : str or None, default "label"
        Column whose values colour the points, one of ``ds.column_names`` or of ``columns``; of several classes the
        rarest, as the common ones would hide it; ``"selection"``: kept and rejected; None: one colour.
    method : str, default "umap"
        How :meth:`Dataset.project` lays the items out. Without UMAP installed, PCA is shown, and the map says so.
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
    #: Radius of a point in px; 0 suits it to their number.
    point_size = traitlets.Int(0, min=0, max=20).tag(sync=True)

    @traitlets.validate("color")
    def _check_color(self, proposal: Any) -> str | None:
        name = proposal["value"]
        return name if name in (None, "selection") else self._known_column(name)
