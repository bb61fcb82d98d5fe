/**
 * What the grid shows the nearest of: items, words, or a picture that was dropped here and goes by the name that the
 * kernel gave it. None of them: nobody's, the grid shows all items.
 */
export interface Query {
  positive: number[];
  negative: number[];
  words?: string;
  picture?: string;
}

export const NO_QUERY: Query = { positive: [], negative: [] };

export function isNeighbourQuery(query: Query): boolean {
  return query.positive.length > 0 || Boolean(query.words) || Boolean(query.picture);
}

export function sameQuery(a: Query, b: Query): boolean {
  const same = (x: number[], y: number[]) => x.length === y.length && x.every((key, at) => key === y[at]);
  return (
    same(a.positive, b.positive) &&
    same(a.negative, b.negative) &&
    a.words === b.words &&
    a.picture === b.picture
  );
}

/** Reads the trait; whatever a person has put there, the answer is a query. */
export function parseQuery(value: unknown): Query {
  const { positive, negative, words, picture } = (value ?? {}) as Partial<Record<keyof Query, unknown>>;
  const keys = (list: unknown) =>
    Array.isArray(list) ? list.filter((key): key is number => Number.isInteger(key) && key >= 0) : [];
  const query: Query = { positive: keys(positive), negative: keys(negative) };
  if (typeof words === "string" && words.trim()) return { ...NO_QUERY, words };
  return typeof picture === "string" && picture ? { ...NO_QUERY, picture } : query;
}

/** Where a person is in a listing. */
export interface Whereabouts {
  /** Where the grid was scrolled to when this query was left, and which item had the focus. */
  place: number;
  focusKey: number | null;
}

const NOWHERE: Whereabouts = { place: 0, focusKey: null };

export interface Visit extends Whereabouts {
  query: Query;
}

/** The queries visited, as in a browser: back, forward, and a new one drops what lay ahead. A value, never changed. */
export class QueryHistory {
  static readonly start = new QueryHistory([{ query: NO_QUERY, ...NOWHERE }], 0);

  private constructor(
    private readonly visits: readonly Visit[],
    private readonly at: number,
  ) {}

  get current(): Visit {
    return this.visits[this.at];
  }

  get canGoBack(): boolean {
    return this.at > 0;
  }

  get canGoForward(): boolean {
    return this.at < this.visits.length - 1;
  }

  /** Goes to a new query from where this one is scrolled to. All items are shown where they were last left. */
  visit(query: Query, left: Whereabouts): QueryHistory {
    const visits = this.#leaving(left).slice(0, this.at + 1);
    const before = isNeighbourQuery(query)
      ? NOWHERE
      : (visits.findLast((visit) => !isNeighbourQuery(visit.query)) ?? NOWHERE);
    return new QueryHistory([...visits, { ...before, query }], visits.length);
  }

  step(by: -1 | 1, left: Whereabouts): QueryHistory {
    if (by < 0 ? !this.canGoBack : !this.canGoForward) return this;
    return new QueryHistory(this.#leaving(left), this.at + by);
  }

  #leaving(left: Whereabouts): Visit[] {
    return this.visits.map((visit, at) => (at === this.at ? { ...visit, ...left } : visit));
  }
}
