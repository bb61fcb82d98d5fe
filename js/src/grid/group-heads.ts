import type { Marks } from "../lib/data/marks.ts";
import { iconElement } from "../lib/ui/icons.tsx";
import type { GridController } from "./controller.ts";
import type { GridLayout } from "./layout.ts";
import type { Group } from "./listing.ts";

/** The line above a group: opens and closes it, says how many it has, keeps all of it. */
class GroupHead {
  readonly element = document.createElement("div");
  readonly #toggle = button("nbc-group-toggle");
  readonly #name = document.createElement("b");
  readonly #count = document.createElement("span");
  readonly #keep = button("nbc-group-keep");
  #group: Group | null = null;

  constructor(controller: GridController) {
    this.element.className = "group-head";
    this.element.setAttribute("role", "row");
    const cell = document.createElement("div");
    cell.setAttribute("role", "gridcell");
    this.#toggle.append(iconElement("open"), this.#name, this.#count);
    this.#toggle.addEventListener("click", () => this.#group && controller.toggleGroup(this.#group.name));
    this.#keep.addEventListener("click", () => this.#group && controller.toggleKeepAll(this.#group.keys));
    cell.append(this.#toggle, this.#keep);
    this.element.append(cell);
  }

  show(group: Group, y: number, marks: Marks): void {
    const collapsed = group.count === 0;
    let kept = 0;
    if (marks.keptCount) for (const key of group.keys) kept += Number(marks.kept.has(key));
    const all = kept === group.keys.length;
    this.#group = group;
    this.element.style.transform = `translateY(${y}px)`;
    this.element.dataset.group = group.name;
    this.#toggle.setAttribute("aria-expanded", String(!collapsed));
    this.#name.textContent = group.name;
    const count = group.keys.length.toLocaleString("en");
    this.#count.textContent = kept ? `${kept.toLocaleString("en")} of ${count} kept` : count;
    this.#keep.textContent = all ? "Keep none" : "Keep all";
    this.#keep.setAttribute("aria-label", `${all ? "Keep none" : "Keep all"} of ${group.name}`);
  }
}

/** The heads of the groups that are in or near the window. */
export class GroupHeads {
  readonly #heads: GroupHead[] = [];

  constructor(
    private readonly sizer: HTMLElement,
    private readonly controller: GridController,
  ) {}

  /** Has a head for the sections `from` up to `to`, and no others. */
  show(from: number, to: number, layout: GridLayout, offset: number): void {
    const groups = this.controller.listing.peek().groups ?? [];
    const marks = this.controller.store.selection.marks.peek();
    const count = Math.max(Math.min(to, groups.length) - from, 0);
    while (this.#heads.length < count) this.#heads.push(new GroupHead(this.controller));
    this.#heads.forEach((head, at) => {
      if (at >= count) head.element.remove();
      else {
        head.show(groups[from + at], layout.sections[from + at].top - offset, marks);
        if (!head.element.isConnected) this.sizer.append(head.element);
      }
    });
  }
}

function button(testid: string): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.dataset.testid = testid;
  return element;
}
