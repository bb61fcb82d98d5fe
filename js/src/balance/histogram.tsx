import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { dateText, numberText } from "../lib/data/columns.ts";
import { binOf, edgesOf } from "../lib/data/counts.ts";
import type { BalanceController, Class, Tally } from "./controller.ts";

const TICKS = 5;

/** Numbers or dates in bins. A drag over the bins filters to them; so do two handles, by keyboard. */
export function Histogram({ controller }: { controller: BalanceController }) {
  const box = useRef<HTMLDivElement>(null);
  const brush = useSignal<[number, number] | null>(null);
  const tally = controller.tally.value as Tally;
  const { classes, column } = tally;
  const bins = tally.bins as NonNullable<Tally["bins"]>;
  if (!bins.count) return <p class="message">No item has a value of {column.name}.</p>;
  const text = column.kind === "date" ? dateText : numberText;
  const range = controller.filter.filter.value.range(column.name);
  const chosen = brush.value ?? (range && [binOf(bins, range[0]), binOf(bins, range[1])]);
  const tallest = Math.max(1, ...classes.map(({ total }) => total));
  const binAt = (event: PointerEvent) => {
    const { left, width } = (box.current as HTMLElement).getBoundingClientRect();
    const at = Math.floor(((event.clientX - left) / width) * bins.count);
    return Math.min(Math.max(at, 0), bins.count - 1);
  };

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const element = box.current as HTMLElement;
    const start = binAt(event);
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      controller.toggleSelect(classes[start]);
      return;
    }
    element.setPointerCapture(event.pointerId);
    const span = (to: PointerEvent): [number, number] => {
      const end = binAt(to);
      return [Math.min(start, end), Math.max(start, end)];
    };
    const move = (to: PointerEvent) => {
      brush.value = span(to);
    };
    const up = (to: PointerEvent) => {
      element.removeEventListener("pointermove", move);
      const drawn = span(to);
      const dragged = brush.value !== null && drawn[0] !== drawn[1];
      brush.value = null;
      if (dragged) controller.restrict(drawn);
      else controller.toggleFilter(classes[start]);
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", up, { once: true });
  };

  return (
    <div class="histogram" data-testid="nbc-histogram">
      <div class="bins" ref={box} onPointerDown={onPointerDown}>
        {classes.map((one) => (
          <Bin key={one.code} one={one} tally={tally} tallest={tallest} title={titleOf(one)} />
        ))}
        {chosen && (
          <div
            class="brush"
            data-testid="nbc-brush"
            style={{
              left: `${(100 * chosen[0]) / bins.count}%`,
              width: `${(100 * (chosen[1] - chosen[0] + 1)) / bins.count}%`,
            }}
          />
        )}
      </div>
      <Ends chosen={chosen ?? [0, bins.count - 1]} controller={controller} tally={tally} text={text} />
      <div class="ticks" aria-hidden="true">
        {Array.from({ length: TICKS }, (_, at) => {
          const value = bins.low + (bins.width * bins.count * at) / (TICKS - 1);
          return <span key={value}>{text(value)}</span>;
        })}
      </div>
    </div>
  );

  function titleOf(one: Class): string {
    const [low, high] = edgesOf(bins, one.code);
    return `${text(low)} – ${text(high)}: ${one.total.toLocaleString("en")} items, ${one.filtered.toLocaleString("en")} filtered, ${one.selected.toLocaleString("en")} selected`;
  }
}

interface BinProps {
  one: Class;
  tally: Tally;
  tallest: number;
  title: string;
}

function Bin({ one, tally, tallest, title }: BinProps) {
  const height = (count: number) => `${(100 * count) / tallest}%`;
  return (
    <div class="bin" title={title} data-code={one.code}>
      <i class="total" style={{ height: height(one.total) }} />
      {tally.isFiltered && <i class="filtered" style={{ height: height(one.filtered) }} />}
      <i class="selected" style={{ height: height(one.selected) }} />
    </div>
  );
}

interface EndsProps {
  chosen: readonly number[];
  controller: BalanceController;
  tally: Tally;
  text: (value: number) => string;
}

/** The two ends of the range, to be moved with the arrow keys. */
function Ends({ chosen, controller, tally, text }: EndsProps) {
  const bins = tally.bins as NonNullable<Tally["bins"]>;
  const move = (end: 0 | 1, to: number) => {
    const moved: [number, number] = [chosen[0], chosen[1]];
    moved[end] = Math.min(Math.max(to, end ? moved[0] : 0), end ? bins.count - 1 : moved[1]);
    controller.restrict(moved[0] === 0 && moved[1] === bins.count - 1 ? null : moved);
  };
  return (
    <div class="ends">
      {([0, 1] as const).map((end) => (
        <div
          key={end}
          class="range-end"
          role="slider"
          tabIndex={0}
          aria-label={`${end ? "Upper" : "Lower"} end of ${tally.column.name}`}
          aria-valuemin={0}
          aria-valuemax={bins.count - 1}
          aria-valuenow={chosen[end]}
          aria-valuetext={text(edgesOf(bins, chosen[end])[end])}
          data-testid={end ? "nbc-range-high" : "nbc-range-low"}
          style={{ left: `${(100 * (chosen[end] + end)) / bins.count}%` }}
          onKeyDown={(event) => {
            const to = {
              ArrowLeft: chosen[end] - 1,
              ArrowRight: chosen[end] + 1,
              Home: 0,
              End: bins.count - 1,
            }[event.key];
            if (to === undefined) return;
            event.preventDefault();
            event.stopPropagation();
            move(end, to);
          }}
        />
      ))}
    </div>
  );
}
