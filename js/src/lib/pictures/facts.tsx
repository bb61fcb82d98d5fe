import type { ItemDetails } from "../wire/protocol.ts";

/** What is known of an item, for people: name and value of each property. */
export type FactList = readonly (readonly [name: string, value: string])[];

interface Known {
  id: string;
  label: string | null;
  details: ItemDetails | null;
  similarity?: number | undefined;
  /** Names of what is on it. */
  objects?: readonly string[] | undefined;
}

export function factsOf({ id, label, details, similarity, objects }: Known): FactList {
  const rows: [string, string][] = [["id", id]];
  if (details?.label ?? label) rows.push(["label", details?.label ?? label ?? ""]);
  if (similarity !== undefined) rows.push(["similarity", similarity.toFixed(4)]);
  if (objects?.length) rows.push(["objects", counted(objects)]);
  for (const [name, value] of Object.entries(details?.properties ?? {})) {
    if (value !== null) rows.push([name, readable(value)]);
  }
  if (details && details.status !== "ok") rows.push(["status", details.status]);
  return rows;
}

/** Those facts in which two items differ, with both values; empty where one has none. */
export function differences(
  first: FactList,
  second: FactList,
): [name: string, first: string, second: string][] {
  const [a, b] = [new Map(first), new Map(second)];
  return [...new Set([...a.keys(), ...b.keys()])]
    .map((name): [string, string, string] => [name, a.get(name) ?? "", b.get(name) ?? ""])
    .filter(([, one, other]) => one !== other);
}

export function Facts({ facts }: { facts: FactList }) {
  return (
    <dl class="facts" data-testid="nbc-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name.replaceAll("_", " ")}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Differences({ first, second }: { first: FactList; second: FactList }) {
  const rows = differences(first, second);
  return (
    <div class="facts" data-testid="nbc-differences">
      <table>
        <tbody>
          {rows.map(([name, one, other]) => (
            <tr key={name}>
              <th scope="row">{name.replaceAll("_", " ")}</th>
              <td>{one}</td>
              <td>{other}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${count} × ${name}` : name)).join(", ");
}

function readable(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value;
  return Number.isInteger(value) ? value.toLocaleString("en") : String(Number(value.toPrecision(4)));
}
