"""How an encoder is tuned: all that decides it beside the data and the model."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from .network import Method

Balance = Literal["sampler"]


@dataclass(frozen=True)
class Settings:
    """Numbers of a training; see :func:`nbcurate.fine_tune`.

    Raises
    ------
    ValueError
        If one of them makes no sense; the message names it.
    """

    unfreeze: int | Literal["all"]
    method: Method
    epochs: int
    batch_size: int
    learning_rate: float
    head_factor: float
    patience: int
    balance: Balance | None
    seed: int

    def __post_init__(self) -> None:
        if self.method not in get_args(Method):
            raise ValueError(f"method={self.method!r}: give 'layers' or 'lora'.")
        if self.balance not in (None, *get_args(Balance)):
            raise ValueError(f"balance={self.balance!r}: give 'sampler', or None.")
        whole = self.unfreeze if self.unfreeze != "all" else 0
        if isinstance(whole, bool) or not isinstance(whole, int) or whole < 0:
            raise ValueError(f"unfreeze={self.unfreeze!r}: give how many of the last blocks, 0 for none, or 'all'.")
        for name in ("epochs", "batch_size", "patience"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{name}={value!r}: give a whole number of 1 or more.")
        if not 0 < self.learning_rate < 1:
            raise ValueError(f"learning_rate={self.learning_rate!r}: give a number between 0 and 1, such as 3e-4.")

    def to_json(self) -> dict[str, Any]:
        """As a dict that JSON takes."""
        return asdict(self)
