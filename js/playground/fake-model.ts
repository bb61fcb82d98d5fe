import type { OnMessage, Transport } from "../src/lib/wire/transport.ts";
import type { WidgetModel } from "../src/lib/wire/view.ts";

type Callback = (...args: never[]) => void;

/** A widget model that lives in this page only: for the session, one whose messages go to a fake kernel. */
export class FakeModel implements WidgetModel {
  #state: Record<string, unknown>;
  #callbacks = new Map<string, Set<Callback>>();

  constructor(
    state: Record<string, unknown>,
    private readonly kernel?: Transport,
  ) {
    this.#state = { ...state };
    kernel?.onMessage((content, buffers) => this.#trigger("msg:custom", content, buffers));
  }

  get(name: string): unknown {
    return this.#state[name];
  }

  set(name: string, value: unknown): void {
    this.#state[name] = value;
    this.#trigger(`change:${name}`);
  }

  save_changes(): void {}

  on(name: string, callback: Callback): void {
    this.#callbacks.set(name, (this.#callbacks.get(name) ?? new Set()).add(callback));
  }

  off(name: string, callback?: Callback | null): void {
    if (callback) this.#callbacks.get(name)?.delete(callback);
    else this.#callbacks.delete(name);
  }

  send(content: unknown, _callbacks?: unknown, buffers?: ArrayBuffer[]): void {
    this.kernel?.send(content as object, buffers ?? []);
  }

  #trigger(name: string, ...args: Parameters<OnMessage> | []): void {
    for (const callback of this.#callbacks.get(name) ?? [])
      (callback as (...args: unknown[]) => void)(...args);
  }
}
