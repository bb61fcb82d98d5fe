/** An order in which what is alike lies side by side. */

/**
 * Things in a row, the most alike beside each other: the two groups that are most alike on average are joined, at the
 * ends that are most alike, until nothing is alike any more. Groups with nothing in common stand by their weight.
 */
export function similarOrder(count: number, likeness: Float64Array, weight: ArrayLike<number>): number[] {
  const chains = new Map<number, number[]>(Array.from({ length: count }, (_, at) => [at, [at]]));
  const between = likeness.slice();
  for (;;) {
    const best = mostAlike([...chains.keys()], between, count);
    if (!best) break;
    const [left, right] = best;
    const [one, other] = [chains.get(left) as number[], chains.get(right) as number[]];
    for (const third of chains.keys()) {
      const joined =
        (one.length * between[left * count + third] + other.length * between[right * count + third]) /
        (one.length + other.length);
      between[left * count + third] = joined;
      between[third * count + left] = joined;
    }
    chains.delete(right);
    chains.set(left, joinedAtLikest(one, other, likeness, count));
  }
  const heaviest = (chain: number[]) => Math.max(...chain.map((at) => weight[at]));
  return [...chains.values()].sort((a, b) => b.length - a.length || heaviest(b) - heaviest(a)).flat();
}

function mostAlike(groups: number[], between: Float64Array, count: number): [number, number] | null {
  let best: [number, number] | null = null;
  let most = 0;
  for (let i = 0; i < groups.length; i++)
    for (let j = i + 1; j < groups.length; j++) {
      const alike = between[groups[i] * count + groups[j]];
      if (alike > most) {
        most = alike;
        best = [groups[i], groups[j]];
      }
    }
  return best;
}

function joinedAtLikest(one: number[], other: number[], likeness: Float64Array, count: number): number[] {
  const turned = [...one].reverse();
  const turnedOther = [...other].reverse();
  const ways = [
    [one, other],
    [one, turnedOther],
    [turned, other],
    [turned, turnedOther],
  ];
  const touching = ([a, b]: number[][]) => likeness[(a.at(-1) as number) * count + b[0]];
  return ways.reduce((best, way) => (touching(way) > touching(best) ? way : best)).flat();
}
