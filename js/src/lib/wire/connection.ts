import { type ReadonlySignal, signal } from "@preact/signals";
import type { Rpc } from "./rpc.ts";

/**
 * - `busy`: a cell is running and this host makes messages wait for it. Nothing is wrong.
 * - `silent`: no answer for so long that the kernel may as well have been restarted; we cannot know.
 * - `gone`: the kernel was restarted or shut down. This view will not come back by itself.
 */
export type ConnectionState = "ready" | "busy" | "silent" | "gone";

const PING_EVERY = 5_000;
const BUSY_AFTER = 4_000;
const SILENT_AFTER = 45_000;

/** Whether the kernel is there. A restarted kernel leaves views that look alive, so somebody has to ask. */
export class Connection {
  readonly #rpc: Rpc;
  readonly #state = signal<ConnectionState>("ready");
  #views = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** When the oldest unanswered ping was sent. */
  #askedAt: number | null = null;
  /** Set by hosts that can tell a working kernel from one that is not there. */
  isKernelBusy: () => boolean = () => false;

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
    rpc.onAlive = () => {
      this.#askedAt = null;
      this.#state.value = "ready";
    };
  }

  get state(): ReadonlySignal<ConnectionState> {
    return this.#state;
  }

  /** Pings while at least one view is mounted. Call the result when the view goes. */
  watch(): () => void {
    if (this.#views++ === 0) this.#timer = setInterval(() => this.#beat(), 1_000);
    return () => {
      if (--this.#views === 0) clearInterval(this.#timer);
    };
  }

  /** For hosts that know: the kernel behind this session does not exist any more. */
  lost(): void {
    this.#state.value = "gone";
    this.#rpc.rejectAll("gone", "The kernel was restarted");
  }

  #lastPing = 0;

  #beat(): void {
    const now = Date.now();
    if (this.#state.value === "gone" || document.hidden) {
      this.#askedAt = null; // timers are throttled in a hidden tab: its silence means nothing
      return;
    }
    if (this.#askedAt === null) {
      if (now - this.#lastPing >= PING_EVERY) this.#ping(now);
      return;
    }
    const silence = now - this.#askedAt;
    if (silence > SILENT_AFTER && !this.isKernelBusy()) this.#state.value = "silent";
    else if (silence > BUSY_AFTER && this.#state.value === "ready") this.#state.value = "busy";
  }

  #ping(now: number): void {
    this.#askedAt = now;
    this.#lastPing = now;
    // Only ever one ping waits in a busy kernel's queue; any message at all counts as its answer.
    this.#rpc.request("ping", {}, { timeout: 0 }).answer.catch(() => {});
  }
}
