"""Every view, in both themes: axe-core finds nothing serious, `?` lists the keys, and how each looks at three widths."""

from __future__ import annotations

import itertools
from pathlib import Path

from playwright.sync_api import Locator, expect

from .jupyterlab import Notebook
from .test_looks import take_picture, wide  # noqa: F401

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"

#: Each view in the midst of work.
PREPARED = """
ds.selection.set(ds.ids[2:6])
ds.selection.reject(ds.ids[7:8])
copies = ds.duplicates()
odd = ds.rare(20)
found = ds.clusters(6, "kmeans")
classes = sorted(set(ds.labels))
guesses = [label if at % 7 else classes[at % 3] for at, label in enumerate(ds.labels)]
"""
VIEWS = {
    "grid": "nbc.SimilarityGrid(ds, height=420)",
    "map": "nbc.EmbeddingMap(ds, method='pca', height=420)",
    "balance": "nbc.ClassBalance(ds, height=320)",
    "cluster-browser": "nbc.ClusterBrowser(ds, found, height=600)",
    "findings-panel": "nbc.FindingsPanel(ds, [copies, odd], height=520)",
    "report": "nbc.ReportView(ds, ds.diverse(28).ids, height=480)",
    "confusion": "nbc.ConfusionMatrix(ds, guesses, height=420)",
    "scatter": "nbc.Scatter(ds, 'width', 'bytes', log_x=True, log_y=True, height=420)",
    "curves": "nbc.PrecisionRecall(photos, judged, height=420)",
    "drawn": "nbc.SimilarityGrid(photos, predictions=judged, height=380)",
    "confusion-of-objects": "nbc.ConfusionMatrix(photos, judged, height=380)",
    "curator": "nbc.Curator(ds, found, findings=[copies, odd], method='pca')",
}
#: Pictured at every width here; the others are in test_looks.
PICTURED = (
    "cluster-browser",
    "findings-panel",
    "report",
    "confusion",
    "scatter",
    "curves",
    "drawn",
    "confusion-of-objects",
    "curator",
)
#: Views that show detections are there a second time.
KIND = {"drawn": "grid", "confusion-of-objects": "confusion"}


def serious(root: Locator, colours: bool = False) -> list[str]:
    """What axe-core finds in a view that keeps people out; of its colours alone, where the rest was looked at before."""
    return root.evaluate(
        """async (root, colours) => (await axe.run(root, {resultTypes: ['violations'], ...(colours && {runOnly: ['color-contrast']})})).violations
             .filter(({impact}) => impact === 'serious' || impact === 'critical')
             .map(({id, nodes}) => `${id}: ${nodes.slice(0, 3).map(({html, failureSummary}) => html + ' ' + failureSummary).join(' | ')}`)""",
        colours,
    )


def pictures_are_there(root: Locator) -> None:
    root.page.wait_for_function(
        """root => { const all = (node) => [...node.querySelectorAll('*')].flatMap(e => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
             return all(root.shadowRoot).filter(e => e.matches('.shown-picture') && e.checkVisibility()).every(e => e.querySelector('img')); }""",
        arg=root.element_handle(),
    )


THEMES = ("Light", "Dark")


def test_every_view_can_be_used_by_everyone(
    wide: Notebook,  # noqa: F811
    opening: str,
    opening_detections: str,
) -> None:
    page = wide.page
    page.set_viewport_size({"width": 1600, "height": 1000})
    judged = "photos = ds\njudged = photos.evaluate('yolo8')"
    wide.run(f"{opening_detections}\n{judged}\n{opening}\n{PREPARED}", *VIEWS.values())
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    roots: dict[str, Locator] = {}
    for name in VIEWS:
        kind = page.locator(f"[data-testid=nbc-{KIND.get(name, name)}]:not([data-pane])")
        root = roots[name] = kind.last if name in KIND or kind.count() == 1 else kind.first
        root.scroll_into_view_if_needed()
        expect(root.locator("[data-testid=nbc-message]:visible")).to_have_count(0, timeout=60_000)
        root.get_by_test_id("nbc-help").last.click()
        expect(root.get_by_test_id("nbc-help-overlay").last).to_contain_text("Z")
        page.keyboard.press("Escape")
        expect(root.get_by_test_id("nbc-help-overlay")).to_have_count(0)
    for theme, width in itertools.product(THEMES, (700, 1000, 1600)):
        wide.set_theme(f"JupyterLab {theme}")
        page.set_viewport_size({"width": width, "height": 1000})
        for name in PICTURED:
            roots[name].scroll_into_view_if_needed()
            pictures_are_there(roots[name])
            take_picture(roots[name], f"{name}-{theme.lower()}-{width}")
            shell = roots[name].locator(".shell").first
            over = shell.evaluate("s => [s.scrollWidth - s.clientWidth, s.scrollHeight - s.clientHeight]")
            assert max(over) <= 0, f"{name} sticks out at {width} px by {over}"
        if width == 1600:
            for name, root in roots.items():
                root.scroll_into_view_if_needed()
                assert serious(root, THEMES.index(theme) > 0) == [], f"{name}, {theme}"


def test_what_is_opened_can_be_used_by_everyone(wide: Notebook, opening: str) -> None:  # noqa: F811
    page = wide.page
    page.set_viewport_size({"width": 1000, "height": 1000})
    wide.run(opening + PREPARED, VIEWS["findings-panel"], VIEWS["cluster-browser"])
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    panel, browser = (page.get_by_test_id(f"nbc-{name}").last for name in ("findings-panel", "cluster-browser"))
    panel.get_by_test_id("nbc-enlarge").first.click()
    expect(panel.get_by_test_id("nbc-preview").locator(".stage img:not(.rough)")).to_have_count(2)
    expect(panel.get_by_test_id("nbc-differences")).to_contain_text("bytes")
    browser.get_by_test_id("nbc-open").first.click()
    expect(browser.get_by_test_id("nbc-cluster")).to_have_count(4)
    browser.get_by_test_id("nbc-keep-cluster").first.click()
    expect(browser.get_by_test_id("nbc-cluster-kept").first).to_be_visible()
    for theme, (root, name) in itertools.product(THEMES, ((panel, "findings-preview"), (browser, "cluster-parts"))):
        wide.set_theme(f"JupyterLab {theme}")
        root.scroll_into_view_if_needed()
        pictures_are_there(root)
        take_picture(root, f"{name}-{theme.lower()}")
        assert serious(root) == [], f"{name}, {theme}"


def test_motion_is_reduced_for_those_who_ask(notebook: Notebook, opening: str) -> None:
    page = notebook.page
    page.emulate_media(reduced_motion="reduce")
    notebook.run(opening, "nbc.ClusterBrowser(ds, ds.clusters(3, 'kmeans'))")
    hint = page.get_by_test_id("nbc-cluster-browser").locator(".mosaic-hint").first
    expect(hint).to_be_attached()
    assert hint.evaluate("hint => parseFloat(getComputedStyle(hint).transitionDuration)") == 0
    page.emulate_media(reduced_motion="no-preference")
