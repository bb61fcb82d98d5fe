"""Timers that run inside the page: what is measured is what a person waits for, not what a test driver adds."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

#: Installed once: finds what is in the widgets' shadow trees, and times until something holds for a painted frame.
_INSTALL = """() => {
  window.inside = (view, selector) => {
    const roots = [...document.querySelectorAll(`[data-testid=nbc-${view}]`)].filter(e => e.checkVisibility());
    return [...(roots.at(-1)?.shadowRoot.querySelectorAll(selector) ?? [])];
  };
  // Tiles that are ready above and below the window are not what a person waits for.
  window.tiles = () => {
    const scroller = inside('grid', '.scroller')[0]?.getBoundingClientRect();
    return inside('grid', '[data-testid=nbc-tile]').filter(tile => {
      const box = tile.getBoundingClientRect();
      return box.width && box.bottom > scroller.top && box.top < scroller.bottom;
    });
  };
  window.frame = () => new Promise(requestAnimationFrame);
  window.until = async (act, holds, limit = 120000) => {
    const start = performance.now();
    await act();
    while (!holds()) {
      await frame();
      if (performance.now() - start > limit) throw new Error('not within ' + limit + ' ms: ' + holds);
    }
    await frame();
    return performance.now() - start;
  };
  window.still = async (quiet = 5) => {
    for (let calm = 0, last = performance.now(); calm < quiet; ) {
      await frame();
      const now = performance.now();
      calm = now - last < 50 ? calm + 1 : 0;
      last = now;
    }
  };
  window.framesWhile = async (ms, act) => {
    const times = [];
    const start = performance.now();
    for (let last = start; last - start < ms; ) {
      act(times.length);
      const now = await frame();
      times.push(now - last);
      last = now;
    }
    times.sort((a, b) => a - b);
    const total = times.reduce((a, b) => a + b, 0);
    return {perSecond: 1000 * times.length / total, worst: times.at(Math.floor(times.length * 0.95))};
  };
  window.press = (element, kind, x, y) => {
    const box = element.getBoundingClientRect();
    const [clientX, clientY] = [box.left + x * box.width, box.top + y * box.height];
    const buttons = kind === 'pointerup' || kind === 'hover' ? 0 : 1;
    const options = {clientX, clientY, button: 0, buttons, bubbles: true, composed: true, pointerId: 1};
    element.dispatchEvent(new PointerEvent(kind === 'hover' ? 'pointermove' : kind, options));
  };
}"""


def install(page: Page) -> None:
    """Put the timers into the page."""
    page.evaluate(_INSTALL)


def milliseconds(page: Page, act: str, holds: str) -> float:
    """From doing something until something holds and is painted; both are JavaScript expressions."""
    return page.evaluate(f"() => until(async () => {{ {act} }}, () => {holds})")


def calm(page: Page) -> None:
    """Wait until the page paints frames without effort."""
    page.evaluate("() => still()")


def frames(page: Page, seconds: float, act: str) -> dict[str, Any]:
    """Frames a second and the 95th percentile of a frame's time, while something is done each frame."""
    return page.evaluate(f"() => framesWhile({seconds * 1000}, (step) => {{ {act} }})")
