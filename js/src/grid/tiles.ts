import { h, render } from "preact";
import { baseName } from "../lib/data/items.ts";
import type { Mark } from "../lib/data/marks.ts";
import { DrawnBoxes } from "../lib/pictures/drawn-boxes.tsx";
import type { DrawnFacts } from "../lib/pictures/drawn-objects.ts";
import type { Drawing } from "../lib/pictures/shapes.ts";
import type { Thumbnail } from "../lib/pictures/thumbnail-cache.ts";
import { iconElement } from "../lib/ui/icons.tsx";

/** What one tile shows. */
export interface TileContent {
  key: number;
  /** Position in the listing. */
  index: number;
  mark: Mark;
  similarity: number | null;
  /** Undefined while it is on its way. */
  thumbnail: Thumbnail | undefined;
  label: string | null;
  /** Drawn over the picture, which is at most so many px wide and high; colours go by the facts. */
  drawing: Drawing | null;
  facts: DrawnFacts;
  size: number;
  /** What stands at the right under the picture. */
  note: string;
  focused: boolean;
  /** Whether the pointer is on this item in another view. */
  pointedAt: boolean;
}

/**
 * One picture of the grid. Made once and filled again and again while scrolling, so every change is written only if it
 * is one. All text is set as text: file names and labels may hold anything, HTML included.
 */
export class Tile {
  readonly element = make("div", "tile");
  readonly frame = make("div", "frame");
  readonly #picture = make("img", "picture");
  readonly #boxes = make("div", "drawn");
  readonly #trouble = make("div", "trouble");
  readonly #mark = make("button", "mark");
  readonly #similarity = make("span", "similarity");
  readonly #name = make("span", "name");
  readonly #label = make("span", "label");
  #content: TileContent | null = null;
  #url: string | null = null;

  constructor(column: number) {
    const { element, frame } = this;
    element.setAttribute("role", "gridcell");
    element.setAttribute("aria-colindex", String(column + 1));
    element.tabIndex = -1;
    element.draggable = true;
    element.dataset.testid = "nbc-tile";
    this.#picture.alt = "";
    this.#picture.draggable = false;
    this.#picture.decoding = "async";
    this.#picture.addEventListener("load", () => this.#picture.classList.add("there"));
    this.#mark.tabIndex = -1;
    this.#mark.type = "button";
    this.#mark.dataset.testid = "nbc-tile-mark";
    this.#mark.append(iconElement("check"), iconElement("reject"), iconElement("plus"));
    frame.append(this.#picture, this.#boxes, this.#trouble, this.#similarity, this.#mark);
    const caption = make("div", "caption");
    caption.append(this.#name, " ", this.#label);
    element.append(frame, caption);
  }

  get key(): number | null {
    return this.#content?.key ?? null;
  }

  show(content: TileContent): void {
    const before = this.#content;
    this.#content = content;
    const { element } = this;
    const { key, index, mark, thumbnail, focused, similarity } = content;
    const another = before?.key !== key;
    if (another) element.dataset.key = String(key);
    if (before?.index !== index) element.dataset.index = String(index);
    if (before?.mark !== mark || another) {
      element.dataset.mark = mark ?? "none";
      element.setAttribute("aria-selected", String(mark === "kept"));
      const does = mark === "kept" ? "Unmark" : "Keep";
      this.#mark.setAttribute("aria-label", does);
      this.#mark.title = `${does} (ctrl+Space)`;
    }
    if (before?.focused !== focused) {
      element.tabIndex = focused ? 0 : -1;
      element.classList.toggle("focused", focused);
    }
    if (before?.pointedAt !== content.pointedAt) element.classList.toggle("pointed-at", content.pointedAt);
    if (another || before?.similarity !== similarity) {
      this.#similarity.hidden = similarity === null;
      this.#similarity.textContent = similarity?.toFixed(2) ?? "";
      if (similarity !== null) this.#similarity.title = `Cosine similarity ${similarity.toFixed(4)}`;
    }
    const { drawing, facts, size } = content;
    const redrawn = drawing && (before?.facts !== facts || before.size !== size);
    if ((before?.drawing ?? null) !== drawing || redrawn) {
      render(drawing && h(DrawnBoxes, { drawing, facts, tile: size }), this.#boxes);
    }
    if (another || before?.thumbnail !== thumbnail) this.#showThumbnail(thumbnail, another);
    if (another || before?.thumbnail?.id !== thumbnail?.id || before?.note !== content.note)
      this.#showNames(content);
    // What stands on the tile comes first and as it stands there, so that one can ask for it by what one sees.
    const seen = [similarity?.toFixed(2), thumbnail && baseName(thumbnail.id), content.note].filter(Boolean);
    const words = [
      seen.join(" ") || `image ${key}`,
      content.label && content.label !== content.note && `label ${content.label}`,
      similarity !== null && "similarity",
      mark,
    ];
    const name = words.filter(Boolean).join(", ");
    if (element.getAttribute("aria-label") !== name) element.setAttribute("aria-label", name);
  }

  #showThumbnail(thumbnail: Thumbnail | undefined, another: boolean): void {
    const url = thumbnail?.url ?? null;
    if (url !== this.#url || another) {
      this.#url = url;
      this.#picture.classList.remove("there");
      if (url) this.#picture.src = url;
      else this.#picture.removeAttribute("src");
    }
    const broken = thumbnail !== undefined && url === null;
    this.#trouble.hidden = !broken;
    if (broken) {
      const reason = make("span");
      reason.textContent = thumbnail.status;
      this.#trouble.replaceChildren(iconElement("broken"), reason);
    }
  }

  #showNames({ thumbnail, label, note }: TileContent): void {
    const id = thumbnail?.id;
    if (id === undefined) delete this.element.dataset.id;
    else this.element.dataset.id = id;
    this.#name.textContent = id === undefined ? "" : baseName(id);
    this.#label.textContent = note;
    const title = [id, label].filter(Boolean).join("\n");
    if (title) this.frame.title = title;
    else this.frame.removeAttribute("title");
  }
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  return element;
}
