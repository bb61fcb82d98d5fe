/** What a view is given when it is mounted, whichever host shows it. */

/** The part of a Jupyter widget model that we use. Hosts other than JupyterLab offer no more than this. */
export interface WidgetModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(name: string, callback: (...args: never[]) => void): void;
  off(name: string, callback?: ((...args: never[]) => void) | null): void;
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[] | ArrayBufferView[]): void;
  widget_manager?: unknown;
}

export interface ViewContext {
  model: WidgetModel;
  el: HTMLElement;
  /** Aborted when the view goes away; hosts without it call the cleanup that `mount` returns. */
  signal?: AbortSignal | undefined;
}

export type Cleanup = () => void;

export type Mount = (view: string, context: ViewContext) => Cleanup;
