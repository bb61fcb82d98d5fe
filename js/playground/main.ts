/** Mounts grids on a fake kernel. Everything can be set by the address: ?count=3000&theme=dark&kinds=grid,map&labels=0 */
import session from "../src/session.ts";
import { FakeKernel } from "./fake-kernel.ts";
import { FakeModel } from "./fake-model.ts";
import { drawPicture } from "./pictures.ts";

const options = new URLSearchParams(location.search);
const number = (name: string, otherwise: number) => Number(options.get(name) ?? otherwise);

document.body.dataset.jpThemeLight = String(options.get("theme") !== "dark");
document.body.dataset.jpThemeName = options.get("theme") === "dark" ? "JupyterLab Dark" : "JupyterLab Light";

const kernel = new FakeKernel({
  count: number("count", 3000),
  labels:
    options.get("labels") === "0"
      ? []
      : ["alps", "beach", "city", "desert", "<b>forest</b>", "lake", "sunset"],
  embeddings: options.get("embeddings") === "0" ? null : "fake",
  delay: number("delay", 30),
  picture: drawPicture,
});
const brain = session.initialize({ model: new FakeModel({}, kernel) });

/** For driving it from outside: tests and screenshots. */
const mounted: object[] = [];

const kinds = (options.get("kinds") ?? "grid").split(",");

for (let view = 0; view < number("views", kinds.length); view++) {
  const kind = kinds[view % kinds.length];
  const model = new FakeModel({
    session: "anywidget:fake",
    view,
    color: options.get("color") ?? "label",
    method: "umap",
    by: options.get("by") ?? "label",
    quotas: {},
    sort_by: options.get("sort") ?? "",
    group_by: options.get("group") ?? "",
    caption: options.get("caption") ?? "",
    descending: false,
    point_size: 0,
    linked: true,
    thumbnail_size: number("size", 128),
    height: number("height", 480),
    k: number("k", 20),
    query: { positive: [], negative: [] },
  });
  const el = document.createElement("div");
  el.className = "cell";
  document.body.append(el);
  mounted.push({ model, el, unmount: brain.mount(kind, { model, el }) });
}

Object.assign(globalThis, { kernel, brain, mounted });
