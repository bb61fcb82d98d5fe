/**
 * The session widget: the brain that all views of one data set share. It draws nothing itself; it carries the bundle,
 * holds the state and the connection, and mounts views for the thin widgets that ask.
 */
import { mountBalance } from "./balance/mount.tsx";
import { mountClusters } from "./clusters/mount.tsx";
import { mountConfusion } from "./confusion/mount.tsx";
import { mountCurator } from "./curator/mount.tsx";
import { mountCurves } from "./curves/mount.tsx";
import { mountFindings } from "./findings/mount.tsx";
import { mountGrid } from "./grid/mount.tsx";
import { keepDrawn } from "./lib/data/drawn-filter.ts";
import { keepFilter } from "./lib/data/kept-filter.ts";
import { SessionStore } from "./lib/session/session-store.ts";
import { tellChanges } from "./lib/session/told-changes.ts";
import { watchKernel } from "./lib/wire/kernel-watch.ts";
import { jupyterTransport } from "./lib/wire/transport.ts";
import type { Cleanup, Mount, ViewContext, WidgetModel } from "./lib/wire/view.ts";
import { mountMap } from "./map/mount.tsx";
import { mountReport } from "./report/mount.tsx";
import { mountScatter } from "./scatter/mount.tsx";

type MountView = (store: SessionStore, context: ViewContext) => Cleanup;

const VIEWS: Record<string, MountView> = {
  grid: mountGrid,
  map: mountMap,
  balance: mountBalance,
  clusters: mountClusters,
  findings: mountFindings,
  report: mountReport,
  confusion: mountConfusion,
  scatter: mountScatter,
  curves: mountCurves,
  curator: mountCurator,
};

export default {
  // Synchronous and cheap: anywidget drops every message of a widget whose initialize takes over two seconds.
  initialize({ model }: { model: WidgetModel }): { mount: Mount } {
    const store = new SessionStore(jupyterTransport(model));
    const bringBackSets = keepFilter(model, store.filter, store.rpc);
    keepDrawn(model, store.objects.filter);
    let watched = false;
    return {
      mount(view, context) {
        const mountView = VIEWS[view];
        if (!mountView) throw new Error(`nbcurate has no view called ${view}`);
        store.start();
        if (!watched) {
          bringBackSets();
          // Only views know the session's id, so the first of them starts the watch.
          watched = true;
          watchKernel(model, String(context.model.get("session")).replace(/^[^:]*:/, ""), store.connection);
        }
        store.knowItems(Number(context.model.get("view")), Number(context.model.get("items")));
        const unwatch = store.connection.watch();
        const untell = tellChanges(store, context.model);
        const unmount = mountView(store, context);
        let mounted = true;
        const cleanup = () => {
          if (!mounted) return;
          mounted = false;
          unmount();
          untell();
          unwatch();
        };
        context.signal?.addEventListener("abort", cleanup, { once: true });
        return cleanup;
      },
    };
  },
};
