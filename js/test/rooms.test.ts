/** Imports go one way, as between the rooms of the Python half (tests/test_architecture.py). */
/// <reference types="vite/client" />
import { expect, test } from "vitest";

/** Text of every file, by its path below src/. */
const TEXTS = new Map(
  Object.entries(
    import.meta.glob<string>("../src/**/*.{ts,tsx,css}", { query: "?raw", import: "default", eager: true }),
  ).map(([path, text]) => [path.slice("../src/".length), text]),
);
const FILES = [...TEXTS.keys()];

/** The rooms of lib/, the lowest first: each may import those before it. Above them all are the views. */
const ROOMS = ["wire", "data", "ui", "pictures", "session"];

/** The path that an import leads to, as in `../lib/wire/rpc.ts` of `grid/shell.tsx`. */
function resolved(from: string, path: string): string {
  return new URL(path, `file:///${from}`).pathname.slice(1);
}

/** What a file imports of ours, types included. */
function importsOf(file: string): string[] {
  const found = (TEXTS.get(file) ?? "").matchAll(/(?:from|import) "(\.\.?\/[^"]+)"/g);
  return Array.from(found, ([, path]) => resolved(file, path));
}

const GRAPH = new Map(FILES.map((file) => [file, importsOf(file)]));

/** Height of the room that a file is in; views and the session's entry are above all rooms. */
function heightOf(file: string): number {
  const [, lib, room] = /^(lib)\/(?:([^/]+)\/)?/.exec(file) ?? [];
  return lib ? ROOMS.indexOf(room) : ROOMS.length;
}

test("every file of lib/ is in a room", () => {
  expect(FILES.filter((file) => heightOf(file) < 0)).toEqual([]);
});

test("every import leads to a file", () => {
  const lost = FILES.flatMap((file) =>
    (GRAPH.get(file) ?? []).filter((to) => !GRAPH.has(to)).map((to) => `${file} → ${to}`),
  );
  expect(lost).toEqual([]);
});

test("a room imports only those below it", () => {
  const upward = FILES.flatMap((file) =>
    (GRAPH.get(file) ?? []).filter((to) => heightOf(to) > heightOf(file)).map((to) => `${file} → ${to}`),
  );
  expect(upward).toEqual([]);
});

test("no file imports itself, by whatever way round", () => {
  const done = new Set<string>();
  const circle = (file: string, way: string[]): string[] | null => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const to of GRAPH.get(file) ?? []) {
      const found = circle(to, [...way, file]);
      if (found) return found;
    }
    done.add(file);
    return null;
  };
  expect(FILES.flatMap((file) => circle(file, []) ?? [])).toEqual([]);
});
