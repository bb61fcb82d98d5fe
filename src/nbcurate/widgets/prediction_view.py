"""What views of predictions have in common: which ones they show, and the score from which on these count."""

from __future__ import annotations

from typing import Any

from ..dataset import Dataset
from .drawn_predictions import DrawnPredictions
from .drawn_traits import score_trait, tell_of_drawn
from .view import View


class PredictionView(View):
    """A view that shows predictions. What is chosen of them to be drawn holds in all views of the data set.

    Parameters
    ----------
    dataset : Dataset
    drawn : DrawnPredictions, optional
        What it shows of predictions.
    chosen : dict of str to value
        Initial values of the traits that all views of these predictions share.
    **options
        See :class:`View`.
    """

    #: The lowest score of predictions that count, 0 to 1; shared by all views of these predictions.
    score = score_trait()

    def __init__(
        self, dataset: Dataset, *, drawn: DrawnPredictions | None = None, chosen: dict[str, Any], **options: Any
    ) -> None:
        self._tell_drawn: Any = None
        self._drawn = drawn
        super().__init__(dataset, **options)
        try:
            if drawn is not None:
                self._session.draw(self.view, drawn)
                if drawn.evaluation is not None and drawn.name not in self._session.drawn:
                    chosen = {"score": drawn.evaluation.score, **chosen}
            for name, choice in chosen.items():
                setattr(self, name, choice)
        except Exception:
            self.close()
            raise
        self._tell_drawn = tell_of_drawn(self)

    @property
    def drawn_name(self) -> str | None:
        """Name of the predictions that it shows; None: none."""
        return None if self._drawn is None else self._drawn.name

    def close(self) -> None:
        """Take the view from the page for good, and free what it holds. What was selected and decided in it stays."""
        if self.comm is not None and self._tell_drawn is not None:
            self._session.unobserve(self._tell_drawn, "drawn")
        super().close()
