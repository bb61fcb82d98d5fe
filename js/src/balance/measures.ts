/** How even a distribution over classes is. */

/** Largest count divided by the smallest: 1 is balanced, infinity says that a class is missing. NaN of nothing. */
export function imbalanceRatio(counts: ArrayLike<number>): number {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (let at = 0; at < counts.length; at++) {
    low = Math.min(low, counts[at]);
    high = Math.max(high, counts[at]);
  }
  return high / low;
}

/**
 * Shannon entropy of the shares divided by that of equal shares (Pielou's evenness): 1 is balanced, 0 is all in one
 * class. Classes without items count as classes. NaN of nothing or of a single class.
 */
export function evenness(counts: ArrayLike<number>): number {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  if (!total || counts.length < 2) return Number.NaN;
  let entropy = 0;
  for (let at = 0; at < counts.length; at++) {
    const share = counts[at] / total;
    if (share > 0) entropy -= share * Math.log(share);
  }
  return entropy / Math.log(counts.length);
}

/** Share of a result that each class is to have; together they are 1. */
export type Quotas = Readonly<Record<string, number>>;

export function equalQuotas(names: readonly string[]): Quotas {
  return Object.fromEntries(names.map((name) => [name, 1 / names.length]));
}

/** Gives one class another share; the others share what is left as they did before. */
export function withQuota(quotas: Quotas, name: string, share: number): Quotas {
  const wanted = Math.min(Math.max(share, 0), 1);
  const others = Object.keys(quotas).filter((other) => other !== name);
  const before = others.reduce((sum, other) => sum + quotas[other], 0);
  const rest = others.map((other) => {
    const part = before > 0 ? quotas[other] / before : 1 / others.length;
    return [other, part * (1 - wanted)] as const;
  });
  return Object.fromEntries([[name, others.length ? wanted : 1], ...rest]);
}
