import { signal } from "@preact/signals";
import type { SessionStore } from "../lib/session/session-store.ts";
import type { Notices } from "../lib/ui/notices.tsx";
import { asArray, asCount, asObject, asString } from "../lib/wire/checks.ts";
import { messageOf } from "../lib/wire/loadable.ts";

/** A saved selection. */
export interface SliceFacts {
  name: string;
  kept: number;
  /** Of those, how many are kept now. */
  shared: number;
}

export type SliceOp = "save" | "load" | "drop" | "unite" | "intersect" | "subtract";

/** What is said of it, with the way back: the others show in the selection. */
const DONE: Partial<Record<SliceOp, string>> = { save: "Saved", drop: "Deleted" };

/** The slices and tags of the data set, fetched when someone looks at them. */
export class Slices {
  readonly slices = signal<SliceFacts[]>([]);
  readonly tags = signal<[name: string, count: number][]>([]);

  constructor(
    private readonly store: SessionStore,
    private readonly notices: Notices,
  ) {}

  async load(): Promise<void> {
    try {
      const { results } = await this.store.rpc.request("slices").answer;
      this.slices.value = asArray(results[0].slices, "slices").map((value) => {
        const slice = asObject(value, "slice");
        return {
          name: asString(slice.name, "name"),
          kept: asCount(slice.kept, "kept"),
          shared: asCount(slice.shared, "shared"),
        };
      });
      this.tags.value = Object.entries(asObject(results[0].tags, "tags"))
        .map(([name, count]): [string, number] => [name, asCount(count, "count")])
        .sort((a, b) => b[1] - a[1]);
    } catch (error) {
      this.notices.say(messageOf(error));
    }
  }

  async do(op: SliceOp, name: string): Promise<void> {
    if (!name.trim()) return;
    await this.notices.attempt(async () => {
      await this.store.rpc.request("slice", { op, name: name.trim() }, { timeout: 0 }).answer;
      await this.load();
      const done = DONE[op];
      if (done) this.notices.say(`${done} the slice ${name.trim()}`, true);
    });
  }

  async tag(op: "add" | "remove", tag: string): Promise<void> {
    if (!tag.trim()) return;
    await this.notices.attempt(async () => {
      await this.store.rpc.request("tag", { op, tag: tag.trim() }, { timeout: 0 }).answer;
      await this.load();
    });
  }
}
