"""What stands for Google Colab: each output in a frame of its own, with a manager of widgets as Colab's is.

That manager comes from a server of Colab's, so it cannot run here. This one keeps to its public interface
(googlecolab/colab-cdn-widget-manager, ``api.ts``): a frame asks its host for the state of a model and for a channel, and
messages arrive as an endless list with plain arrays of bytes. The page around it plays the host, on JupyterLab's connection.
"""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import FrameLocator, Page, Route

from .host import Host
from .jupyterlab import evaluate
from .vscode import MANAGER, ROOT, SCRIPTS

PAGE = """<!DOCTYPE html>
<style>body { margin: 8px; }</style>
<body>
<script src="require.js"></script>
<script type="module">
  import { activate } from "./ipywidgets.js";
  activate();
  vscIPyWidgets8.load();
  requirejs.config({ paths: { anywidget: new URL("anywidget", location).href } });
  // The class that every manager of widgets is made of.
  let ManagerBase = vscIPyWidgets.WidgetManager;
  while (!Object.hasOwn(ManagerBase.prototype, "new_model")) ManagerBase = Object.getPrototypeOf(ManagerBase);

  class Comm {
    constructor(id, channel) { this.comm_id = id; this.target_name = ""; this.channel = channel; }
    open() { throw new Error("a frame opens no channel of its own"); }
    send(data, callbacks, metadata, buffers) {
      const bytes = buffers?.map((one) => (ArrayBuffer.isView(one) ? new Uint8Array(one.buffer, one.byteOffset, one.byteLength) : one));
      this.channel.send(data, bytes && { buffers: bytes }).then(() => callbacks?.iopub?.status?.({ content: { execution_state: "idle" } }));
      return "";
    }
    close() { this.channel.close(); return ""; }
    async on_msg(callback) {
      for await (const message of this.channel.messages()) {
        const { data, buffers } = structuredClone(message);
        callback({ content: { comm_id: this.comm_id, data }, buffers: buffers?.map((one) => new Uint8Array(one)) });
      }
    }
    on_close() {}
  }

  class Manager extends ManagerBase {
    models = new Map();
    async loadClass(name, module) {
      return (await new Promise((loaded, failed) => requirejs([module], loaded, failed)))[name];
    }
    get_model(id) {
      if (!this.models.has(id)) {
        const { modelName, modelModule, modelModuleVersion, state, channel } = parent.colab.modelState(id);
        const named = { model_name: modelName, model_module: modelModule, model_module_version: modelModuleVersion, model_id: id };
        this.models.set(id, this.new_model({ ...named, comm: new Comm(id, channel) }, structuredClone(state)));
      }
      return this.models.get(id);
    }
    _get_comm_info() { throw new Error("not implemented"); }
    _create_comm() { throw new Error("not implemented"); }
  }

  const manager = new Manager();
  window.render = async (id) => {
    const view = await manager.create_view(await manager.get_model(id));
    document.body.append(view.el);
    view.trigger("displayed");
  };
  window.ready = true;
</script>
"""
_START = """async (address) => {
  const area = document.createElement('div');
  area.id = 'colab';
  area.style.cssText = 'position: fixed; inset: 0; z-index: 99999; overflow: auto; background: white';
  document.body.append(area);
  const kernel = await jupyterapp.serviceManager.kernels.startNew({name: 'python3'});
  await kernel.info;
  const models = new Map();
  kernel.registerCommTarget('jupyter.widget', (comm, {content}) => {
    const model = {comm, state: {...content.data.state}, told: []};
    models.set(comm.commId, model);
    comm.onMsg = ({content: {data}, buffers}) => {
      if (data.method === 'update') Object.assign(model.state, data.state);
      const bytes = buffers?.map((one) => (one.buffer ?? one).slice(one.byteOffset ?? 0, (one.byteOffset ?? 0) + one.byteLength));
      for (const tell of model.told) tell({data, buffers: bytes});
    };
  });
  const here = (value) => structuredClone(value);
  window.colab = {kernel, modelState(id) {
    const {comm, state, told} = models.get(id);
    return {modelName: state._model_name, modelModule: state._model_module, modelModuleVersion: state._model_module_version, state, channel: {
      async send(data, options) { comm.send(here(data), undefined, here(options?.buffers)?.map((one) => one.buffer ?? one)); },
      close() {},
      async *messages() {
        const waiting = [];
        let wake = () => {};
        told.push((message) => { waiting.push(message); wake(); });
        while (true) {
          while (waiting.length) yield waiting.shift();
          await new Promise((done) => { wake = done; });
        }
      },
    }};
  }, async show(id) {
    const frame = document.createElement('iframe');
    frame.id = `output-${document.querySelectorAll('#colab iframe').length}`;
    frame.style.cssText = 'width: 100%; height: 760px; border: 0';
    frame.src = address;
    area.append(frame);
    while (!frame.contentWindow.ready) await new Promise(requestAnimationFrame);
    await frame.contentWindow.render(id);
  }, async run(code) {
    const future = kernel.requestExecute({code, store_history: false});
    let out = '';
    const shown = [];
    future.onIOPub = ({header, content}) => {
      if (header.msg_type === 'stream') out += content.text;
      if (header.msg_type === 'error') out += content.traceback.join('\\n');
      const widget = content.data?.['application/vnd.jupyter.widget-view+json'];
      if (widget) shown.push(window.colab.show(widget.model_id));
    };
    const reply = await future.done;
    await Promise.all(shown);
    return [reply.content.status, out];
  }};
}"""
_END = """async () => {
  await window.colab.kernel.shutdown();
  document.getElementById('colab').remove();
  delete window.colab;
}"""


@dataclass
class Colab(Host):
    """A notebook whose outputs know nothing of each other, over a page that shows JupyterLab; with a kernel of its own."""

    page: Page
    _frames: dict[str, int]

    @classmethod
    def open(cls, page: Page) -> Colab:
        assert MANAGER.exists(), (
            f"the parts of a manager of widgets are not there: run `make {MANAGER.relative_to(ROOT)}`"
        )
        page.route("**/colab-output/*", _answer)
        evaluate(page, _START, page.url.partition("/lab")[0] + "/colab-output/index.html")
        return cls(page, {})

    def show(self, name: str, cell: str) -> None:
        """Run a cell that shows a view, called by its variable."""
        self._frames[name] = len(self._frames)
        self.execute(cell)

    def output_of(self, name: str) -> FrameLocator:
        return self.page.frame_locator(f"#output-{self._frames[name]}")

    def execute(self, code: str) -> str:
        status, out = evaluate(self.page, "(code) => window.colab.run(code)", code)
        assert status == "ok", out
        return out.strip()

    def close(self) -> None:
        evaluate(self.page, _END)
        self.page.unroute("**/colab-output/*")


def _answer(route: Route) -> None:
    name = route.request.url.rpartition("/")[2].partition("?")[0]
    if name == "index.html":
        route.fulfill(body=PAGE, content_type="text/html")
    else:
        route.fulfill(path=SCRIPTS[name], content_type="text/javascript")
