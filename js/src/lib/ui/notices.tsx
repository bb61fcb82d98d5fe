import { type ReadonlySignal, signal, useSignalEffect } from "@preact/signals";
import { messageOf } from "../wire/loadable.ts";

const SHOWN_FOR = 8_000;

interface Notice {
  text: string;
  /** Whether it offers to take back what it tells of. */
  undoable: boolean;
}

/** A short word on what just happened or could not be done. */
export class Notices {
  readonly #notice = signal<Notice | null>(null);

  get notice(): ReadonlySignal<Notice | null> {
    return this.#notice;
  }

  say(text: string, undoable = false): void {
    this.#notice.value = { text, undoable };
  }

  clear(): void {
    this.#notice.value = null;
  }

  /** Carries out a request, and says why if it is refused. Answers whether it was carried out. */
  async attempt(action: () => Promise<unknown>): Promise<boolean> {
    this.clear();
    try {
      await action();
      return true;
    } catch (error) {
      this.say(messageOf(error));
      return false;
    }
  }
}

/** The last notice, for a few seconds. */
export function NoticeLine({ notices, onUndo }: { notices: Notices; onUndo: () => void }) {
  const notice = notices.notice.value;
  useSignalEffect(() => {
    if (!notices.notice.value) return;
    const timer = setTimeout(() => notices.clear(), SHOWN_FOR);
    return () => clearTimeout(timer);
  });
  if (!notice) return null;
  return (
    <div class="notice" role="status" data-testid="nbc-notice">
      {notice.text}
      {notice.undoable && (
        <button
          type="button"
          class="link"
          onClick={() => {
            notices.clear();
            onUndo();
          }}
        >
          Undo
        </button>
      )}
    </div>
  );
}
