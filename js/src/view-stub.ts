/**
 * All that a view widget carries: it finds its session widget, which holds the bundle, and asks it to mount the
 * view. anywidget gives every widget its own module, so code that several views should share lives in one of them.
 */
import type { Mount, ViewContext } from "./lib/wire/view.ts";

interface Host {
  getWidget(ref: unknown): Promise<{ exports: { mount: Mount } }>;
}

export default {
  async render({ model, el, host, signal }: ViewContext & { host?: Host }) {
    if (!host) {
      el.textContent = "nbcurate needs a notebook front end with anywidget 0.11 or newer.";
      return;
    }
    try {
      const session = await host.getWidget(model.get("session"));
      return session.exports.mount(VIEW, { model, el, signal });
    } catch (error) {
      console.error(error);
      el.textContent = "This view has lost its data set. Run its cell again to show it.";
    }
  },
};
