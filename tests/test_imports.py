"""What a cell waits for before it does anything: libraries come with the first call that needs them, not before."""

from __future__ import annotations

import inspect
import json
import pickle
import subprocess
import sys

import pytest

import nbcurate

#: Libraries that take a tenth of a second and more, each: a cell that does not use one does not wait for it.
HEAVY = {
    "IPython", "anywidget", "cv2", "duckdb", "graspologic_native", "ipywidgets", "lance", "matplotlib", "pandas",
    "scipy", "sklearn", "timm", "torch", "torchvision", "transformers", "umap", "usearch",
}  # fmt: skip


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh process has loaded after a piece of code."""
    report = "import json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_loads_nothing_heavy_and_no_room_of_the_house() -> None:
    loaded = loaded_by("import nbcurate")
    assert loaded & (HEAVY | {"pyarrow"}) == set()
    rooms = {name.split(".")[1] for name in loaded if name.startswith("nbcurate.")}
    assert rooms == {"encoders", "version"}


def test_the_class_of_data_sets_comes_without_what_its_methods_use() -> None:
    loaded = loaded_by("from nbcurate import Dataset")
    assert loaded & HEAVY == set()
    rooms = {".".join(name.split(".")[1:2]) for name in loaded if name.startswith("nbcurate.")}
    assert rooms & {"curate", "export", "findings", "imaging", "search", "sources", "widgets"} == set()


def test_a_view_comes_without_what_its_buttons_need() -> None:
    loaded = loaded_by("from nbcurate import Curator, Dataset")
    assert loaded & HEAVY == {"IPython", "anywidget", "ipywidgets"}
    rooms = {".".join(name.split(".")[1:2]) for name in loaded if name.startswith("nbcurate.")}
    assert rooms & {"export", "search", "sources"} == set()


def test_a_data_set_that_is_opened_and_looked_at_loads_only_what_reads_tables(dataset: nbcurate.Dataset) -> None:
    dataset.close()
    code = (
        "import nbcurate as nbc\n"
        f"ds = nbc.Dataset.open({str(dataset.store.path)!r})\n"
        "repr(ds), len(ds), ds.ids, ds.labels, ds.selection.ids, list(ds.slices), ds.where(ds.ids[:3]).ids\n"
    )
    assert loaded_by(code) & HEAVY == {"lance", "pandas"}  # which Lance brings along


@pytest.mark.parametrize("name", [name for name in nbcurate.__all__ if inspect.isclass(getattr(nbcurate, name))])
def test_a_public_class_can_be_had_documented_and_sent(name: str) -> None:
    found = getattr(nbcurate, name)
    assert name in dir(nbcurate)
    assert inspect.getdoc(found)
    assert pickle.loads(pickle.dumps(found)) is found


def test_everything_public_is_there_by_star_and_in_whatever_order() -> None:
    code = "import nbcurate.encoders.registry\nfrom nbcurate import *\nprint(sorted(set(dir()) & set(names)))"
    names = f"names = {nbcurate.__all__!r}\n"
    done = subprocess.run([sys.executable, "-c", names + code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == repr(sorted(nbcurate.__all__))


def test_the_list_of_models_is_a_function_whatever_is_imported_first() -> None:
    assert callable(nbcurate.encoders)
    assert "torch" not in loaded_by("import nbcurate.encoders.running.pipeline, nbcurate\nnbcurate.encoders()")


def test_a_name_that_is_not_there_is_told() -> None:
    with pytest.raises(AttributeError, match="'Datasets'"):
        nbcurate.Datasets  # noqa: B018
