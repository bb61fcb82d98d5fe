"""Whether a model that made vectors turns words into such, too, told without loading it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..encoders.projected_encoder import ABOUT
from ..encoders.registry import KNOWN_ENCODERS, is_hub_id


def may_know_text(model: Any) -> bool:
    """Whether what a recipe names as its model has a text side.

    Of a model from a hub that has no short name here, only loading it tells; then the answer is yes.
    """
    if not isinstance(model, str):
        return False
    if (known := KNOWN_ENCODERS.get(model)) is not None:
        return known.text
    folder = Path(model).expanduser()
    if not folder.is_dir():
        return is_hub_id(model)
    if "text_config" in _read(folder / "config.json"):
        return True
    base = _read(folder / ABOUT).get("base")  # a projection knows what the model knows that it stands on
    return isinstance(base, dict) and may_know_text(base.get("model"))


def _read(file: Path) -> dict[str, Any]:
    """What a file of JSON says; nothing where it is none."""
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
