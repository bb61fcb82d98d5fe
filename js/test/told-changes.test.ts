import { describe, expect, test, vi } from "vitest";
import { SessionStore } from "../src/lib/session/session-store.ts";
import { tellChanges } from "../src/lib/session/told-changes.ts";
import type { Json } from "../src/lib/wire/checks.ts";
import type { OnMessage } from "../src/lib/wire/transport.ts";
import type { WidgetModel } from "../src/lib/wire/view.ts";

/** A session whose kernel answers each change, and can change the selection by itself. */
function session() {
  let tell: OnMessage = () => {};
  let revision = 0;
  const state = (ack: string | null) => {
    const none = { encoding: "keys", count: 0 };
    const body = { revision, kept: none, rejected: none, can_undo: true, can_redo: false, ack };
    tell({ type: "event", event: "selection", ...body }, [
      new DataView(new ArrayBuffer(0)),
      new DataView(new ArrayBuffer(0)),
    ]);
  };
  const store = new SessionStore({
    send({ id, method }: Json) {
      if (method !== "select") return;
      revision++;
      state(String(id));
      tell({ type: "response", id, part: 0, parts: 1, result: { revision } }, []);
    },
    onMessage(callback) {
      tell = callback;
    },
  });
  const pythonSelects = () => {
    revision++;
    state(null);
  };
  return { store, pythonSelects };
}

function view(revision: number | null) {
  const saved: unknown[] = [];
  const traits: Record<string, unknown> = { revision };
  const model: WidgetModel = {
    get: (name) => traits[name],
    set: (name, value) => {
      traits[name] = value;
    },
    save_changes: () => saved.push(traits.revision),
    on: () => {},
    off: () => {},
    send: () => {},
  };
  return { model, saved };
}

describe("a notebook that runs cells when a trait changes", () => {
  test("is told of what was picked in the page, and not of what Python picked", async () => {
    const { store, pythonSelects } = session();
    const { model, saved } = view(0);
    const stop = tellChanges(store, model);
    store.selection.change("set", [1, 2]);
    await vi.waitFor(() => expect(saved).toEqual([1]));
    pythonSelects();
    store.selection.change("keep", [3]);
    await vi.waitFor(() => expect(saved).toEqual([1, 3]));
    stop();
    store.selection.change("keep", [4]);
    await vi.waitFor(() => expect(store.changed.value).toBe(4));
    expect(saved).toEqual([1, 3]);
  });

  test("is told nothing anywhere else, nor of what was before a view was there", async () => {
    const { store } = session();
    const jupyter = view(null);
    tellChanges(store, jupyter.model);
    store.selection.change("set", [1]);
    await vi.waitFor(() => expect(store.changed.value).toBe(1));
    const later = view(0);
    tellChanges(store, later.model);
    expect([...jupyter.saved, ...later.saved]).toEqual([]);
  });
});
