import type { BalanceController } from "./controller.ts";
import { evenness, imbalanceRatio } from "./measures.ts";

const SERIES = [
  ["total", "All"],
  ["filtered", "Filtered"],
  ["selected", "Selected"],
] as const;

const number = (value: number, digits = 2) =>
  Number.isNaN(value) ? "–" : value.toLocaleString("en", { maximumFractionDigits: digits });

/** What the bars' shades mean, and how even each distribution is. */
export function Summary({ controller }: { controller: BalanceController }) {
  const tally = controller.tally.value;
  if (!tally) return null;
  const series = SERIES.filter(([name]) => name !== "filtered" || tally.isFiltered);
  // Bins are not classes: how even they are says nothing.
  const measured = !tally.bins;
  const named = tally.classes.filter(({ named }) => named);
  const several = tally.starts !== null;
  return (
    <table class="summary" data-testid="nbc-measures">
      <thead>
        <tr>
          <th scope="col">{tally.bins ? "" : `${named.length.toLocaleString("en")} classes`}</th>
          <th scope="col">items</th>
          {several && (
            <th scope="col" title="An item counts in each of its classes: so many there are in all bars">
              in classes
            </th>
          )}
          {measured && (
            <>
              <th scope="col" title="The largest class divided by the smallest: 1 is balanced">
                imbalance
              </th>
              <th
                scope="col"
                title="Entropy divided by that of equal shares: 1 is balanced, 0 all in one class"
              >
                evenness
              </th>
            </>
          )}
        </tr>
      </thead>
      <tbody>
        {series.map(([series, title]) => {
          const counts = named.map((one) => one[series]);
          return (
            <tr key={series} data-series={series}>
              <th scope="row">
                <i class={`swatch ${series}`} />
                {title}
              </th>
              <td>{number(tally.items[series])}</td>
              {several && (
                <td data-testid="nbc-in-classes">
                  {number(named.reduce((sum, one) => sum + one[series], 0))}
                </td>
              )}
              {measured && (
                <>
                  <td>{number(imbalanceRatio(counts), 1)}</td>
                  <td>{number(evenness(counts))}</td>
                </>
              )}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
