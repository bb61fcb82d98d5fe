/**
 * What JupyterLab lets us know about the kernel. All of this is its internals, reached through the widget manager:
 * other hosts lack it, and everything here may be missing. The heartbeat is what always works.
 */
import type { Connection } from "./connection.ts";
import type { WidgetModel } from "./view.ts";

interface Kernel {
  status?: string;
  statusChanged?: { connect?(slot: (sender: unknown, status: string) => void): void };
}

interface WidgetManager {
  kernel?: Kernel | null;
  get_model?(id: string): Promise<{ comm_live?: boolean }> | undefined;
}

const RESTARTED = new Set(["restarting", "autorestarting", "terminating", "dead"]);

/** Sees the end of the kernel at once where the host tells; `sessionId` names the session's own model. */
export function watchKernel(model: WidgetModel, sessionId: string, connection: Connection): void {
  const manager = model.widget_manager as WidgetManager | undefined;
  const guarded = (action: () => void) => {
    try {
      action();
    } catch (error) {
      console.debug("[nbcurate] this host does not tell about its kernel", error);
    }
  };
  guarded(() => {
    // On a restart the widget manager marks every comm dead. The event carries no value, so look at the model.
    model.on("comm_live_update", () => {
      manager
        ?.get_model?.(sessionId)
        ?.then((session) => {
          if (session.comm_live === false) connection.lost();
        })
        .catch(() => {});
    });
  });
  guarded(() => {
    const kernel = manager?.kernel;
    connection.isKernelBusy = () => kernel?.status === "busy";
    // A kernel that died and was started again by the server is not reported through the comms.
    kernel?.statusChanged?.connect?.((_, status) => {
      if (RESTARTED.has(status)) connection.lost();
    });
  });
}
