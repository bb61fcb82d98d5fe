"""What people use instead, on the same page: jupyter-scatter for the map, images in the output for the grid."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.jupyterlab import Notebook

from .timing import calm, frames, install, milliseconds

Figures = dict[str, float]

#: Items of the plain grids: a hundredth of ours, for with all of them the page does not come back.
PLAIN = 1_000
_RUN = "await window.jupyterapp.commands.execute('notebook:run-all-cells');"

_LOADED = (
    "document.querySelectorAll('{selector}').length === {count}"
    " && [...document.querySelectorAll('{selector}')].every(image => image.complete)"
)
_JPEGS = """
import base64
keys = ds.keys[:{count}] % 400
jpegs = [ds.store.media.get(np.unique(keys))[int(key)] for key in keys]
"""
_IPYWIDGETS = """
import ipywidgets
ipywidgets.GridBox([ipywidgets.Image(value=jpeg, format="jpeg", width=128) for jpeg in jpegs])
"""
_HTML = """
from IPython.display import HTML
HTML("".join(
    f'<img class="plain" width=128 src="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}">' for jpeg in jpegs
))
"""
_SCATTER = """
import jscatter, pandas as pd
frame = pd.DataFrame({"x": _points[:, 0], "y": _points[:, 1], "label": pd.Categorical(ds.labels)})
scatter = jscatter.Scatter(data=frame, x="x", y="y", color_by="label", height=500)
"""


def measure(page: Page, folder: Path, opening: str) -> Figures:
    """Figures under the same names as ours; what does not install is left out."""
    figures: Figures = {}
    notebook = Notebook.create(page, folder, "others.ipynb")
    notebook.run(opening, _JPEGS.format(count=PLAIN))
    install(page)
    before = notebook.save()
    for name, code, selector in [("ipywidgets", _IPYWIDGETS, ".widget-image"), ("html", _HTML, "img.plain")]:
        notebook.put(code)
        figures[f"{name} shown"] = milliseconds(page, _RUN, _LOADED.format(selector=selector, count=PLAIN))
        figures[f"{name} growth"] = (notebook.save() - before) / 1000
        notebook.put("1")
        page.evaluate(f"async () => {{ {_RUN} }}")
    if importlib.util.find_spec("jscatter"):
        notebook.run(_SCATTER)
        canvas = "document.querySelector('.jp-OutputArea-output canvas')"
        notebook.put("scatter.show()")
        figures["scatter shown"] = milliseconds(page, f"{_RUN} await still();", canvas)
        zoom = (
            f"{canvas}.dispatchEvent(new WheelEvent('wheel', "
            "{deltaY: step % 40 < 20 ? -20 : 20, clientX: 400, clientY: 300, bubbles: true, cancelable: true}))"
        )
        moved = frames(page, 4, zoom)
        figures["scatter pan"], figures["scatter pan worst"] = moved["perSecond"], moved["worst"]
        calm(page)
        notebook.execute("picked = np.flatnonzero(_points[:, 0] > np.quantile(_points[:, 0], 0.9)).tolist()")
        select = (
            "await window.panel.sessionContext.session.kernel.requestExecute({code: 'scatter.selection(picked)'}).done;"
            " await still();"
        )
        figures["scatter lasso"] = milliseconds(page, select, "true")
    notebook.close()
    return figures
