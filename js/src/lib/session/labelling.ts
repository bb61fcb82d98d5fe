import { batch, signal } from "@preact/signals";
import { holdsClasses } from "../data/columns.ts";
import { type Choice, classesOf } from "../data/completion.ts";
import type { ViewData } from "../data/view-data.ts";
import type { Notices } from "../ui/notices.tsx";
import type { SessionStore } from "./session-store.ts";

/** The column of labels that every data set has. */
const LABEL = "label";

interface Labelled {
  store: SessionStore;
  data: ViewData;
  notices: Notices;
  /** The column that the view speaks of, which may hold no labels. */
  column: () => string | null;
}

/** Gives items another label: what is kept, in one go, or what is dragged onto a class. */
export class Labelling {
  readonly open = signal(false);
  /** Of lists: whether the label takes the place of all that an item has. */
  readonly replaces = signal(false);
  readonly #chosen = signal<string | null>(null);
  readonly #view: Labelled;

  constructor(view: Labelled) {
    this.#view = view;
  }

  /** Names of the columns that labels can be given in; none where the store can only be read. */
  get columns(): string[] {
    const dataset = this.#view.store.dataset.value;
    return dataset.status === "ready" ? dataset.value.labels : [];
  }

  /** The column that a label is given in: the chosen one, else that of the view, else the label. */
  get column(): string | null {
    const { columns } = this;
    const wanted = [this.#chosen.value, this.#view.column(), LABEL, columns[0]];
    return wanted.find((name): name is string => typeof name === "string" && columns.includes(name)) ?? null;
  }

  choose(column: string): void {
    this.#chosen.value = column;
  }

  get several(): boolean {
    const { column } = this;
    return column !== null && this.#view.data.columnNow(column)?.kind === "list";
  }

  /** The classes that there are, those that most items have first. */
  get classes(): Choice[] {
    const { column } = this;
    const values = column === null ? null : this.#view.data.columnNow(column);
    return holdsClasses(values) ? classesOf(values) : [];
  }

  get keptCount(): number {
    return this.#view.store.selection.marks.value.keptCount;
  }

  /** Opens the field, or says why there is nothing to do. */
  start(): void {
    const { notices, store } = this.#view;
    if (!this.columns.length) notices.say("This data set can only be read: labels cannot be given");
    else if (!store.selection.marks.peek().keptCount)
      notices.say("Keep items first: what is kept gets the label");
    else this.open.value = true;
  }

  close(): void {
    batch(() => {
      this.open.value = false;
      this.replaces.value = false;
    });
  }

  /** Gives all that is kept this label. */
  async give(label: string): Promise<void> {
    const { column } = this;
    if (column === null || !label.trim()) return;
    const op = this.several && !this.replaces.peek() ? "add" : "set";
    this.close();
    await giveLabel(this.#view, {
      column,
      label,
      op,
      keys: this.#view.store.selection.marks.peek().kept.keys(),
    });
  }
}

interface Gift {
  column: string;
  label: string;
  op: "set" | "add";
  keys: Uint32Array<ArrayBuffer>;
}

/** Gives items a label, and says so with the way back. */
export async function giveLabel(
  { store, notices }: Pick<Labelled, "store" | "notices">,
  { column, label, op, keys }: Gift,
): Promise<void> {
  const name = label.trim();
  await notices.attempt(async () => {
    const changed = await store.label(column, name, op, keys);
    const items = `${changed.toLocaleString("en")} ${changed === 1 ? "item" : "items"}`;
    notices.say(
      changed ? `${items} labelled ${name}` : `All ${keys.length.toLocaleString("en")} were ${name} already`,
      changed > 0,
    );
  });
}
