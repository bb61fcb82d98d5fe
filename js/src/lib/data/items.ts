/** The items of a view, in its order. */
export class Items {
  static readonly none = new Items(new Uint32Array(0));
  #rows: Int32Array | null = null;

  constructor(readonly keys: Uint32Array) {}

  get count(): number {
    return this.keys.length;
  }

  /** The place of an item in the view's columns, -1 where the view does not have it. */
  rowOf(key: number): number {
    this.#rows ??= this.#index();
    return key < this.#rows.length ? this.#rows[key] : -1;
  }

  #index(): Int32Array {
    const last = this.keys.reduce((max, key) => Math.max(max, key), -1);
    const rows = new Int32Array(last + 1).fill(-1);
    this.keys.forEach((key, row) => {
      rows[key] = row;
    });
    return rows;
  }
}

/** The last part of an id that is a path. */
export function baseName(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1) || id;
}
