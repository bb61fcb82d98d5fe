/** What a person may mean who begins to type the name of a class. */
import { type ClassColumn, isNamed } from "./columns.ts";
import { countCodes } from "./counts.ts";

export interface Choice {
  name: string;
  /** How many items have it. */
  count: number;
  /** Whether no item has it yet. */
  isNew: boolean;
}

/** The classes of a column, those that most items have first. */
export function classesOf(column: ClassColumn): Choice[] {
  return Array.from(countCodes(column, null), (count, at) => ({ code: at - 2, count }))
    .filter(({ code }) => isNamed(column, code))
    .map(({ code, count }) => ({ name: column.categories[code], count, isNew: false }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

/**
 * What is offered for a text: first what Enter gives, the class of that name or a new one, then the classes that begin
 * so, then those that hold it. Nothing typed: all, the most used first. The case of letters makes no other class.
 */
export function complete(classes: readonly Choice[], typed: string): Choice[] {
  const text = typed.trim();
  if (!text) return [...classes];
  const wanted = text.toLowerCase();
  const same =
    classes.find(({ name }) => name === text) ?? classes.find(({ name }) => lower(name) === wanted);
  const holding = classes.filter((one) => one !== same && lower(one.name).includes(wanted));
  const beginning = holding.filter(({ name }) => lower(name).startsWith(wanted));
  const others = holding.filter(({ name }) => !lower(name).startsWith(wanted));
  return [same ?? { name: text, count: 0, isNew: true }, ...beginning, ...others];
}

function lower(name: string): string {
  return name.toLowerCase();
}
