import { Bitset } from "../lib/data/bitset.ts";
import { asArray, asCount, asObject, asString, bytesOf, type Json, uint32Of } from "../lib/wire/checks.ts";
import type { Order } from "./state.ts";

/** A cluster as it is shown. */
export interface Card {
  name: string;
  size: number;
  /** Share of the commonest label among the labelled; null where none is. */
  purity: number | null;
  /** The commonest label. */
  label: string | null;
  /** Keys of its most typical items, the first is nearest to its centre. */
  pictures: number[];
  /** Keys of all items of a part of a cluster that is opened; null: those whose column says so. */
  members: Uint32Array | null;
}

export interface Cards {
  cards: Card[];
  /** How many clusters there are: more than cards where the smallest are left out. */
  total: number;
  /** Numbers of clusters to go through, from coarse to fine. */
  levels: number[];
  /** Which of them it is; null once something was changed by hand. */
  level: number | null;
  inside: string | null;
  /** Items in no cluster. */
  outside: number;
}

/** Keys, or a bitset where there are more of them than a message holds. */
function membersOf({ encoding }: Json, buffer: DataView): Uint32Array {
  return encoding === "bitset" ? new Bitset(bytesOf(buffer)).keys() : uint32Of(buffer);
}

export function parseCards(result: Json, buffers: DataView[]): Cards {
  const inside = typeof result.inside === "string" ? result.inside : null;
  const values = asArray(result.cards, "cards");
  const cards = values.map((value, at): Card => {
    const card = asObject(value, "card");
    return {
      name: asString(card.name, "name"),
      size: asCount(card.size, "size"),
      purity: typeof card.purity === "number" ? card.purity : null,
      label: typeof card.label === "string" ? card.label : null,
      pictures: [...uint32Of(buffers[at])],
      members: inside === null ? null : membersOf(card, buffers[values.length + at]),
    };
  });
  return {
    cards,
    total: asCount(result.total, "total"),
    levels: asArray(result.levels, "levels").map((level) => asCount(level, "level")),
    level: typeof result.level === "number" ? result.level : null,
    inside,
    outside: asCount(result.outside, "outside"),
  };
}

/** The cards in the order that a person chose: the largest, the least pure or the first by name comes first. */
export function ordered(cards: Card[], order: Order): Card[] {
  if (order === "size") return cards;
  const by =
    order === "name"
      ? (a: Card, b: Card) => a.name.localeCompare(b.name, undefined, { numeric: true })
      : (a: Card, b: Card) => (a.purity ?? 2) - (b.purity ?? 2) || b.size - a.size;
  return [...cards].sort(by);
}

/** The next coarser or finer level than a number of clusters, or null where there is none. */
export function nextLevel(levels: number[], from: number, direction: -1 | 1): number | null {
  const further = levels.filter((level) => (direction < 0 ? level < from : level > from));
  if (!further.length) return null;
  return direction < 0 ? Math.max(...further) : Math.min(...further);
}
