"""ClassBalance: how many items each class has, of all, of the filtered, and of the selected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import traitlets

from ..display.bars import count_bars
from .bundle import bundle
from .view import View

if TYPE_CHECKING:
    from ..display.picture import Picture

#: Bars of a snapshot.
_BARS = 30


class ClassBalance(View):
    """Bars of the classes, or a histogram of any property, to filter, select and set quotas with.

    A click on a bar filters every linked view of the data set; with ctrl it selects the class. The measures above say
    how even the distribution is: *imbalance*, the largest class divided by the smallest; *evenness*, the entropy
    divided by that of equal shares (Pielou 1966). Numbers and dates are shown in bins: drag over them to filter.
    An item with a list of classes counts in each of them: its bars together have more than there are items, a click on
    one finds all that have the class, and shares are of all places that are filled.

    Parameters
    ----------
    dataset : Dataset
    by : str, default "label"
        Column to count, one of ``ds.column_names`` or of ``columns``.
    quotas : dict of str to float, default {}
        Share of a balanced subset that each class is to have, 0 to 1, 1 in all; empty: none are set. Set by dragging
        the handles, read by ``ds.balanced``. Of numbers each bin has one, by its interval: ``{"[0.2, 0.4)": 0.5}``.
    height : int, default 420
        Height of the widget in px.
    linked : bool, default True
        Whether it shares its filter with the other views of the data set.
    columns : DataFrame, or mapping of str to array-like [n] or Finding, optional
        Values of your own to count and filter by.

    Examples
    --------
    >>> balance = nbc.ClassBalance(ds, by="label")
    >>> balance                    # press Quotas and drag the handles
    >>> picked = ds.balanced(500, by=balance.by, shares=balance.quotas or None)
    >>> bins = nbc.ClassBalance(ds, by="brightness")
    >>> bins.quotas = {"[0, 0.6)": 0.5, "[0.6, 1.01)": 0.5}  # as the handles do
    >>> picked = ds.balanced(500, by="brightness", shares=bins.quotas)
    """

    _esm = bundle("balance.js")

    #: Height in px.
    height = traitlets.Int(420, min=160, max=4000).tag(sync=True)
    #: Column that is counted.
    by = traitlets.Unicode("label").tag(sync=True)
    #: Share that each class is to have; empty: none are set.
    quotas = traitlets.Dict(key_trait=traitlets.Unicode(), value_trait=traitlets.Float(min=0)).tag(sync=True)

    def _facts(self) -> Sequence[str | Picture]:
        """The bars, where the column holds classes."""
        if not self._session.shows_classes(self.by):
            return ()
        labels = self._session.class_labels(self._dataset, self.by)
        counts = zip(labels.names, labels.counts().tolist(), strict=True)
        return count_bars(sorted(counts, key=lambda one: -one[1]), _BARS)

    @traitlets.validate("by")
    def _check_by(self, proposal: Any) -> str:
        return self._known_column(proposal["value"])
