"""What an encoder gained by being adapted: the measures of the frozen and of the tuned one, side by side."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .paired_bars import PairedRow, paired_bars

if TYPE_CHECKING:
    import pandas as pd

#: What each measure is called, and what it means. All but the seconds lie between 0 and 1, and more is better.
MEASURES = {
    "knn_accuracy": ("kNN accuracy", "share of the items that most of their nearest neighbours have the label of"),
    "probe_accuracy": (
        "linear probe",
        "accuracy of a linear classifier that was trained on the vectors of other items",
    ),
    "nmi": ("NMI of clusters", "how well clusters agree with the labels: normalised mutual information; 0 is chance"),
    "retrieval_map": ("retrieval mAP", "how far in front, in a search by an item, those with its label come"),
    "seconds": ("seconds", "to embed these items; lower is better"),
}
_LOWER_IS_BETTER = {"seconds"}
#: Differences below this are not told as such: that is what a few items make.
_NO_DIFFERENCE = 0.005


class EncoderReport:
    """The same measures of two encoders, on items that neither was trained on.

    Parameters
    ----------
    frozen, tuned : mapping of str to float
        Measures by the names of ``MEASURES``, or by names of your own; NaN where one has no meaning.
    n_items : int
        How many items they were measured on.
    part : str
        Which part of the split these are: ``"test"``.
    names : tuple of str
        What the two are called.

    Examples
    --------
    >>> from nbcurate.results import EncoderReport
    >>> report = EncoderReport({"nmi": 0.53}, {"nmi": 0.79}, n_items=285, part="test")
    >>> float(report.to_pandas().loc["nmi", "tuned"])
    0.79
    """

    def __init__(
        self,
        frozen: Mapping[str, float],
        tuned: Mapping[str, float],
        *,
        n_items: int,
        part: str,
        names: tuple[str, str] = ("frozen", "tuned"),
    ) -> None:
        if set(frozen) != set(tuned):
            raise ValueError(f"Measured of one of the two only: {', '.join(sorted(set(frozen) ^ set(tuned)))}.")
        self.frozen = {name: float(value) for name, value in frozen.items()}
        self.tuned = {name: float(tuned[name]) for name in frozen}
        self.n_items, self.part, self.names = n_items, part, names

    def to_pandas(self) -> pd.DataFrame:
        """A row a measure, columns ``frozen`` and ``tuned``, whatever the two are called."""
        import pandas as pd

        columns = {"frozen": list(self.frozen.values()), "tuned": list(self.tuned.values())}
        return pd.DataFrame(columns, index=pd.Index(list(self.frozen), name="measure"))

    def gain(self, name: str) -> float:
        """By how much the tuned one is better in a measure, below 0 where it is worse.

        Parameters
        ----------
        name : str
            A row of :meth:`to_pandas`.
        """
        difference = self.tuned[name] - self.frozen[name]
        return -difference if name in _LOWER_IS_BETTER else difference

    def in_words(self) -> str:
        """What was gained, in a sentence."""
        measured = [name for name in self.frozen if name not in _LOWER_IS_BETTER and math.isfinite(self.gain(name))]
        better = [name for name in measured if self.gain(name) >= _NO_DIFFERENCE]
        worse = [name for name in measured if self.gain(name) <= -_NO_DIFFERENCE]
        where = f"On {self.n_items:,} items of the part {self.part!r}, which neither was trained on, {self.names[1]}"
        if not better and not worse:
            return f"{where} is no better and no worse than {self.names[0]}."
        if len(better) == len(measured):
            return f"{where} is better than {self.names[0]} in every measure."
        kinds = ((better, "better"), (worse, "worse"))
        told = [f"{way} in {', '.join(map(_title, found))}" for found, way in kinds if found]
        return f"{where} is {' and '.join(told)}."

    def __repr__(self) -> str:
        return f"{self.in_words()}\n{self.to_pandas().to_string(float_format='%.3f')}"

    def _repr_html_(self) -> str:
        rows = [self._row(name) for name in self.frozen if name not in _LOWER_IS_BETTER]
        rest = [
            f"{html.escape(': '.join(filter(None, MEASURES.get(name, (_title(name), '')))))}: "
            f"{_number(self.frozen[name])} → {_number(self.tuned[name])}"
            for name in self.frozen
            if name in _LOWER_IS_BETTER
        ]
        more = f'<p style="margin:2px 0;font-size:13px;opacity:.85">{"; ".join(rest)}</p>' if rest else ""
        told = f'<p style="margin:2px 0 6px"><b>{html.escape(self.in_words())}</b></p>'
        return told + paired_bars(rows, self.names) + more

    def _row(self, name: str) -> PairedRow:
        meaning = MEASURES[name][1] if name in MEASURES else ""
        return PairedRow(_title(name), meaning, self.frozen[name], self.tuned[name], _gain_words(self, name))


def _title(name: str) -> str:
    return MEASURES[name][0] if name in MEASURES else name.replace("_", " ")


def _gain_words(report: EncoderReport, name: str) -> str:
    """A gain as a person says it: of an accuracy, how many of the errors are gone."""
    before, gain = report.frozen[name], report.gain(name)
    if not math.isfinite(gain):
        return "no value"
    if abs(gain) < _NO_DIFFERENCE:
        return "the same"
    said = f"{gain:+.3f}".replace("-", "−")
    errors = 1 - before
    if not name.endswith("accuracy") or errors < _NO_DIFFERENCE:
        return said
    return f"{said}, {abs(gain) / errors:.0%} {'fewer' if gain > 0 else 'more'} errors"


def _number(value: Any) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "–"
