"""The pages: every link leads somewhere, every page is in the contents, and what a newcomer copies first runs."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import pytest

from ..conftest import some_stamps

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: Pages that people read, on the site or in the repository; those of the notebooks are copied when the site is built.
PAGES = sorted([*DOCS.glob("*.md"), *DOCS.glob("how/*.md"), *DOCS.glob("reference/*.md"), *ROOT.glob("*.md")])


def without_code(text: str) -> str:
    """What is not in a block of code; the body of a list of contents is."""
    return re.sub(r"^(```+|~~~+)(?!\{image)[^\n]*\n.*?^\1", "", text, flags=re.S | re.M)


def links(page: Path) -> list[str]:
    """Where the links and pictures of a page point, other sites left out."""
    text = without_code(page.read_text())
    found = re.findall(r"\]\(([^)\s]+)\)|^```\{image\} (\S+)|^:link: (\S+)", text, re.M)
    targets = [next(part for part in parts if part) for parts in found]
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    """The names of its headings, as GitHub and the site make them."""
    headings = re.findall(r"^#+ (.+)$", without_code(page.read_text()), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", PAGES, ids=lambda document: str(document.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    for link in links(document):
        name, _, anchor = link.partition("#")
        target = (document.parent / name) if name else document
        if not target.exists() and not target.suffix:
            target = target.with_name(f"{target.name}.md")
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_page_is_in_the_contents() -> None:
    listed = {DOCS / "index.md"}
    for page in DOCS.rglob("*.md"):
        for block in re.findall(r"^```\{toctree\}\n(.*?)^```", page.read_text(), re.S | re.M):
            listed |= {page.parent / f"{line}.md" for line in block.split() if not line.startswith(":")}
    assert {page for page in PAGES if DOCS in page.parents} - listed == set()


def cells(page: Path) -> list[str]:
    """The code that a reader copies from a page, cell by cell."""
    found = re.findall(r"^```\{code-cell\}[^\n]*\n(.*?)^```", page.read_text(), re.S | re.M)
    return [cell for cell in found if "remove-cell" not in cell]


def test_start_runs_copied_line_by_line(stamps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some_stamps(stamps, tmp_path / "photos")
    monkeypatch.chdir(tmp_path)
    given: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for cell in cells(DOCS / "start.md"):
            exec(compile(cell, "start.md", "exec"), given)
    assert (tmp_path / "picked.csv").read_text().count("\n") == 1 + len(given["picks"])
    assert len(list((tmp_path / "picked").rglob("*.png"))) == len(given["picks"])


def test_there_are_forty_tasks_and_each_is_a_call() -> None:
    tasks = [
        task for page in (DOCS / "how").glob("*.md") for task in re.split(r"^## ", page.read_text(), flags=re.M)[1:]
    ]
    assert len(tasks) >= 40
    assert all("```{code-cell}" in task or "```python" in task for task in tasks)


def test_the_pages_load_nothing_from_elsewhere() -> None:
    for page in PAGES:
        if DOCS in page.parents:
            assert not re.search(r"<script|<link|!\[[^\]]*\]\(https?:|\{(image|figure)\} https?:", page.read_text())
