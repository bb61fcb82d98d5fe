"""The finding of labels that look wrong."""

from __future__ import annotations

from typing import Self

import numpy as np

from .finding import Finding
from .recipe import of_parts

#: What judges labels where the user brings no model of theirs.
MODEL = "a classifier learnt from the other labels"


class LabelIssues(Finding):
    """Labels as :meth:`Dataset.label_issues` judges them, most suspicious first.

    Attributes
    ----------
    noise : float
        Estimated share of all labels of the data set that are wrong; of lists, of those that are wrong somewhere.
    label_column : str
        The column that was judged, and that relabelling is to change.
    """

    _page_at = "findings.faces.labels_page.labels_page"

    noise: float = 0.0

    @property
    def safe(self) -> Self:
        """Those flagged whose suggestion may be taken unseen: the surest, of which no more than stand out are taken."""
        part = self._taken(np.flatnonzero(np.asarray(self.columns["safe"], bool)))
        part.recipe = of_parts("safe", [self.recipe])
        return part

    def _summary(self) -> str:
        which = "labels" if self.label_column == "label" else f"labels in {self.label_column!r}"
        return f"{super()._summary()}; about {self.noise:.1%} of all {which} are wrong"


def of_column(label: str) -> dict[str, str]:
    """What a recipe says of the column of labels: nothing where it is the one that is meant unless another is named."""
    return {} if label == Finding.label_column else {"label": label}
