import type { WidgetModel } from "../lib/wire/view.ts";

/** Of the outer widget, but each pane's own matter. */
const OWN = new Set(["height"]);

type Listener = (...args: never[]) => void;

/** The model of a view inside another one: it shares the outer widget's traits, and keeps what that lacks to itself. */
export class PaneModel implements WidgetModel {
  readonly #own = new Map<string, unknown>();
  readonly #listening: [name: string, callback: Listener][] = [];

  constructor(private readonly outer: WidgetModel) {}

  get(name: string): unknown {
    return this.#isShared(name) ? this.outer.get(name) : this.#own.get(name);
  }

  set(name: string, value: unknown): void {
    if (this.#isShared(name)) this.outer.set(name, value);
    else this.#own.set(name, value);
  }

  save_changes(): void {
    this.outer.save_changes();
  }

  on(name: string, callback: Listener): void {
    this.#listening.push([name, callback]);
    this.outer.on(name, callback);
  }

  off(name: string, callback?: Listener | null): void {
    // Without a callback only the pane's own are taken off: the outer model has listeners of other panes.
    const gone = this.#listening.filter(([on, call]) => on === name && (!callback || call === callback));
    for (const entry of gone) {
      this.#listening.splice(this.#listening.indexOf(entry), 1);
      this.outer.off(name, entry[1]);
    }
  }

  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[] | ArrayBufferView[]): void {
    this.outer.send(content, callbacks, buffers);
  }

  get widget_manager(): unknown {
    return this.outer.widget_manager;
  }

  #isShared(name: string): boolean {
    return !OWN.has(name) && this.outer.get(name) !== undefined;
  }
}
