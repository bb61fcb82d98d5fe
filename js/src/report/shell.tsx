import type { Signal } from "@preact/signals";
import type { SessionStore } from "../lib/session/session-store.ts";
import { ViewFrame } from "../lib/session/view-frame.tsx";
import type { Notices } from "../lib/ui/notices.tsx";
import { barsOf, type Measure, type ReportContent, type Value } from "./content.ts";

interface ShellProps {
  store: SessionStore;
  content: Signal<ReportContent>;
  height: Signal<number>;
  helping: Signal<boolean>;
  notices: Notices;
}

const WORDS: [name: "subset" | "whole" | "random", text: string][] = [
  ["subset", "Subset"],
  ["whole", "Whole"],
  ["random", "Random"],
];

const text = (value: Value) =>
  typeof value === "number" ? value.toLocaleString("en", { maximumFractionDigits: 3 }) : (value ?? "–");
const share = (value: number, total: number) =>
  `${((100 * value) / (total || 1)).toLocaleString("en", { maximumFractionDigits: 1 })} %`;

/** A subset before and after: each measure against the whole and against chance, and each class's share. */
export function Shell({ store, content, height, helping, notices }: ShellProps) {
  const { size, total, measures, classes } = content.value;
  return (
    <ViewFrame
      controller={{ store, notices, state: { height, helping } }}
      keys={[["Tab", "through the parts"]]}
      commands={{}}
      label="Report"
      status={
        <div data-testid="nbc-report-size">
          <b>{size.toLocaleString("en")}</b> of {total.toLocaleString("en")} items, against random draws of as
          many
        </div>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be scrolled with the keyboard, too */}
      <div class="report" tabIndex={0} role="region" aria-label="Measures and classes">
        <div class="measures" data-testid="nbc-measures">
          {measures.map((measure) => (
            <MeasureBars key={measure.name} measure={measure} />
          ))}
        </div>
        {classes.length > 0 && (
          <table class="classes" data-testid="nbc-classes">
            <caption>Share of each class</caption>
            <thead>
              <tr>
                <th scope="col">class</th>
                <th scope="col">
                  <i class="swatch whole" />
                  whole
                </th>
                <th scope="col">
                  <i class="swatch subset" />
                  subset
                </th>
                <td />
              </tr>
            </thead>
            <tbody>
              {classes.map(([name, whole, subset]) => (
                <ClassRow
                  key={name}
                  name={name}
                  before={[whole, total]}
                  after={[subset, size]}
                  longest={Math.max(
                    ...classes.map(([, w, s]) => Math.max(w / (total || 1), s / (size || 1))),
                  )}
                />
              ))}
            </tbody>
          </table>
        )}
      </div>
    </ViewFrame>
  );
}

function MeasureBars({ measure }: { measure: Measure }) {
  const bars = barsOf(measure);
  const { better, spread } = measure;
  return (
    <section class="measure" data-value={measure.name} data-better={better} aria-label={measure.name}>
      <h4 title={measure.meaning}>
        {measure.name.replaceAll("_", " ")}
        {better !== null && (
          <em class={better ? "better" : "worse"}>
            {better ? "better than random" : "not better than random"}
          </em>
        )}
      </h4>
      <p>{measure.meaning}</p>
      <dl>
        {WORDS.map(([name, title]) => (
          <div key={name}>
            <dt>{title}</dt>
            <dd>
              <i class={name} style={{ width: `${100 * bars[name]}%` }} />
            </dd>
            <dd class="number">
              {text(measure[name])}
              {name === "random" && typeof spread === "number" && <small> ± {text(spread)}</small>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface ClassRowProps {
  name: string;
  before: [count: number, of: number];
  after: [count: number, of: number];
  longest: number;
}

function ClassRow({ name, before, after, longest }: ClassRowProps) {
  const width = ([count, of]: [number, number]) => `${(100 * count) / (of || 1) / (longest || 1)}%`;
  return (
    <tr>
      <th scope="row" title={name}>
        {name}
      </th>
      <td title={`${before[0].toLocaleString("en")} items`}>{share(...before)}</td>
      <td title={`${after[0].toLocaleString("en")} items`}>{share(...after)}</td>
      <td>
        <i class="whole" style={{ width: width(before) }} />
        <i class="subset" style={{ width: width(after) }} />
      </td>
    </tr>
  );
}
