import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeKernel } from "../playground/fake-kernel.ts";
import { Connection } from "../src/lib/wire/connection.ts";
import { Rpc } from "../src/lib/wire/rpc.ts";

describe("the connection", () => {
  let kernel: FakeKernel;
  let rpc: Rpc;
  let connection: Connection;
  let unwatch: () => void;
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("document", { hidden: false });
    kernel = new FakeKernel({ count: 3 });
    rpc = new Rpc(kernel);
    connection = new Connection(rpc);
    unwatch = connection.watch();
  });
  afterEach(() => {
    unwatch();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
  const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

  test("an answering kernel is ready", async () => {
    await seconds(60);
    expect(connection.state.value).toBe("ready");
    expect(kernel.requests.length).toBeGreaterThanOrEqual(8);
  });

  test("a busy one says so, has one ping waiting, and is ready when it answers", async () => {
    kernel.frozen = true;
    await seconds(12);
    expect(connection.state.value).toBe("busy");
    await seconds(20);
    expect(kernel.requests).toHaveLength(1);
    kernel.frozen = false;
    await seconds(1);
    expect(connection.state.value).toBe("ready");
  });

  test("long silence is told, unless the host knows that the kernel works", async () => {
    kernel.frozen = true;
    connection.isKernelBusy = () => true;
    await seconds(70);
    expect(connection.state.value).toBe("busy");
    connection.isKernelBusy = () => false;
    await seconds(2);
    expect(connection.state.value).toBe("silent");
  });

  test("a restarted kernel is gone, and what it was asked with it", async () => {
    kernel.frozen = true;
    const answer = expect(rpc.request("hello", {}, { timeout: 0 }).answer).rejects.toMatchObject({
      code: "gone",
    });
    connection.lost();
    await answer;
    expect(connection.state.value).toBe("gone");
  });

  test("a hidden page asks nothing, and no view asks nothing", async () => {
    vi.stubGlobal("document", { hidden: true });
    await seconds(60);
    vi.stubGlobal("document", { hidden: false });
    unwatch();
    await seconds(60);
    unwatch = () => {};
    expect(kernel.requests).toHaveLength(0);
  });
});
