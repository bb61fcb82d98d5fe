import { signal } from "@preact/signals";
import type { SessionStore } from "../lib/session/session-store.ts";
import type { Notices } from "../lib/ui/notices.tsx";
import { asArray, asCount, asObject, asString } from "../lib/wire/checks.ts";

/** A saved selection. */
export interface SliceFacts {
  name: string;
  kept: number;
  /** Of those, how many are kept now. */
  shared: number;
}

export type SliceOp = "save" | "load" | "drop" | "unite" | "intersect" | "subtract";

/** The slices and tags of the data set, fetched when someone looks at them. */
export class Slices {
  readonly slices = signal<SliceFacts[]>([]);
  readonly tags = signal<[name: string, count: number][]>([]);

  constructor(
    private readonly store: SessionStore,
    private readonly notices: Notices,
  ) {}

  async load(): Promise<void> {
    await this.notices.attempt(async () => {
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
    });
  }

  async do(op: SliceOp, name: string): Promise<void> {
    if (!name.trim()) return;
    await this.notices.attempt(async () => {
      await this.store.rpc.request("slice", { op, name: name.trim() }, { timeout: 0 }).answer;
      await this.load();
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
