import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Rpc } from "../src/lib/wire/rpc.ts";
import type { OnMessage, Transport } from "../src/lib/wire/transport.ts";

interface Sent {
  type: string;
  id: string;
  method?: string;
}

/** A line that keeps what was sent and says what it is told to say. */
class Line implements Transport {
  sent: Sent[] = [];
  say: OnMessage = () => {};
  send(content: object): void {
    this.sent.push(content as Sent);
  }
  onMessage(callback: OnMessage): void {
    this.say = callback;
  }
}

const buffer = (...bytes: number[]) => new DataView(Uint8Array.from(bytes).buffer);

describe("requests", () => {
  let line: Line;
  let rpc: Rpc;
  beforeEach(() => {
    vi.useFakeTimers();
    line = new Line();
    rpc = new Rpc(line);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("ids are unique, between tabs too", () => {
    const other = new Rpc(new Line());
    const ids = [rpc, rpc, other, other].map((one) => {
      const call = one.request("ping");
      call.answer.catch(() => {});
      return call.id;
    });
    expect(new Set(ids).size).toBe(4);
  });

  test("parts are put together in order, however they come", async () => {
    const heard: unknown[] = [];
    const { id, answer } = rpc.request("columns", {}, { onPart: (result) => heard.push(result.at) });
    line.say({ type: "response", id, part: 1, parts: 2, result: { at: 1 } }, [buffer(3)]);
    line.say({ type: "response", id, part: 1, parts: 2, result: { at: 1 } }, [buffer(3)]);
    line.say({ type: "response", id, part: 0, parts: 2, result: { at: 0 } }, [buffer(1), buffer(2)]);
    const { results, buffers } = await answer;
    expect(results).toEqual([{ at: 0 }, { at: 1 }]);
    expect(buffers.map((view) => view.getUint8(0))).toEqual([1, 2, 3]);
    expect(heard).toEqual([1, 0]);
  });

  test("an error says its code and its words", async () => {
    const { id, answer } = rpc.request("neighbours");
    line.say({ type: "error", id, code: "no-embeddings", message: "run ds.embed()" }, []);
    await expect(answer).rejects.toMatchObject({ code: "no-embeddings", message: "run ds.embed()" });
  });

  test("a time-out tells the kernel, and each part starts it anew", async () => {
    const { id, answer } = rpc.request("thumbnails", {}, { timeout: 1000 });
    const failed = expect(answer).rejects.toMatchObject({ code: "timeout" });
    vi.advanceTimersByTime(900);
    line.say({ type: "response", id, part: 0, parts: 2, result: {} }, []);
    vi.advanceTimersByTime(900);
    expect(line.sent).toHaveLength(1);
    vi.advanceTimersByTime(200);
    await failed;
    expect(line.sent[1]).toEqual({ type: "cancel", id });
  });

  test("a cancelled request is over, and a late answer to it is nobody's", async () => {
    const call = rpc.request("thumbnails");
    const failed = expect(call.answer).rejects.toMatchObject({ code: "cancelled" });
    call.cancel();
    call.cancel();
    await failed;
    line.say({ type: "response", id: call.id, part: 0, parts: 1, result: {} }, []);
    expect(line.sent.map(({ type }) => type)).toEqual(["request", "cancel"]);
  });

  test("a line that is cut says so", async () => {
    line.send = () => {
      throw new Error("Kernel is dead");
    };
    await expect(rpc.request("ping").answer).rejects.toMatchObject({ code: "gone" });
  });

  test("a message that keeps no protocol is dropped, and the next one heard", async () => {
    const silenced = vi.spyOn(console, "error").mockImplementation(() => {});
    const { id, answer } = rpc.request("ping");
    for (const nonsense of [
      null,
      7,
      {},
      { type: "response", id, part: 3, parts: 1, result: {} },
      { type: "error", id },
    ])
      line.say(nonsense, []);
    line.say({ type: "response", id, part: 0, parts: 1, result: {} }, []);
    await answer;
    expect(silenced).toHaveBeenCalledTimes(5);
  });
});
