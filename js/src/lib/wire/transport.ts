import type { WidgetModel } from "./view.ts";

/** One message: a small JSON part and binary buffers. */
export type OnMessage = (content: unknown, buffers: DataView[]) => void;

/** How messages reach the kernel. Views and requests know only this; Jupyter is one way, a fake kernel another. */
export interface Transport {
  send(content: object, buffers: ArrayBuffer[]): void;
  onMessage(callback: OnMessage): void;
}

/** Custom messages of a widget's comm. */
export function jupyterTransport(model: WidgetModel): Transport {
  return {
    send(content, buffers) {
      model.send(content, undefined, buffers);
    },
    onMessage(callback) {
      model.on("msg:custom", (content: unknown, buffers?: DataView[]) => callback(content, buffers ?? []));
    },
  };
}
