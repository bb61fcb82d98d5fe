import type { Json } from "./checks.ts";
import { type KernelMessage, parseMessage } from "./protocol.ts";
import type { Transport } from "./transport.ts";

/** The kernel's answer, put together again: no frame is over 1 MiB, so a long answer comes in parts. */
export interface Answer {
  results: Json[];
  /** The buffers of all parts, in order. */
  buffers: DataView[];
}

export interface RequestOptions {
  buffers?: ArrayBuffer[];
  /** Milliseconds, counted anew after each part; 0 waits for ever, for what a busy kernel may answer much later. */
  timeout?: number;
  /** Called with each part as it comes, for answers that can be shown bit by bit. */
  onPart?: (result: Json, buffers: DataView[]) => void;
}

/** A request under way. */
export interface Call {
  id: string;
  answer: Promise<Answer>;
  /** Tells the kernel that nobody waits any more; the promise is rejected with code `cancelled`. */
  cancel(): void;
}

/** A request that was not answered as hoped. `code` is the kernel's, or `timeout`, `cancelled`, `gone`. */
export class RequestError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Pending {
  parts: Map<number, { result: Json; buffers: DataView[] }>;
  onPart: RequestOptions["onPart"];
  timeout: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  resolve(answer: Answer): void;
  reject(error: RequestError): void;
}

const DEFAULT_TIMEOUT = 60_000;

type OnEvent = (event: string, body: Json, buffers: DataView[]) => void;

/** Requests and their answers over one transport. */
export class Rpc {
  readonly #transport: Transport;
  readonly #pending = new Map<string, Pending>();
  readonly #tab = tabName();
  #count = 0;
  onEvent: OnEvent = () => {};
  /** Called for every message, whatever it says: the kernel is alive. */
  onAlive: () => void = () => {};

  constructor(transport: Transport) {
    this.#transport = transport;
    transport.onMessage((content, buffers) => this.#receive(content, buffers));
  }

  request(method: string, params: Json = {}, options: RequestOptions = {}): Call {
    const id = `${this.#tab}-${++this.#count}`;
    const answer = new Promise<Answer>((resolve, reject) => {
      const timeout = options.timeout ?? DEFAULT_TIMEOUT;
      const pending: Pending = {
        parts: new Map(),
        onPart: options.onPart,
        timeout,
        timer: undefined,
        resolve,
        reject,
      };
      this.#pending.set(id, pending);
      this.#arm(id, pending);
    });
    try {
      this.#transport.send({ type: "request", id, method, params }, options.buffers ?? []);
    } catch (error) {
      // JupyterLab throws where the kernel is dead or the connection is closed.
      this.#settle(id)?.reject(new RequestError("gone", String(error)));
    }
    return { id, answer, cancel: () => this.#abandon(id, "cancelled", `${method} was cancelled`) };
  }

  /** Gives up every request under way, when no answer can come any more. */
  rejectAll(code: string, message: string): void {
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(new RequestError(code, message));
  }

  #receive(content: unknown, buffers: DataView[]): void {
    let message: KernelMessage;
    try {
      message = parseMessage(content);
    } catch (error) {
      console.error("[nbcurate]", error);
      return;
    }
    this.onAlive();
    if (message.type === "event") {
      this.onEvent(message.event, message.body, buffers);
    } else if (message.type === "error") {
      this.#settle(message.id)?.reject(new RequestError(message.code, message.message));
    } else {
      this.#takePart(message, buffers);
    }
  }

  #takePart(message: KernelMessage & { type: "response" }, buffers: DataView[]): void {
    const pending = this.#pending.get(message.id);
    if (!pending || pending.parts.has(message.part)) return; // cancelled, another tab's, or sent twice
    pending.parts.set(message.part, { result: message.result, buffers });
    pending.onPart?.(message.result, buffers);
    if (pending.parts.size < message.parts) {
      this.#arm(message.id, pending);
      return;
    }
    this.#settle(message.id);
    const inOrder = [...pending.parts.entries()].sort(([a], [b]) => a - b).map(([, part]) => part);
    pending.resolve({
      results: inOrder.map((part) => part.result),
      buffers: inOrder.flatMap((part) => part.buffers),
    });
  }

  #arm(id: string, pending: Pending): void {
    clearTimeout(pending.timer);
    if (pending.timeout) {
      pending.timer = setTimeout(
        () => this.#abandon(id, "timeout", "No answer from the kernel"),
        pending.timeout,
      );
    }
  }

  #settle(id: string): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    clearTimeout(pending?.timer);
    return pending;
  }

  #abandon(id: string, code: string, message: string): void {
    const pending = this.#settle(id);
    if (!pending) return;
    pending.reject(new RequestError(code, message));
    try {
      this.#transport.send({ type: "cancel", id }, []);
    } catch {
      // Nobody is there to be told.
    }
  }
}

/** Tells the requests of several tabs apart. `crypto.randomUUID` is missing on plain http. */
function tabName(): string {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return high.toString(36) + low.toString(36);
}
