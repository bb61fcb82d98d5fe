import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { WidgetModel } from "../wire/view.ts";

/** What is drawn of labels and predictions; nothing chosen stands for all. */
export interface DrawnChoice {
  /** The lowest score of a prediction. */
  readonly score: number;
  readonly classes: readonly string[];
  readonly outcomes: readonly string[];
}

export const EVERYTHING: DrawnChoice = { score: 0, classes: [], outcomes: [] };

/** What is drawn of each predictions, by their name; of labels alone by "". All views of a data set share it. */
export class DrawnFilter {
  readonly #choices = signal<ReadonlyMap<string, DrawnChoice>>(new Map());

  get choices(): ReadonlySignal<ReadonlyMap<string, DrawnChoice>> {
    return this.#choices;
  }

  of(name: string | null): DrawnChoice {
    return this.#choices.value.get(name ?? "") ?? EVERYTHING;
  }

  choose(name: string | null, change: Partial<DrawnChoice>): void {
    const before = this.#choices.peek().get(name ?? "") ?? EVERYTHING;
    this.#choices.value = new Map(this.#choices.peek()).set(name ?? "", { ...before, ...change });
  }

  toggle(name: string | null, which: "classes" | "outcomes", value: string): void {
    const chosen = this.#choices.peek().get(name ?? "")?.[which] ?? [];
    const without = chosen.filter((one) => one !== value);
    this.choose(name, { [which]: without.length < chosen.length ? without : [...chosen, value] });
  }

  replace(choices: ReadonlyMap<string, DrawnChoice>): void {
    this.#choices.value = choices;
  }
}

/** Keeps what is drawn and the session's trait `drawn` equal, whichever side changes. */
export function keepDrawn(model: WidgetModel, filter: DrawnFilter): void {
  const pull = () => {
    const kept = model.get("drawn");
    if (JSON.stringify(kept ?? {}) !== JSON.stringify(Object.fromEntries(filter.choices.peek())))
      filter.replace(parseChoices(kept));
  };
  pull();
  model.on("change:drawn", pull);
  effect(() => {
    const now = Object.fromEntries(filter.choices.value);
    if (JSON.stringify(now) === JSON.stringify(model.get("drawn") ?? {})) return;
    model.set("drawn", now);
    model.save_changes();
  });
}

/** Whatever the trait holds, what comes of it is a choice. */
function parseChoices(kept: unknown): Map<string, DrawnChoice> {
  const choices = new Map<string, DrawnChoice>();
  for (const [name, choice] of Object.entries((kept ?? {}) as Record<string, unknown>)) {
    const { score, classes, outcomes } = (choice ?? {}) as Record<string, unknown>;
    choices.set(name, {
      score: typeof score === "number" ? Math.min(Math.max(score, 0), 1) : 0,
      classes: textsOf(classes),
      outcomes: textsOf(outcomes),
    });
  }
  return choices;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
