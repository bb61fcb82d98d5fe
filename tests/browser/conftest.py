"""A real JupyterLab and a real Chromium, one of each for all tests; a notebook and a kernel for each file of tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page, expect

import nbcurate as nbc

from ..widgets.detections import detection_set
from .every_view import Stores
from .jupyterlab import Notebook, open_lab
from .server import chromium, lab_server

WIDTH, HEIGHT = 1280, 900
# Ample: a loaded machine is no failure, and what polls goes on at once when it is there.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return chromium()


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder that the server shows and the notebooks run in."""
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="session")
def server(work: Path) -> Iterator[str]:
    """Address of a JupyterLab, with its token."""
    with lab_server(work) as address:
        yield address


@pytest.fixture(scope="session")
def lab(browser: Browser, server: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    page.set_default_timeout(30_000)
    open_lab(page, server)
    yield page
    page.close()


@pytest.fixture(scope="module")
def opened(lab: Page, work: Path) -> Iterator[list[Notebook]]:
    """The notebook of a file of tests, when one is open: they follow one another in it, which starts one kernel."""
    there: list[Notebook] = []
    yield there
    for notebook in there:
        notebook.close()


@pytest.fixture
def notebook(lab: Page, work: Path, opened: list[Notebook], request: pytest.FixtureRequest) -> Iterator[Notebook]:
    """An empty notebook; on failure a screenshot and the server's log are left in ``browser-results/``."""
    name = request.node.name.replace("/", "_")
    errors: list[str] = []
    record = lambda error: errors.append(str(error))  # noqa: E731
    lab.on("pageerror", record)
    if not opened:
        opened.append(Notebook.create(lab, work, f"{request.path.stem}.ipynb"))
    notebook = opened[0]
    yield notebook
    failed = any(getattr(request.node, f"failed_{when}", False) for when in ("setup", "call"))
    if failed:
        results = Path(__file__).parents[2] / "browser-results" / name
        results.mkdir(parents=True, exist_ok=True)
        lab.screenshot(path=results / "page.png")
        shutil.copy(work / "server.log", results)
        (results / "page-errors.txt").write_text("\n".join(errors))
        opened.pop().close()  # the next test finds another one
    else:
        notebook.clear()
    lab.remove_listener("pageerror", record)
    if not failed:
        assert errors == [], "the page raised errors"


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first of the processes makes that run the tests, and the others find."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / name
    with FileLock(shared / f"{name}.lock"):
        if not (folder / "made").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()  # where it stays: a store knows the paths of its pictures
            make(folder)
            (folder / "made").touch()
    return folder


@pytest.fixture(scope="session")
def embedded(stamps: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of 120 real pictures, embedded with real weights and looked through for copies.

    The documentation is pictured on others: those of ``NBCURATE_PICTURES``, in folders by class.
    """

    def make(folder: Path) -> None:
        if given := os.environ.get("NBCURATE_PICTURES"):
            shutil.copytree(given, folder / "photos")
        for kind in () if given else ("animals", "food", "vehicles"):
            (folder / "photos" / kind).mkdir(parents=True)
            for file in sorted((stamps / kind).rglob("*.png"))[:40]:
                shutil.copy(file, folder / "photos" / kind)
        ds = nbc.Dataset.from_folder(folder / "photos", store=folder / "photos.nbc").embed("efficientnet-lite0")
        assert len(ds) >= 100
        ds.project("pca")  # kept in the store, and in every copy of it, as is what was seen of pairs of pictures
        ds.duplicates()
        ds.close()

    return made_once(tmp_path_factory, "embedded", make) / "photos.nbc"


@pytest.fixture
def opening(embedded: Path, tmp_path: Path) -> str:
    """Code of a cell that opens a fresh copy of the store as ``ds``."""
    shutil.copytree(embedded, tmp_path / "photos.nbc")
    return f"import nbcurate as nbc\nds = nbc.Dataset.open({str(tmp_path / 'photos.nbc')!r})"


@pytest.fixture(scope="session")
def detections(stamps: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pictures, what is where on them, and what a model predicts."""
    return made_once(tmp_path_factory, "detections", lambda folder: detection_set(stamps, folder / "of_images").close())


@pytest.fixture
def opening_detections(detections: Path, tmp_path: Path) -> str:
    """Code that opens a fresh copy of it as ``ds``."""
    shutil.copytree(detections / "of_images", tmp_path / "detections")
    return f"import nbcurate as nbc\nds = nbc.Dataset.open({str(tmp_path / 'detections' / 'set.nbc')!r})"


@pytest.fixture
def stores(embedded: Path, detections: Path, tmp_path: Path) -> Stores:
    """Fresh copies of both data sets, for the tests of every view."""
    return Stores.copied(embedded, detections, tmp_path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    setattr(item, f"failed_{report.when}", report.failed)
    return report
