import { Bitset } from "./bitset.ts";

/** What a person decided about an item. An item has one mark or none. */
export type Mark = "kept" | "rejected" | null;

export type SelectOp = "set" | "keep" | "reject" | "unmark";

/** All marks of a data set at one moment. A value: a change makes a new one. */
export class Marks {
  static readonly none = new Marks(new Bitset(), new Bitset());

  readonly keptCount: number;
  readonly rejectedCount: number;

  constructor(
    readonly kept: Bitset,
    readonly rejected: Bitset,
  ) {
    this.keptCount = kept.count();
    this.rejectedCount = rejected.count();
  }

  of(key: number): Mark {
    if (this.kept.has(key)) return "kept";
    return this.rejected.has(key) ? "rejected" : null;
  }

  /** What the kernel will make of `op`; `Selection` in Python is the model for this. */
  apply(op: SelectOp, keys: ArrayLike<number>): Marks {
    const these = Bitset.fromKeys(keys);
    // `set` keeps exactly these; rejected items that are not among them stay rejected.
    if (op === "set") return new Marks(these, this.rejected.without(these));
    return new Marks(
      op === "keep" ? this.kept.union(these) : this.kept.without(these),
      op === "reject" ? this.rejected.union(these) : this.rejected.without(these),
    );
  }
}
