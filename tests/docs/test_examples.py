"""Every example in a docstring runs: from top to bottom, on real pictures; and where it shows an answer, that comes."""

from __future__ import annotations

import doctest
import inspect
import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

import nbcurate
from nbcurate import results

from .example_world import make_world, names_in
from .public_names import members, public_classes, public_objects

#: A training of minutes; `tests/training` runs these very calls.
_TAKE_MINUTES = {"TunedEncoder", "fine_tune"}


class _Checker(doctest.OutputChecker):
    """An example that shows no answer promises none."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        return not want or super().check_output(want, got, optionflags)


def examples() -> dict[str, str]:
    """Docstrings with examples, each once, by the first name that has it."""
    found = {"nbcurate": nbcurate.__doc__ or "", "results": results.__doc__ or ""}
    found["Dataset.__getitem__"] = inspect.getdoc(nbcurate.Dataset.__getitem__) or ""
    for name, value in public_objects().items():
        found[name] = inspect.getdoc(value) or ""
    for name, value in public_classes().items():
        for member in members(value):
            found[f"{name}.{member}"] = inspect.getdoc(getattr(value, member)) or ""
    texts = {text: name for name, text in reversed(list(found.items())) if ">>>" in text}
    return {name: text for text, name in texts.items() if name not in _TAKE_MINUTES}


EXAMPLES = examples()


@pytest.fixture(scope="module")
def made(stamps: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    make_world(stamps, folder)
    return folder


@pytest.fixture
def world(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "world"
    shutil.copytree(made, folder, copy_function=os.link, symlinks=True)
    shutil.rmtree(folder / "set.nbc")
    shutil.copytree(made / "set.nbc", folder / "set.nbc")
    monkeypatch.chdir(folder)
    limits = {name: getattr(nbcurate.network, name) for name in ("total", "largest")}
    yield folder
    for name, value in limits.items():
        setattr(nbcurate.network, name, value)


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_runs(name: str, world: Path) -> None:
    text = EXAMPLES[name]
    given = names_in(world, words="_words" in text)
    test = doctest.DocTestParser().get_doctest(text, given, name, None, None)
    told: list[str] = []
    runner = doctest.DocTestRunner(_Checker(), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runner.run(test, out=told.append)
    given["ds"].close()
    assert not told, "".join(told)
