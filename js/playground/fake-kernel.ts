/**
 * A kernel in memory that speaks docs/wire.md, for the playground, the tests and measurements. The items are numbered
 * pictures, and "near" means a near number of the same class.
 */
import { Bitset } from "../src/lib/data/bitset.ts";
import { Marks, type SelectOp } from "../src/lib/data/marks.ts";
import { PROTOCOL } from "../src/lib/wire/protocol.ts";
import type { OnMessage, Transport } from "../src/lib/wire/transport.ts";

export interface FakeOptions {
  count: number;
  labels?: string[];
  embeddings?: string | null;
  /** Milliseconds until an answer. */
  delay?: number;
  /** Draws an item; null is a broken file. */
  picture?: (key: number, size: number) => Promise<Uint8Array<ArrayBuffer> | null>;
}

type Part = { result: object; buffers: ArrayBuffer[] };

interface Request {
  type: string;
  id: string;
  method: string;
  params: object;
}

const PART_KEYS = 131_072;

const ARRAYS = { uint32: Uint32Array, int32: Int32Array, float32: Float32Array, float64: Float64Array };

/** A number between -1 and 1 that looks random and is the same each time. */
const wave = (seed: number) => Math.sin(seed * 12.9898 + Math.sin(seed * 78.233) * 43.7);

export class FakeKernel implements Transport {
  readonly options: Required<FakeOptions>;
  /** Every request that came, for tests. */
  readonly requests: Request[] = [];
  /** While set, nothing is answered. */
  frozen = false;
  #listeners: OnMessage[] = [];
  #states: Marks[] = [Marks.none];
  #at = 0;
  #revision = 0;
  #cancelled = new Set<string>();

  constructor(options: FakeOptions) {
    this.options = {
      labels: [],
      embeddings: "fake",
      delay: 30,
      picture: async () => new Uint8Array([0]),
      ...options,
    };
  }

  send(content: object, buffers: ArrayBuffer[]): void {
    const request = content as Request;
    if (request.type === "cancel") {
      this.#cancelled.add(request.id);
      return;
    }
    this.requests.push(request);
    setTimeout(() => void this.#handle(request, buffers), this.options.delay);
  }

  onMessage(callback: OnMessage): void {
    this.#listeners.push(callback);
  }

  get marks(): Marks {
    return this.#states[this.#at];
  }

  /** A change from Python. */
  select(op: SelectOp, keys: ArrayLike<number>, ack: string | null = null): void {
    this.#states = [...this.#states.slice(0, this.#at + 1), this.marks.apply(op, keys)];
    this.#at++;
    this.#announce(ack);
  }

  async #handle(request: Request, buffers: ArrayBuffer[]): Promise<void> {
    if (this.frozen) {
      setTimeout(() => void this.#handle(request, buffers), 100);
      return;
    }
    if (this.#cancelled.delete(request.id)) return;
    const { id } = request;
    const answer = this.#answers[request.method];
    if (!answer) {
      this.#emit({ type: "error", id, code: "unknown-method", message: request.method }, []);
      return;
    }
    try {
      const parts = await answer(request.params as never, buffers, id);
      parts.forEach((part, at) => {
        this.#emit(
          { type: "response", id, part: at, parts: parts.length, result: part.result },
          part.buffers,
        );
      });
    } catch (error) {
      this.#emit({ type: "error", id, code: "bad-request", message: String(error) }, []);
    }
  }

  #answers: Record<string, (params: never, buffers: ArrayBuffer[], id: string) => Part[] | Promise<Part[]>> =
    {
      ping: () => [{ result: {}, buffers: [] }],
      hello: () => {
        const { header, buffers } = this.#selection();
        const { count, embeddings } = this.options;
        const columns = [
          { name: "label", kind: "category" },
          { name: "brightness", kind: "number" },
          { name: "taken", kind: "date" },
        ];
        const facts = { protocol: PROTOCOL, name: "fake", count, columns, embeddings, max_key: count };
        return [{ result: { ...facts, selection: header }, buffers }];
      },
      columns: ({ names }: { names: string[] }) => names.flatMap((name) => this.#column(name)),
      projection: () =>
        (["x", "y"] as const).flatMap((column, axis) => {
          const place = (key: number) => {
            const angle = (this.#label(key) / Math.max(this.options.labels.length, 1)) * 6.28;
            const spread = (wave(key * 3.1 + axis) + wave(key * 7.7 + axis) + wave(key * 1.3 + axis)) / 3;
            return (axis ? Math.sin(angle) : Math.cos(angle)) * 4 + spread * 2;
          };
          return this.#slices({ column, method: "umap" }, (key) => place(key), "float32");
        }),
      thumbnails: async ({ size }: { size: number }, [keys]) => {
        const pictures = await Promise.all(
          [...new Uint32Array(keys)].map(async (key) => ({
            key,
            jpeg: await this.options.picture(key, size),
          })),
        );
        const items = pictures.map(({ key, jpeg }) => this.#facts(key, jpeg !== null));
        return [
          { result: { items }, buffers: pictures.map(({ jpeg }) => jpeg?.buffer ?? new ArrayBuffer(0)) },
        ];
      },
      neighbours: ({ k }: { k: number }, [positive, negative]) => {
        const near = this.#near([...new Uint32Array(positive)], new Set(new Uint32Array(negative)), k);
        const similarity = Float32Array.from(near, (_, at) => 0.98 - at * 0.011);
        const result = { count: near.length, embeddings: this.options.embeddings };
        return [{ result, buffers: [Uint32Array.from(near).buffer, similarity.buffer] }];
      },
      details: ({ key }: { key: number }) => {
        const properties = { width: 1280, height: 853, brightness: 0.4731, format: "JPEG", copy_of: null };
        return [{ result: { ...this.#facts(key, true), path: `/data/${key}.jpg`, properties }, buffers: [] }];
      },
      preview: async ({ key, size }: { key: number; size: number }) => {
        const jpeg = await this.options.picture(key, size);
        if (!jpeg) throw "This picture cannot be shown: the file is truncated.";
        return [{ result: { key, width: size, height: size }, buffers: [jpeg.buffer] }];
      },
      select: ({ op, encoding }: { op: SelectOp; encoding: string }, [buffer], id) => {
        const bytes = new Uint8Array(buffer);
        const keys = encoding === "keys" ? new Uint32Array(buffer) : new Bitset(bytes).keys();
        this.select(op, keys, id);
        return this.#revised({});
      },
      expand: ({ k }: { k: number }, _buffers, id) => {
        const near = this.#near([...this.marks.kept.keys()], new Set(this.marks.rejected.keys()), k);
        this.select("keep", near, id);
        return this.#revised({ added: near.length });
      },
      undo: (_params, _buffers, id) => this.#step(-1, id),
      redo: (_params, _buffers, id) => this.#step(1, id),
    };

  #column(column: string): Part[] {
    if (column === "key") return this.#slices({ column, kind: "key" }, (key) => key, "uint32");
    if (column === "label") {
      const { labels, count } = this.options;
      const head = { column, kind: "category", categories: labels, distinct: labels.length };
      return [
        { result: { ...head, dtype: "int32", offset: 0, total: count }, buffers: [new ArrayBuffer(0)] },
        ...this.#slices({ column, kind: "category" }, (key) => this.#label(key), "int32"),
      ];
    }
    if (column === "brightness")
      return this.#slices({ column, kind: "number" }, (key) => (wave(key) + 1) / 2, "float32");
    if (column === "taken")
      return this.#slices({ column, kind: "date" }, (key) => 1.6e12 + key * 86_400_000, "float64");
    throw `There is no column ${column}`;
  }

  #slices(head: object, value: (key: number) => number, dtype: keyof typeof ARRAYS): Part[] {
    const { count } = this.options;
    return Array.from({ length: Math.ceil(count / PART_KEYS) || 1 }, (_, slice) => {
      const offset = slice * PART_KEYS;
      const length = Math.min(PART_KEYS, count - offset);
      const values = new ARRAYS[dtype](length);
      for (let row = 0; row < length; row++) values[row] = value(offset + row + 1);
      return { result: { ...head, dtype, offset, total: count }, buffers: [values.buffer as ArrayBuffer] };
    });
  }

  #step(by: number, id: string): Part[] {
    const changed = this.#at + by in this.#states;
    if (changed) {
      this.#at += by;
      this.#announce(id);
    }
    return this.#revised({ changed });
  }

  #revised(result: object): Part[] {
    return [{ result: { ...result, revision: this.#revision }, buffers: [] }];
  }

  #near(from: number[], without: Set<number>, k: number): number[] {
    const step = this.options.labels.length || 1;
    const taken = new Set(from);
    const near: number[] = [];
    for (let far = 1; near.length < k && far * step < this.options.count; far++) {
      for (const key of from.flatMap((key) => [key + far * step, key - far * step])) {
        if (near.length === k || key < 1 || key > this.options.count || taken.has(key) || without.has(key))
          continue;
        taken.add(key);
        near.push(key);
      }
    }
    return near;
  }

  #label(key: number): number {
    return this.options.labels.length ? key % this.options.labels.length : -1;
  }

  #facts(key: number, readable: boolean) {
    const label = this.options.labels[this.#label(key)] ?? null;
    const id = `${label ?? "images"}/IMG_${String(key).padStart(5, "0")}.jpg`;
    return { key, id, label, status: readable ? "ok" : "truncated file" };
  }

  #selection() {
    const { kept, rejected } = this.marks;
    const header = {
      revision: this.#revision,
      kept: { encoding: "bitset", count: kept.count() },
      rejected: { encoding: "keys", count: rejected.count() },
      can_undo: this.#at > 0,
      can_redo: this.#at < this.#states.length - 1,
    };
    return { header, buffers: [kept.bytes.slice().buffer, rejected.keys().buffer] };
  }

  #announce(ack: string | null): void {
    this.#revision++;
    const { header, buffers } = this.#selection();
    this.#emit({ type: "event", event: "selection", ...header, ack }, buffers);
  }

  #emit(content: object, buffers: ArrayBuffer[]): void {
    const views = buffers.map((buffer) => new DataView(buffer));
    for (const listener of this.#listeners) listener(content, views);
  }
}
