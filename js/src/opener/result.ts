/** A static result on the page, with its button: closed, waiting for the kernel, or opened as a view in its place. */
import type { Manager, WidgetView } from "./wire.ts";

/** A widget that the kernel has just made may reach the page after the answer that names it. */
const TRIES = 40;
const PAUSE_MS = 100;

export class Result {
  readonly name: string;
  private readonly page: HTMLElement | null;
  private readonly button: HTMLButtonElement;
  private readonly words: HTMLSpanElement;

  constructor(
    mark: HTMLElement,
    open: () => void,
    private readonly close: (view: string) => void,
  ) {
    this.name = mark.dataset.nbcOpen ?? "";
    this.page = mark.closest("[data-nbc-page]");
    this.button = button(
      mark.ownerDocument,
      "Open",
      "Show this as an interactive view, in place of it",
      open,
    );
    this.words = mark.ownerDocument.createElement("span");
    this.words.setAttribute("role", "status");
    this.words.style.cssText = "font-weight:normal;margin-left:8px";
    this.button.style.marginLeft = "8px";
    mark.replaceChildren(this.button, this.words);
  }

  wait(): void {
    this.button.disabled = true;
    this.say("Opening …");
  }

  say(words: string): void {
    this.words.textContent = words;
  }

  fail(words: string): void {
    this.button.disabled = false;
    this.say(words);
  }

  /** Show a widget in the place of the static page, until it is closed. */
  async show(manager: Manager, id: string): Promise<void> {
    try {
      const view = await manager.create_view(await known(manager, id));
      this.place(view, id);
    } catch (error) {
      console.error(error);
      this.close(id);
      this.fail("The view could not be shown here: run the cell again.");
    }
  }

  private place(view: WidgetView, id: string): void {
    const page = this.page;
    if (!page) throw new Error("the result has left the page");
    const frame = page.ownerDocument.createElement("div");
    frame.dataset.nbcOpened = "";
    const back = button(page.ownerDocument, "Close", "Show the static result again", () => {
      view.remove();
      frame.replaceWith(page);
      this.button.disabled = false;
      this.say("");
      this.button.focus();
      this.close(id);
    });
    const bar = page.ownerDocument.createElement("div");
    bar.style.cssText = "margin:0 0 4px";
    bar.append(back);
    frame.append(bar, view.el);
    page.replaceWith(frame);
    back.focus();
  }
}

/** The model of a widget, once it has come. */
async function known(manager: Manager, id: string): Promise<unknown> {
  for (let left = TRIES; ; left--) {
    try {
      return await manager.get_model(id);
    } catch (error) {
      if (!left) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

function button(root: Document, label: string, title: string, act: () => void): HTMLButtonElement {
  const made = root.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.title = title;
  made.dataset.testid = `nbc-result-${label.toLowerCase()}`;
  made.style.cssText =
    "font:inherit;font-weight:500;color:inherit;background:transparent;cursor:pointer;padding:0 10px;" +
    "border:1px solid color-mix(in srgb,currentColor 45%,transparent);border-radius:4px";
  made.addEventListener("click", act);
  return made;
}
