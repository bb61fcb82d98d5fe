"""The history of a data set: a table of every change, that shows the last ones with their pictures."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from ..display.album import Album
from ..display.layout import Row, Tile, rows
from ..display.numbers import count_in_words
from ..display.page import Page
from ..display.shown import Shown
from ..store.items import Keys

_EDITS, _EACH, _SIDE = 8, 5, 66


class History(Shown, pd.DataFrame):
    """A DataFrame, a row a change: ``edit``, ``time``, ``id``, ``column``, ``old``, ``new``.

    What is cut out of it is a plain one.
    """

    _metadata = ["_album", "_of"]  # what pandas does not take for columns  # noqa: RUF012
    _album: Album | None
    _of: Keys

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def _page(self) -> Page:
        numbers = self["edit"].drop_duplicates().to_numpy()
        page = Page(f"history: {count_in_words(len(numbers), 'edit')}, {count_in_words(len(self), 'change')}")
        page.add(rows([self._row(number) for number in numbers[: -_EDITS - 1 : -1]]))
        if len(numbers) > _EDITS:
            page.line(f'and {len(numbers) - _EDITS:,} earlier ones, which the table has: .tail(), .query("edit == 1")')
        page.steps(("ds.undo_edit()", "ds.save_recipe('curation.json')") if len(numbers) else ())
        return page

    def _row(self, number: Any) -> Row:
        """What was changed together: how, when, and pictures of some items."""
        at = np.flatnonzero(self["edit"].to_numpy() == number)
        first = self.iloc[at[0]]
        album = getattr(self, "_album", None)
        items = dict.fromkeys(self._of[at].tolist()) if album is not None else {}
        keys = np.array(list(items)[:_EACH], np.uint64)
        tiles = [] if album is None else [Tile(picture) for picture in album.pictures(keys, _SIDE)]
        changes = dict.fromkeys(
            f"{column}: {_value(old)} → {_value(new)}"
            for column, old, new in self.iloc[at[:1_000]][["column", "old", "new"]].itertuples(index=False)
        )
        more = f"and {count_in_words(len(changes) - 2, 'other change')}" if len(changes) > 2 else ""
        facts = [*list(changes)[:2], more, f"{first['time']:%Y-%m-%d %H:%M}"]
        return Row(f"edit {number}: {count_in_words(max(len(items), 1), 'item')}", tiles, facts, len(items) - len(keys))


def history_of(frame: pd.DataFrame, album: Album, keys: Keys) -> History:
    """The history in a table; ``keys`` (uint64 [n]) are those of the items in its rows."""
    made = History(frame)
    made._album, made._of = album, keys
    return made


def _value(said: Any) -> str:
    """A value as it is in the log, JSON, for people."""
    try:
        value = json.loads(said) if isinstance(said, str) else said
    except ValueError:
        value = said
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "nothing" if value is None or value != value else str(value)
