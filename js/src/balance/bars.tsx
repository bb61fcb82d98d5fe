import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../lib/ui/icons.tsx";
import type { BalanceController, Class, Tally } from "./controller.ts";

const ROW = 30;
/** Rows beyond the window that are there already when it scrolls. */
const SPARE = 6;
const STEP = 0.01;
const SPACE_BELOW = 6;

const percent = (share: number) =>
  `${(share * 100).toLocaleString("en", { maximumFractionDigits: share < 0.1 ? 1 : 0 })} %`;

/** How long a bar of the whole width would be. */
interface Scaled {
  tally: Tally;
  shares: boolean;
  longest: number;
}

/** A bar a class. Only those in the window are on the page, so ten thousand classes scroll as ten do. */
export function Bars({ controller }: { controller: BalanceController }) {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(400);
  useEffect(() => {
    const element = box.current as HTMLElement;
    const measured = new ResizeObserver(() => {
      height.value = element.clientHeight || height.value;
    });
    measured.observe(element);
    return () => measured.disconnect();
  }, [height]);
  const tally = controller.tally.value as Tally;
  const { classes } = controller;
  const first = Math.max(Math.floor(top.value / ROW) - SPARE, 0);
  const shown = classes.slice(first, first + Math.ceil(height.value / ROW) + 2 * SPARE);
  const scaled = scaleOf(controller, tally, classes);
  return (
    <div
      class="bars"
      ref={box}
      data-scrolls={classes.length}
      data-testid="nbc-bars"
      onScroll={({ currentTarget }) => {
        top.value = currentTarget.scrollTop;
      }}
    >
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari forgets the role of a list without bullets */}
      <ul role="list" style={{ height: `${classes.length * ROW + SPACE_BELOW}px` }}>
        {shown.map((one, at) => (
          <Bar key={one.code} one={one} place={first + at} scaled={scaled} controller={controller} />
        ))}
      </ul>
    </div>
  );
}

function scaleOf(controller: BalanceController, tally: Tally, classes: Class[]): Scaled {
  const { totals } = tally;
  if (controller.state.scale.value === "counts") {
    return { tally, shares: false, longest: Math.max(1, ...classes.map(({ total }) => total)) };
  }
  const shares = classes.flatMap((one) => [
    one.total / (totals.total || 1),
    tally.isFiltered ? one.filtered / (totals.filtered || 1) : 0,
    one.selected / (totals.selected || 1),
  ]);
  const quotas = Object.values(controller.state.quotas.value);
  return { tally, shares: true, longest: Math.max(0.001, ...shares, ...quotas.map((share) => share * 1.1)) };
}

interface BarProps {
  one: Class;
  place: number;
  scaled: Scaled;
  controller: BalanceController;
}

function Bar({ one, place, scaled, controller }: BarProps) {
  const { tally, shares, longest } = scaled;
  const { totals } = tally;
  const width = (series: "total" | "filtered" | "selected") => {
    const value = shares ? one[series] / (totals[series] || 1) : one[series];
    return `${(100 * value) / longest}%`;
  };
  const named = tally.classes.filter(({ named }) => named).length;
  const target = shares ? 1 / named : totals.total / named;
  const chosen = controller.isChosen(one);
  const quota = controller.state.quotas.value[one.name];
  const number = (value: number) => value.toLocaleString("en");
  const words = [
    `${one.name}: ${number(one.total)} items, ${percent(one.total / (tally.items.total || 1))}`,
    `${number(one.filtered)} pass the filters, ${number(one.selected)} kept`,
    "Click: filter. Ctrl+click: keep all of it",
  ].join("\n");
  const all = one.selected > 0 && one.selected === one.total;
  const drop = useDrop(one, controller);
  return (
    <li
      class="bar-row"
      style={{ top: `${place * ROW}px` }}
      data-value={one.name}
      data-chosen={chosen}
      data-drop={drop.words ? "" : undefined}
      {...drop.listeners}
    >
      {drop.words && (
        <b class="drop-words" data-testid="nbc-drop-words">
          {drop.words}
        </b>
      )}
      <button
        type="button"
        class="bar-main"
        aria-pressed={chosen}
        title={words}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) controller.toggleSelect(one);
          else controller.toggleFilter(one);
        }}
      >
        <span class="bar-name">{one.name}</span>
        <span class={`bar-track ${shares ? "apart" : ""}`}>
          <i class="total" style={{ width: width("total") }} />
          {tally.isFiltered && <i class="filtered" style={{ width: width("filtered") }} />}
          <i class="selected" style={{ width: width("selected") }} />
          {named > 1 && one.named && quota === undefined && (
            <i class="target" style={{ left: `${Math.min((100 * target) / longest, 100)}%` }} />
          )}
        </span>
        <span class="bar-number">
          {shares ? percent(one.total / (totals.total || 1)) : one.total.toLocaleString("en")}
          {one.selected > 0 && (
            <small>
              {shares ? percent(one.selected / totals.selected) : one.selected.toLocaleString("en")}
            </small>
          )}
        </span>
      </button>
      {quota !== undefined && (
        <div class="handle-track">
          <Handle name={one.name} share={quota} longest={longest} controller={controller} />
        </div>
      )}
      <button
        type="button"
        class="bar-keep"
        aria-pressed={all}
        title={`${all ? "Keep none" : "Keep all"} of ${one.name}`}
        aria-label={`${all ? "Keep none" : "Keep all"} of ${one.name}`}
        data-testid="nbc-keep-class"
        onClick={() => controller.toggleSelect(one)}
      >
        <Icon name={all ? "check" : "plus"} />
      </button>
    </li>
  );
}

/** What is dropped on a bar gets its class: what is said meanwhile, and what listens. */
function useDrop(one: Class, controller: BalanceController) {
  const over = useSignal(false);
  const { dragged } = controller.store;
  const listeners = {
    onDragOver: (event: DragEvent) => {
      if (!controller.takes(one)) return;
      event.preventDefault();
      over.value = true;
    },
    onDragLeave: ({ currentTarget, relatedTarget }: DragEvent) => {
      if (!(currentTarget as Element).contains(relatedTarget as Node | null)) over.value = false;
    },
    onDrop: (event: DragEvent) => {
      if (!controller.takes(one)) return;
      event.preventDefault();
      over.value = false;
      controller.take(one);
    },
  };
  // A drag may end elsewhere, without a word to who was under it.
  const count = over.value ? dragged.value?.keys.length : undefined;
  return { words: count === undefined ? null : `${count.toLocaleString("en")} → ${one.name}`, listeners };
}

interface HandleProps {
  name: string;
  share: number;
  longest: number;
  controller: BalanceController;
}

/** The share that a class is to have: dragged, or moved with the arrow keys. */
function Handle({ name, share, longest, controller }: HandleProps) {
  const set = (to: number) => controller.setQuota(name, to);
  return (
    <div
      class="handle"
      role="slider"
      tabIndex={0}
      aria-label={`Quota of ${name}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 1000) / 10}
      aria-valuetext={percent(share)}
      title={`Quota of ${name}: ${percent(share)}`}
      data-testid="nbc-quota"
      style={{ left: `${Math.min((100 * share) / longest, 100)}%` }}
      onKeyDown={(event) => {
        const by = event.shiftKey ? 5 * STEP : STEP;
        const to = { ArrowLeft: share - by, ArrowRight: share + by, Home: 0, End: 1 }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        set(to);
      }}
      onPointerDown={(event) => {
        const handle = event.currentTarget;
        const track = handle.parentElement as HTMLElement;
        handle.setPointerCapture(event.pointerId);
        // The scale stays as it was at the start: a bar that grows under the pointer cannot be aimed with.
        const move = ({ clientX }: PointerEvent) => {
          const box = track.getBoundingClientRect();
          set(((clientX - box.left) / box.width) * longest);
        };
        handle.addEventListener("pointermove", move);
        handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move), {
          once: true,
        });
      }}
    >
      <span>{percent(share)}</span>
    </div>
  );
}
