import type { Loadable } from "../wire/loadable.ts";
import { Icon } from "./icons.tsx";

/** What stands where there is nothing to show yet: still loading, failed, or empty. */
export interface Message {
  kind: "loading" | "failed" | "empty";
  title: string;
  detail?: string;
}

interface Words {
  loading?: string;
  /** Said above the reason. */
  failed?: string;
}

/** What to say as long as not all parts are there; null once they are. */
export function waitingMessage(parts: Loadable<unknown>[], words: Words = {}): Message | null {
  for (const part of parts) {
    if (part.status !== "failed") continue;
    if (words.failed) return { kind: "failed", title: words.failed, detail: part.reason };
    return { kind: "failed", title: part.reason };
  }
  const loading = parts.some((part) => part.status === "loading");
  return loading ? { kind: "loading", title: words.loading ?? "Loading…" } : null;
}

/** Lies over a view's window, unless there is nothing to say. */
export function MessageOver({ message }: { message: Message | null }) {
  if (!message) return null;
  const { kind, title, detail } = message;
  return (
    <div class={`message over ${kind}`} data-testid="nbc-message" data-kind={kind}>
      {kind === "failed" && <Icon name="broken" />}
      <p>{title}</p>
      {detail && <p class="detail">{detail}</p>}
    </div>
  );
}
