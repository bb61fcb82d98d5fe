"""What a release says of itself in several places is the same in all."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

from nbcurate.version import __version__

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_whoever_cites_it_cites_this_version_under_its_licence() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["version"], citation["license"]) == (__version__, PROJECT["license"])


def test_every_python_that_is_promised_is_tested_on_every_system() -> None:
    promised = {found[1] for text in PROJECT["classifiers"] if (found := re.match(r".* :: (3\.\d+)$", text))}
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"]
    for name in ("linux", "elsewhere"):
        assert set(jobs[name]["strategy"]["matrix"]["python"]) == promised, name


def test_workflows_may_do_no_more_than_they_need() -> None:
    for file in (ROOT / ".github" / "workflows").glob("*.yml"):
        workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert workflow["permissions"] in ({}, {"contents": "read"}), file.name
        for job in workflow["jobs"].values():
            actions = [step["uses"] for step in job["steps"] if "uses" in step]
            assert all(re.search(r"@(v\d+\.\d+\.\d+|[0-9a-f]{40})$", action) for action in actions), file.name
            assert "write" not in {value for key, value in job.get("permissions", {}).items() if key != "id-token"}
