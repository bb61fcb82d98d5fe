import { type Signal, signal } from "@preact/signals";
import { type DrawnChoice, DrawnFilter } from "../data/drawn-filter.ts";
import { type Boxes, type Outcome, type PredictedBoxes, parseBoxes, parsePredicted } from "../wire/boxes.ts";
import { asArray, asCount, asObject, asString, type Json } from "../wire/checks.ts";
import type { Rpc } from "../wire/rpc.ts";
import { BoxesByItem } from "./boxes-by-item.ts";
import { type Drawing, drawingOf } from "./shapes.ts";

/** A class of labels or predictions, and how many there are of each. */
export interface DrawnClass {
  name: string;
  labels: number;
  predicted: number;
}

/** What there is to be drawn: the classes, the most frequent first; of an evaluation how often each outcome is. */
export interface DrawnFacts {
  classes: DrawnClass[];
  outcomes: ReadonlyMap<Outcome, number> | null;
  /** Place of each class among them: it has the same colour on every picture. */
  rankOf: ReadonlyMap<string, number>;
}

interface Remembered {
  labels: Boxes | null;
  predicted: PredictedBoxes | null;
  choice: DrawnChoice;
  drawing: Drawing | null;
}

/** Of more pictures than this none is remembered: those on the screen are worked out again within a blink. */
const MOST = 20_000;

/** While nothing is known, or nothing drawn. */
export const NO_FACTS: DrawnFacts = { classes: [], outcomes: null, rankOf: new Map() };

/** What is drawn on the pictures of a data set, in all its views: labels, and of predictions those of one name. */
export class DrawnObjects {
  readonly filter = new DrawnFilter();
  /** Counts what came, for views to follow. */
  readonly arrived = signal(0);
  /** Counts how often predictions, or what is known of them, became others. */
  readonly changed = signal(0);
  readonly #labels: BoxesByItem<Boxes>;
  readonly #predicted = new Map<string, BoxesByItem<PredictedBoxes>>();
  readonly #facts = new Map<string, Signal<DrawnFacts>>();
  readonly #drawings = new Map<string, Map<number, Remembered>>();

  constructor(private readonly rpc: Rpc) {
    this.#labels = new BoxesByItem(rpc, "objects", {}, parseBoxes, () => this.#tell());
  }

  /** The names of what is on an item. */
  namesOn(key: number): readonly string[] | undefined {
    return this.#labels.get(key)?.names;
  }

  /** Asks for what is on these items and not known yet; `name`: of predictions, or null. */
  want(keys: readonly number[], name: string | null): void {
    this.#labels.want(keys);
    if (name !== null) this.#predictedOf(name).want(keys);
  }

  /** What is drawn on an item; the same object as long as nothing about it changes. */
  get(key: number, name: string | null): Drawing | null {
    const labels = this.#labels.get(key);
    const found = name === null ? null : this.#predictedOf(name).get(key);
    const predicted = found?.whole ? null : found;
    const choice = this.filter.of(name);
    let drawings = this.#drawings.get(name ?? "");
    if (!drawings) {
      drawings = new Map();
      this.#drawings.set(name ?? "", drawings);
    }
    if (drawings.size > MOST) drawings.clear();
    const before = drawings.get(key);
    if (before?.labels === labels && before.predicted === predicted && before.choice === choice)
      return before.drawing;
    const drawing = drawingOf(labels, predicted, choice);
    drawings.set(key, { labels, predicted, choice, drawing });
    return drawing;
  }

  /** What is drawn on the image around an item that is itself a box. */
  around(key: number, label: Boxes, name: string | null): Drawing | null {
    return drawingOf(label, name === null ? null : this.#predictedOf(name).get(key), this.filter.of(name));
  }

  /** What there is to be drawn, asked for on first use; nothing until it is there. */
  facts(name: string | null): DrawnFacts {
    let facts = this.#facts.get(name ?? "");
    if (!facts) {
      facts = signal(NO_FACTS);
      this.#facts.set(name ?? "", facts);
      void this.#loadFacts(name, facts);
    }
    return facts.value;
  }

  /** The predictions of that name are others now, or more is known of them. */
  expirePredictions(name: string): void {
    this.#predicted.get(name)?.expire();
    this.changed.value++;
    this.#reloadFacts();
    this.#tell();
  }

  /** They may have changed: whoever shows them asks again. */
  expire(): void {
    this.#labels.expire();
    for (const predicted of this.#predicted.values()) predicted.expire();
    this.#drawings.clear();
    this.changed.value++;
    this.#reloadFacts();
    this.#tell();
  }

  #predictedOf(name: string): BoxesByItem<PredictedBoxes> {
    let predicted = this.#predicted.get(name);
    if (!predicted) {
      predicted = new BoxesByItem(this.rpc, "predicted", { predictions: name }, parsePredicted, () =>
        this.#tell(),
      );
      this.#predicted.set(name, predicted);
    }
    return predicted;
  }

  #reloadFacts(): void {
    for (const [name, facts] of this.#facts) void this.#loadFacts(name || null, facts);
  }

  async #loadFacts(name: string | null, facts: Signal<DrawnFacts>): Promise<void> {
    try {
      const { results } = await this.rpc.request("drawn", { predictions: name }, { timeout: 0 }).answer;
      facts.value = parseFacts(results[0]);
    } catch {
      // The boxes are what matters; then their colours go by how they are called.
    }
  }

  #tell(): void {
    this.arrived.value++;
  }
}

function parseFacts({ classes, outcomes }: Json): DrawnFacts {
  const parsed = asArray(classes, "classes").map((value) => {
    const { name, labels, predicted } = asObject(value, "class");
    return {
      name: asString(name, "name"),
      labels: asCount(labels, "labels"),
      predicted: asCount(predicted, "predicted"),
    };
  });
  const counts = outcomes === null ? null : Object.entries(asObject(outcomes, "outcomes"));
  return {
    classes: parsed,
    outcomes: counts && new Map(counts.map(([name, count]) => [name as Outcome, asCount(count, "count")])),
    rankOf: new Map(parsed.map(({ name }, rank) => [name, rank])),
  };
}
