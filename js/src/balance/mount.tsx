import { mountView, viewOf } from "../lib/session/mount-view.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { bindTrait, numberBetween } from "../lib/wire/traits.ts";
import type { Cleanup, ViewContext } from "../lib/wire/view.ts";
import balance from "./balance.css";
import bars from "./bars.css";
import { BalanceController } from "./controller.ts";
import histogram from "./histogram.css";
import type { Quotas } from "./measures.ts";
import { Shell } from "./shell.tsx";
import { BalanceState } from "./state.ts";

/** The ClassBalance: binds its traits to its state, and shows it. */
export function mountBalance(store: SessionStore, context: ViewContext): Cleanup {
  const { model } = context;
  const view = viewOf(context);
  const state = store.viewState(`balance-${view}`, () => new BalanceState());
  const cleanups = [
    bindTrait(model, "height", state.height, numberBetween(160, 4000, 420)),
    bindTrait(model, "by", state.by, (value) => (typeof value === "string" && value ? value : null)),
    bindTrait(model, "quotas", state.quotas, parseQuotas, sameQuotas),
    bindTrait(model, "linked", state.filterChoice.linked, (value) => value !== false),
  ];
  const controller = new BalanceController(store, view, state);
  return mountView(store, context, {
    testid: "nbc-balance",
    styles: [balance, bars, histogram],
    cleanups,
    content: <Shell controller={controller} />,
  });
}

function parseQuotas(value: unknown): Quotas {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter(([, share]) => typeof share === "number" && share >= 0));
}

function sameQuotas(a: Quotas, b: Quotas): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
