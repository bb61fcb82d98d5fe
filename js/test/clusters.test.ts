import { describe, expect, test } from "vitest";
import { type Card, nextLevel, ordered, parseCards } from "../src/clusters/cards.ts";

const card = (name: string, size: number, purity: number | null): Card => ({
  name,
  size,
  purity,
  label: null,
  pictures: [],
  members: null,
});

describe("cards", () => {
  test("come in the order that was chosen; without labels last", () => {
    const cards = [card("b 10", 9, 0.9), card("b 2", 5, null), card("a", 3, 0.4)];
    const names = (order: "size" | "purity" | "name") => ordered(cards, order).map(({ name }) => name);
    expect(names("size")).toEqual(["b 10", "b 2", "a"]);
    expect(names("purity")).toEqual(["a", "b 10", "b 2"]);
    expect(names("name")).toEqual(["a", "b 2", "b 10"]);
  });

  test("are read with the keys of their pictures", () => {
    const buffer = new DataView(Uint32Array.of(7, 9).buffer);
    const result = {
      cards: [{ name: "<b>", size: 2, purity: null, label: null }],
      total: 1,
      levels: [2, 5],
      level: null,
      inside: null,
      outside: 0,
    };
    expect(parseCards(result, [buffer]).cards[0]).toMatchObject({
      name: "<b>",
      pictures: [7, 9],
      purity: null,
      members: null,
    });
    const members = new DataView(Uint32Array.of(7, 8, 9).buffer);
    const part = parseCards({ ...result, inside: "<b>" }, [buffer, members]).cards[0];
    expect(part.members).toEqual(Uint32Array.of(7, 8, 9));
    const many = { ...result, inside: "<b>", cards: [{ ...result.cards[0], encoding: "bitset" }] };
    const bits = new DataView(Uint8Array.of(0b10000001, 0b10).buffer);
    expect(parseCards(many, [buffer, bits]).cards[0].members).toEqual(Uint32Array.of(0, 7, 9));
    expect(() => parseCards({ ...result, total: -1 }, [buffer])).toThrow("total");
  });
});

test("the next level is the nearest in its direction, also from between two", () => {
  const levels = [2, 5, 10, 20];
  expect(nextLevel(levels, 5, 1)).toBe(10);
  expect(nextLevel(levels, 5, -1)).toBe(2);
  expect(nextLevel(levels, 7, -1)).toBe(5);
  expect(nextLevel(levels, 2, -1)).toBeNull();
  expect(nextLevel(levels, 20, 1)).toBeNull();
});
