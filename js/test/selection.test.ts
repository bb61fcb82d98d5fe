import { describe, expect, test } from "vitest";
import { Marks, type SelectOp } from "../src/lib/data/marks.ts";
import { Selection } from "../src/lib/data/selection.ts";
import { RequestError } from "../src/lib/wire/rpc.ts";
import { randomFrom } from "./random.ts";

const state = (revision: number, marks: Marks) => ({ revision, marks, canUndo: true, canRedo: false });
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** A selection whose kernel answers only when told to. */
function held() {
  const sent: { id: string; op: SelectOp; keys: number[]; answer(n: number): void; refuse(): void }[] = [];
  const selection = new Selection((op, keys) => {
    const id = `id-${sent.length}`;
    const revision = new Promise<number>((resolve, reject) => {
      const refuse = () => reject(new RequestError("unknown-keys", "no"));
      sent.push({ id, op, keys: [...keys], answer: resolve, refuse });
    });
    return { id, revision };
  });
  selection.accept(state(0, Marks.none));
  return { selection, sent };
}

describe("one change", () => {
  test("shows at once, and stays while unanswered whatever else comes", () => {
    const { selection } = held();
    selection.change("keep", [7]);
    expect(selection.marks.value.of(7)).toBe("kept");
    selection.accept(state(1, Marks.none.apply("keep", [1])));
    expect([...selection.marks.value.kept.keys()]).toEqual([1, 7]);
  });

  test("is the kernel's once acknowledged", () => {
    const { selection, sent } = held();
    selection.change("keep", [7]);
    selection.accept(state(1, Marks.none.apply("keep", [7])), sent[0].id);
    expect(selection.unanswered).toBe(0);
    selection.accept(state(2, Marks.none));
    expect(selection.marks.value.keptCount).toBe(0);
  });

  test("is taken back when refused", async () => {
    const { selection, sent } = held();
    const refusals: string[] = [];
    selection.onRefused = (error) => refusals.push(error.code);
    selection.change("keep", [7]);
    sent[0].refuse();
    await settled();
    expect(selection.marks.value.keptCount).toBe(0);
    expect(refusals).toEqual(["unknown-keys"]);
  });

  test("that changed nothing is done with its answer: there is no event", async () => {
    const { selection, sent } = held();
    selection.change("unmark", [7]);
    sent[0].answer(0);
    await settled();
    expect(selection.unanswered).toBe(0);
  });

  test("whose event was lost is done with the next revision", async () => {
    const { selection, sent } = held();
    selection.change("keep", [7]);
    sent[0].answer(1);
    await settled();
    expect(selection.unanswered).toBe(1);
    selection.accept(state(2, Marks.none.apply("keep", [7, 8])));
    expect(selection.unanswered).toBe(0);
  });

  test("an older state is not shown", () => {
    const { selection } = held();
    selection.accept(state(5, Marks.none.apply("keep", [5])));
    selection.accept(state(4, Marks.none.apply("keep", [4])));
    expect([...selection.marks.value.kept.keys()]).toEqual([5]);
  });
});

test("any order of messages ends in the kernel's state", async () => {
  const OPS: SelectOp[] = ["set", "keep", "reject", "unmark"];
  for (let seed = 0; seed < 200; seed++) {
    const random = randomFrom(seed);
    const pick = () => Array.from({ length: 1 + Math.floor(random() * 4) }, () => Math.floor(random() * 20));
    const { selection, sent } = held();
    let kernel = Marks.none;
    let revision = 0;
    let taken = 0;
    const inFlight: (() => void)[] = [];
    const announce = (ack: string | null) => {
      const now = state(++revision, kernel);
      inFlight.push(() => selection.accept(now, ack));
    };
    for (let step = 0; step < 60; step++) {
      const chance = random();
      if (chance < 0.4) {
        selection.change(OPS[Math.floor(random() * OPS.length)], pick());
      } else if (chance < 0.6 && taken < sent.length) {
        const { id, op, keys, answer, refuse } = sent[taken++];
        if (random() < 0.2) {
          inFlight.push(refuse);
        } else {
          kernel = kernel.apply(op, keys);
          // Sometimes the event is lost: then the answer and a later event must do.
          if (random() < 0.9) announce(id);
          else revision++;
          const after = revision;
          inFlight.push(() => answer(after));
        }
      } else if (chance < 0.7) {
        kernel = kernel.apply(OPS[Math.floor(random() * OPS.length)], pick()); // another tab, or Python
        announce(null);
      } else if (inFlight.length) {
        inFlight.splice(Math.floor(random() * inFlight.length), 1)[0]();
      }
    }
    for (; taken < sent.length; taken++) {
      const { id, op, keys, answer } = sent[taken];
      kernel = kernel.apply(op, keys);
      announce(id);
      const after = revision;
      inFlight.push(() => answer(after));
    }
    announce(null); // what a resync brings, should the last event have been lost
    while (inFlight.length) inFlight.splice(Math.floor(random() * inFlight.length), 1)[0]();
    await settled();
    expect(selection.unanswered).toBe(0);
    expect(selection.marks.value.kept.equals(kernel.kept)).toBe(true);
    expect(selection.marks.value.rejected.equals(kernel.rejected)).toBe(true);
  }
});
