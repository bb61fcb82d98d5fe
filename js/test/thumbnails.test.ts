import { beforeEach, describe, expect, test, vi } from "vitest";
import { FakeKernel } from "../playground/fake-kernel.ts";
import { ThumbnailCache } from "../src/lib/pictures/thumbnail-cache.ts";
import { Thumbnails } from "../src/lib/pictures/thumbnails.ts";
import { Rpc } from "../src/lib/wire/rpc.ts";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

describe("fetching", () => {
  let kernel: FakeKernel;
  let thumbnails: Thumbnails;
  const view = {};
  beforeEach(() => {
    kernel = new FakeKernel({
      count: 1000,
      delay: 1,
      picture: async (key) => (key === 5 ? null : new Uint8Array([key])),
    });
    thumbnails = new Thumbnails(new Rpc(kernel));
  });

  test("what is on screen comes first, then what is ahead, one batch at a time", async () => {
    thumbnails.want(view, 192, range(100, 120), range(120, 140));
    expect(kernel.requests).toHaveLength(1);
    await vi.waitFor(() => expect(thumbnails.get(139, 192)).toBeDefined());
    expect(kernel.requests).toHaveLength(2);
    expect(thumbnails.get(110, 192)).toMatchObject({ key: 110, id: "images/IMG_00110.jpg", status: "ok" });
  });

  test("what is here is not asked for again, and two views share it", async () => {
    thumbnails.want(view, 192, range(100, 120), []);
    await vi.waitFor(() => expect(thumbnails.get(119, 192)).toBeDefined());
    thumbnails.want({}, 192, range(100, 120), []);
    expect(kernel.requests).toHaveLength(1);
  });

  test("a batch that nobody looks at any more is cancelled for what is wanted now", async () => {
    const cancelled = vi.spyOn(kernel, "send");
    thumbnails.want(view, 192, range(100, 120), []);
    thumbnails.want(view, 192, range(500, 520), []);
    expect(cancelled.mock.calls.map(([content]) => (content as { type: string }).type)).toEqual([
      "request",
      "cancel",
      "request",
    ]);
    await vi.waitFor(() => expect(thumbnails.get(519, 192)).toBeDefined());
    expect(thumbnails.get(100, 192)).toBeUndefined();
  });

  test("a slow scroll lets the batch under way finish", () => {
    thumbnails.want(view, 192, range(100, 120), []);
    thumbnails.want(view, 192, range(105, 125), []);
    expect(kernel.requests).toHaveLength(1);
  });

  test("a broken file has a reason and no picture, and is asked for once", async () => {
    thumbnails.want(view, 192, [5], []);
    await vi.waitFor(() =>
      expect(thumbnails.get(5, 192)).toMatchObject({ url: null, status: "truncated file" }),
    );
    thumbnails.want(view, 192, [5], []);
    expect(kernel.requests).toHaveLength(1);
  });

  test("no answer is asked for again", async () => {
    vi.useFakeTimers();
    kernel.frozen = true;
    thumbnails.want(view, 192, [7], []);
    await vi.advanceTimersByTimeAsync(23_000);
    expect(kernel.requests.length).toBe(2);
    vi.useRealTimers();
  });
});

describe("the cache", () => {
  const facts = (key: number) => ({ key, id: String(key), label: null, status: "ok" });

  test("is bounded, drops what was not seen for longest, and gives its pictures back", () => {
    const revoked = vi.spyOn(URL, "revokeObjectURL");
    const cache = new ThumbnailCache(4 * (1000 + 512));
    for (const key of [1, 2, 3, 4]) cache.put(facts(key), new Uint8Array(1000));
    cache.get(1);
    cache.put(facts(5), new Uint8Array(1000));
    expect([1, 2, 3, 4, 5].map((key) => cache.has(key))).toEqual([true, false, true, true, true]);
    expect(revoked).toHaveBeenCalledTimes(1);
  });

  test("once expired it asks for everything again, and shows the old until then", () => {
    const cache = new ThumbnailCache();
    cache.put(facts(1), new Uint8Array(10));
    cache.expire();
    expect(cache.has(1)).toBe(false);
    expect(cache.get(1)?.id).toBe("1");
    cache.put(facts(1), new Uint8Array(10));
    expect(cache.has(1)).toBe(true);
  });
});
