"""Scatter: every item as a point, by two of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets

from ..dataset import Dataset
from ..display.page import Pieces
from ..store.columns import PROPERTIES
from .bundle import bundle
from .view import View

#: Units of columns that are known by what they hold.
_UNITS = {known.name: known.unit for known in PROPERTIES if known.unit} | {"area": "px²"}


class Scatter(View):
    """A scatter of any two columns of numbers or dates: pan, zoom, colour by a third, select with a lasso.

    Points are those of :class:`EmbeddingMap`: a million are drawn without a GPU, what is selected is ``ds.selection``,
    what is under the pointer is shown in the other views, a click in the legend filters every linked view, and close up
    points become thumbnails. Items without a value, or, along a logarithmic axis, without one above 0, have no place;
    how many they are is told. Press ``?`` in the view for its keys.

    Parameters
    ----------
    dataset : Dataset
    x, y : str
        Columns of numbers or dates: given ones, measured ones (``ds.measure()``), or of ``columns``.
    log_x, log_y : bool, default False
        Whether an axis goes by the logarithm of the values.
    color : str or None, default "label"
        Column whose values colour the points; ``"selection"``: kept and rejected; None: one colour.
    units : mapping of str to str, optional
        Units of columns, such as ``{"distance": "m"}``, that stand at their axes. Those of columns that nbcurate fills
        itself are known.
    point_size : int, default 0
        Radius of a point in px, 1 to 20; 0 suits it to the number of points in view.
    height : int, default 480
        Height of the widget in px.
    linked : bool, default True
        Whether it shares its filter with the other views of the data set.
    columns : DataFrame, or mapping of str to array-like [n] or Finding, optional
        Values of your own for the axes, to colour and to filter by.

    Raises
    ------
    TraitError
        If there is no such column, or it holds neither numbers nor dates.

    Examples
    --------
    >>> nbc.Scatter(ds, x="width", y="height", log_x=True, log_y=True)
    >>> rare = {"rarity": ds.objects.rare()}
    >>> view = nbc.Scatter(ds.objects, x="rarity", y="area", columns=rare, log_y=True, color="label")
    >>> view                       # draw a lasso around large, rare objects
    >>> view.selected              # in the next cell
    []
    """

    _esm = bundle("scatter.js")

    #: Column along the axis across.
    x = traitlets.Unicode().tag(sync=True)
    #: Column along the axis up.
    y = traitlets.Unicode().tag(sync=True)
    #: Whether the axis across goes by logarithms.
    log_x = traitlets.Bool(False).tag(sync=True)
    #: Whether the axis up goes by logarithms.
    log_y = traitlets.Bool(False).tag(sync=True)
    #: Column whose values colour the points, "selection", or None.
    color = traitlets.Unicode("label", allow_none=True).tag(sync=True)
    #: Units of columns, by their names.
    units = traitlets.Dict(key_trait=traitlets.Unicode(), value_trait=traitlets.Unicode()).tag(sync=True)
    #: Radius of a point in px; 0 suits it to their number.
    point_size = traitlets.Int(0, min=0, max=20).tag(sync=True)

    def __init__(
        self, dataset: Dataset, x: str, y: str, *, units: Mapping[str, str] | None = None, **options: Any
    ) -> None:
        super().__init__(dataset, x=x, y=y, units={**_UNITS, **(units or {})}, **options)

    def _facts(self) -> Pieces:
        """The plot."""
        from .drawn_points import drawn_scatter

        axes, logs = (self.x, self.y), (self.log_x, self.log_y)
        return drawn_scatter(self._session, self._dataset, axes, logs, self.color)

    @traitlets.validate("x", "y")
    def _check_axis(self, proposal: Any) -> str:
        name = self._known_column(proposal["value"])
        if self._session.shows_classes(name):
            numbers = [known for known in self._session.column_names if not self._session.shows_classes(known)]
            raise traitlets.TraitError(
                f"{proposal['trait'].name}: the column {name!r} holds neither numbers nor dates. These do: "
                f"{', '.join(numbers) or 'none'}."
            )
        return name

    @traitlets.validate("color")
    def _check_color(self, proposal: Any) -> str | None:
        name = proposal["value"]
        return name if name in (None, "selection") else self._known_column(name)
