"""What the tests need of a notebook, whichever program shows it: run code, ask for values, find the views."""

from __future__ import annotations

import ast
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import FrameLocator, Locator, Page, expect


class Host(ABC):
    """A notebook with a kernel, in a page."""

    page: Page

    @abstractmethod
    def execute(self, code: str) -> str:
        """Run code in the kernel, as the next cell would; what it printed."""

    @property
    def outputs(self) -> Page | FrameLocator | Locator:
        """Where the outputs of cells are."""
        return self.page

    def output_of(self, name: str) -> Page | FrameLocator | Locator:
        """Where the view of that variable is shown; the same for all, where outputs share a page."""
        return self.outputs

    def value(self, expression: str) -> Any:
        """Value of a Python literal in the kernel."""
        return ast.literal_eval(self.execute(f"print(repr({expression}))"))

    def wait_for(self, expression: str, expected: Any) -> None:
        """Ask the kernel until the expression has this value."""
        for _ in range(100):
            if (found := self.value(expression)) == expected:
                return
        raise AssertionError(f"{expression} is {found!r}, not {expected!r}")

    def view(self, kind: str, number: int = 0) -> View:
        """A widget by the name of its view: ``map``, ``balance``, ..."""
        return View(self.outputs.locator(f"[data-testid=nbc-{kind}]:visible").nth(number))

    def grid(self, number: int = 0) -> Grid:
        return Grid(self.outputs.locator("[data-testid=nbc-grid]:visible").nth(number))


@dataclass
class View:
    """A widget on the page."""

    root: Locator

    @property
    def page(self) -> Page:
        return self.root.page

    def test_id(self, name: str) -> Locator:
        return self.root.get_by_test_id(f"nbc-{name}")

    def legend(self, title: str) -> Locator:
        """A line of the legend."""
        return self.root.locator(f".legend-line[data-value={json.dumps(title)}]")

    def expect_count(self, count: int) -> None:
        """How many items are kept, as the view says."""
        expect(self.test_id("count")).to_have_text(f"{count:,}")


@dataclass
class Grid(View):
    """A similarity grid on the page."""

    def tile(self, item_id: str) -> Locator:
        return self.root.locator(f"[data-id={json.dumps(item_id)}]")

    def group(self, name: str) -> Locator:
        """The head of a group."""
        return self.root.locator(f"[data-group={json.dumps(name)}]")

    def wait(self) -> Grid:
        """Until the first thumbnails are there."""
        expect(self.root.locator("[data-id]").first).to_be_visible()
        return self

    def ids(self) -> list[str]:
        """Ids of the tiles on the screen, in the order of the grid."""
        tiles = self.root.locator("[data-id]:visible")
        found = tiles.evaluate_all(
            "tiles => tiles.map(t => [t.getBoundingClientRect(), t.dataset.id]).map(([r, id]) => [Math.round(r.top), r.left, id])"
        )
        return [item_id for _, _, item_id in sorted(found)]

    def selected(self) -> list[str]:
        tiles = self.root.locator("[data-id][aria-selected=true]:visible")
        return tiles.evaluate_all("tiles => tiles.map(t => t.dataset.id)")
