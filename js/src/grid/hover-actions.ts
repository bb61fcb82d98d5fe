import { type IconName, iconElement } from "../lib/ui/icons.tsx";
import type { GridController } from "./controller.ts";

/**
 * The small buttons on the tile under the pointer. There is one set, which moves: buttons on every pooled tile would
 * triple the elements for something that only ever shows once.
 */
export class HoverActions {
  readonly #element = document.createElement("div");
  #tile: HTMLElement | null = null;

  constructor(
    scroller: HTMLElement,
    private readonly controller: GridController,
  ) {
    this.#element.className = "hover-actions";
    const index = () => Number(this.#tile?.dataset.index);
    this.#element.append(
      button("similar", "Show similar (shift+N)", "nbc-tile-similar", () => {
        controller.focus(index());
        controller.showSimilar();
      }),
      button("reject", "Reject (X)", "nbc-tile-reject", () => {
        const key = controller.keyAt(index());
        if (key === null) return;
        controller.focus(index());
        const rejected = controller.store.selection.marks.peek().rejected.has(key);
        controller.markKeys(rejected ? "unmark" : "reject", [key]);
      }),
    );
    scroller.addEventListener("pointerover", (event) => this.#follow(event.target as Element));
    scroller.addEventListener("pointerleave", () => {
      this.hide();
      controller.store.hovered.value = null;
    });
  }

  hide(): void {
    this.#tile = null;
    this.#element.remove();
  }

  #follow(target: Element): void {
    const tile = target.closest<HTMLElement>(".tile");
    if (tile === this.#tile) return;
    this.#tile = tile;
    this.controller.store.hovered.value = tile ? Number(tile.dataset.key) : null;
    if (tile) tile.querySelector(".frame")?.append(this.#element);
    else this.#element.remove();
  }
}

function button(icon: IconName, title: string, testid: string, action: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.tabIndex = -1;
  element.title = title;
  element.setAttribute("aria-label", title);
  element.dataset.testid = testid;
  element.append(iconElement(icon));
  element.addEventListener("click", (event) => {
    event.stopPropagation();
    action();
  });
  return element;
}
