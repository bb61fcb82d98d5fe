"""The site of the documentation: everyone can use it, a phone shows it, and it loads nothing from elsewhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .test_accessibility import AXE, serious

DOCS = Path(__file__).parents[2] / "docs"
#: The first page, one of tables, one that autodoc made.
SHOWN = ("index", "scale", "reference/errors")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those pages, built without being run; `make docs` builds all and lets no warning pass."""
    folder = tmp_path_factory.mktemp("site")
    only = [f"-Dinclude_patterns={','.join(f'{name}.md' for name in SHOWN)}", "-Dnb_execution_mode=off"]
    command = [sys.executable, "-m", "sphinx", "-q", "-Q", "-b", "html", *only, str(DOCS), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everyone_can_use_it_and_it_loads_nothing_from_elsewhere(site: Path, browser: Browser, theme: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=theme)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in SHOWN:
        page.goto((site / f"{name}.html").as_uri())
        page.add_script_tag(path=AXE)
        assert serious(page.locator("html")) == []
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_it_can_be_read_on_a_phone(site: Path, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 800})
    page = context.new_page()
    for name in SHOWN:
        page.goto((site / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
    context.close()
