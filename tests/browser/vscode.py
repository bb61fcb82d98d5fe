"""VS Code's notebook, as far as its packages bring it: the page that shows outputs, and its own manager of widgets.

The Jupyter extension, which holds the kernel and speaks to that page by messages, is in no package registry. What stands
for it is a page beside: it owns the kernel's connection, and everything goes over as a structured clone, as there.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FrameLocator, Page, Route

from .host import Host
from .jupyterlab import evaluate

ROOT = Path(__file__).parents[2]
JUPYTER = Path(sys.prefix) / "share" / "jupyter"
#: Made by `make test`, or by name.
MANAGER = ROOT / ".demo" / "vscode" / "ipywidgets.js"
SCRIPTS = {
    "ipywidgets.js": MANAGER,
    "require.js": JUPYTER / "voila" / "templates" / "base" / "static" / "require.min.js",
    "anywidget.js": JUPYTER / "nbextensions" / "anywidget" / "index.js",
}
#: Of VS Code's dark theme, as its page has them on the root.
COLOURS = {
    "editor-background": "#1f1f1f",
    "editor-foreground": "#cccccc",
    "editorWidget-background": "#202020",
    "widget-border": "#313131",
    "button-background": "#0078d4",
    "errorForeground": "#f85149",
    "font-family": "system-ui, sans-serif",
}
_STYLE = "".join(f"--vscode-{name}: {value};" for name, value in COLOURS.items())
PAGE = f"""<!DOCTYPE html>
<html style="{_STYLE}">
<style>
  body {{ margin: 0; padding: 0; color: var(--vscode-editor-foreground); background: var(--vscode-editor-background); }}
  img, video {{ max-width: 100%; max-height: 100%; }}
  table, thead, tr, th, td, tbody {{ border: none; border-spacing: 0; border-collapse: collapse; }}
  th, td {{ padding: 4px 8px; }}
  .output {{ margin: 4px 8px; overflow-x: auto; }}
  .cell-output-ipywidget-background {{ background: white !important; }}
</style>
<body class="vscode-dark" data-vscode-theme-kind="vscode-dark">
<div id="container"></div>
<script src="require.js"></script>
<script type="module">
  import {{ activate }} from "./ipywidgets.js";
  activate();
  vscIPyWidgets8.load();
  requirejs.config({{ paths: {{ anywidget: new URL("anywidget", location).href }} }});
  const told = (message) => structuredClone(message);
  const asked = (...values) => values.map((value) => parent.structuredClone(value));
  const across = (comm) => ({{
    get commId() {{ return comm.commId; }},
    get targetName() {{ return comm.targetName; }},
    set onMsg(listener) {{ comm.onMsg = (message) => listener(told(message)); }},
    set onClose(listener) {{ comm.onClose = (message) => listener(told(message)); }},
    open: (...values) => comm.open(...asked(...values)),
    send: (...values) => comm.send(...asked(...values)),
    close: (...values) => comm.close(...asked(...values)),
  }});
  const scripts = {{ widgetsRegisteredInRequireJs: new Set(["anywidget"]), loadWidgetScript() {{}}, successHandler() {{}},
    errorHandler(...problem) {{ console.error(...problem); }} }};
  window.connect = (kernel) => {{
    const here = new Proxy(kernel, {{ get(target, name) {{
      if (name === "createComm") return (...named) => across(target.createComm(...named));
      if (name === "registerCommTarget") {{
        return (target_name, opened) => target.registerCommTarget(target_name, (comm, message) => opened(across(comm), told(message)));
      }}
      const value = target[name];
      return typeof value === "function" ? value.bind(target) : value;
    }} }});
    window.manager = new vscIPyWidgets.WidgetManager(here, document.getElementById("container"), scripts, () => {{}});
  }};
  window.show = async (id) => {{
    const output = document.createElement("div");
    output.className = "output cell-output-ipywidget-background";
    document.getElementById("container").append(output);
    const view = await manager.create_view(await manager.get_model(id), {{ el: output }});
    await manager.display_view(undefined, view, {{ node: output }});
  }};
  window.ready = true;
</script>
"""
_START = """async (address) => {
  const frame = document.createElement('iframe');
  frame.id = 'vscode';
  frame.style.cssText = 'position: fixed; inset: 0; width: 100%; height: 100%; z-index: 99999; border: 0';
  frame.src = address;
  document.body.append(frame);
  const kernel = await jupyterapp.serviceManager.kernels.startNew({name: 'python3'});
  await kernel.info;
  while (!frame.contentWindow.ready) await new Promise(requestAnimationFrame);
  frame.contentWindow.connect(kernel);
  window.vscode = {frame, kernel, async run(code) {
    const future = kernel.requestExecute({code, store_history: false});
    let out = '';
    const shown = [];
    future.onIOPub = ({header, content}) => {
      if (header.msg_type === 'stream') out += content.text;
      if (header.msg_type === 'error') out += content.traceback.join('\\n');
      const widget = content.data?.['application/vnd.jupyter.widget-view+json'];
      if (widget) shown.push(frame.contentWindow.show(widget.model_id));
    };
    const reply = await future.done;
    await Promise.all(shown);
    return [reply.content.status, out];
  }};
}"""
_END = """async () => {
  const {frame, kernel} = window.vscode;
  delete window.vscode;
  await kernel.shutdown();
  frame.remove();
}"""


@dataclass
class VSCode(Host):
    """The page of outputs, over JupyterLab's own, whose connection it uses; with a kernel of its own."""

    page: Page

    @classmethod
    def open(cls, page: Page, folder: Path) -> VSCode:
        """On a page that shows JupyterLab."""
        assert MANAGER.exists(), f"VS Code's manager of widgets is not there: run `make {MANAGER.relative_to(ROOT)}`"
        page.route("**/vscode-outputs/*", _answer)
        evaluate(page, _START, page.url.partition("/lab")[0] + "/vscode-outputs/index.html")
        host = cls(page)
        host.execute(f"import os; os.chdir({str(folder)!r})")
        return host

    @property
    def outputs(self) -> FrameLocator:
        return self.page.frame_locator("#vscode")

    def execute(self, code: str) -> str:
        status, out = evaluate(self.page, "(code) => window.vscode.run(code)", code)
        assert status == "ok", out
        return out.strip()

    def close(self) -> None:
        evaluate(self.page, _END)
        self.page.unroute("**/vscode-outputs/*")


def _answer(route: Route) -> None:
    name = route.request.url.rpartition("/")[2].partition("?")[0]
    if name == "index.html":
        route.fulfill(body=PAGE, content_type="text/html")
    else:
        route.fulfill(path=SCRIPTS[name], content_type="text/javascript")
