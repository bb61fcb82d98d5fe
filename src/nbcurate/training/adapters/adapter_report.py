"""What an adapter gained on the classes that it was fitted to, and what it does to classes that it never saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...findings.encoder_report import EncoderReport

if TYPE_CHECKING:
    import pandas as pd

_NAMES = ("frozen", "adapted")
_WORSE = 0.005


@dataclass(frozen=True)
class Unseen:
    """Means over several draws: classes were left out, an adapter was fitted to the others, and they were measured.

    Attributes
    ----------
    frozen, tuned : mapping of str to float
    n_draws, n_classes : int
        How often, and how many classes were left out each time.
    worst : mapping of str to float
        The largest fall in a single draw; 0 where there was none.
    """

    frozen: Mapping[str, float]
    tuned: Mapping[str, float]
    n_draws: int
    n_classes: int
    worst: Mapping[str, float]


class AdapterReport(EncoderReport):
    """Frozen against adapted, on held-out items of known classes and on classes that were left out.

    Parameters
    ----------
    frozen, tuned, n_items, part
        See :class:`EncoderReport`.
    unseen : Unseen, optional
        None where there are too few classes to leave some out, or no classes.
    """

    def __init__(
        self,
        frozen: Mapping[str, float],
        tuned: Mapping[str, float],
        *,
        n_items: int,
        part: str,
        unseen: Unseen | None = None,
    ) -> None:
        super().__init__(frozen, tuned, n_items=n_items, part=part, names=_NAMES)
        self.unseen = unseen

    def to_pandas(self) -> pd.DataFrame:
        """A row a measure: ``frozen`` and ``tuned`` on held-out items, ``unseen_frozen`` and ``unseen_tuned``."""
        frame = super().to_pandas()
        if self.unseen is not None:
            frame["unseen_frozen"] = frame.index.map(dict(self.unseen.frozen)).astype(float)
            frame["unseen_tuned"] = frame.index.map(dict(self.unseen.tuned)).astype(float)
        return frame

    def in_words(self) -> str:
        """What was gained, and what it does to classes that it never saw, in sentences."""
        return f"{super().in_words()} {self._unseen_in_words()}"

    def _unseen_in_words(self) -> str:
        unseen = self.unseen
        if unseen is None:
            return "What it does to classes that it never saw was not measured: there are too few to leave some out."
        where = f"On classes that it never saw ({unseen.n_draws} draws of {unseen.n_classes} left out)"
        told = []
        for name, before in unseen.frozen.items():
            change = unseen.tuned[name] - before
            worst = f", by {-unseen.worst[name]:.3f} less at worst" if unseen.worst[name] <= -_WORSE else ""
            told.append(f"{_SHORT.get(name, name)} is {before:.3f} → {unseen.tuned[name]:.3f} ({change:+.3f}{worst})")
        return f"{where} {' and '.join(told)}."

    def _repr_html_(self) -> str:
        if self.unseen is None:
            return super()._repr_html_()
        title = f"classes never seen: {self.unseen.n_draws} draws of {self.unseen.n_classes}"
        others = EncoderReport(self.unseen.frozen, self.unseen.tuned, n_items=0, part="", names=_NAMES)
        rows = "".join(others._repr_html_().partition("<table")[1:])
        return f'{super()._repr_html_()}<p style="margin:6px 0 2px">{title}</p>{rows}'

    def as_json(self) -> dict[str, Any]:
        """What :func:`report_from` makes a report of again."""
        unseen = None if self.unseen is None else {name: _plain(value) for name, value in vars(self.unseen).items()}
        return {
            "frozen": _plain(self.frozen), "tuned": _plain(self.tuned), "n_items": self.n_items, "part": self.part,
            "unseen": unseen,
        }  # fmt: skip


_SHORT = {"nmi": "NMI", "retrieval_map": "retrieval mAP"}


def report_from(said: Mapping[str, Any] | None) -> AdapterReport | None:
    """The report that ``as_json`` told."""
    if said is None:
        return None
    unseen = said["unseen"]
    if unseen is not None:
        means = {name: _numbers(unseen[name]) for name in ("frozen", "tuned", "worst")}
        unseen = Unseen(**means, n_draws=unseen["n_draws"], n_classes=unseen["n_classes"])
    return AdapterReport(
        _numbers(said["frozen"]), _numbers(said["tuned"]), n_items=said["n_items"], part=said["part"], unseen=unseen
    )


def _plain(value: Any) -> Any:
    """As JSON has it, without NaN, to a millionth."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return (round(value, 6) if value == value else None) if isinstance(value, float) else value


def _numbers(measures: Mapping[str, float | None]) -> dict[str, float]:
    return {name: float("nan") if value is None else value for name, value in measures.items()}
